"""Applies every patch to moto, once in a process, when it is imported."""

from __future__ import annotations

from bootstrap.emulator import (
    access_keys,
    account_api,
    budgets,
    caching,
    cloudformation,
    dispatch,
    iam,
    organizations,
    propagation,
    secret_names,
    sts,
    tagging_api,
)

__all__ = [
    "access_keys",
    "account_api",
    "budgets",
    "caching",
    "cloudformation",
    "dispatch",
    "iam",
    "organizations",
    "propagation",
    "secret_names",
    "sts",
    "tagging_api",
]
