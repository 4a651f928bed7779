"""Policies of ours on a target that the YAML no longer asks for: they go once what replaces them is there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from bootstrap.engine.kind import Kind, Observed
from bootstrap.engine.plan import Blocker, consent
from bootstrap.model.resource import Address, Resource
from bootstrap.resources import organization, ownership, targets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.engine.last_applied import Compared
    from bootstrap.engine.plan import Change
    from bootstrap.resources.policy.reads import LivePolicy
    from bootstrap.spec.spec import Spec


# The key under which a body names AWS's own policies that somebody took off: to delete the surplus attaches them.
_LACKS: Final = "lacks"


def address(target: Address) -> Address:
    return Address(SurplusKind.name, str(target))


def loosening(ou: str) -> frozenset[Address]:
    """The surplus that still binds what stands in an OU."""
    return frozenset(address(target) for target in targets.binding(ou))


def on(context: Context, target: Address, policy_type: str, attachments: Resource) -> Iterator[str]:
    """The name of each policy that is surplus on a target, given the attachments that it shall have."""
    want = {attachments.address: attachments}
    for there, policy in targets.attached(context):
        if there == target and policy.type == policy_type and _is_surplus(context, policy, target, want):
            yield policy.name


class SurplusKind(Kind):
    """Named by its target: `surplus:ou:Workloads`. Nobody wants any, so that it is only ever deleted."""

    name = "surplus"
    after = ("ou", "account", "policy")

    def desired(self, spec: Spec) -> Iterable[Resource]:
        del spec
        return ()

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        there: dict[Address, set[str]] = defaultdict(set)
        by_target: dict[Address, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for target, policy in targets.attached(context):
            there[target].add(policy.name)
            if _is_surplus(context, policy, target, want):
                by_target[target][policy.type].add(policy.name)
        found = (_resource(target, by_type, there[target], want) for target, by_type in by_target.items())
        return Observed({resource.address: resource for resource in found})

    def remembered_as(self, address: Address) -> Address:
        return Address("attachments", address.name)

    def compared(self, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]) -> Compared:
        return targets.compared(self.about(change.address), want, have)

    def about(self, address: Address) -> Address:
        return Address.parse(address.name)

    def blockers(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[Blocker]:
        if change.before is None:
            return
        target = self.about(change.address)
        if target == organization.ROOT_ADDRESS:
            yield from targets.at_the_root(
                context, targets.OFF, change.address, targets.all_names(change.before.body), have
            )
            yield from targets.at_the_root(context, targets.OPEN, change.address, _lacking(change.before), have)
        if target.kind == "ou":
            yield from _left_behind(context, change.address, target.name, want, have)

    def remarks(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        del want
        bound = targets.bound(context, [self.about(change.address)], have)
        yield f"detached; it bound {bound}"
        if change.before and (lacking := _lacking(change.before)):
            yield targets.opened(lacking)

    def create(self, context: Context, want: Resource) -> None:
        raise AssertionError(f"{context}, {want}: no surplus is ever wanted")

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        raise AssertionError(f"{context}, {have}, {want}: no surplus is ever wanted")

    def delete(self, context: Context, have: Resource) -> None:
        target = Address.parse(have.address.name)
        # AWS's own policy that allows everything may have been detached for one of ours that allows less.
        for policy in sorted(_lacking(have)):
            targets.attach(context, policy, target)
        for policy_type in targets.types(have.body):
            for policy in sorted(targets.names(have.body, policy_type)):
                targets.detach(context, policy, target)


def _resource(
    target: Address, by_type: Mapping[str, set[str]], there: Collection[str], want: Mapping[Address, Resource]
) -> Resource:
    wanted = want.get(Address("attachments", str(target)))
    # Attachments that are wanted have AWS's own in them, and bring it back themselves.
    alone = [policy_type for policy_type in by_type if wanted is None or policy_type not in wanted.body]
    lacking = sorted({own for policy_type in alone for own in targets.default(policy_type)}.difference(there))
    body = {**targets.body(by_type), _LACKS: lacking} if lacking else targets.body(by_type)
    return Resource(address(target), body, targets.needs(target, by_type))


def _lacking(surplus: Resource) -> set[str]:
    return targets.names(surplus.body, _LACKS)


def _left_behind(
    context: Context, address: Address, ou: str, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
) -> Iterator[Blocker]:
    """An account that left the YAML stays in its OU. If the OU loses guardrails and no account of the YAML with
    that environment stands there, no other line would say so: it takes `leave:ACCOUNT`.
    """
    accounts = {here: resource for here, resource in sorted(want.items()) if here.kind == "account" and here in have}
    # What changes for the accounts of an environment where they stand changes for this one as for them.
    alive = {(ownership.environment(named), named.body["ou"]) for named in accounts.values() if named.origin}
    for here, resource in accounts.items():
        where, environment = str(resource.body["ou"]), ownership.environment(resource)
        if resource.origin or not environment or (environment, where) in alive:
            continue
        if Address("ou", ou) not in targets.binding(where):
            continue
        was, becomes = (targets.rules(context, where, side) for side in (have, want))
        # A policy that stays there is written anew for whoever else stands there, too.
        if lost := targets.lost({name: said for name, said in was.items() if name not in becomes}, becomes):
            yield Blocker(
                address,
                f"{here} stays there, though the YAML has it no more, and loses {', '.join(lost)}",
                hint="put it back into the YAML, or leave its OU the guardrails",
                token=consent("leave", here.name),
                loses=tuple(lost),
            )


def _is_surplus(context: Context, policy: LivePolicy, target: Address, want: Mapping[Address, Resource]) -> bool:
    return targets.is_ours(context, policy) and not targets.is_wanted(policy, target, want)
