"""How one attribute of moto is replaced by ours, loudly when moto has changed."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., object]")

PATCHED: list[str] = []
"""Every name of moto that was replaced or added, for the reader and for the tests."""


class MotoChangedError(RuntimeError):
    """moto is no longer what the emulator completes: an upgrade has to look at the named attribute."""


def replaces(owner: object, name: str) -> Callable[[Function], Function]:
    """Put the decorated function in the place of moto's `owner.name`."""

    def put(ours: Function) -> Function:
        original(owner, name)
        return _put(owner, name, ours)

    return put


def adds(owner: object, name: str) -> Callable[[Function], Function]:
    """Give moto's `owner` a function that it does not have yet."""

    def put(ours: Function) -> Function:
        if name in vars(owner):
            message = f"moto now has {_label(owner, name)}: see whether the emulator still has to add it"
            raise MotoChangedError(message)
        return _put(owner, name, ours)

    return put


def original(owner: object, name: str) -> Any:
    """Moto's own function, to be called by what replaces it."""
    if name not in vars(owner):
        message = f"moto no longer has {_label(owner, name)}, which the emulator replaces"
        raise MotoChangedError(message)
    return inspect.getattr_static(owner, name)


def _put(owner: object, name: str, ours: Function) -> Function:
    setattr(owner, name, ours)
    PATCHED.append(_label(owner, name))
    return ours


def _label(owner: object, name: str) -> str:
    if inspect.isclass(owner):
        return f"{owner.__module__}.{owner.__qualname__}.{name}"
    return f"{getattr(owner, '__name__', owner)}.{name}"
