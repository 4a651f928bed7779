"""The calls that are never sent: writes while planning, and reads of a secret's value at any time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bootstrap.model.errors import WriteWhilePlanning

if TYPE_CHECKING:
    from collections.abc import Callable

# The name decides, because botocore's models of Organizations and Budgets mark no operation as read-only.
_READS = re.compile(r"^(Describe|List|Get)[A-Z]")
# sts:AssumeRole changes nothing, and is the only way into an account.
_HARMLESS = frozenset({"AssumeRole"})
# The value of a secret never enters this process.
_SECRET_VALUES = frozenset({"GetSecretValue", "BatchGetSecretValue", "GetRandomPassword"})


def is_read(operation: str) -> bool:
    return operation in _HARMLESS or _READS.match(operation) is not None


def refuse_unsafe(writable: Callable[[], bool]) -> Callable[..., None]:
    """A botocore `before-call` handler that raises WriteWhilePlanning for a call that must not be sent."""

    def check(model: Any, **_: object) -> None:
        if model.name in _SECRET_VALUES:
            raise WriteWhilePlanning(f"{model.name} would bring a secret value into this process")
        if not writable() and not is_read(model.name):
            service = model.service_model.service_name
            raise WriteWhilePlanning(f"{service}.{model.name} was called while planning")

    return check
