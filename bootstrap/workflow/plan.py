"""Make a plan. The stages, in order:

    desire   the YAML to wanted resources, by each kind                      (offline)
    observe  AWS to existing resources, by each kind                         (reads)
    aim      what is wanted, given what there is: retained, imported, order
    compare  the difference in order, with the cause of each change          (pure)
    narrow   to the targets                                                  (pure)
    guard    what blocks it, and which approvals override that               (pure)
    review   everything that a reader needs, with secrets masked             (pure)

Nothing here changes AWS.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from graphlib import CycleError
from typing import TYPE_CHECKING

from bootstrap.aws.inventory import Inventory
from bootstrap.engine import blast_radius, guards, last_applied
from bootstrap.engine.kind import Context, Fate, Sides
from bootstrap.engine.plan import WHOLE, Blocker, approval, make_plan
from bootstrap.engine.review import Mask, OrganizationRef, masked, place, review
from bootstrap.engine.targeting import EVERYTHING, narrow
from bootstrap.model.errors import BootstrapError
from bootstrap.model.resource import Ids
from bootstrap.planfile import fingerprint_of
from bootstrap.resources.organization.reads import management_account, organization
from bootstrap.workflow.applied import read_last_applied
from bootstrap.workflow.observe import observe
from bootstrap.workflow.planned import Planned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.engine.kind import Kind, Observed
    from bootstrap.engine.plan import Inaccessible, Plan, Unmanaged
    from bootstrap.engine.review import PlanReview
    from bootstrap.engine.targeting import Targets
    from bootstrap.model.resource import Address, Resource
    from bootstrap.spec.spec import Spec

    Resources = dict[Address, Resource]


def desire(spec: Spec, kinds: Mapping[str, Kind]) -> Resources:
    """Everything that the YAML asks for, by address."""
    return {resource.address: resource for kind in kinds.values() for resource in kind.desired(spec)}


def plan(  # noqa: PLR0913 (what is wanted, what AWS has, and what was approved)
    want: Mapping[Address, Resource],
    kinds: Mapping[str, Kind],
    aws: AwsApi,
    *,
    approvals: Collection[str] = (),
    reviewed: Collection[str] = (),
    limits: blast_radius.Limits = blast_radius.DEFAULT,
    targets: Targets = EVERYTHING,
) -> Planned:
    """The exact difference between what is wanted and what AWS has. Only reads.

    `approvals` are given now, and each must override something; `reviewed` were given to a reviewed plan, and some may
    be for what is done since.
    """
    given = frozenset({*approvals, *reviewed})
    context = make_context(aws, kinds)
    aim = _aim(observe(context, kinds, want), want, kinds, context, given)
    whole = last_applied.explain(_compare(aim, kinds), context.last_applied, Mask(want, context.ids.take_out))
    chosen, left_out = narrow(whole, targets)
    sides = Sides(_after(aim.want, aim.have, left_out), aim.have)
    in_force = blast_radius.in_force(limits, context.last_applied)
    radius = blast_radius.measure(chosen, kinds, sides)
    blockers = [
        *guards.guard(chosen, kinds, context, sides),
        *blast_radius.check(chosen, radius, in_force),
        *map(guards.import_blocker, aim.imported),
    ]
    made = guards.without_blocked(_remarked(chosen, kinds, context, sides), blockers)
    found = replace(
        review(made, _organization(context, want), blockers, kinds, given),
        specs=fingerprint_of({**want, limits.as_resource().address: limits.as_resource()}),
        targets=targets.typed,
        left_out=len(left_out),
        affected=radius.places,
        safety=asdict(limits),
        raised=blast_radius.raised(limits, in_force),
        placements=place(sides, chosen.unmanaged),
        have=aim.have,
    )
    return Planned(
        found.plan,
        _without_secrets(found, want, context),
        context,
        want={here: aim.want.get(here, resource) for here, resource in want.items()},
        have=aim.have,
        left_out=left_out,
        limits=limits,
        unneeded=guards.unneeded(approvals, blockers),
    )


def plan_destruction(
    organization: Resource, kinds: Mapping[str, Kind], aws: AwsApi, *, approvals: Collection[str] = ()
) -> Planned:
    """The plan that deletes everything that is managed, and forgets what must not be deleted."""
    context = make_context(aws, kinds)
    here = {organization.address: organization}
    seen = observe(context, kinds, here)
    have = _with_order(seen.have, seen, seen.have)
    remains = {address: kinds[address.kind].after_destroy(resource, approvals) for address, resource in have.items()}
    want = {address: resource for address, resource in remains.items() if resource is not None}
    found = _compare(_Aim(want, have, (), seen.unmanaged, (), seen.inaccessible), kinds)
    blockers = [*guards.guard(found, kinds, context, Sides()), *guards.left_behind(found)]
    if found:
        name = organization.address.name
        reason = f"deletes everything that this tool manages in {name}"
        blockers.append(Blocker(WHOLE, reason, token=approval("destroy", name)))
    made = _remarked(found, kinds, context, Sides(want, have))
    reviewed = replace(
        review(made, _organization(context, here), blockers, kinds, approvals), specs=fingerprint_of(want), have=have
    )
    return Planned(
        made,
        _without_secrets(reviewed, want, context),
        context,
        have=have,
        unneeded=guards.unneeded(approvals, blockers),
    )


def make_context(aws: AwsApi, kinds: Mapping[str, Kind]) -> Context:
    patterns = {name: kind.id_pattern for name, kind in kinds.items() if kind.id_pattern}
    inventory = Inventory(aws)
    return Context(aws, inventory, Ids(patterns), last_applied=read_last_applied(inventory))


@dataclass(frozen=True, slots=True)
class _Aim:
    """What to aim for, given what there is."""

    want: Mapping[Address, Resource]
    have: Mapping[Address, Resource]
    retained: tuple[Resource, ...]
    unmanaged: tuple[Unmanaged, ...]
    imported: tuple[Unmanaged, ...]
    inaccessible: tuple[Inaccessible, ...]


def _aim(
    seen: Observed,
    want: Mapping[Address, Resource],
    kinds: Mapping[str, Kind],
    context: Context,
    approvals: Collection[str],
) -> _Aim:
    """Adjust what is wanted, import what is approved, and retain what a missing line must not delete."""
    imported = guards.imported(seen.unmanaged, approvals)
    for item in imported:
        if item.id:
            context.ids[item.address] = item.id
    have = {**seen.have, **{item.address: item.resource for item in imported if item.resource}}
    adjusted = {**want, **seen.adjusted}
    asked = {here: resource for here, resource in adjusted.items() if resource is not None}
    retained = {
        here: resource
        for here, resource in have.items()
        if here not in adjusted and kinds[here.kind].on_omission is Fate.RETAIN
    }
    wanted = {**retained, **asked}
    known = wanted.keys() | have.keys()
    return _Aim(
        _with_order(wanted, seen, known),
        _with_order(have, seen, known),
        tuple(retained[here] for here in sorted(retained)),
        # What is imported with another resource is no news of its own.
        tuple(item for item in seen.unmanaged if item not in imported and item.import_with is None),
        tuple(item for item in imported if item.import_with is None),
        seen.inaccessible,
    )


def _with_order(resources: Mapping[Address, Resource], seen: Observed, known: Collection[Address]) -> Resources:
    """With the order that shows only now, among the known resources: one that is not imported has no part in it."""
    return {
        here: replace(resource, follows=resource.follows | seen.follows[here].intersection(known))
        if here in seen.follows
        else resource
        for here, resource in resources.items()
    }


def _compare(aim: _Aim, kinds: Mapping[str, Kind]) -> Plan:
    forgetting = {name for name, kind in kinds.items() if kind.on_destroy is Fate.FORGET}
    try:
        return make_plan(
            aim.want,
            aim.have,
            retained=aim.retained,
            unmanaged=aim.unmanaged,
            inaccessible=aim.inaccessible,
            forgetting=forgetting,
        )
    except CycleError as error:
        circle = " needs ".join(str(address) for address in reversed(error.args[1]))
        message = f"these need each other: {circle}"
        raise BootstrapError(message, hint="a guardrail or trust refers to an account that it binds") from error


def _remarked(found: Plan, kinds: Mapping[str, Kind], context: Context, sides: Sides) -> Plan:
    changes = (
        replace(change, remarks=tuple(kinds[change.address.kind].remarks(context, change, sides)))
        for change in found.changes
    )
    return replace(found, changes=tuple(changes))


def _after(
    want: Mapping[Address, Resource], have: Mapping[Address, Resource], left_out: Collection[Address]
) -> Resources:
    """Everything once the plan is applied: what it leaves out stays as it is."""
    stays = {here: resource for here, resource in have.items() if here in left_out}
    return {here: resource for here, resource in want.items() if here not in left_out} | stays


def _without_secrets(found: PlanReview, want: Mapping[Address, Resource], context: Context) -> PlanReview:
    hidden = masked(found, want, context.ids.take_out)
    return replace(hidden, observed=fingerprint_of(hidden.have))


def _organization(context: Context, want: Iterable[Address]) -> OrganizationRef:
    found = context.read(organization)
    name = next(address.name for address in want if address.kind == "organization")
    return OrganizationRef(name, found["Id"] if found else "", context.read(management_account))
