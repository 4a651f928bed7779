"""What is in an account, held against its baseline's template: the drift that CloudFormation keeps to itself.

A stack says what was deployed, not what became of it. Each type of resource that the templates have is compared by
the one function of its line in `_TYPES`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from bootstrap.engine.plan import Finding
from bootstrap.policy.language import PolicyError, meaning, texts
from bootstrap.resources.baseline.contents import USUAL_SESSION_S
from bootstrap.resources.baseline.template import properties_of, type_of
from bootstrap.secrecy.mask import hide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.model.resource import Address, Json
    from bootstrap.resources.baseline.contents import Inside, Role

_OF_ACCOUNT = r"(?:arn:[\w-]+:(?:iam|sts)::{account}:.+|{account})"
# What IAM makes of a role or user that is gone: nobody comes in by it.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
_GONE = r"A(?:ROA|IDA)[A-Z0-9]+"
UNTOLD: Final = "somebody wrote it so that only CloudFormation can tell what it should be"
"""Our templates have nothing of the kind."""
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9:.]+)\}")


def inspect(address: Address, resources: Mapping[str, Any], inside: Inside, account: str) -> Iterator[Finding]:
    """Everything in an account that is not as the resources of its templates say, the ids filled in."""
    names = {"AWS::AccountId": account, "AWS::Partition": "aws"}
    for logical_id, resource in resources.items():
        if type_of(resource) == "AWS::IAM::ManagedPolicy":
            name = properties_of(resource).get("ManagedPolicyName")
            if isinstance(name, str):
                names[logical_id] = f"arn:aws:iam::{account}:policy/{name}"
    for logical_id, resource in resources.items():
        compare = _TYPES.get(type_of(resource))
        if compare is None:
            continue
        try:
            told = list(compare(_resolved(properties_of(resource), names), inside))
        except (LookupError, TypeError, ValueError, PolicyError):
            told = [(UNTOLD, "", "")]
        yield from (Finding(address, logical_id, what, wanted, found) for what, wanted, found in told)


def inspect_door(address: Address, name: str, role: Role, management: str) -> Iterator[Finding]:
    """Who but the management account may enter an account through the organization's access role.

    It is in no template: Organizations makes it, with trust in nobody else. Narrower than that is no matter.
    """
    known = re.compile(f"{_OF_ACCOUNT.format(account=management)}|{_GONE}")
    if others := sorted(who for who in _admitted(role.trust) if not known.fullmatch(who)):
        what = f"others than the management account may enter through it: {', '.join(others)}"
        yield Finding(address, name, what, f"arn:aws:iam::{management}:root", _shown(hide(role.trust, {})))


def _admitted(trust: Any) -> Iterator[str]:
    """Each principal that a statement of a trust lets in, as IAM writes it."""
    statements = trust["Statement"]
    for statement in [statements] if isinstance(statements, Mapping) else statements:
        if statement["Effect"] == "Allow" and "NotPrincipal" in statement:
            yield f"all but {_shown(hide(statement['NotPrincipal'], {}))}"
        elif statement["Effect"] == "Allow":
            principal = statement["Principal"]
            yield from (
                (who for values in principal.values() for who in texts(values))
                if isinstance(principal, Mapping)
                else texts(principal)
            )


def _role(want: Mapping[str, Any], inside: Inside) -> Iterator[tuple[str, str, str]]:
    have = inside.roles.get(want["RoleName"])
    if have is None:
        yield f"the role {want['RoleName']} is gone", "", ""
        return
    yield from _differs("its trust was changed", want["AssumeRolePolicyDocument"], have.trust)
    yield from _policies(want, have)
    if want.get("PermissionsBoundary", "") != have.boundary:
        yield "its permissions boundary was changed", want.get("PermissionsBoundary", ""), have.boundary
    session_s = int(want.get("MaxSessionDuration", USUAL_SESSION_S))
    if session_s != have.session_s:
        yield "how long its sessions may last was changed", f"{session_s} s", f"{have.session_s} s"


def _policies(want: Mapping[str, Any], have: Role) -> Iterator[tuple[str, str, str]]:
    policies = {policy["PolicyName"]: policy["PolicyDocument"] for policy in want.get("Policies", [])}
    for name in sorted(policies.keys() - have.inline.keys()):
        yield f"its policy {name} is gone", "", ""
    for name in sorted(have.inline.keys() - policies.keys()):
        yield f"it has a policy more: {name}", "", _shown(hide(have.inline[name], {}))
    for name in sorted(policies.keys() & have.inline.keys()):
        yield from _differs(f"its policy {name} was changed", policies[name], have.inline[name])
    attached = set(want.get("ManagedPolicyArns", []))
    for arn in sorted(attached - have.attached):
        yield f"the policy {arn} was detached from it", "", ""
    for arn in sorted(have.attached - attached):
        yield f"the policy {arn} was attached to it", "", ""


def _managed_policy(want: Mapping[str, Any], inside: Inside) -> Iterator[tuple[str, str, str]]:
    name = want["ManagedPolicyName"]
    if name not in inside.policies:
        yield f"the policy {name} is gone", "", ""
    else:
        yield from _differs("it was changed", want["PolicyDocument"], inside.policies[name])


def _secret(want: Mapping[str, Any], inside: Inside) -> Iterator[tuple[str, str, str]]:
    if want["Name"] not in inside.secrets:
        yield f"the secret {want['Name']} is gone, or scheduled for deletion", "", ""


def _budget(want: Mapping[str, Any], inside: Inside) -> Iterator[tuple[str, str, str]]:
    name, limit = want["Budget"]["BudgetName"], want["Budget"]["BudgetLimit"]["Amount"]
    have = inside.budgets.get(name)
    if have is None:
        yield f"the budget {name} is gone", "", ""
        return
    # One that follows a plan by months, or what was spent before, may tell none.
    amount = have.get("BudgetLimit", {}).get("Amount", "")
    if not amount or float(amount) != float(limit):
        yield "its limit was changed", str(limit), str(amount)


_TYPES: Mapping[str, Callable[[Mapping[str, Any], Inside], Iterator[tuple[str, str, str]]]] = {
    "AWS::IAM::Role": _role,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::Budgets::Budget": _budget,
}


def _differs(what: str, want: Any, have: Any) -> Iterator[tuple[str, str, str]]:
    wanted = meaning(want)
    # What is hidden in both is no difference; nor is the order that it has for that.
    found = meaning(hide(meaning(have), wanted))
    if wanted != found:
        yield what, *_told_apart(wanted, found)


def _told_apart(want: Json, have: Json) -> tuple[str, str]:
    """What only one of two documents has: of a policy, whole statements."""
    wanted, found = (_statements(side) for side in (want, have))
    gone, come = ([each for each in one if each not in other] for one, other in ((wanted, found), (found, wanted)))
    if not (gone or come):
        return _shown(want), _shown(have)
    return ", ".join(map(_shown, gone)), ", ".join(map(_shown, come))


def _statements(document: Json) -> Sequence[Json]:
    found = document.get("Statement", ()) if isinstance(document, Mapping) else ()
    return found if isinstance(found, Sequence) and not isinstance(found, str) else [found]


def _shown(document: Json) -> str:
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
