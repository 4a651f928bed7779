"""The set of policies on one target: the root, a unit, an account. The set is what AWS limits, so it is one thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.errors import AwsError
from bootstrap.kind import Kind, Observed
from bootstrap.kinds.unit import needs_of_unit
from bootstrap.model import Address, Resource
from bootstrap.names import ROOT
from bootstrap.plan import Foreign
from bootstrap.policy.compile import compile_policies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.aws.live import LivePolicy
    from bootstrap.kind import World
    from bootstrap.model import Json
    from bootstrap.spec.spec import Spec


# https://docs.aws.amazon.com/organizations/latest/APIReference/API_ConstraintViolationException.html
_FULL = "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"


def guarding(unit: str) -> frozenset[Address]:
    """The attachments that bind what stands in a unit: the unit's own, and those of every unit above."""
    parts = unit.split("/")
    paths = {ROOT} | {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return frozenset(Address("attachments", f"unit:{path}") for path in paths)


class AttachmentsKind(Kind):
    """Named by its target: `attachments:unit:Workloads/Beta`. The body holds policy names by policy type."""

    name = "attachments"
    after = ("unit", "account", "policy")

    def desired(self, spec: Spec) -> Iterable[Resource]:
        by_unit: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for policy in compile_policies(spec):
            # AWS's own policy that allows everything is part of the set: without it nothing would be allowed.
            default = facts.POLICY_TYPES[policy.type].default
            for unit in policy.targets:
                by_unit[unit][policy.type] |= {policy.name, default} - {""}
        for unit, by_type in sorted(by_unit.items()):
            target = Address("unit", unit)
            yield _resource(target, by_type, spec.origin(target.kind, target.name))

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        by_target: dict[Address, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        ours: set[Address] = set()
        foreign = []
        for policy in world.live.policies:
            for target in filter(None, map(world.ids.address, policy.targets)):
                here = Address(self.name, str(target))
                if policy.aws_managed:
                    by_target[target][policy.type].add(policy.name)
                elif world.ids.address(policy.id):
                    by_target[target][policy.type].add(policy.name)
                    ours.add(here)
                elif here in want:
                    foreign.append(_foreign(target, policy))
        have = {}
        for target, by_type in by_target.items():
            resource = _resource(target, by_type)
            # AWS attaches its own to every target; only a target with one of ours, or meant to have one, is ours.
            if resource.address in ours or resource.address in want:
                have[resource.address] = resource
        return Observed(have, tuple(foreign))

    def create(self, world: World, want: Resource) -> None:
        # A new unit comes with AWS's own policy attached, and so does each target when the type is enabled.
        self._change(world, want.address, {name: [_default(name)] for name in want.body}, want.body)

    def update(self, world: World, have: Resource, want: Resource) -> None:
        self._change(world, want.address, have.body, want.body)

    def delete(self, world: World, have: Resource) -> None:
        self._change(world, have.address, have.body, {name: [_default(name)] for name in have.body})

    def _change(self, world: World, here: Address, have: Mapping[str, Json], want: Mapping[str, Json]) -> None:
        """Attach the new before detaching the old: at no moment is the target without its guardrails."""
        target = world.ids[Address.parse(here.name)]

        def call(operation: str, policy: str) -> None:
            world.aws.call(f"organizations.{operation}", PolicyId=_id(world, policy), TargetId=target)

        for policy_type in sorted(have.keys() | want.keys()):
            going = sorted(_set(have, policy_type) - _set(want, policy_type))
            for policy in sorted(_set(want, policy_type) - _set(have, policy_type)):
                try:
                    call("AttachPolicy", policy)
                except AwsError as error:
                    if error.reason != _FULL or not going:
                        raise
                    # No slot is free for both: for as long as two calls take, one of the old is missing.
                    call("DetachPolicy", going.pop())
                    call("AttachPolicy", policy)
            for policy in going:
                call("DetachPolicy", policy)


def _resource(target: Address, by_type: Mapping[str, set[str]], origin: str = "") -> Resource:
    policies = {Address("policy", name) for names in by_type.values() for name in names if not _is_default(name)}
    place = needs_of_unit(target.name) if target.kind == "unit" else frozenset({target})
    return Resource(
        Address(AttachmentsKind.name, str(target)),
        {name: sorted(policies) for name, policies in sorted(by_type.items())},
        needs=place | policies,
        origin=origin,
    )


def _foreign(target: Address, policy: LivePolicy) -> Foreign:
    return Foreign(Address("attachment", f"{target}"), f'the policy "{policy.name}" is attached, and is not ours')


def _default(policy_type: str) -> str:
    return facts.POLICY_TYPES[policy_type].default


def _is_default(name: str) -> bool:
    return any(name == policy_type.default for policy_type in facts.POLICY_TYPES.values())


def _set(body: Mapping[str, Json], policy_type: str) -> set[str]:
    names = body.get(policy_type, ())
    assert isinstance(names, Sequence)
    return {str(name) for name in names}


def _id(world: World, policy: str) -> str:
    # The ids of AWS's own policies are their names: p-FullAWSAccess.
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    return f"p-{policy}" if _is_default(policy) else world.ids[Address("policy", policy)]
