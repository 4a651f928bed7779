"""The first line of a change, and its AWS API calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Cause
from bootstrap.render.json_lines import INDENT, compact, wrapped
from bootstrap.render.symbols import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.plan import Change
    from bootstrap.model.resource import Json

_LONG: Final = 160


def headline(change: Change) -> str:
    """The action, the resource, and its line in the YAML."""
    origin = change.after.origin if change.after else ""
    also = "  also changed outside org-bootstrap" if change.cause is Cause.BOTH else ""
    return f"{SYMBOLS[change.action]} {change.address}" + (f"  ({origin})" if origin else "") + also


def call_lines(change: Change, width: int) -> Iterator[str]:
    """A paragraph for each API call of a change; nothing unless the plan was made with `--show-api-calls`."""
    if change.calls == ():
        yield f"{INDENT}> no API call"
    for call in change.calls or ():
        place = f" in {call.account} {call.region}" if call.account else ""
        parameters = "".join(f" {name}={_argument(value)}" for name, value in call.parameters.items())
        yield from wrapped(f"{INDENT}> {call.action}{place}{parameters}", width, indent=INDENT * 2)


def _argument(value: Json) -> str:
    """A parameter as it is sent; of a document only its length, since the change shows its content."""
    if isinstance(value, str) and (len(value) > _LONG or value.startswith("{")):
        return f"({len(value):,} characters)"
    return compact(value)
