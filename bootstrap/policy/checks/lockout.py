"""The check that no guardrail locks org-bootstrap out of the accounts that it manages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from bootstrap.model.names import ROOT
from bootstrap.policy import types
from bootstrap.policy.evaluate import decide
from bootstrap.policy.language import PolicyError
from bootstrap.policy.placeholder_ids import PlaceholderIds
from bootstrap.spec.problems import problem_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bootstrap.model.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.policy.evaluate import PolicyDocument
    from bootstrap.policy.types.policy_type import PolicyType
    from bootstrap.policy.types.required_permissions import RequiredPermission
    from bootstrap.spec.spec import Spec

_SHOWN_MAX: Final = 5


def check_lockout(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    """A problem for each statement that denies what its policy type requires in an account with a baseline."""
    ids = PlaceholderIds(spec)
    ous = {account.ou for account in spec.accounts.values() if account.environment and account.state == "open"}
    required = {name: list(types.of(name).required_permissions(spec, ids)) for name in {one.type for one in policies}}
    for policy in policies:
        bound = sorted(ou for ou in ous if any(_is_within(ou, target) for target in policy.targets))
        document = _parsed(policy, ids) if bound else None
        if document:
            yield from _denials(policy, document, required[policy.type], bound)


def _denials(
    policy: Policy, document: PolicyDocument, required: Sequence[RequiredPermission], ous: Sequence[str]
) -> Iterator[Problem]:
    policy_type = types.of(policy.type)
    for (statement, principal, hint), actions in _denied(policy_type, document, required).items():
        where = f"OU{'s' if len(ous) != 1 else ''} {_listed(ous)}"
        message = f"{policy.name}: {statement} denies {principal} {_listed(actions)} in {where}"
        yield problem_at(policy.origin, message, hint)


def _denied(
    policy_type: PolicyType, document: PolicyDocument, required: Sequence[RequiredPermission]
) -> Mapping[tuple[str, str, str], list[str]]:
    """The required actions that the document denies, by (Sid, principal, hint)."""
    level = [policy_type.default_document(), document]
    denied: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for principal, request, hint in required:
        decision = decide([level], request)
        if not decision.allowed:
            actions = denied[decision.statement, principal, hint]
            if request.action not in actions:
                actions.append(request.action)
    return denied


def _parsed(policy: Policy, ids: PlaceholderIds) -> PolicyDocument | None:
    """None for a policy that other checks report: one with faults, or with references to nothing."""
    policy_type = types.of(policy.type)
    if any(policy_type.faults(policy.body)):
        return None
    try:
        return policy_type.parse(policy.name, ids.fill_body(policy.body))
    except PolicyError:
        return None


def _is_within(ou: str, target: str) -> bool:
    return target in {ROOT, ou} or ou.startswith(f"{target}/")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN_MAX
    return ", ".join(names[:_SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")
