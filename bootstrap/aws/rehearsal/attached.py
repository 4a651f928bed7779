"""Which policies would be on which target: there are only so many slots, and kinds make room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.aws.limits import FULL
from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from bootstrap.aws.inventory import Inventory


class Attached:
    """Begins with what was seen. Raises AwsError as AWS does, with the codes that kinds make something of."""

    def __init__(self, seen: Inventory) -> None:
        self._types = {f"p-{kind.default}": name for name, kind in facts.POLICY_TYPES.items() if kind.default}
        self._types |= {policy.id: policy.type for policy in seen.policies}
        targets = [*(ou.id for ou in seen.organizational_units.values()), *(account.id for account in seen.accounts)]
        self._on = {(target, name): set[str]() for target in targets for name in seen.policy_types}
        for policy in seen.policies:
            for target in policy.targets:
                self._there(policy.id, target).add(policy.id)

    def learn(self, policy: str, policy_type: str) -> None:
        self._types[policy] = policy_type

    def attach(self, policy: str, target: str) -> None:
        there = self._there(policy, target)
        if policy in there:
            raise _refused("AttachPolicy", "DuplicatePolicyAttachmentException")
        if len(there) >= facts.POLICY_TYPES[self._types[policy]].max_attached:
            raise _refused("AttachPolicy", "ConstraintViolationException", FULL)
        there.add(policy)

    def detach(self, policy: str, target: str) -> None:
        there = self._there(policy, target)
        if policy not in there:
            raise _refused("DetachPolicy", "PolicyNotAttachedException")
        there.remove(policy)

    def _there(self, policy: str, target: str) -> set[str]:
        """Those of its type. On a new target, and on all once a type is enabled, AWS puts its own policy."""
        name = self._types[policy]
        default = facts.POLICY_TYPES[name].default
        return self._on.setdefault((target, name), {f"p-{default}"} if default else set())


def _refused(operation: str, code: str, reason: str = "") -> AwsError:
    return AwsError(f"organizations.{operation}", code, "so it would be", reason=reason)
