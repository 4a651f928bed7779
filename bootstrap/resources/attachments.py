"""The policies that must be on one target: the root, an OU. The set is what AWS limits, so it is one thing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.aws.limits import FULL
from bootstrap.engine.kind import Kind, Observed
from bootstrap.engine.plan import Risk, Unmanaged
from bootstrap.model.errors import AwsError
from bootstrap.model.resource import Address, Resource
from bootstrap.policy.compile import compile_policies
from bootstrap.resources import organization, surplus, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.engine.last_applied import Compared
    from bootstrap.engine.plan import Blocker, Change
    from bootstrap.spec.spec import Spec


def guarding(ou: str) -> frozenset[Address]:
    """The attachments that bind what stands in an OU: the OU's own, and those of every OU above."""
    return frozenset(Address(AttachmentsKind.name, str(target)) for target in targets.binding(ou))


class AttachmentsKind(Kind):
    """Named by its target: `attachments:ou:Workloads/Beta`. The body holds policy names by policy type.

    It only ever attaches. What is attached and no longer wanted is `surplus`, which goes later: so that a
    guardrail can move from one target to another and be on both for a while, not on neither.
    """

    name = "attachments"
    after = ("ou", "account", "policy")

    def desired(self, spec: Spec) -> Iterable[Resource]:
        by_ou: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for policy in compile_policies(spec):
            # AWS's own policy that allows everything is part of the set: without it nothing would be allowed.
            default = facts.POLICY_TYPES[policy.type].default
            for ou in policy.targets:
                by_ou[ou][policy.type] |= {policy.name, default} - {""}
        for ou, by_type in sorted(by_ou.items()):
            target = Address("ou", ou)
            yield _resource(target, by_type, spec.origin(target.kind, target.name))

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        by_target: dict[Address, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for target in targets.of_ours(context, want).values():
            wanted = want.get(Address(self.name, str(target)))
            # What was there before us may be without AWS's own policy: of its set nothing is taken for granted.
            for policy_type in context.inventory.enabled_types & (wanted.body.keys() if wanted else set()):
                by_target[target][policy_type] = set()
        for target, policy in targets.attached(context):
            if targets.is_wanted(policy, target, want):
                by_target[target][policy.type].add(policy.name)
        found = (_resource(target, by_type) for target, by_type in by_target.items())
        return Observed({resource.address: resource for resource in found}, tuple(_shut(context, want)))

    def compared(self, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]) -> Compared:
        return targets.compared(self.about(change.address), want, have)

    def about(self, address: Address) -> Address:
        return Address.parse(address.name)

    def risk(self, change: Change) -> Risk:
        del change
        return Risk.MEDIUM  # whatever is attached changes what everybody there may do

    def blockers(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[Blocker]:
        del want
        if change.after is not None and self.about(change.address) == organization.ROOT_ADDRESS:
            before = targets.all_names(change.before.body) if change.before else set()
            yield from targets.at_the_root(
                context, targets.ONTO, change.address, targets.all_names(change.after.body) - before, have
            )
            if change.before:
                again = targets.defaults(change.after.body) - targets.defaults(change.before.body)
                yield from targets.at_the_root(context, targets.OPEN, change.address, again, have)

    def remarks(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        del have
        yield f"binds {targets.bound(context, [self.about(change.address)], want)}"
        before, after = (targets.defaults(side.body) if side else set() for side in (change.before, change.after))
        if change.before and after - before:
            yield targets.opened(after - before)

    def create(self, context: Context, want: Resource) -> None:
        # A new OU comes with AWS's own policy attached, and so does each target when the type is enabled. All else
        # was observed, with nothing on it at the least.
        self._attach(context, want, {name: targets.default(name) for name in want.body})

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        self._attach(context, want, have.body)

    def delete(self, context: Context, have: Resource) -> None:
        raise AssertionError(f"{context}, {have}: what is not wanted is surplus")

    def _attach(self, context: Context, want: Resource, have: Mapping[str, object]) -> None:
        target = Address.parse(want.address.name)
        for policy_type in sorted(want.body):
            going = surplus.on(context, target, policy_type, want)
            for policy in sorted(targets.names(want.body, policy_type) - targets.names(have, policy_type)):
                try:
                    targets.attach(context, policy, target)
                except AwsError as error:
                    old = next(going, None) if error.reason == FULL else None
                    if old is None:
                        raise
                    # No slot is free for both: for as long as two calls take, one of the old is missing.
                    targets.detach(context, old, target)
                    targets.attach(context, policy, target)


def _resource(target: Address, by_type: Mapping[str, set[str]], origin: str = "") -> Resource:
    return Resource(
        Address(AttachmentsKind.name, str(target)),
        targets.body(by_type),
        needs=targets.needs(target, by_type),
        origin=origin,
        follows=frozenset({surplus.address(target)}),
    )


def _shut(context: Context, want: Mapping[Address, Resource]) -> Iterator[Unmanaged]:
    """Targets of ours from which somebody took AWS's own policy that allows everything, where nothing of ours puts it
    back: neither attachments that are wanted, nor surplus that goes.
    """
    closed = {account.id for account in context.inventory.accounts if not account.open}
    ours = {
        (policy.type, target)
        for policy in context.inventory.policies
        if targets.is_ours(context, policy)
        for target in policy.targets
    }
    enabled = context.inventory.enabled_types
    for policy in context.inventory.policies:
        if policy.aws_managed and policy.type in enabled and policy.name in targets.default(policy.type):
            for target_id, target in targets.of_ours(context, want).items():
                wanted = want.get(Address(AttachmentsKind.name, str(target)))
                is_put_back = (policy.type, target_id) in ours or (wanted is not None and policy.type in wanted.body)
                if not (target_id in policy.targets or target_id in closed or is_put_back):
                    text = f"{policy.name} is not attached: only what other policies there allow is allowed"
                    yield Unmanaged(Address("attachment", str(target)), text)
