"""The guardrails that bind the accounts in an OU, and those that an account loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.model.diff import canonical
from bootstrap.model.resource import Address
from bootstrap.policy.language import meaning
from bootstrap.policy.types import DEFAULT_POLICIES
from bootstrap.resources.attachment import targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.model.resource import Resource


def guardrails(context: Context, ou: str, side: Mapping[Address, Resource]) -> dict[str, str]:
    """The policies that bind the accounts in an OU on one side of a plan, each with its canonical text (or name, or id,
    if the text is not known). Unmanaged policies are the same on both sides.
    """
    above = targets.binding(ou)
    attachments = (found for here, found in side.items() if here.kind == targets.KIND)
    names = {targets.policy_of(found) for found in attachments if targets.target_of(found) in above}
    names -= DEFAULT_POLICIES  # they allow everything
    return {**unmanaged_policies(context, ou), **{name: _meaning(context, name, side) for name in names}}


def unmanaged_policies(context: Context, ou: str) -> dict[str, str]:
    """The unmanaged policies that bind the accounts in an OU, each with its id; without AWS's own."""
    above = targets.binding(ou)
    found = (policy for target, policy in targets.attached(context) if target in above)
    return {
        policy.name: policy.id for policy in found if not (policy.aws_managed or targets.is_managed(context, policy))
    }


def lost(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The guardrails that no longer bind, by name. Texts are compared: the OU in a policy's name does not matter."""
    said, names = set(after.values()), {_guardrail(policy) for policy in after}
    gone = sorted({_guardrail(policy) for policy, text in before.items() if text not in said})
    return [f"{name} as it is now" if name in names else name for name in gone]


def _meaning(context: Context, policy: str, side: Mapping[Address, Resource]) -> str:
    found = side.get(Address("policy", policy))
    # The YAML may have an AWS id where the observed policy has a reference.
    return canonical(meaning(context.ids.take_out(found.body["statements"]))) if found else policy


def _guardrail(policy: str) -> str:
    return policy.partition("@")[0]
