"""Drift inside an account: its roles, policies, secrets and budgets compared with the template of its baseline.

A stack tells what was deployed, not what was changed since. Each resource type of the templates is compared by one
function, in `_TYPES`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bootstrap.aws.api import Place
from bootstrap.engine.plan import Finding
from bootstrap.facts import GLOBAL_REGION
from bootstrap.model.resource import Address
from bootstrap.policy.language import PolicyError, meaning
from bootstrap.resources.account.identities import DEFAULT_SESSION_S, identities
from bootstrap.resources.baseline.body import deployed
from bootstrap.resources.baseline.template import properties_of, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.aws.api import AwsApi
    from bootstrap.engine.kind import Context
    from bootstrap.model.resource import Json, Resource
    from bootstrap.resources.account.identities import Identities, Role

NOT_COMPARABLE: Final = "its template uses functions that only CloudFormation can resolve"
"""Our own templates use none of them."""
# The most that a page holds, so that most accounts take one.
_SECRETS_PAGE = 100
_BUDGETS_PAGE = 1000
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9:.]+)\}")


@dataclass(frozen=True, slots=True)
class Contents:
    """Roles, managed policies, secrets and budgets, each by its name."""

    roles: Mapping[str, Role]
    policies: Mapping[str, Any]
    secrets: frozenset[str]
    budgets: Mapping[str, Mapping[str, Any]]


def inspect(context: Context, baseline: Resource) -> list[Finding]:
    """Drift in the account of a baseline."""
    account = context.ids[Address("account", baseline.address.name)]
    contents = _read_contents(context.aws, context.read(identities, account), account, str(baseline.body["region"]))
    # Somebody may have written what reads like a reference, and is none.
    resolvable = {key: item for key, item in deployed(baseline).items() if not context.ids.missing(item)}
    resources: Any = context.ids.fill(resolvable)
    return list(compare(baseline.address, resources, contents, account))


def _read_contents(aws: AwsApi, found: Identities, account: str, region: str) -> Contents:
    """Two pages for most accounts. A secret that is scheduled for deletion does not count; no value is read."""
    secrets = aws.pages("secretsmanager.ListSecrets", "SecretList", at=Place(account, region), MaxResults=_SECRETS_PAGE)
    # Budgets leaves the list out where it is empty.
    budgets = aws.call(
        "budgets.DescribeBudgets", at=Place(account, GLOBAL_REGION), AccountId=account, MaxResults=_BUDGETS_PAGE
    )
    return Contents(
        found.roles,
        found.policies,
        frozenset(secret["Name"] for secret in secrets if "DeletedDate" not in secret),
        {budget["BudgetName"]: budget for budget in budgets.get("Budgets", [])},
    )


def compare(address: Address, resources: Mapping[str, Any], contents: Contents, account: str) -> Iterator[Finding]:
    """Everything in an account that differs from the resources of its templates, in which ids are filled in."""
    names = {"AWS::AccountId": account, "AWS::Partition": "aws"}
    for logical_id, resource in resources.items():
        if type_of(resource) == "AWS::IAM::ManagedPolicy":
            name = properties_of(resource).get("ManagedPolicyName")
            if isinstance(name, str):
                names[logical_id] = f"arn:aws:iam::{account}:policy/{name}"
    for logical_id, resource in resources.items():
        differences_of = _TYPES.get(type_of(resource))
        if differences_of is None:
            continue
        try:
            found = list(differences_of(_resolved(properties_of(resource), names), contents))
        except (LookupError, TypeError, ValueError, PolicyError):
            found = [(NOT_COMPARABLE, "", "")]
        yield from (Finding(address, logical_id, *difference) for difference in found)


def _role(want: Mapping[str, Any], contents: Contents) -> Iterator[tuple[str, str, str]]:
    have = contents.roles.get(want["RoleName"])
    if have is None:
        yield f"the role {want['RoleName']} was deleted", "", ""
        return
    yield from _differs("its trust policy was changed", want["AssumeRolePolicyDocument"], have.trust)
    yield from _policies(want, have)
    if want.get("PermissionsBoundary", "") != have.boundary:
        yield "its permissions boundary was changed", want.get("PermissionsBoundary", ""), have.boundary
    session_s = int(want.get("MaxSessionDuration", DEFAULT_SESSION_S))
    if session_s != have.session_s:
        yield "its maximum session duration was changed", f"{session_s} s", f"{have.session_s} s"


def _policies(want: Mapping[str, Any], have: Role) -> Iterator[tuple[str, str, str]]:
    policies = {policy["PolicyName"]: policy["PolicyDocument"] for policy in want.get("Policies", [])}
    for name in sorted(policies.keys() - have.inline.keys()):
        yield f"its inline policy {name} was deleted", "", ""
    for name in sorted(have.inline.keys() - policies.keys()):
        yield f"the inline policy {name} was added", "", _text(have.inline[name])
    for name in sorted(policies.keys() & have.inline.keys()):
        yield from _differs(f"its inline policy {name} was changed", policies[name], have.inline[name])
    attached = set(want.get("ManagedPolicyArns", []))
    for arn in sorted(attached - have.attached):
        yield f"the policy {arn} was detached from it", "", ""
    for arn in sorted(have.attached - attached):
        yield f"the policy {arn} was attached to it", "", ""


def _managed_policy(want: Mapping[str, Any], contents: Contents) -> Iterator[tuple[str, str, str]]:
    name = want["ManagedPolicyName"]
    if name not in contents.policies:
        yield f"the policy {name} was deleted", "", ""
    else:
        yield from _differs("it was changed", want["PolicyDocument"], contents.policies[name])


def _secret(want: Mapping[str, Any], contents: Contents) -> Iterator[tuple[str, str, str]]:
    if want["Name"] not in contents.secrets:
        yield f"the secret {want['Name']} was deleted, or is scheduled for deletion", "", ""


def _budget(want: Mapping[str, Any], contents: Contents) -> Iterator[tuple[str, str, str]]:
    name, limit = want["Budget"]["BudgetName"], want["Budget"]["BudgetLimit"]["Amount"]
    have = contents.budgets.get(name)
    if have is None:
        yield f"the budget {name} was deleted", "", ""
        return
    # One that follows a plan by months, or what was spent before, may tell none.
    amount = have.get("BudgetLimit", {}).get("Amount", "")
    if not amount or float(amount) != float(limit):
        yield "its limit was changed", str(limit), str(amount)


_TYPES: Mapping[str, Callable[[Mapping[str, Any], Contents], Iterator[tuple[str, str, str]]]] = {
    "AWS::IAM::Role": _role,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::Budgets::Budget": _budget,
}


def _differs(what: str, want: Any, have: Any) -> Iterator[tuple[str, str, str]]:
    wanted, found = meaning(want), meaning(have)
    if wanted != found:
        yield what, *_only_in_one(wanted, found)


def _only_in_one(want: Json, have: Json) -> tuple[str, str]:
    """The parts that only one of two documents has: of a policy, whole statements."""
    wanted, found = (_statements(side) for side in (want, have))
    removed, added = ([each for each in one if each not in other] for one, other in ((wanted, found), (found, wanted)))
    if not (removed or added):
        return _text(want), _text(have)
    return _text(removed) if removed else "", _text(added) if added else ""


def _statements(document: Json) -> Sequence[Json]:
    found = document.get("Statement", ()) if isinstance(document, Mapping) else ()
    return found if isinstance(found, Sequence) and not isinstance(found, str) else [found]


def _text(document: Json) -> str:
    return json.dumps(meaning(document), ensure_ascii=False)


def _resolved(value: Any, names: Mapping[str, str]) -> Any:
    """A template's value with its references replaced: the only two functions that our templates use."""
    match value:
        case {"Ref": str(name)}:
            return names[name]
        case {"Fn::Sub": str(text)}:
            return _VARIABLE.sub(lambda match: names[match[1]], text)
        case {"Fn::Sub": [str(text), dict(more)]}:
            known = {**names, **_resolved(more, names)}
            return _VARIABLE.sub(lambda match: known[match[1]], text)
        case Mapping():
            if unknown := [key for key in value if key.startswith("Fn::")]:
                raise LookupError(unknown)
            return {key: _resolved(item, names) for key, item in value.items()}
        case list() | tuple():
            return [_resolved(item, names) for item in value]
        case _:
            return value
