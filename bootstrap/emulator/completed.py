"""Completes moto: importing this module, once in a process, applies every patch."""

from __future__ import annotations

from bootstrap.emulator import (
    access_keys,
    account_api,
    budgets,
    cloudformation,
    front,
    iam,
    organizations,
    propagation,
    secret_names,
    shortcuts,
    sts,
    tagging_api,
)

__all__ = [
    "access_keys",
    "account_api",
    "budgets",
    "cloudformation",
    "front",
    "iam",
    "organizations",
    "propagation",
    "secret_names",
    "shortcuts",
    "sts",
    "tagging_api",
]
