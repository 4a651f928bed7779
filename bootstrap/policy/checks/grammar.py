"""The check that AWS accepts the content of each policy, with every fault at its line of the guardrail's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.policy import types
from bootstrap.spec.problems import problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.model.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.policy.types.policy_type import Fault
    from bootstrap.spec.spec import Spec


def check_grammar(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    for policy in policies:
        for fault in types.of(policy.type).faults(policy.body):
            yield problem_at(_origin(spec, policy, fault), f"{policy.name}: {fault.message}")


def _origin(spec: Spec, policy: Policy, fault: Fault) -> str:
    """The place of the fault, or of the nearest thing around it that the file has."""
    for length in range(len(fault.path), 0, -1):
        path = "/".join(map(str, fault.path[:length]))
        if origin := spec.origin("guardrail", f"{policy.guardrail}/{path}"):
            return origin
    return policy.origin
