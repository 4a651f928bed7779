"""What policies are attached to: which are on which target, and the two calls that change it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from bootstrap import facts
from bootstrap.engine.last_applied import Compared
from bootstrap.engine.plan import Blocker, consent
from bootstrap.model.diff import canonical
from bootstrap.model.errors import AwsError
from bootstrap.model.names import ROOT
from bootstrap.model.resource import Address, Body, Resource
from bootstrap.policy.language import meaning
from bootstrap.resources.organizational_unit import needs_of_ou
from bootstrap.secrecy.patterns import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.aws.tree import LiveAccount
    from bootstrap.engine.kind import Context
    from bootstrap.resources.policy.reads import LivePolicy


_SHOWN = 6


def binding(ou: str) -> Iterator[Address]:
    """The targets whose policies bind what stands in an OU: it, and every OU above."""
    parts = ou.split("/")
    paths = {ROOT} | {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return (Address("ou", path) for path in sorted(paths))


def attached(context: Context) -> Iterator[tuple[Address, LivePolicy]]:
    """Every policy with each target of it: what we know, and the accounts of others."""
    theirs = {account.id: of_others(account) for account in context.inventory.accounts}
    for policy in context.inventory.policies:
        for target_id in policy.targets:
            if target := context.ids.address(target_id) or theirs.get(target_id):
                yield target, policy


def of_others(account: LiveAccount) -> Address:
    """An account that is not ours goes by its e-mail."""
    return Address("account", account.email)


def of_ours(context: Context, want: Mapping[Address, Resource]) -> dict[str, Address]:
    """By its id each target whose policies are our business: the root, the OUs that the YAML has, our accounts."""
    ous = (Address("ou", path) for path in context.inventory.organizational_units)
    places = [ou for ou in ous if ou.name == ROOT or ou in want]
    accounts = [context.ids.address(account.id) for account in context.inventory.accounts]
    return {context.ids[target]: target for target in [*places, *filter(None, accounts)]}


def is_ours(context: Context, policy: LivePolicy) -> bool:
    return context.ids.address(policy.id) is not None


def is_theirs(context: Context, policy: LivePolicy) -> bool:
    """Whether it is neither ours nor AWS's own."""
    return not (policy.aws_managed or is_ours(context, policy))


def is_wanted(policy: LivePolicy, target: Address, want: Mapping[Address, Resource]) -> bool:
    wanted = want.get(Address("attachments", str(target)))
    return wanted is not None and policy.name in names(wanted.body, policy.type)


def attach(context: Context, policy: str, target: Address) -> None:
    """Attach it; that it is attached already, by an answer that was lost, is as good."""
    _call(context, "AttachPolicy", policy, target, unless="DuplicatePolicyAttachmentException")


def detach(context: Context, policy: str, target: Address) -> None:
    """Detach it; that it is not attached any more is as good."""
    _call(context, "DetachPolicy", policy, target, unless="PolicyNotAttachedException")


def body(by_type: Mapping[str, set[str]]) -> Body:
    return {policy_type: sorted(policies) for policy_type, policies in sorted(by_type.items())}


def needs(target: Address, by_type: Mapping[str, set[str]]) -> frozenset[Address]:
    """The target, and the policies that are not AWS's own."""
    policies = {Address("policy", name) for kind, names in by_type.items() for name in names - default(kind)}
    return (needs_of_ou(target.name) if target.kind == "ou" else frozenset({target})) | policies


def names(by_type: Mapping[str, object], policy_type: str) -> set[str]:
    """The names of one type in a body."""
    found = by_type.get(policy_type, ())
    assert isinstance(found, Sequence | set)
    return {str(name) for name in found}


def types(by_type: Mapping[str, object]) -> list[str]:
    """The policy types in a body."""
    return sorted(by_type.keys() & facts.POLICY_TYPES.keys())


def all_names(by_type: Mapping[str, object]) -> set[str]:
    """The names of all types in a body, but for AWS's own."""
    return {name for policy_type in types(by_type) for name in names(by_type, policy_type) - default(policy_type)}


def compared(target: Address, want: Mapping[Address, Resource], have: Mapping[Address, Resource]) -> Compared:
    """All of ours on a target is remembered as one: what is surplus there was wanted before, or came from outside."""
    attachments = Address("attachments", str(target))
    by_type: dict[str, set[str]] = defaultdict(set)
    for part in filter(None, map(have.get, (attachments, Address("surplus", str(target))))):
        for policy_type in types(part.body):
            by_type[policy_type] |= names(part.body, policy_type)
    wanted = want.get(attachments)
    return Compared(attachments, body(by_type) if by_type else None, wanted.body if wanted else None)


def defaults(by_type: Mapping[str, object]) -> set[str]:
    """Those of AWS's own in a body."""
    return {name for policy_type in types(by_type) for name in names(by_type, policy_type) & default(policy_type)}


def default(policy_type: str) -> set[str]:
    """The policy of AWS's own that comes attached to everything, if the type has one."""
    return {facts.POLICY_TYPES[policy_type].default} - {""}


def rules(context: Context, ou: str, side: Mapping[Address, Resource]) -> dict[str, str]:
    """The policies that bind what stands in an OU, on one side of a plan, each with what it says, as far as we know:
    those of others stay where they are.
    """
    above = set(binding(ou))
    found = (side.get(Address(kind, str(target))) for target in above for kind in ("attachments", "surplus"))
    names = {name for resource in found if resource for name in all_names(resource.body)}
    return {**rules_of_others(context, ou), **{name: _said(context, name, side) for name in names}}


def rules_of_others(context: Context, ou: str) -> dict[str, str]:
    """The policies that bind what stands in an OU and are not ours, each with its id."""
    above = set(binding(ou))
    there = (policy for target, policy in attached(context) if target in above)
    return {policy.name: policy.id for policy in there if is_theirs(context, policy)}


def lost(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The guardrails among rules that nothing says any more, in words. The name of a policy tells only an OU that
    has its values, so that it is what they say that counts; and the name of one of others may hold a secret.
    """
    said, still = set(after.values()), set(map(_guardrail, after))
    # Masked whole: of a URL with a password the part before the @ looks like none.
    gone = {_guardrail(name): _guardrail(masked(name)) for name, text in before.items() if text not in said}
    return [f"{shown} as it is now" if name in still else shown for name, shown in sorted(gone.items())]


def _said(context: Context, policy: str, side: Mapping[Address, Resource]) -> str:
    found = side.get(Address("policy", policy))
    # The YAML may say itself an id that comes out of what is observed.
    return canonical(meaning(context.ids.take_out(found.body["statements"]))) if found else policy


def _guardrail(policy: str) -> str:
    return policy.partition("@")[0]


def bound(context: Context, targets: Iterable[Address], side: Mapping[Address, Resource]) -> str:
    """Which accounts what is attached to these binds, in words."""
    there = set(targets)
    names = [
        here.name
        for here, resource in sorted(side.items())
        if here.kind == "account" and not there.isdisjoint({here, *binding(str(resource.body["ou"]))})
    ]
    shown = ", ".join(names[:_SHOWN])
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    theirs = sum(
        context.ids.address(account.id) is None and not there.isdisjoint({of_others(account), *binding(account.ou)})
        for account in context.inventory.accounts
    )
    others = f", and {theirs} that {'is' if theirs == 1 else 'are'} not ours" if theirs else ""
    return f"{len(names)} account{'s' * (len(names) != 1)}" + (f": {shown}{rest}" if names else "") + others


def opened(own: Iterable[str]) -> str:
    """What comes with these policies of AWS's own, in words."""
    return f"with {', '.join(sorted(own))} again, all is allowed there that no policy denies"


class Act(NamedTuple):
    """What is done at the root with a policy, and what to see to first."""

    reason: str
    hint: str


ONTO: Final = Act(
    "the policy {} is on the root, and binds every account at once", "try it on an OU with few accounts first"
)
OFF: Final = Act(
    "the policy {} leaves the root, and binds no account any more but through its OUs",
    "see that each OU has what it needs of it",
)
# Somebody took AWS's own policy off, so that only what others allow is allowed.
OPEN: Final = Act(
    "{} comes back to the root, and allows every account at once whatever no policy denies",
    "see who took it off, and why",
)


def at_the_root(
    context: Context, act: Act, address: Address, policies: Iterable[str], have: Mapping[Address, Resource]
) -> Iterator[Blocker]:
    """The root has every account below it, those with this tool's own roles among them: as soon as there is any, of
    ours or not, it takes a word.
    """
    if (
        have and context.inventory.accounts
    ):  # AWS's policies do not bind the management account, which is not among these
        for policy in sorted(policies):
            yield Blocker(address, act.reason.format(policy), act.hint, consent("root", policy))


def _call(context: Context, operation: str, policy: str, target: Address, *, unless: str) -> None:
    # The ids of AWS's own policies are their names: p-FullAWSAccess.
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    own = {kind.default for kind in facts.POLICY_TYPES.values()}
    policy_id = f"p-{policy}" if policy in own else context.ids[Address("policy", policy)]
    target_id = context.ids[target] if target in context.ids else _id_of_others(context, target)
    try:
        context.aws.call(f"organizations.{operation}", PolicyId=policy_id, TargetId=target_id)
    except AwsError as error:
        if error.code != unless:
            raise


def _id_of_others(context: Context, target: Address) -> str:
    return next(account.id for account in context.inventory.accounts if of_others(account) == target)
