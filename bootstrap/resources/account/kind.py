"""An AWS account: created, moved, renamed, tagged, and closed only with an approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from bootstrap.engine.kind import Fate, Kind, Observed, Sides
from bootstrap.engine.plan import Blocker, Cause, Unmanaged, approval
from bootstrap.model.errors import AwsError, BootstrapError
from bootstrap.model.names import KEY_TAG, ROOT
from bootstrap.model.resource import Address, Resource, references
from bootstrap.policy.compile import compile_policies
from bootstrap.resources import tags
from bootstrap.resources.account import creation
from bootstrap.resources.account.access import access_role_drift
from bootstrap.resources.account.creation import NewAccount
from bootstrap.resources.account.leaving import leaving, leaving_unmanaged_policies
from bootstrap.resources.account.readiness import NOT_YET
from bootstrap.resources.account.reads import accounts, current_name
from bootstrap.resources.attachment import targets
from bootstrap.resources.organization.kind import address_of
from bootstrap.resources.organization.reads import organization
from bootstrap.resources.organizational_unit.kind import needs_of_ou
from bootstrap.resources.organizational_unit.reads import ous
from bootstrap.resources.trusted_access import ACCOUNT_MANAGEMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any

    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change, Finding
    from bootstrap.resources.account.reads import LiveAccount
    from bootstrap.spec.spec import Spec


class AccountKind(Kind):
    name = "account"
    observed_after = ("organization",)
    prefetch = (accounts, tags.all_tags)
    on_omission = Fate.RETAIN
    on_destroy = Fate.FORGET
    is_account = True
    id_pattern = r"[0-9]{12}"
    harmless = frozenset({"tags", "name"})

    def desired(self, spec: Spec) -> Iterable[Resource]:
        policies = compile_policies(spec)
        naming = [policy for policy in policies if references(policy.body)]
        named = frozenset[Address]().union(*(references(policy.body) for policy in naming))
        guardrails = cache(lambda ou: _wanted_on(ou, policies))
        naming_it = cache(lambda ou: _wanted_on(ou, naming))
        for account in spec.accounts.values():
            here = Address(self.name, account.key)
            # An account waits for its guardrails. But a shared account that a guardrail names, as an exempt principal,
            # cannot wait for that guardrail, nor for another account that waits for it.
            guards = guardrails(account.ou)
            if here in named and not account.environment:
                guards -= naming_it(account.ou)
            yield Resource(
                here,
                {
                    "email": account.email,
                    "name": account.name,
                    "state": account.state,
                    "ou": account.ou,
                    "tags": account.tags,
                },
                needs=needs_of_ou(account.ou) | {address_of(spec), ACCOUNT_MANAGEMENT},
                follows=guards,
                origin=account.origin,
                parent=Address("ou", account.ou),
                active=account.state == "open",
                tagged_as=account.key,
            )

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        wanted = {_text(w, "email").lower(): w for w in want.values() if w.address.kind == self.name}
        _check_management_account(context, wanted)
        have: dict[Address, Resource] = {}
        unmanaged = []
        # The e-mail identifies an account, so a new key in the YAML renames it. Another account with this key in its
        # tag stays managed, and is named by its e-mail.
        read = [
            (found, match := wanted.get(found.email.lower()), tags.read(context, found.arn, match))
            for found in context.read(accounts)
        ]
        keys = Counter(match.address.name if match else found_tags.get(KEY_TAG, "") for _, match, found_tags in read)
        for found, match, found_tags in read:
            key = found_tags.get(KEY_TAG, "")
            if not (match or key):
                unmanaged.append(_unmanaged(found))
                continue
            here = match.address if match else Address(self.name, key if keys[key] == 1 else found.email)
            context.ids[here] = found.id
            name = found.name
            if match is not None and match.body["name"] != name:
                name = context.read(current_name, found)
            have[here] = _resource(here, found, found_tags, match, name)
        adjusted = {
            here: _adjusted(resource, have.get(here)) for here, resource in want.items() if here.kind == self.name
        }
        return Observed(
            have, tuple(unmanaged), adjusted={here: it for here, it in adjusted.items() if it != want[here]}
        )

    def after_destroy(self, have: Resource, approvals: Collection[str]) -> Resource | None:
        """Without an approval an account is forgotten; with one it is closed, and keeps its tags."""
        if have.body["state"] == "closed" and have.body["ou"] == ROOT:
            return have
        if approval("close", have.address.name) not in approvals:
            return None
        return replace(have, body={**have.body, "state": "closed", "ou": ROOT}, active=False)

    def guard(self, context: Context, change: Change, sides: Sides) -> Iterator[Blocker]:
        if change.before is None or change.after is None:
            return
        before, after = change.before, change.after
        if change.cause is Cause.DRIFT:
            # Somebody changed it by hand. Undoing that needs an approval only if it leaves a quarantine.
            yield from leaving_unmanaged_policies(context, before, after)
        else:
            yield from leaving(context, before, after, sides)
        if before.body["state"] == "open" and after.body["state"] == "closed":
            yield Blocker(
                change.address,
                f"closes account {change.address.name}; its e-mail {after.body['email']} can never be used again",
                hint="AWS deletes a closed account after 90 days",
                token=approval("close", change.address.name),
            )
        if before.body["state"] == "closed" and after.body["state"] == "open":
            yield Blocker(
                change.address,
                "the account is closed or suspended, and only AWS support can reopen it",
                hint="set `state: closed` in the YAML, or use a new e-mail for a new account",
            )
        if _text(before, "email").lower() != _text(after, "email").lower():
            yield Blocker(
                change.address,
                f"the account has the e-mail {before.body['email']}, and AWS changes it only with a code by e-mail",
                hint="change it in the console first, or give the new account a new key",
            )

    def remarks(self, context: Context, change: Change, sides: Sides) -> Iterator[str]:
        del context
        old, new = (side.tagged_as if side else "" for side in (change.before, change.after))
        if old and new and old != new:
            yield f"its key was {old}"
        # A new account had no key before.
        others = (found for found in sides.have.values() if found.address.kind == self.name)
        for found in others if change.before and old != new else ():
            if found.address != change.address and found.tagged_as == new:
                yield f"{new} was the key of {found.body['email']}, which is retained as {found.address}"
        yield from tags.imported(change)

    def inspect(self, context: Context, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        opened = {found.id for found in context.read(accounts) if found.open}
        entered = [here for here in have if here in context.ids and context.ids[here] in opened]
        return [
            finding for found in context.aws.each(lambda here: _inspect(context, here), entered) for finding in found
        ]

    def create(self, context: Context, want: Resource) -> None:
        new = NewAccount(_text(want, "email"), _text(want, "name"), tags.as_list(want.body["tags"]))
        made = creation.make(context.aws, context.inventory, new, lambda text: context.say(want.address, text))
        context.ids[want.address] = made.id
        if not made.by_us:
            tags.write_tags(context.aws, made.id, {}, want.body["tags"])
        # CreateAccount takes no parent: a new account starts in the root, with only its guardrails.
        if want.body["ou"] != ROOT:
            _move(context, want, source=context.ids[Address("ou", ROOT)])

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        account_id = context.ids[want.address]
        if have.body["ou"] != want.body["ou"]:
            _move(context, want, source=_parent_id(context, account_id))
        if have.body["name"] != want.body["name"]:
            context.aws.call("account.PutAccountName", AccountId=account_id, AccountName=want.body["name"])
        tags.write_tags(context.aws, account_id, have.body["tags"], want.body["tags"])
        if have.body["state"] != want.body["state"]:
            context.aws.once("organizations.CloseAccount", done="AccountAlreadyClosedException", AccountId=account_id)

    def delete(self, context: Context, have: Resource) -> None:
        """Forget it: move it to the root, remove our tags, leave it open."""
        account_id = context.ids[have.address]
        if have.body["ou"] != ROOT:
            _move(context, have, source=_parent_id(context, account_id), target=ROOT)
        tags.write_tags(context.aws, account_id, have.body["tags"], {})

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        return creation.simulate(call)


def _wanted_on(ou: str, policies: Iterable[Any]) -> frozenset[Address]:
    """The attachments of these policies that bind what stands in an OU."""
    above = targets.binding(ou)
    on = ((policy.name, Address("ou", path)) for policy in policies for path in policy.targets)
    return frozenset(targets.attachment(policy, target) for policy, target in on if target in above)


def _move(context: Context, resource: Resource, *, source: str, target: str = "") -> None:
    context.aws.once(
        "organizations.MoveAccount",
        # It was moved already.
        done=("DuplicateAccountException", "SourceParentNotFoundException"),
        AccountId=context.ids[resource.address],
        SourceParentId=source,
        DestinationParentId=context.ids[Address("ou", target or _text(resource, "ou"))],
    )


def _parent_id(context: Context, account: str) -> str:
    path = next(found.ou for found in context.read(accounts) if found.id == account)
    return context.read(ous)[path].id


def _adjusted(want: Resource, have: Resource | None) -> Resource | None:
    """A closed account that does not exist is not created. One that leaves its environment for none keeps its baseline,
    and a tag says so.
    """
    if have is None:
        return None if want.body["state"] == "closed" else want
    left = tags.environment(have) or tags.tag(have, tags.LEFT_TAG)
    if not left or tags.environment(want):
        return want
    wanted_tags = want.body["tags"]
    assert isinstance(wanted_tags, Mapping)
    return replace(want, body={**want.body, "tags": {**wanted_tags, tags.LEFT_TAG: left}})


def _inspect(context: Context, here: Address) -> list[Finding]:
    try:
        return list(access_role_drift(context, here))
    except AwsError as error:
        if error.code not in NOT_YET:
            raise
        # An invited account may have no access role, so nobody enters through it.
        context.say(here, f"could not be entered: {error.message}")
        return []


def _unmanaged(found: LiveAccount) -> Unmanaged:
    return Unmanaged(
        Address("account", found.email),
        f'"{found.name}" in {found.ou}, not in the YAML',
        needs_of_ou(found.ou),
        parent=Address("ou", found.ou),
        active=found.open,
    )


def _check_management_account(context: Context, wanted: Mapping[str, Resource]) -> None:
    about = context.read(organization)
    found = wanted.get(about["MasterAccountEmail"].lower()) if about else None
    if found is not None:
        raise BootstrapError(
            f"{found.origin}: {found.address} has the e-mail of the management account",
            hint="give the account an e-mail of its own",
        )


def _resource(
    here: Address, found: LiveAccount, found_tags: Mapping[str, str], wanted: Resource | None, name: str
) -> Resource:
    return Resource(
        here,
        {
            # AWS ignores the case of e-mails.
            "email": wanted.body["email"] if wanted else found.email,
            "name": name,
            "state": "open" if found.open else "closed",
            "ou": found.ou,
            "tags": found_tags,
        },
        needs_of_ou(found.ou),
        parent=Address("ou", found.ou),
        active=found.open,
        tagged_as=found_tags.get(KEY_TAG, ""),
    )


def _text(resource: Resource, field: str) -> str:
    return str(resource.body[field])
