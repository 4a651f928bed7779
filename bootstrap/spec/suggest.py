"""Did you mean: the hint for a name that nothing has."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN_MAX: Final = 20
_COMPARED_MAX: Final = 80  # characters: comparing costs their square, and a longer name is no slip of a finger


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was most likely meant, or nothing."""
    if len(name) > _COMPARED_MAX:
        return ""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.6)), "")


def did_you_mean(name: str, known: Iterable[str], *, what: str) -> str:
    """A hint that names the likeliest, then what there is: `what` introduces that list."""
    names = sorted(known)
    meant = nearest(name, names)
    guess = f"did you mean `{meant}`? " if meant else ""
    more = ", ..." if len(names) > _SHOWN_MAX else ""
    return f"{guess}{what}: {', '.join(names[:_SHOWN_MAX]) or 'none'}{more}"
