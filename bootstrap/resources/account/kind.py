"""An AWS account: made, placed, named, tagged, and closed only when told to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bootstrap.engine.kind import Kind, Observed, keep_omitted
from bootstrap.engine.plan import Blocker, Cause, Unmanaged, consent
from bootstrap.model.errors import AwsError, BootstrapError
from bootstrap.model.names import KEY_TAG, ROOT
from bootstrap.model.resource import Address, Resource, references
from bootstrap.policy.compile import compile_policies
from bootstrap.resources import organization, ownership, trusted_access
from bootstrap.resources.account import creation
from bootstrap.resources.account.creation import NewAccount
from bootstrap.resources.account.leaving import leaving, leaving_others
from bootstrap.resources.account.readiness import NOT_YET
from bootstrap.resources.attachments import guarding
from bootstrap.resources.baseline.inspection import inspect_door
from bootstrap.resources.organizational_unit import needs_of_unit
from bootstrap.resources.surplus import loosening
from bootstrap.secrecy.mask import hide_path
from bootstrap.secrecy.patterns import masked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.aws.tree import LiveAccount
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change, Finding
    from bootstrap.spec.spec import Spec


class AccountKind(Kind):
    name = "account"
    after = ("organization",)
    lasting = True
    harmless = frozenset({"tags", "name"})

    def desired(self, spec: Spec) -> Iterable[Resource]:
        naming = [policy for policy in compile_policies(spec) if references(policy.body)]
        named = frozenset[Address]().union(*(references(policy.body) for policy in naming))
        waiting = {Address("attachments", str(Address("unit", unit))) for policy in naming for unit in policy.targets}
        for account in spec.accounts.values():
            here = Address(self.name, account.key)
            # An account never stands without its guardrails. A shared one that a guardrail names, as an exempt
            # principal, cannot wait for that, nor for one that waits for another so.
            guards = guarding(account.unit)
            if here in named and not account.environment:
                guards -= waiting
            yield Resource(
                here,
                {
                    "email": account.email,
                    "name": account.name,
                    "state": account.state,
                    "unit": account.unit,
                    "tags": account.tags,
                },
                needs=needs_of_unit(account.unit) | {organization.address(spec), trusted_access.renaming()},
                origin=account.origin,
                follows=guards,
            )

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        wanted = {_text(w, "email").lower(): w for w in want.values() if w.address.kind == self.name}
        _check_management_account(context, wanted)
        have: dict[Address, Resource] = {}
        unmanaged = []
        # The e-mail is the account's identity, so that a new key in the YAML renames an account, and an old key on
        # another account's tag claims nothing: it stays ours, but goes by its e-mail.
        read = [
            (found, match := wanted.get(found.email.lower()), ownership.read(context, found.arn, match))
            for found in context.inventory.accounts
        ]
        keys = Counter(match.address.name if match else tags.get(KEY_TAG, "") for _, match, tags in read)
        for found, match, tags in read:
            key = tags.get(KEY_TAG, "")
            if not (match or key):
                unmanaged.append(_foreign(found))
                continue
            here = match.address if match else Address(self.name, key if keys[key] == 1 else found.email)
            context.ids[here] = found.id
            name = found.name if match is None or match.body["name"] == found.name else context.inventory.name(found)
            have[here] = _resource(here, found, tags, match, name)
        return Observed(have, tuple(unmanaged))

    def settle(self, want: Mapping[Address, Resource], have: Mapping[Address, Resource]) -> Mapping[Address, Resource]:
        """A missing line closes nothing; and an account that is closed and gone need not be made to be closed."""
        gone = {here for here, resource in want.items() if resource.body["state"] == "closed" and here not in have}
        there = {here: _leaving_word(want[here], have.get(here)) for here in want if here not in gone}
        return keep_omitted(there, have)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource | None:
        """Without consent an account is released; with it, it is closed, and its tags remember what it was."""
        if have.body["state"] == "closed" and have.body["unit"] == ROOT:
            return have
        if consent("close", have.address.name) not in allow:
            return None
        return Resource(have.address, {**have.body, "state": "closed", "unit": ROOT})

    def means_another(self, change: Change) -> bool:
        """The key is of whichever account has the e-mail."""
        before, after = (ownership.tag(side, KEY_TAG) if side else "" for side in (change.before, change.after))
        return before != after

    def stands_in(self, resource: Resource) -> Address:
        return Address("unit", _text(resource, "unit"))

    def in_use(self, resource: Resource) -> bool:
        return resource.body["state"] == "open"

    def blockers(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[Blocker]:
        if change.before is None or change.after is None:
            return
        before, after = change.before, change.after
        if change.cause is Cause.DRIFT:
            # What the YAML says as before, somebody has agreed to before; but not to take it out of a quarantine.
            yield from leaving_others(context, before, after)
        else:
            yield from leaving(context, before, after, want, have)
        if before.body["state"] == "open" and after.body["state"] == "closed":
            yield Blocker(
                change.address,
                f"this closes the account; its e-mail {after.body['email']} can then not be used again",
                hint="an account is closed for good after 90 days",
                token=consent("close", change.address.name),
            )
        if before.body["state"] == "closed" and after.body["state"] == "open":
            yield Blocker(
                change.address,
                "the account is closed or suspended, and only AWS's support can open it again",
                hint="say `state: closed` in the YAML, or use a new e-mail for a new account",
            )
        if _text(before, "email").lower() != _text(after, "email").lower():
            yield Blocker(
                change.address,
                f"the account has the e-mail {before.body['email']}, and AWS changes it only with a code sent there",
                hint="change it in the console first, or give the new account a new key",
            )

    def remarks(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        """The e-mail is the account, so that its key may change."""
        del context, want
        old, new = (ownership.tag(side, KEY_TAG) if side else "" for side in (change.before, change.after))
        if old and new and old != new:
            yield f"it was {old} until now"
        # One that is made now was none before, and most are.
        accounts = (found for found in have.values() if found.address.kind == self.name)
        for found in accounts if change.before and old != new else ():
            if found.address != change.address and ownership.tag(found, KEY_TAG) == new:
                was = f"{new} was another account until now, {found.body['email']}"
                yield f"{was}: it stays as it is, as {found.address}"
        yield from ownership.taken_over(change)

    def inspect(self, context: Context, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        """Who else may enter through the access role: the door to all that is in an account."""
        opened = {found.id for found in context.inventory.accounts if found.open}
        there = [address for address in have if address in context.ids and context.ids[address] in opened]
        return [
            finding for found in context.aws.each(lambda here: _inspect_door(context, here), there) for finding in found
        ]

    def create(self, context: Context, want: Resource) -> None:
        new = NewAccount(_text(want, "email"), _text(want, "name"), ownership.as_list(want.body["tags"]))
        made = creation.make(context.aws, context.inventory, new, lambda text: context.say(want.address, text))
        context.ids[want.address] = made.id
        if not made.by_us:
            ownership.write_tags(context.aws, made.id, {}, want.body["tags"])
        # Parents cannot be given to CreateAccount: each new account lands in the root, under its guardrails only.
        if want.body["unit"] != ROOT:
            self._move(context, want, source=context.ids[Address("unit", ROOT)])

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        account_id = context.ids[want.address]
        if have.body["unit"] != want.body["unit"]:
            self._move(context, want, source=_stands_in(context, account_id))
        if have.body["name"] != want.body["name"]:
            context.aws.call("account.PutAccountName", AccountId=account_id, AccountName=want.body["name"])
        ownership.write_tags(context.aws, account_id, have.body["tags"], want.body["tags"])
        if have.body["state"] != want.body["state"]:
            context.aws.once("organizations.CloseAccount", done="AccountAlreadyClosedException", AccountId=account_id)

    def delete(self, context: Context, have: Resource) -> None:
        """Release it: out of our units, without our tags, and open as before."""
        if have.body["unit"] != ROOT:
            self._move(context, have, source=_stands_in(context, context.ids[have.address]), target=ROOT)
        ownership.write_tags(context.aws, context.ids[have.address], have.body["tags"], {})

    def _move(self, context: Context, resource: Resource, *, source: str, target: str = "") -> None:
        context.aws.once(
            "organizations.MoveAccount",
            # It is where it was to go, and no child of where it was.
            done=("DuplicateAccountException", "SourceParentNotFoundException"),
            AccountId=context.ids[resource.address],
            SourceParentId=source,
            DestinationParentId=context.ids[Address("unit", target or _text(resource, "unit"))],
        )


def _stands_in(context: Context, account: str) -> str:
    """The id of the unit that an account was seen in: of its path, part may be hidden in a body."""
    return context.inventory.units[next(found.unit for found in context.inventory.accounts if found.id == account)].id


def _leaving_word(want: Resource, have: Resource | None) -> Resource:
    """An account that leaves its environment for none keeps what it had there: its tags say so from then on."""
    left = (ownership.environment(have) or ownership.tag(have, ownership.LEFT_TAG)) if have else ""
    if not left or ownership.environment(want):
        return want
    tags = want.body["tags"]
    assert isinstance(tags, Mapping)
    return replace(want, body={**want.body, "tags": {**tags, ownership.LEFT_TAG: left}})


def _inspect_door(context: Context, here: Address) -> list[Finding]:
    account, name = context.ids[here], context.aws.access_role
    try:
        role = context.inventory.identities(account).roles[name]
    except AwsError as error:
        if error.code not in NOT_YET:
            raise
        # An invited account may have no such role: nobody comes in by it, and neither do we.
        context.say(here, f"it could not be entered, to see who else may: {error.message}")
        return []
    return list(inspect_door(here, name, role, context.inventory.account))


def _foreign(found: LiveAccount) -> Unmanaged:
    detail = f'"{found.name}" in {hide_path(found.unit)}, not in the YAML'
    return Unmanaged(
        Address("account", found.email),
        detail,
        needs_of_unit(found.unit),
        within=Address("unit", found.unit),
        in_use=found.open,
    )


def _check_management_account(context: Context, wanted: Mapping[str, Resource]) -> None:
    organization = context.inventory.organization
    found = wanted.get(organization["MasterAccountEmail"].lower()) if organization else None
    if found is not None:
        raise BootstrapError(
            f"{found.origin}: {found.address} has the e-mail of the management account, which is not made or moved",
            hint="give the account an e-mail of its own",
        )


def _resource(
    here: Address, found: LiveAccount, tags: Mapping[str, str], wanted: Resource | None, name: str
) -> Resource:
    return Resource(
        here,
        {
            # AWS compares e-mails without regard to case, and so do we.
            "email": wanted.body["email"] if wanted else found.email,
            # Whoever renamed or moved it may have put a secret there.
            "name": name if wanted and name == wanted.body["name"] else masked(name),
            "state": "open" if found.open else "closed",
            "unit": hide_path(found.unit),
            "tags": tags,
        },
        needs_of_unit(found.unit),
        # What still guards it goes once it stands under something else; and one that the YAML no longer names
        # is guarded as it was in its environment.
        follows=loosening(found.unit) | (guarding(found.unit) if ownership.ENVIRONMENT_TAG in tags else frozenset()),
    )


def _text(resource: Resource, field: str) -> str:
    return str(resource.body[field])
