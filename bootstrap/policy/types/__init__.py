"""The registry of policy types. Another type is a module beside this one, and a line in `_TYPES`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.policy.types.rcp import ResourceControlPolicy
from bootstrap.policy.types.scp import ServiceControlPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.policy.types.policy_type import PolicyType

_TYPES: Final[Mapping[str, PolicyType]] = {
    one.name: one
    for one in (
        ServiceControlPolicy(),
        ResourceControlPolicy(),
    )
}

GUARDRAIL_TYPES: Final = frozenset({ServiceControlPolicy.name})
"""The types that a guardrail in the YAML can have. The `policy_type` of `Guardrail` lists the same."""

DEFAULT_POLICIES: Final = frozenset(limits.default for limits in facts.POLICY_TYPES.values() if limits.default)
"""The names of the AWS-managed policies that Organizations attaches to every target."""


def of(name: str) -> PolicyType:
    """The type of this name. Raises KeyError for one that this tool cannot write."""
    return _TYPES[name]


def default_policy(name: str) -> str:
    """The AWS-managed policy of any type that AWS has, also of one this tool cannot write; empty if it has none."""
    limits = facts.POLICY_TYPES.get(name)
    return limits.default if limits else ""
