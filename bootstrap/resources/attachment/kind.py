"""One policy on one target, the root or an OU: `attachment:region.limit@Workloads`."""

from __future__ import annotations

import threading
from collections import defaultdict
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from bootstrap.aws.limits import FULL
from bootstrap.engine.kind import Kind, Observed, Sides
from bootstrap.engine.plan import Blocker, Risk, Unmanaged, approval
from bootstrap.model.errors import AwsError
from bootstrap.model.resource import Address, Resource
from bootstrap.policy import types
from bootstrap.policy.compile import compile_policies
from bootstrap.resources import tags
from bootstrap.resources.account.reads import accounts
from bootstrap.resources.attachment import targets
from bootstrap.resources.attachment.slots import Slots
from bootstrap.resources.organization.kind import ROOT_ADDRESS
from bootstrap.resources.organization.reads import enabled_types
from bootstrap.resources.organizational_unit.kind import needs_of_ou
from bootstrap.resources.policy.reads import policies_with_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change
    from bootstrap.spec.spec import Spec

# One attachment at a time makes room: two might take the slot of each other.
_MAKING_ROOM: Final = threading.Lock()


class AttachmentKind(Kind):
    """New policies are attached before old ones are detached: a new attachment follows those that are detached from its
    target, and an account follows all attachments that bind it.
    """

    name = targets.KIND
    observed_after = ("organization", "ou", "account", "policy")

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for policy in compile_policies(spec):
            for path in policy.targets:
                here = Address("ou", path)
                yield _resource(policy.name, policy.type, here, spec.origin(here.kind, here.name))
                # Without AWS's own policy, which allows everything, nothing would be allowed.
                if default := types.default_policy(policy.type):
                    yield _resource(default, policy.type, here)

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        have: dict[Address, Resource] = {}
        unmanaged: list[Unmanaged] = []
        for target, policy in targets.attached(context):
            here = targets.attachment(policy.name, target)
            found = _resource(policy.name, policy.type, target)
            policy_address = Address("policy", policy.name)
            if targets.is_managed(context, policy) or (policy.aws_managed and here in want):
                have[here] = found
            elif not policy.aws_managed and policy_address in want:
                text = f"a policy of that name on {target}"
                unmanaged.append(Unmanaged(here, text, resource=found, import_with=policy_address))
        have |= _attached_by_aws(context, want)
        opened = {found.address: found for found in _to_be_opened(context, want, have)}
        unmanaged += _shut(context, {**want, **opened})
        # Unmanaged attachments are ordered too, in case an approval imports them.
        known = {**have, **{item.address: item.resource for item in unmanaged if item.resource}}
        follows = {**_order_of_attachments({**want, **opened}, known), **dict(_order_of_accounts(context, want, known))}
        return Observed(have, tuple(unmanaged), adjusted=opened, follows=follows)

    def guard(self, context: Context, change: Change, sides: Sides) -> Iterator[Blocker]:
        side = change.after or change.before
        assert side is not None
        policy, target = targets.policy_of(side), targets.target_of(side)
        if target == ROOT_ADDRESS:
            opens = policy == types.default_policy(str(side.body["type"]))
            attach = targets.OPEN if opens else targets.ATTACH
            yield from targets.root_blocker(
                context, attach if change.after else targets.DETACH, change.address, policy, sides
            )
        if change.after is None:
            yield from _left_behind(context, change, side, sides)

    def remarks(self, context: Context, change: Change, sides: Sides) -> Iterator[str]:
        side = change.after or change.before
        assert side is not None
        bound = targets.bound(context, [targets.target_of(side)], sides.want if change.after else sides.have)
        yield f"binds {bound}" if change.after else f"no longer binds {bound}"
        if change.after and targets.policy_of(side) == types.default_policy(str(side.body["type"])):
            yield "everything that no policy denies is allowed there again"

    def risk(self, change: Change) -> Risk:
        del change
        return Risk.MEDIUM  # it changes permissions

    def create(self, context: Context, want: Resource) -> None:
        try:
            _call(context, "AttachPolicy", want, unless="DuplicatePolicyAttachmentException")
        except AwsError as error:
            if error.reason != FULL:
                raise
            with _MAKING_ROOM:
                _make_room(context, want, error)

    def delete(self, context: Context, have: Resource) -> None:
        _call(context, "DetachPolicy", have, unless="PolicyNotAttachedException")

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        if self.name not in call.state:
            call.state[self.name] = Slots(call.observed, call.state.setdefault("created policies", {}))
        slots: Slots = call.state[self.name]
        match call.operation:
            case "AttachPolicy":
                slots.attach(call.parameters["PolicyId"], call.parameters["TargetId"])
            case "DetachPolicy":
                slots.detach(call.parameters["PolicyId"], call.parameters["TargetId"])
        return None


def _binding(ou: str, side: Iterable[Resource]) -> frozenset[Address]:
    """The attachments among these that bind the accounts in an OU."""
    above = targets.binding(ou)
    return frozenset(
        found.address for found in side if found.address.kind == targets.KIND and targets.target_of(found) in above
    )


def _resource(policy: str, policy_type: str, target: Address, origin: str = "") -> Resource:
    default = types.default_policy(policy_type)
    needs = needs_of_ou(target.name) if target.kind == "ou" else frozenset({target})
    return Resource(
        targets.attachment(policy, target),
        {"policy": policy, "target": str(target), "type": policy_type},
        # AWS's own policies are always there, but can be attached only where the type is enabled.
        needs | {Address("policy-type", policy_type) if policy == default else Address("policy", policy)},
        origin=origin,
        owner=target,
    )


def _attached_by_aws(context: Context, want: Mapping[Address, Resource]) -> dict[Address, Resource]:
    """AWS attaches its own policy to each new OU, and to every target when the type is enabled."""
    enabled, there = context.read(enabled_types), set(targets.managed_targets(context, want).values())
    return {
        here: resource
        for here, resource in want.items()
        if here.kind == targets.KIND
        and targets.policy_of(resource) == types.default_policy(str(resource.body["type"]))
        and (resource.body["type"] not in enabled or targets.target_of(resource) not in there)
    }


def _to_be_opened(
    context: Context, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
) -> Iterator[Resource]:
    """AWS's own policy, where ours is detached and somebody detached AWS's: otherwise nothing would be allowed."""
    attached = {(str(target), policy.name) for target, policy in targets.attached(context)}
    for here, found in have.items():
        policy_type, target = str(found.body["type"]), targets.target_of(found)
        default = types.default_policy(policy_type)
        if default and here not in want and (str(target), default) not in attached:
            opened = _resource(default, policy_type, target)
            if opened.address not in want:
                yield opened


def _order_of_attachments(
    want: Mapping[Address, Resource], have: Mapping[Address, Resource]
) -> dict[Address, frozenset[Address]]:
    """New attachments follow those that are detached from the same target."""
    going: dict[object, set[Address]] = defaultdict(set)
    for here, found in have.items():
        if here not in want:
            going[found.body["target"], found.body["type"]].add(here)
    return {
        here: frozenset(going[found.body["target"], found.body["type"]])
        for here, found in want.items()
        if here.kind == targets.KIND and (found.body["target"], found.body["type"]) in going
    }


def _order_of_accounts(
    context: Context, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
) -> Iterator[tuple[Address, frozenset[Address]]]:
    """An account follows the attachments that are detached above it: they stay until it has moved. An account of an
    environment that is no longer in the YAML follows all wanted attachments above it, too.
    """
    detached = [found for here, found in have.items() if here not in want]
    old, new = (cache(partial(_binding, side=side)) for side in (detached, list(want.values())))
    found_tags = context.read(tags.all_tags)
    for account in context.read(accounts):
        here = context.ids.address(account.id)
        if here is not None:
            left_yaml = here not in want and tags.ENVIRONMENT_TAG in found_tags.get(account.arn, {})
            yield here, old(account.ou) | (new(account.ou) if left_yaml else frozenset())


def _shut(context: Context, want: Mapping[Address, Resource]) -> Iterator[Unmanaged]:
    """Managed targets where somebody detached AWS's own policy, and this plan does not attach it again."""
    closed = {account.id for account in context.read(accounts) if not account.open}
    enabled = context.read(enabled_types)
    for policy in context.read(policies_with_targets):
        if policy.aws_managed and policy.type in enabled and policy.name == types.default_policy(policy.type):
            for target_id, target in targets.managed_targets(context, want).items():
                here = targets.attachment(policy.name, target)
                if not (target_id in policy.targets or target_id in closed or here in want):
                    yield Unmanaged(
                        here, f"{policy.name} is detached: only actions that other policies allow are allowed there"
                    )


def _left_behind(context: Context, change: Change, detached: Resource, sides: Sides) -> Iterator[Blocker]:
    """A blocker for each retained account that loses the guardrail, unless the YAML has an account of its environment
    in the same OU: then the plan already shows the loss.
    """
    policy, target = targets.policy_of(detached), targets.target_of(detached)
    there = {here: found for here, found in sorted(sides.want.items()) if here.kind == "account" and here in sides.have}
    in_yaml = {(tags.environment(found), found.body["ou"]) for found in there.values() if found.origin}
    for here, found in there.items():
        path, environment = str(found.body["ou"]), tags.environment(found)
        if found.origin or not environment or (environment, path) in in_yaml:
            continue
        if target not in targets.binding(path):
            continue
        was, becomes = (targets.guardrails(context, path, side) for side in (sides.have, sides.want))
        # A changed policy is no loss here: it changes for all accounts in the OU.
        gone = {policy: was[policy]} if policy in was and policy not in becomes else {}
        if missing := targets.lost(gone, becomes):
            yield Blocker(
                change.address,
                f"{here} left the YAML and stays in that OU; it would lose {', '.join(missing)}",
                hint="add the account to the YAML again, or keep the guardrail on its OU",
                token=approval("leave", here.name),
                loses=tuple(missing),
            )


def _make_room(context: Context, want: Resource, full: AwsError) -> None:
    """Free a slot by detaching an old policy first: it is missing for the time of two calls."""
    target = targets.target_of(want)
    for going in sorted(want.follows):
        if going.kind == targets.KIND:
            # The names of policies and OUs may contain an `@` too.
            policy = going.name.removesuffix(targets.attachment("", target).name)
            old = _resource(policy, str(want.body["type"]), target)
            _call(context, "DetachPolicy", old, unless="PolicyNotAttachedException")
            try:
                _call(context, "AttachPolicy", want, unless="DuplicatePolicyAttachmentException")
            except AwsError as error:
                if error.reason != FULL:
                    raise
            else:
                return
    raise full


def _call(context: Context, operation: str, resource: Resource, *, unless: str) -> None:
    """Attach or detach; `unless` is AWS's error if that is already done."""
    policy, target = targets.policy_of(resource), targets.target_of(resource)
    # The ids of AWS's own policies are their names: p-FullAWSAccess.
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    is_default = policy == types.default_policy(str(resource.body["type"]))
    policy_id = f"p-{policy}" if is_default else context.ids[Address("policy", policy)]
    target_id = context.ids[target] if target in context.ids else _unmanaged_id(context, target)
    try:
        context.aws.call(f"organizations.{operation}", PolicyId=policy_id, TargetId=target_id)
    except AwsError as error:
        if error.code != unless:
            raise


def _unmanaged_id(context: Context, target: Address) -> str:
    return next(account.id for account in context.read(accounts) if targets.unmanaged_account(account) == target)
