"""Whether an account leaves the rules that it stands under, which takes a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.plan import Blocker, consent
from bootstrap.model.names import KEY_TAG
from bootstrap.model.resource import Address
from bootstrap.resources import ownership, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.model.resource import Resource


def leaving(
    context: Context,
    before: Resource,
    after: Resource,
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
) -> Iterator[Blocker]:
    """What is in an account was made under the rules that it stood under."""
    here, hint, lost = after.address, "what is in it was made under those rules", []
    left, joins = ownership.environment(before), ownership.environment(after)
    if _is_moved(before, after):
        was, becomes = (
            targets.rules(context, str(one.body["ou"]), side) for one, side in ((before, have), (after, want))
        )
        lost = targets.lost(was, becomes)
    if left != joins if left else not joins and _has_lost_its_tag(context, before):
        yield Blocker(
            here,
            f"the account leaves {f'the environment {left}' if left else 'its environment'}, and the rules that it "
            "stood under",
            hint,
            consent("leave", here.name),
            tuple(lost),
        )
    else:
        yield from _losing(before, after, lost, hint)


def leaving_others(context: Context, before: Resource, after: Resource) -> Iterator[Blocker]:
    """Whoever moved it, by hand, under policies of their own had a reason."""
    if _is_moved(before, after):
        was, becomes = (targets.rules_of_others(context, str(side.body["ou"])) for side in (before, after))
        hint = "see who moved it there, and why; as long as it has to stay, `--target` plans the others"
        yield from _losing(before, after, targets.lost(was, becomes), hint)


def _is_moved(before: Resource, after: Resource) -> bool:
    return before.body["ou"] != after.body["ou"] and after.body["state"] == "open"


def _losing(before: Resource, after: Resource, lost: list[str], hint: str) -> Iterator[Blocker]:
    if lost:
        yield Blocker(
            after.address,
            f"the account leaves {before.body['ou']}, and no longer stands under {', '.join(lost)}",
            hint,
            consent("leave", after.address.name),
            tuple(lost),
        )


def _has_lost_its_tag(context: Context, account: Resource) -> bool:
    """Whether somebody took off what says which environment it is in: a baseline is remembered of it."""
    known, baseline = context.memory, Address("baseline", ownership.tag(account, KEY_TAG))
    return known is not None and known.knows(baseline) and not ownership.tag(account, ownership.LEFT_TAG)
