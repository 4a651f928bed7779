"""What it takes to make AWS as the YAML says, or to remove all that is ours: nothing here changes AWS."""

from __future__ import annotations

from dataclasses import asdict, replace
from graphlib import CycleError
from typing import TYPE_CHECKING, Any

from bootstrap.aws.inventory import Inventory
from bootstrap.engine import blast_radius, guards, last_applied
from bootstrap.engine.kind import Context
from bootstrap.engine.plan import WHOLE, Blocker, Plan, consent, make_plan
from bootstrap.engine.review import OrganizationRef, places, propose
from bootstrap.engine.targeting import ALL, narrow
from bootstrap.model.errors import BootstrapError
from bootstrap.model.resource import Ids
from bootstrap.planfile import fingerprint_of
from bootstrap.secrecy.redact import hidden
from bootstrap.workflow.observe import look, of_kind, together
from bootstrap.workflow.planned import Planned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.aws.client import AwsClient
    from bootstrap.engine.kind import Kind
    from bootstrap.engine.plan import Change
    from bootstrap.engine.targeting import Selection
    from bootstrap.model.resource import Address, Resource
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow.observe import Resources


def desire(spec: Spec, kinds: Mapping[str, Kind]) -> Resources:
    """Everything the YAML asks for, by address. Pure, and offline."""
    return {resource.address: resource for kind in kinds.values() for resource in kind.desired(spec)}


def plan(  # noqa: PLR0913 (what is wanted, what there is, and what was agreed to)
    want: Resources,
    kinds: Mapping[str, Kind],
    aws: AwsClient,
    *,
    inventory: Inventory | None = None,
    allow: Collection[str] = (),
    recalled: Collection[str] = (),
    limits: blast_radius.Limits = blast_radius.USUAL,
    only: Selection = ALL,
) -> Planned:
    """The exact difference between what is wanted and what AWS has. Only reads.

    `live` may have been read before. `allow` are the consents given now, each of which must override something;
    `recalled` those that were given to a plan that was reviewed, of which some may be to what is done since.
    `limits` say how much at once is usual, `only` what the plan is narrowed to.
    """
    context = Context(aws, inventory or Inventory(aws), Ids(), given=frozenset({*allow, *recalled}))
    seen = look(context, kinds, want)
    adopted = guards.adopted(seen.unmanaged, context.given)
    have = {**seen.have, **{item.address: item.resource for item in adopted if item.resource}}
    settled = together(kind.settle(of_kind(want, name), of_kind(have, name)) for name, kind in kinds.items())
    made = _make_plan(
        settled,
        have,
        kinds,
        kept=[settled[address] for address in sorted(settled.keys() - want.keys())],
        unmanaged=[item for item in seen.unmanaged if item not in adopted],
        inaccessible=seen.inaccessible,
    )
    known = context.memory
    made = last_applied.explain(
        made,
        known,
        lambda change: kinds[change.address.kind].compared(change, settled, have),
        lambda change: kinds[change.address.kind].means_another(change),
    )
    whole = made
    made, left_out = narrow(whole, only, lambda address: kinds[address.kind].about(address))
    sides, usual = (_then(settled, have, left_out), have), blast_radius.in_force(limits, known)
    touched = blast_radius.reach(made, kinds, sides).places
    asked = [
        *guards.check(made, kinds, context, *sides),
        *blast_radius.check(made, kinds, sides, usual, context.inventory.account),
        *map(guards.taken_over, adopted),
    ]
    made = guards.without_refused(made, asked)
    safety = limits.as_resource()
    given = {*allow, *recalled, *blast_radius.recalled(asked, recalled, hidden(touched, context.inventory.account))}
    review = replace(
        propose(_remarked(made, kinds, context, *sides), _whose(context, want), asked, kinds, given),
        specs=fingerprint_of({**want, safety.address: safety}),
        observed=fingerprint_of(have),
        only=only.typed,
        left_out=len(left_out),
        touched=touched,
        safety=asdict(limits),
        loosened=blast_radius.loosened(limits, usual),
        places=places(*sides, made.unmanaged, kinds),
        have=have,
    )

    def words_left(done: Collection[Address]) -> list[str]:
        left, sides_then = blast_radius.rest(made, sides, done)
        return [
            blocker.token for blocker in blast_radius.check(left, kinds, sides_then, usual, context.inventory.account)
        ]

    halves = _halves(whole, left_out, kinds, (settled, have), known)
    asked_for = {address: settled[address] for address in want if address in settled}
    idle = guards.idle(allow, asked)
    return Planned(review, aws, context, asked_for, left_out, limits, words_left, halves, idle)


def plan_destruction(
    organization: Resource,
    kinds: Mapping[str, Kind],
    aws: AwsClient,
    *,
    inventory: Inventory | None = None,
    allow: Collection[str] = (),
) -> Planned:
    """The plan that removes all that is marked as ours, and releases what must not be removed."""
    context = Context(aws, inventory or Inventory(aws), Ids())
    here = {organization.address: organization}
    seen = look(context, kinds, here)
    left = {address: kinds[address.kind].remains(resource, allow) for address, resource in seen.have.items()}
    want = {address: resource for address, resource in left.items() if resource is not None}
    made = _make_plan(want, seen.have, kinds, unmanaged=seen.unmanaged, inaccessible=seen.inaccessible)
    asked = [*guards.check(made, kinds, context, {}, {}), *guards.forgotten(made)]
    if made:
        name = organization.address.name
        asked.append(
            Blocker(
                WHOLE,
                f"this removes all that this tool made in {name}",
                token=consent("destroy", name),
            )
        )
    made = _remarked(made, kinds, context, want, seen.have)
    review = propose(made, _whose(context, here), asked, kinds, allow)
    review = replace(review, specs=fingerprint_of(want), observed=fingerprint_of(seen.have))
    return Planned(review, aws, context, idle=guards.idle(allow, asked))


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
    context: Context,
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
) -> Plan:
    return replace(
        plan,
        changes=tuple(
            replace(change, remarks=tuple(kinds[change.address.kind].remarks(context, change, want, have)))
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
    known: last_applied.LastApplied | None,
) -> tuple[Resource, ...]:
    """What there will be of things that are remembered as one, and done in part."""
    want, have = sides
    done = {change.address for change in whole.changes} - set(left_out)
    then = {here: resource for here, resource in have.items() if here not in done}
    then |= {here: want[here] for here in done if here in want}

    def compare(change: Change, there: Mapping[Address, Resource]) -> last_applied.Compared:
        return kinds[change.address.kind].compared(change, want, there)

    left = [change for change in whole.changes if change.address in left_out]
    return tuple(
        last_applied.halves(left, known, (lambda change: compare(change, have), lambda change: compare(change, then)))
    )


def _whose(context: Context, want: Iterable[Address]) -> OrganizationRef:
    found = context.inventory.organization
    name = next(address.name for address in want if address.kind == "organization")
    return OrganizationRef(name, found["Id"] if found else "", context.inventory.account)
