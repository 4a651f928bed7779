"""Replaces attributes of moto, and fails when moto has changed them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., object]")

PATCHED: list[str] = []
"""Every name of moto that was replaced or added."""


class MotoChangedError(RuntimeError):
    """moto no longer has an attribute that the emulator replaces, or has one that it adds."""


def replaces(owner: object, name: str) -> Callable[[Function], Function]:
    """Replace moto's `owner.name` by the decorated function."""

    def put(ours: Function) -> Function:
        original(owner, name)
        return _put(owner, name, ours)

    return put


def adds(owner: object, name: str) -> Callable[[Function], Function]:
    """Add the decorated function to moto's `owner`, which lacks one of this name."""

    def put(ours: Function) -> Function:
        if name in vars(owner):
            message = f"moto now has {_label(owner, name)}: check whether the emulator still needs to add it"
            raise MotoChangedError(message)
        return _put(owner, name, ours)

    return put


def original(owner: object, name: str) -> Any:
    """Moto's own function, for its replacement to call."""
    if name not in vars(owner):
        raise MotoChangedError(f"moto no longer has {_label(owner, name)}, which the emulator replaces")
    return inspect.getattr_static(owner, name)


def _put(owner: object, name: str, ours: Function) -> Function:
    setattr(owner, name, ours)
    PATCHED.append(_label(owner, name))
    return ours


def _label(owner: object, name: str) -> str:
    if inspect.isclass(owner):
        return f"{owner.__module__}.{owner.__qualname__}.{name}"
    return f"{getattr(owner, '__name__', owner)}.{name}"
