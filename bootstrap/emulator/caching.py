"""Caches what moto computes again for every request or account."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from moto.core import responses
from moto.core.base_backend import AccountSpecificBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from bootstrap.emulator.patching import original, replaces

# The service of a host: moto matches each request against two hundred URL patterns.
replaces(DomainDispatcherApplication, "get_backend_for_host")(
    lru_cache(maxsize=4096)(original(DomainDispatcherApplication, "get_backend_for_host"))
)

# The methods of a service's class: moto inspects it for every request.
replaces(responses, "method_names_from_class")(lru_cache(maxsize=None)(original(responses, "method_names_from_class")))

_REGIONS: dict[str, list[str]] = {}
_generate_regions_moto = original(AccountSpecificBackend, "_generate_regions")


@replaces(AccountSpecificBackend, "_generate_regions")
def _generate_regions(backend: Any, service_name: str) -> list[str]:
    """The Regions of a service: moto asks botocore for every account."""
    if service_name not in _REGIONS:
        _REGIONS[service_name] = _generate_regions_moto(backend, service_name)
    return _REGIONS[service_name]
