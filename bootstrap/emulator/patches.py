"""Applies every patch to moto, once in a process, when it is imported."""

from __future__ import annotations

from bootstrap.emulator import cloudformation, iam, organizations, other_services, services, sts, tagging_api

__all__ = ["cloudformation", "iam", "organizations", "other_services", "services", "sts", "tagging_api"]
