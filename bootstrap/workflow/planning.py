"""What is read and what is planned: nothing here changes AWS."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from graphlib import CycleError
from typing import TYPE_CHECKING, Any

from bootstrap import extent, guards, memory
from bootstrap.aws.live import Live
from bootstrap.aws.snapshot import Recording, without_secrets
from bootstrap.errors import BootstrapError, RefusedError
from bootstrap.kind import Observed, World
from bootstrap.model import Address, Ids, Resource
from bootstrap.plan import WHOLE, Plan, Refusal, make_plan
from bootstrap.planfile import fingerprint_of
from bootstrap.proposal import Proposal, Whose, places, propose
from bootstrap.selection import ALL, narrow
from bootstrap.spec.leaks import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from bootstrap.aws.door import Door
    from bootstrap.aws.snapshot import Snapshot
    from bootstrap.kind import Kind
    from bootstrap.plan import Finding
    from bootstrap.selection import Selection
    from bootstrap.spec.spec import Spec

Resources = dict[Address, Resource]

# Of more, each stands in the plan.
_CONSENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """Who runs this: an account id, and the ARN of a user or role session."""

    account: str
    arn: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all that its reader has to know, the door to its AWS, the world that it was made in, what the
    YAML wants, what differs and was not selected, and what the YAML says of how much is usual.

    `words_left` tells the consents to how much is done that the rest takes, once some of the changes are made.
    """

    proposal: Proposal
    door: Door
    world: World
    want: Mapping[Address, Resource] = field(default_factory=dict)
    left_out: frozenset[Address] = frozenset()
    limits: extent.Limits = extent.USUAL
    words_left: Callable[[Collection[Address]], list[str]] = lambda _done: []

    @property
    def plan(self) -> Plan:
        return self.proposal.plan

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return self.proposal.refusals

    @property
    def remembered(self) -> bool:
        """Whether an apply that came to its end is remembered."""
        found = memory.from_shards(self.world.live.parameters)
        return found is not None and found.complete

    def check(self) -> None:
        """Raise RefusedError if anything stands against the plan."""
        if self.refusals:
            tokens = sorted({refusal.token for refusal in self.refusals if refusal.token})
            consent = " ".join(f"--allow {token}" for token in tokens[:_CONSENTS_SHOWN])
            rest = f", and {len(tokens) - _CONSENTS_SHOWN} more" if len(tokens) > _CONSENTS_SHOWN else ""
            raise RefusedError(
                f"the plan is refused for {len(self.refusals)} reason{'s' * (len(self.refusals) > 1)}",
                hint=f"after reading them, consent with: {consent}{rest}" if consent else "",
            )


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
    world = World(aws, live or Live(aws), Ids())
    seen = look(world, kinds, want)
    adopted = [item for item in seen.foreign if item.resource and f"adopt:{item.address}" in {*allow, *recalled}]
    have = {**seen.have, **{item.address: item.resource for item in adopted if item.resource}}
    settled = _together(kind.settle(_of_kind(want, name), _of_kind(have, name)) for name, kind in kinds.items())
    made = _make_plan(
        settled,
        have,
        kinds,
        kept=[settled[address] for address in sorted(settled.keys() - want.keys())],
        foreign=[item for item in seen.foreign if item not in adopted],
        unseen=seen.unseen,
    )
    known = memory.from_shards(world.live.parameters)
    made = memory.explain(made, known, lambda change: kinds[change.address.kind].compared(change, settled, have))
    made = memory.tell_new(made, known)
    made, left_out = narrow(made, only, lambda address: kinds[address.kind].about(address))
    name = next(address.name for address in want if address.kind == "organization")
    sides, usual = (settled, have), extent.in_force(limits, known)
    asked = [
        *guards.check(made, kinds, settled, have),
        *extent.check(made, kinds, sides, usual),
        *map(guards.taken_over, adopted),
    ]
    guards.check_needed(allow, asked)
    made = guards.without_refused(made, asked)
    given = {*allow, *recalled, *extent.recalled(asked, recalled)}
    proposal = propose(_remarked(made, kinds, world, settled, have), _whose(world, name), asked, kinds, given)
    stays = {address: resource for address, resource in have.items() if address in left_out}
    then = {address: resource for address, resource in settled.items() if address not in left_out} | stays
    proposal = replace(
        proposal,
        specs=fingerprint_of(want),
        observed=fingerprint_of(have),
        only=only.typed,
        left_out=len(left_out),
        places=places(then, have, made.foreign, kinds),
    )

    def words_left(done: Collection[Address]) -> list[str]:
        return [refusal.token for refusal in extent.check_rest(made, kinds, sides, usual, done)]

    return Planned(proposal, aws, world, want, left_out, limits, words_left)


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
    asked = [*guards.check(made, kinds, {}, {}), *guards.forgotten(made)]
    if made:
        name = organization.address.name
        asked.append(
            Refusal(
                WHOLE,
                f"this removes all that this tool made in {name}",
                token=f"destroy:{name}",
            )
        )
    guards.check_needed(allow, asked)
    made = _remarked(made, kinds, world, want, seen.have)
    proposal = propose(made, _whose(world, organization.address.name), asked, kinds, allow)
    return Planned(replace(proposal, specs=fingerprint_of(want), observed=fingerprint_of(seen.have)), aws, world)


def inspect(
    planned: Planned, kinds: Mapping[str, Kind], say: Callable[[Address, str], None] = lambda _address, _text: None
) -> tuple[Finding, ...]:
    """What drifted within the things that a plan takes for unchanged. Only reads."""
    world = replace(planned.world, say=say)
    changed = {change.address for change in planned.plan.changes} | {item.address for item in planned.plan.unseen}
    same = {address: resource for address, resource in planned.want.items() if address not in changed}
    found = (
        kind.inspect(world, _of_kind(planned.want if kind.inspects_changed else same, name))
        for name, kind in kinds.items()
    )
    return tuple(sorted(replace(finding, found=masked(finding.found)) for findings in found for finding in findings))


def take_snapshot(want: Resources, kinds: Mapping[str, Kind], aws: Door, taken: str) -> Snapshot:
    """All that a plan reads, for a plan without AWS. `taken` is the time. Only reads."""
    world = World(aws, live := Recording(aws), Ids())
    look(world, kinds, want)
    return without_secrets(live.snapshot(taken), [resource.body for resource in want.values()], world.ids.take_out)


def look(world: World, kinds: Mapping[str, Kind], want: Resources) -> Observed:
    """Everything there is, of every kind."""
    observed = asyncio.run(observe(world, kinds, want)).values()
    return Observed(
        _together(found.have for found in observed),
        tuple(item for found in observed for item in found.foreign),
        tuple(item for found in observed for item in found.unseen),
    )


async def observe(world: World, kinds: Mapping[str, Kind], want: Resources) -> dict[str, Observed]:
    """What there is of every kind, each read as soon as those that it follows are."""
    tasks: dict[str, asyncio.Task[Observed]] = {}

    async def read(kind: Kind) -> Observed:
        await asyncio.gather(*(tasks[name] for name in kind.after if name in tasks))
        return await asyncio.to_thread(kind.observe, world, want)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(world.live.warm))
            tasks.update((name, group.create_task(read(kind))) for name, kind in kinds.items())
    except* BootstrapError as errors:
        raise _first(errors) from errors
    return {name: task.result() for name, task in tasks.items()}


def caller(aws: Door) -> Caller:
    """Who AWS says we are. Raises BootstrapError outside the organization's management account."""
    found = aws.call("sts.GetCallerIdentity")
    organization = Live(aws).organization
    if organization and organization["MasterAccountId"] != found["Account"]:
        message = f"account {found['Account']} is a member of the organization {organization['Id']}"
        hint = f"only its management account, {organization['MasterAccountId']}, can change an organization"
        raise BootstrapError(message, hint=hint)
    return Caller(found["Account"], found["Arn"])


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


def _whose(world: World, name: str) -> Whose:
    found = world.live.organization
    return Whose(name, found["Id"] if found else "", world.live.account)


def _together(parts: Iterable[Mapping[Address, Resource]]) -> Resources:
    return {address: resource for part in parts for address, resource in part.items()}


def _of_kind(resources: Mapping[Address, Resource], name: str) -> Resources:
    return {address: resource for address, resource in resources.items() if address.kind == name}


def _first(group: BaseExceptionGroup[BootstrapError]) -> BootstrapError:
    """One of several failures at once: they have one cause more often than not."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
