"""Which AWS this run talks to: the real one, or an emulator on loopback, and nothing in between."""

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
_ANSWER_S = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url` is empty for real AWS, with the credentials of the environment; else an emulator's address,
    which only ever gets dummy credentials.
    """

    url: str = ""
    emulated_speed: float = AT_ONCE
    """How fast the emulator's time goes."""

    def __post_init__(self) -> None:
        if self.url and not _is_http(self.url):
            raise EndpointError(
                f"the endpoint {self.url} is no http address",
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
        """How fast its time goes; AWS's goes as ours does."""
        return self.emulated_speed if self.emulated else 1.0

    @property
    def answers_within_s(self) -> float:
        """How long to wait for an answer, by our clock: botocore's own default, in the emulator's time."""
        return _ANSWER_S if self.speed == AT_ONCE else max(1.0, _ANSWER_S / self.speed)


def from_environment(environment: Mapping[str, str]) -> Endpoint:
    """The endpoint that the variables ask for. Raises EndpointError for any that is not wholly one thing.

    AWS's SDKs also read `AWS_ENDPOINT_URL_<SERVICE>`: with one of those, a run could be half real.
    """
    url = environment.get(_VARIABLE, "")
    for name, value in sorted(environment.items()):
        if name.startswith(_VARIABLE + "_") and value and value != url:
            raise EndpointError(
                f"{name} sends one service to {value}, and the others elsewhere",
                hint=f"unset {name}; {_VARIABLE} alone chooses an emulator for all services",
            )
    return Endpoint(url, _speed(environment)) if url else Endpoint()


def _speed(environment: Mapping[str, str]) -> float:
    """An emulator that takes its time says how fast that goes; any other answers at once, and is not waited for."""
    said = environment.get(SPEED_VARIABLE, "")
    try:
        speed = float(said or AT_ONCE)
    except ValueError:
        speed = 0.0
    if speed <= 0:
        raise EndpointError(
            f"{SPEED_VARIABLE}={said} is no speed",
            hint="`org-bootstrap emulator` prints what it is to be, such as 10",
        )
    return speed


def refuse_configured(profile: Mapping[str, Any], services: Mapping[str, Any]) -> None:
    """Raise EndpointError for an endpoint in the user's AWS configuration: its profile, and the services of that.

    An emulator meant there would be passed over, and real AWS be called instead.
    """
    for where, section in (("", profile), *((f" for {name}", section) for name, section in services.items())):
        url = section.get("endpoint_url") if isinstance(section, Mapping) else None
        if url:
            raise EndpointError(
                f"the AWS configuration has the endpoint {url}{where}, and this tool takes one from {_VARIABLE} only",
                hint=f"export {_VARIABLE}={url}, if it is an emulator's, or remove it from the profile",
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
