"""The hint for an unknown name: did you mean another one?"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN_MAX: Final = 20
_COMPARED_MAX: Final = 80  # characters: comparing costs their square, and no longer name is a typo


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one; empty if none is."""
    if len(name) > _COMPARED_MAX:
        return ""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.6)), "")


def did_you_mean(name: str, known: Iterable[str], *, what: str) -> str:
    """A hint with the most similar name and a list of all names: `did you mean `beta`? WHAT: beta, production`."""
    names = sorted(known)
    meant = nearest(name, names)
    guess = f"did you mean `{meant}`? " if meant else ""
    more = ", ..." if len(names) > _SHOWN_MAX else ""
    return f"{guess}{what}: {', '.join(names[:_SHOWN_MAX]) or 'none'}{more}"
