"""What botocore makes anew for each session and client, made once in a process: a third of a test's time.

It is the same each time: the models of the services, the rules of their endpoints, and the classes of clients.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

import botocore.regions
import botocore.session
from botocore.client import ClientCreator
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import create_loader

# Sessions of boto3 add methods to the classes of others, such as s3.
SERVICES = (
    "account",
    "budgets",
    "cloudformation",
    "iam",
    "organizations",
    "resourcegroupstaggingapi",
    "secretsmanager",
    "ssm",
    "sts",
)

_register = botocore.session.Session._register_builtin_handlers
_handlers: list[Any] = []
_make_class = ClientCreator._create_client_class
_classes: dict[str, Any] = {}
_providers: dict[tuple[int, frozenset[str]], EndpointProvider] = {}


def share() -> None:
    botocore.session.create_loader = cache(create_loader)
    botocore.regions.EndpointProvider = _provider
    botocore.session.Session._register_builtin_handlers = _builtin_handlers
    ClientCreator._create_client_class = _client_class


def _builtin_handlers(self: botocore.session.Session, events: Any) -> None:
    """The handlers of a new session; no service's name is in them."""
    if not _handlers:
        _register(self, events)
        _handlers.append(copy(events._emitter))
    events._emitter.__dict__.update(copy(_handlers[0]).__dict__)


def _client_class(self: ClientCreator, service_name: str, service_model: Any) -> Any:
    if service_name not in SERVICES:
        return _make_class(self, service_name, service_model)
    if service_name not in _classes:
        _classes[service_name] = _make_class(self, service_name, service_model)
    return _classes[service_name]


def _provider(ruleset_data: Any, partition_data: Any, excluded_params: Any = None) -> EndpointProvider:
    # The loader keeps the rules, so that no others get their id.
    key = (id(ruleset_data), frozenset(excluded_params or ()))
    if key not in _providers:
        _providers[key] = EndpointProvider(ruleset_data, partition_data, excluded_params)
    return _providers[key]
