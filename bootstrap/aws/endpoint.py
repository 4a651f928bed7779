"""Which AWS a run calls: the real one, or an emulator on loopback, never both."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bootstrap.model.errors import EndpointError

_VARIABLE = "AWS_ENDPOINT_URL"
SPEED_VARIABLE = "ORG_BOOTSTRAP_SPEED"
AT_ONCE = 500.0
"""The speed of an emulator without delays."""
_READ_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url` is empty for real AWS, which is called with the credentials of the environment. Otherwise it is the address
    of an emulator, which only ever gets dummy credentials.
    """

    url: str = ""
    emulated_speed: float = AT_ONCE
    """Seconds in the emulator per real second."""

    def __post_init__(self) -> None:
        if self.url and not _is_http(self.url):
            raise EndpointError(
                f"the endpoint {self.url} is not an http address",
                hint=f"unset {_VARIABLE} to use AWS, or write it like http://127.0.0.1:5000",
            )
        if self.url and not _is_loopback(self.url):
            raise EndpointError(
                f"the endpoint {self.url} is not on loopback",
                hint=f"unset {_VARIABLE} to use AWS, or point it at an emulator on http://127.0.0.1:PORT",
            )

    @property
    def emulated(self) -> bool:
        return bool(self.url)

    @property
    def speed(self) -> float:
        """Seconds there per real second: 1 in AWS."""
        return self.emulated_speed if self.emulated else 1.0

    @property
    def read_timeout_s(self) -> float:
        """The read timeout: botocore's default, shortened by the speed of an emulator with delays; in real seconds."""
        return _READ_TIMEOUT_S if self.speed == AT_ONCE else max(1.0, _READ_TIMEOUT_S / self.speed)


def from_environment(environment: Mapping[str, str]) -> Endpoint:
    """The endpoint that the variables set. Raises EndpointError for one that is not usable.

    AWS's SDKs also read `AWS_ENDPOINT_URL_<SERVICE>`, with which only some services would use the emulator.
    """
    url = environment.get(_VARIABLE, "")
    for name, value in sorted(environment.items()):
        if name.startswith(_VARIABLE + "_") and value and value != url:
            raise EndpointError(
                f"{name} sends one service to {value} and the others elsewhere",
                hint=f"unset {name}; {_VARIABLE} alone chooses an emulator for all services",
            )
    return Endpoint(url, _speed(environment)) if url else Endpoint()


def _speed(environment: Mapping[str, str]) -> float:
    """The speed of an emulator with delays is in the environment; any other has no delays."""
    text = environment.get(SPEED_VARIABLE, "")
    try:
        speed = float(text or AT_ONCE)
    except ValueError:
        speed = 0.0
    if speed <= 0:
        raise EndpointError(
            f"{SPEED_VARIABLE}={text} is not a number above 0",
            hint="use the value that `org-bootstrap emulator` prints, such as 10",
        )
    return speed


def refuse_configured(profile: Mapping[str, Any], services: Mapping[str, Any]) -> None:
    """Raise EndpointError for an endpoint in the user's AWS configuration: in the profile, or in its services.

    They are ignored, so a profile that is meant for an emulator would reach real AWS.
    """
    for where, section in (("", profile), *((f" for {name}", section) for name, section in services.items())):
        url = section.get("endpoint_url") if isinstance(section, Mapping) else None
        if url:
            raise EndpointError(
                f"the AWS configuration sets the endpoint {url}{where}, and only {_VARIABLE} may set one",
                hint=f"export {_VARIABLE}={url} if that is an emulator; otherwise remove it from the profile",
            )


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
