"""The marks beside a name: the symbol of an action, and whether a change is blocked or approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.plan import Risk
from bootstrap.render.html.markup import EMPTY, Markup, tag
from bootstrap.render.symbols import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bootstrap.engine.plan import Action, Change
    from bootstrap.model.resource import Address


def action_mark(action: Action) -> Markup:
    """The symbol, and the action in words for screen readers."""
    symbol = tag("span", SYMBOLS[action], aria_hidden="true")
    words = tag("span", f"{action}: ", class_="unseen")
    return tag("span", symbol, words, class_=f"mark {action}", title=f"to {action}")


def approval_badge(changes: Iterable[Change], blocked: Collection[Address]) -> Markup:
    """Whether these changes are blocked or approved; nothing for those that need no approval."""
    high = [change.address for change in changes if change.risk is Risk.HIGH]
    if not high:
        return EMPTY
    if any(address in blocked for address in high):
        return tag("span", "! blocked", class_="note high")
    return tag("span", "approved", class_="note medium")
