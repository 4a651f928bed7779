"""What it takes to make AWS as the YAML says, or to remove all that is ours: nothing here changes AWS."""

from __future__ import annotations

from dataclasses import asdict, replace
from graphlib import CycleError
from typing import TYPE_CHECKING, Any

from bootstrap import extent, guards, memory
from bootstrap.aws.live import Live
from bootstrap.errors import BootstrapError
from bootstrap.kind import World
from bootstrap.model import Ids
from bootstrap.plan import WHOLE, Plan, Refusal, consent, make_plan
from bootstrap.planfile import fingerprint_of
from bootstrap.proposal import Whose, places, propose
from bootstrap.redaction import hidden
from bootstrap.selection import ALL, narrow
from bootstrap.workflow.observing import look, of_kind, together
from bootstrap.workflow.planned import Planned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.aws.door import Door
    from bootstrap.kind import Kind
    from bootstrap.model import Address, Resource
    from bootstrap.plan import Change
    from bootstrap.selection import Selection
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow.observing import Resources


def desire(spec: Spec, kinds: Mapping[str, Kind]) -> Resources:
    """Everything the YAML asks for, by address. Pure, and offline."""
    return {resource.address: resource for kind in kinds.values() for resource in kind.desired(spec)}


def plan(  # noqa: PLR0913 (what is wanted, what there is, and what was agreed to)
    want: Resources,
    kinds: Mapping[str, Kind],
    aws: Door,
    *,
    live: Live | None = None,
    allow: Collection[str] = (),
    recalled: Collection[str] = (),
    limits: extent.Limits = extent.USUAL,
    only: Selection = ALL,
) -> Planned:
    """The exact difference between what is wanted and what AWS has. Only reads.

    `live` may have been read before. `allow` are the consents given now, each of which must override something;
    `recalled` those that were given to a plan that was reviewed, of which some may be to what is done since.
    `limits` say how much at once is usual, `only` what the plan is narrowed to.
    """
    world = World(aws, live or Live(aws), Ids(), given=frozenset({*allow, *recalled}))
    seen = look(world, kinds, want)
    adopted = guards.adopted(seen.foreign, world.given)
    have = {**seen.have, **{item.address: item.resource for item in adopted if item.resource}}
    settled = together(kind.settle(of_kind(want, name), of_kind(have, name)) for name, kind in kinds.items())
    made = _make_plan(
        settled,
        have,
        kinds,
        kept=[settled[address] for address in sorted(settled.keys() - want.keys())],
        foreign=[item for item in seen.foreign if item not in adopted],
        unseen=seen.unseen,
    )
    known = world.memory
    made = memory.explain(
        made,
        known,
        lambda change: kinds[change.address.kind].compared(change, settled, have),
        lambda change: kinds[change.address.kind].means_another(change),
    )
    whole = made
    made, left_out = narrow(whole, only, lambda address: kinds[address.kind].about(address))
    sides, usual = (_then(settled, have, left_out), have), extent.in_force(limits, known)
    touched = extent.reach(made, kinds, sides).places
    asked = [
        *guards.check(made, kinds, world, *sides),
        *extent.check(made, kinds, sides, usual, world.live.account),
        *map(guards.taken_over, adopted),
    ]
    made = guards.without_refused(made, asked)
    safety = limits.as_resource()
    given = {*allow, *recalled, *extent.recalled(asked, recalled, hidden(touched, world.live.account))}
    proposal = replace(
        propose(_remarked(made, kinds, world, *sides), _whose(world, want), asked, kinds, given),
        specs=fingerprint_of({**want, safety.address: safety}),
        observed=fingerprint_of(have),
        only=only.typed,
        left_out=len(left_out),
        touched=touched,
        safety=asdict(limits),
        loosened=extent.loosened(limits, usual),
        places=places(*sides, made.foreign, kinds),
        have=have,
    )

    def words_left(done: Collection[Address]) -> list[str]:
        left, sides_then = extent.rest(made, sides, done)
        return [refusal.token for refusal in extent.check(left, kinds, sides_then, usual, world.live.account)]

    halves = _halves(whole, left_out, kinds, (settled, have), known)
    asked_for = {address: settled[address] for address in want if address in settled}
    idle = guards.idle(allow, asked)
    return Planned(proposal, aws, world, asked_for, left_out, limits, words_left, halves, idle)


def plan_destruction(
    organization: Resource,
    kinds: Mapping[str, Kind],
    aws: Door,
    *,
    live: Live | None = None,
    allow: Collection[str] = (),
) -> Planned:
    """The plan that removes all that is marked as ours, and releases what must not be removed."""
    world = World(aws, live or Live(aws), Ids())
    here = {organization.address: organization}
    seen = look(world, kinds, here)
    left = {address: kinds[address.kind].remains(resource, allow) for address, resource in seen.have.items()}
    want = {address: resource for address, resource in left.items() if resource is not None}
    made = _make_plan(want, seen.have, kinds, foreign=seen.foreign, unseen=seen.unseen)
    asked = [*guards.check(made, kinds, world, {}, {}), *guards.forgotten(made)]
    if made:
        name = organization.address.name
        asked.append(
            Refusal(
                WHOLE,
                f"this removes all that this tool made in {name}",
                token=consent("destroy", name),
            )
        )
    made = _remarked(made, kinds, world, want, seen.have)
    proposal = propose(made, _whose(world, here), asked, kinds, allow)
    proposal = replace(proposal, specs=fingerprint_of(want), observed=fingerprint_of(seen.have))
    return Planned(proposal, aws, world, idle=guards.idle(allow, asked))


def _make_plan(
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    kinds: Mapping[str, Kind],
    **left_alone: Any,
) -> Plan:
    lasting = {name for name, kind in kinds.items() if kind.lasting}
    try:
        return make_plan(want, have, lasting=lasting, **left_alone)
    except CycleError as error:
        circle = " needs ".join(str(address) for address in reversed(error.args[1]))
        message = f"these need each other: {circle}"
        raise BootstrapError(message, hint="a guardrail or trust refers to an account that it binds") from error


def _remarked(
    plan: Plan,
    kinds: Mapping[str, Kind],
    world: World,
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
) -> Plan:
    return replace(
        plan,
        changes=tuple(
            replace(change, remarks=tuple(kinds[change.address.kind].remarks(world, change, want, have)))
            for change in plan.changes
        ),
    )


def _then(
    want: Mapping[Address, Resource], have: Mapping[Address, Resource], left_out: Collection[Address]
) -> Resources:
    """What there is once the plan is applied: what it leaves out stays as it is."""
    stays = {address: resource for address, resource in have.items() if address in left_out}
    return {address: resource for address, resource in want.items() if address not in left_out} | stays


def _halves(
    whole: Plan,
    left_out: Collection[Address],
    kinds: Mapping[str, Kind],
    sides: tuple[Mapping[Address, Resource], Mapping[Address, Resource]],
    known: memory.Memory | None,
) -> tuple[Resource, ...]:
    """What there will be of things that are remembered as one, and done in part."""
    want, have = sides
    done = {change.address for change in whole.changes} - set(left_out)
    then = {here: resource for here, resource in have.items() if here not in done}
    then |= {here: want[here] for here in done if here in want}

    def compare(change: Change, there: Mapping[Address, Resource]) -> memory.Compared:
        return kinds[change.address.kind].compared(change, want, there)

    left = [change for change in whole.changes if change.address in left_out]
    return tuple(
        memory.halves(left, known, (lambda change: compare(change, have), lambda change: compare(change, then)))
    )


def _whose(world: World, want: Iterable[Address]) -> Whose:
    found = world.live.organization
    name = next(address.name for address in want if address.kind == "organization")
    return Whose(name, found["Id"] if found else "", world.live.account)
