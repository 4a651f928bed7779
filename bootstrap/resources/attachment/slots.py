"""The attachments of a simulation. A target has a limited number of slots for policies of a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.aws.limits import FULL
from bootstrap.model.errors import AwsError
from bootstrap.policy import types
from bootstrap.resources.account.reads import accounts
from bootstrap.resources.organization.reads import policy_types
from bootstrap.resources.organizational_unit.reads import ous
from bootstrap.resources.policy.reads import policies_with_targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.inventory import Inventory


class Slots:
    """Starts with the observed attachments. Raises AwsError as AWS does, with the codes that the kind handles."""

    def __init__(self, observed: Inventory, created: Mapping[str, str]) -> None:
        """`created` has the type of each policy that the simulation creates, by its id."""
        self._created = created
        self._types = {f"p-{kind.default}": name for name, kind in facts.POLICY_TYPES.items() if kind.default}
        self._types |= {policy.id: policy.type for policy in observed.read(policies_with_targets)}
        targets = [ou.id for ou in observed.read(ous).values()] + [account.id for account in observed.read(accounts)]
        self._on = {(target, name): set[str]() for target in targets for name in observed.read(policy_types)}
        for policy in observed.read(policies_with_targets):
            for target in policy.targets:
                self._attached(policy.id, target).add(policy.id)

    def attach(self, policy: str, target: str) -> None:
        attached = self._attached(policy, target)
        if policy in attached:
            raise _error("AttachPolicy", "DuplicatePolicyAttachmentException")
        if len(attached) >= facts.POLICY_TYPES[self._type(policy)].max_attached:
            raise _error("AttachPolicy", "ConstraintViolationException", FULL)
        attached.add(policy)

    def detach(self, policy: str, target: str) -> None:
        attached = self._attached(policy, target)
        if policy not in attached:
            raise _error("DetachPolicy", "PolicyNotAttachedException")
        attached.remove(policy)

    def _type(self, policy: str) -> str:
        return self._types.get(policy) or self._created[policy]

    def _attached(self, policy: str, target: str) -> set[str]:
        """Those of its type. AWS attaches its own policy to a new target, and to all targets when it enables a type."""
        name = self._type(policy)
        default = types.default_policy(name)
        return self._on.setdefault((target, name), {f"p-{default}"} if default else set())


def _error(operation: str, code: str, reason: str = "") -> AwsError:
    return AwsError(f"organizations.{operation}", code, "simulated", reason=reason)
