"""An account that leaves its environment or loses a guardrail needs an approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.engine.plan import Blocker, approval
from bootstrap.model.names import KEY_TAG
from bootstrap.model.resource import Address
from bootstrap.resources import tags
from bootstrap.resources.attachment.targets import guardrails, lost, unmanaged_policies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.kind import Context, Sides
    from bootstrap.model.resource import Resource

_HINT: Final = "existing resources in it may depend on those guardrails"
_MOVED_BY_HAND: Final = (
    "find out who moved it there and why; as long as it must stay there, plan other resources with `--target`"
)


def leaving(context: Context, before: Resource, after: Resource, sides: Sides) -> Iterator[Blocker]:
    """The blocker for an account that leaves its environment, or loses a guardrail by a move."""
    missing: list[str] = []
    if _is_moved(before, after):
        was = guardrails(context, str(before.body["ou"]), sides.have)
        missing = lost(was, guardrails(context, str(after.body["ou"]), sides.want))
    left, joins = tags.environment(before), tags.environment(after)
    if left != joins if left else not joins and _has_lost_its_tag(context, before):
        yield _blocker(after, f"environment {left}" if left else "its environment", missing, _HINT)
    elif missing:
        yield _blocker(after, f"OU {before.body['ou']}", missing, _HINT)


def leaving_unmanaged_policies(context: Context, before: Resource, after: Resource) -> Iterator[Blocker]:
    """The blocker for undoing a move by hand under unmanaged policies, such as a quarantine."""
    if _is_moved(before, after):
        was, becomes = (unmanaged_policies(context, str(side.body["ou"])) for side in (before, after))
        if missing := lost(was, becomes):
            yield _blocker(after, f"OU {before.body['ou']}", missing, _MOVED_BY_HAND)


def _is_moved(before: Resource, after: Resource) -> bool:
    return before.body["ou"] != after.body["ou"] and after.body["state"] == "open"


def _blocker(account: Resource, place: str, missing: list[str], hint: str) -> Blocker:
    gone = f"; loses these guardrails: {', '.join(missing)}" if missing else ""
    token = approval("leave", account.address.name)
    return Blocker(account.address, f"moves out of {place}{gone}", hint, token, tuple(missing))


def _has_lost_its_tag(context: Context, account: Resource) -> bool:
    """Whether somebody removed its environment tag: a baseline was last applied for it."""
    known, baseline = context.last_applied, Address("baseline", tags.tag(account, KEY_TAG))
    return known is not None and known.knows(baseline) and not tags.tag(account, tags.LEFT_TAG)
