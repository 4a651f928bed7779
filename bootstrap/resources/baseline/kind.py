"""The baseline: the stacks that every account of an environment gets, deployed through its access role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bootstrap.aws.api import Place
from bootstrap.aws.snapshot import NOT_RECORDED
from bootstrap.engine.kind import Kind, Observed, keep_omitted, worded_as
from bootstrap.engine.plan import Blocker, Cause, Inaccessible, Risk, consent
from bootstrap.model.errors import AwsError, BootstrapError, WaitError
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG, TAG_PREFIX
from bootstrap.model.resource import Address, Resource, references
from bootstrap.resources import organization, ownership
from bootstrap.resources.account.readiness import NOT_YET, wait_until_usable
from bootstrap.resources.baseline import stack as stacks
from bootstrap.resources.baseline.body import (
    as_found,
    body_of,
    deployed,
    resources_of,
    said_as,
    stacks_of,
    template_of,
    unreadable,
)
from bootstrap.resources.baseline.contents import look_inside
from bootstrap.resources.baseline.inspection import inspect
from bootstrap.resources.baseline.losses import is_loss_or_right, refused
from bootstrap.resources.baseline.retained import secret_names
from bootstrap.resources.baseline.stack import Stack
from bootstrap.resources.baseline.template import is_kept
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.aws.tree import LiveAccount
    from bootstrap.engine.kind import Context
    from bootstrap.engine.last_applied import LastApplied
    from bootstrap.engine.plan import Change, Finding
    from bootstrap.spec.spec import Spec

_STACKS = (BASELINE_STACK, BUDGET_STACK)
# CloudFormation gives a stack's tags to all that is in it: not one that our templates give, or which of the
# two counts would be for each type's handler to say.
_TAGS = [{"Key": f"{TAG_PREFIX}stack", "Value": "baseline"}]


class BaselineKind(Kind):
    name = "baseline"
    after = ("organization", "account")  # their ids stand in templates

    def desired(self, spec: Spec) -> Iterable[Resource]:
        baselines = Baselines(spec)
        for account in spec.accounts.values():
            templates = baselines.of(account)
            if templates and account.state == "open":
                yield Resource(
                    Address(self.name, account.key),
                    body_of(templates, spec.organization.home_region),
                    needs=references(templates) | {Address("account", account.key)},
                    origin=account.origin,
                )

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        known = context.memory
        entered = [
            found for found in context.inventory.accounts if found.open and _has_baseline(context, found, want, known)
        ]
        region = organization.region_of_baselines(context, want) if entered else ""
        read = context.aws.each(lambda found: self._observe(context, found, want, region), entered)
        return Observed(
            {found.address: found for found in read if isinstance(found, Resource)},
            inaccessible=tuple(found for found in read if isinstance(found, Inaccessible)),
        )

    # The stacks hold secret entries: a missing line does not take them away, `destroy` does.
    settle = staticmethod(keep_omitted)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource | None:
        """What is in an account that is closed goes with it: there is no entering it to take anything down."""
        return have if consent("close", have.address.name) in allow else None

    def about(self, address: Address) -> Address:
        return _account(address)

    def blockers(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[Blocker]:
        """What of a template takes a word: a secret's new value, a wider or new trust, a role or policy that goes."""
        del context, want, have
        # With what is new comes all that is in it, unless it stood otherwise in what somebody has deleted since.
        gone = change.cause is Cause.BOTH
        if change.after is None or (change.before is None and not gone):
            return
        for name in unreadable(change.before) if change.before else ():
            yield Blocker(
                change.address,
                f"the template of its stack {name} cannot be read: what of it goes, and which secrets get a new value, "
                "nobody can tell",
                hint="read it yourself: aws cloudformation get-template, in that account",
                token=consent("remove", f"{change.address.name}/{name}"),
            )
        before, after = resources_of(change.before) if change.before else {}, resources_of(change.after)
        is_there = change.before is not None and BASELINE_STACK in stacks_of(change.before)
        new = after.keys() - before.keys() if is_there or gone else set()
        for logical_id in [*before, *sorted(new)]:
            yield from refused(change.address, logical_id, before.get(logical_id), after.get(logical_id))

    def risk(self, change: Change) -> Risk:
        """A larger budget or another word in a description changes nobody's rights."""
        if change.before is None or change.after is None:
            return super().risk(change)
        before, after = resources_of(change.before), resources_of(change.after)
        moved = change.before.body["region"] != change.after.body["region"]
        closely = moved or any(
            is_loss_or_right(before.get(logical_id), after.get(logical_id))
            for logical_id in before.keys() | after.keys()
        )
        return Risk.MEDIUM if closely else Risk.LOW

    def remarks(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        """No value of a secret is lost: one that a stack lets go of stays, and one that it left is taken back."""
        del want, have
        before = resources_of(change.before) if change.before else {}
        gone = {key: item for key, item in before.items() if key not in _wanted(change) and is_kept(item)}
        for name in secret_names(gone).values():
            yield f"the secret {name} stays in the account, with its value"
        account = _account(change.address)
        if change.after is None or account not in context.ids:
            return
        place = Place(context.ids[account], str(change.after.body["region"]))
        for name in _new_secrets(change.after, before).values():
            found = context.inventory.secret(place, name)
            if found and found.deleting:
                yield f"the secret {name} is scheduled for deletion: until it is restored, this will fail"
            elif found and found.ours:
                yield f"the secret {name} is in the account still: it is taken back, with its value"

    def inspect(self, context: Context, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        found = context.aws.each(lambda baseline: self._inspect(context, baseline), have.values())
        return [finding for findings in found for finding in findings]

    def create(self, context: Context, want: Resource) -> None:
        wait_until_usable(_stack(context, want, BASELINE_STACK), lambda text: context.say(want.address, text))
        for name in _STACKS:
            _check_was_seen(context, want, name)
        self._deploy(context, want, _STACKS)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        self._deploy(
            context, want, [name for name in _STACKS if template_of(have.body, name) != template_of(want.body, name)]
        )

    def delete(self, context: Context, have: Resource) -> None:
        for name in _STACKS:
            stacks.delete(_stack(context, have, name))

    def _observe(
        self, context: Context, account: LiveAccount, want: Mapping[Address, Resource], region: str
    ) -> Resource | Inaccessible | None:
        address = context.ids.address(account.id)
        assert address is not None
        found: dict[str, Any] = {}
        for name in _STACKS:
            try:
                stack = context.inventory.stack(Place(account.id, region), name)
            except AwsError as error:
                if error.code not in NOT_YET | {NOT_RECORDED}:
                    raise
                # A new account, or an invited one that has no such role: the others are planned all the same.
                return Inaccessible(Address(self.name, address.name), error.message)
            if stack is not None:
                found[name] = as_found(stack)
        wanted = want.get(Address(self.name, address.name))
        plain: Any = context.ids.take_out(found)
        have = Resource(Address(self.name, address.name), body_of(plain, region), needs=frozenset({address}))
        if wanted:
            have = said_as(context.ids.take_out(resources_of(wanted)), have)
        for name in _new_secrets(wanted, resources_of(have)).values():
            context.inventory.look_for_secret(Place(account.id, region), name)  # what `remarks` tells of
        if found or self._has_gone(context, have, want):
            return worded_as(wanted, have, context.ids.take_out)
        return None

    def _has_gone(self, context: Context, empty: Resource, want: Mapping[Address, Resource]) -> bool:
        """Whether somebody has taken down one that the YAML has no more: it is told once, for what it was nobody says,
        and until the next apply takes note.
        """
        if empty.address in want:
            return False
        known = context.memory
        return bool(known and known.knows(empty.address) and not known.holds(empty))

    def _inspect(self, context: Context, baseline: Resource) -> list[Finding]:
        account = context.ids[_account(baseline.address)]
        inside = look_inside(context.aws, context.inventory.identities(account), account, str(baseline.body["region"]))
        resources: Any = context.ids.fill(
            {
                logical_id: item
                for logical_id, item in deployed(baseline).items()
                # Somebody may have written what reads like a reference, and is none.
                if all(address in context.ids for address in references(item))
            }
        )
        return list(inspect(baseline.address, resources, inside, account))

    def _deploy(self, context: Context, want: Resource, names: Iterable[str]) -> None:
        """Both are deployed before either is said to have failed."""
        failures = []
        for name in names:
            stack, template = _stack(context, want, name), context.ids.fill(template_of(want.body, name))
            try:
                if template is None:
                    stacks.delete(stack)
                else:
                    assert isinstance(template, Mapping)
                    stacks.deploy(stack, template, _TAGS, lambda text: context.say(want.address, text))
            except WaitError as error:
                failures.append(error)
        if failures:
            raise WaitError("; ".join(error.message for error in failures), hint=failures[0].hint)


def _wanted(change: Change) -> Mapping[str, Any]:
    return resources_of(change.after) if change.after else {}


def _new_secrets(wanted: Resource | None, held: Collection[str]) -> dict[str, str]:
    """The names of the secrets that no stack holds yet, by logical id."""
    resources = resources_of(wanted) if wanted else {}
    return secret_names({logical_id: item for logical_id, item in resources.items() if logical_id not in held})


def _has_baseline(
    context: Context, found: LiveAccount, want: Mapping[Address, Resource], known: LastApplied | None
) -> bool:
    """Whether to look for one: it is wanted, or the account's tags tell of one, or it was there and they did."""
    address = context.ids.address(found.id)
    if address is None:
        return False
    account = want.get(address)
    if account is not None and account.body["state"] == "closed":
        return False  # what is in it goes with it
    if Address(BaselineKind.name, address.name) in want:
        return True
    tags = context.inventory.tags(found.arn)
    remembered = known is not None and known.knows(Address(BaselineKind.name, tags.get(KEY_TAG, "")))
    return remembered or not {ownership.ENVIRONMENT_TAG, ownership.LEFT_TAG}.isdisjoint(tags)


def _account(baseline_address: Address) -> Address:
    return Address("account", baseline_address.name)


def _check_was_seen(context: Context, want: Resource, name: str) -> None:
    """Raise BootstrapError for a stack that is there although the plan saw none, as where it could not enter the
    account: nobody was told what of it changes, nor asked for a word. One that is as wanted changes nothing.
    """
    stack = _stack(context, want, name)
    if stacks.holds_other(stack, context.ids.fill(template_of(want.body, name))):
        raise BootstrapError(
            f"there is a stack {name} in account {stack.at.account} that the plan did not see",
            hint="plan again: the account can be entered now, and the plan will tell what changes in it",
        )


def _stack(context: Context, resource: Resource, name: str) -> Stack:
    place = Place(context.ids[_account(resource.address)], str(resource.body["region"]))
    return Stack(context.aws, place, name)
