"""Everything about guardrails and their policies that can be known to be wrong before AWS is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from bootstrap.model.names import ROOT
from bootstrap.policy import types
from bootstrap.policy.compile import compile_policies
from bootstrap.policy.evaluate import ALLOW_ALL, decide
from bootstrap.policy.guardrail_tests import run_tests
from bootstrap.policy.language import PolicyError
from bootstrap.policy.placeholder_ids import PlaceholderIds
from bootstrap.spec.problems import problem_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bootstrap.model.errors import Problem
    from bootstrap.policy.compile import Policy
    from bootstrap.policy.evaluate import ParsedStatement
    from bootstrap.policy.required_permissions import RequiredPermission
    from bootstrap.policy.types import Fault
    from bootstrap.spec.spec import Spec

_SHOWN_MAX: Final = 5


def check_policies(spec: Spec) -> list[Problem]:
    """Every problem of every check. Raises SpecError where the guardrails do not compile."""
    policies = compile_policies(spec)
    return [
        *check_grammar(spec, policies),
        *check_limits(spec, policies),
        *run_tests(spec),
        *check_lockout(spec, policies),
    ]


def check_grammar(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    """Each error that AWS would find in a policy, at its line of the guardrail's file."""
    for policy in policies:
        for fault in types.of(policy.type).faults(policy.body):
            yield problem_at(_origin_of(spec, policy, fault), f"{policy.name}: {fault.message}")


def _origin_of(spec: Spec, policy: Policy, fault: Fault) -> str:
    """The place of the fault, or of the nearest thing around it that the file has."""
    for length in range(len(fault.path), 0, -1):
        path = "/".join(map(str, fault.path[:length]))
        if origin := spec.origin("guardrail", f"{policy.guardrail}/{path}"):
            return origin
    return policy.origin


def check_limits(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    """AWS's limits: characters of a policy, policies on a target, policies of an organization."""
    yield from _sizes(spec, policies)
    yield from _attachments(spec, policies)
    yield from _counts(policies)


def _sizes(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    """AWS counts every character of the document that is sent, with ids in place of references."""
    ids = PlaceholderIds(spec)
    for policy in policies:
        policy_type = types.of(policy.type)
        try:
            size = len(policy_type.document(ids.fill_body(policy.body)))
        except PolicyError as error:
            yield problem_at(policy.origin, f"{policy.name}: {error.message}")
            continue
        limit = policy_type.limits.size
        if size > limit:
            message = f"{policy.name} has {size:,} characters; AWS allows {limit:,} in a {policy_type.noun}"
            yield problem_at(policy.origin, message, "shorten its lists, or split it into two guardrails")


def _attachments(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    attached = Counter((target, policy.type) for policy in policies for target in policy.targets)
    for (target, name), count in sorted(attached.items()):
        policy_type = types.of(name)
        default = policy_type.limits.default
        total, limit = count + bool(default), policy_type.limits.max_attached
        if total > limit:
            where = "the root" if target == ROOT else f"OU {target}"
            included = f", {default} included" if default else ""
            message = f"{total} {policy_type.plural} on {where}{included}; AWS allows {limit}"
            guardrails = f"{total - limit} guardrail{'s' if total - limit != 1 else ''}"
            hint = f"move {guardrails} to {'the OUs below' if target == ROOT else 'the OU above'}"
            yield problem_at(spec.origin("ou", target), message, hint)


def _counts(policies: Sequence[Policy]) -> Iterator[Problem]:
    for name, count in sorted(Counter(policy.type for policy in policies).items()):
        policy_type = types.of(name)
        limit = policy_type.limits.per_organization
        if count > limit:
            last = max((policy for policy in policies if policy.type == name), key=lambda policy: policy.name)
            message = f"{count:,} {policy_type.plural} in the organization; AWS allows {limit:,}"
            yield problem_at(last.origin, message, "use fewer guardrails: AWS does not raise this limit")


def check_lockout(spec: Spec, policies: Sequence[Policy]) -> Iterator[Problem]:
    """A problem for each statement that denies what its policy type requires in an account with a baseline."""
    ids = PlaceholderIds(spec)
    ous = {account.ou for account in spec.accounts.values() if account.environment and account.state == "open"}
    required = {name: list(types.of(name).required_permissions(spec, ids)) for name in {one.type for one in policies}}
    for policy in policies:
        bound = sorted(ou for ou in ous if any(_is_within(ou, target) for target in policy.targets))
        statements = _parsed(policy, ids) if bound else ()
        for (statement, principal, hint), actions in _denied(statements, required[policy.type]).items():
            where = f"OU{'s' if len(bound) != 1 else ''} {_listed(bound)}"
            message = f"{policy.name}: {statement} denies {principal} {_listed(actions)} in {where}"
            yield problem_at(policy.origin, message, hint)


def _denied(
    statements: Iterable[ParsedStatement], required: Sequence[RequiredPermission]
) -> dict[tuple[str, str, str], list[str]]:
    """The required actions that the statements deny, by (Sid, principal, hint)."""
    level = [*ALLOW_ALL, *statements]
    denied: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for principal, request, hint in required:
        decision = decide([level], request)
        if not decision.allowed:
            actions = denied[decision.statement, principal, hint]
            if request.action not in actions:
                actions.append(request.action)
    return denied


def _parsed(policy: Policy, ids: PlaceholderIds) -> tuple[ParsedStatement, ...]:
    """Empty for a policy that other checks report: one with faults, or with references to nothing."""
    policy_type = types.of(policy.type)
    if any(policy_type.faults(policy.body)):
        return ()
    try:
        return policy_type.parse(ids.fill_body(policy.body))
    except PolicyError:
        return ()


def _is_within(ou: str, target: str) -> bool:
    return target in {ROOT, ou} or ou.startswith(f"{target}/")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN_MAX
    return ", ".join(names[:_SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")
