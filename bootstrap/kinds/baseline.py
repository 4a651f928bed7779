"""The baseline: the stacks that every account of an environment gets, deployed through its access role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bootstrap.aws import stacks
from bootstrap.aws.calling import Place
from bootstrap.aws.inside import look_inside
from bootstrap.aws.readiness import NOT_YET, wait_until_usable
from bootstrap.aws.retained import secret_names
from bootstrap.aws.snapshot import NOT_RECORDED
from bootstrap.aws.stacks import Stack
from bootstrap.aws.template import is_kept
from bootstrap.errors import AwsError, BootstrapError, WaitError
from bootstrap.inspection import inspect
from bootstrap.kind import Kind, Observed, keep_omitted, worded_as
from bootstrap.kinds import organization, ownership
from bootstrap.kinds.losses import is_loss_or_right, refused
from bootstrap.kinds.stacked import (
    as_found,
    body_of,
    deployed,
    resources_of,
    said_as,
    stacks_of,
    template_of,
    unreadable,
)
from bootstrap.model import Address, Resource, references
from bootstrap.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG, TAG_PREFIX
from bootstrap.plan import Cause, Refusal, Risk, Unseen, consent
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.aws.tree import LiveAccount
    from bootstrap.kind import World
    from bootstrap.memory import Memory
    from bootstrap.plan import Change, Finding
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

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        known = world.memory
        entered = [found for found in world.live.accounts if found.open and _has_baseline(world, found, want, known)]
        region = organization.region_of_baselines(world, want) if entered else ""
        read = world.aws.each(lambda found: self._observe(world, found, want, region), entered)
        return Observed(
            {found.address: found for found in read if isinstance(found, Resource)},
            unseen=tuple(found for found in read if isinstance(found, Unseen)),
        )

    # The stacks hold secret entries: a missing line does not take them away, `destroy` does.
    settle = staticmethod(keep_omitted)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource | None:
        """What is in an account that is closed goes with it: there is no entering it to take anything down."""
        return have if consent("close", have.address.name) in allow else None

    def about(self, address: Address) -> Address:
        return _account(address)

    def refusals(
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[Refusal]:
        """What of a template takes a word: a secret's new value, a wider or new trust, a role or policy that goes."""
        del world, want, have
        # With what is new comes all that is in it, unless it stood otherwise in what somebody has deleted since.
        gone = change.cause is Cause.BOTH
        if change.after is None or (change.before is None and not gone):
            return
        for name in unreadable(change.before) if change.before else ():
            yield Refusal(
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
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        """No value of a secret is lost: one that a stack lets go of stays, and one that it left is taken back."""
        del want, have
        before = resources_of(change.before) if change.before else {}
        gone = {key: item for key, item in before.items() if key not in _wanted(change) and is_kept(item)}
        for name in secret_names(gone).values():
            yield f"the secret {name} stays in the account, with its value"
        account = _account(change.address)
        if change.after is None or account not in world.ids:
            return
        place = Place(world.ids[account], str(change.after.body["region"]))
        for name in _new_secrets(change.after, before).values():
            found = world.live.secret(place, name)
            if found and found.deleting:
                yield f"the secret {name} is scheduled for deletion: until it is restored, this will fail"
            elif found and found.ours:
                yield f"the secret {name} is in the account still: it is taken back, with its value"

    def inspect(self, world: World, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        found = world.aws.each(lambda baseline: self._inspect(world, baseline), have.values())
        return [finding for findings in found for finding in findings]

    def create(self, world: World, want: Resource) -> None:
        wait_until_usable(_stack(world, want, BASELINE_STACK), lambda text: world.say(want.address, text))
        for name in _STACKS:
            _check_was_seen(world, want, name)
        self._deploy(world, want, _STACKS)

    def update(self, world: World, have: Resource, want: Resource) -> None:
        self._deploy(
            world, want, [name for name in _STACKS if template_of(have.body, name) != template_of(want.body, name)]
        )

    def delete(self, world: World, have: Resource) -> None:
        for name in _STACKS:
            stacks.delete(_stack(world, have, name))

    def _observe(
        self, world: World, account: LiveAccount, want: Mapping[Address, Resource], region: str
    ) -> Resource | Unseen | None:
        address = world.ids.address(account.id)
        assert address is not None
        found: dict[str, Any] = {}
        for name in _STACKS:
            try:
                stack = world.live.stack(Place(account.id, region), name)
            except AwsError as error:
                if error.code not in NOT_YET | {NOT_RECORDED}:
                    raise
                # A new account, or an invited one that has no such role: the others are planned all the same.
                return Unseen(Address(self.name, address.name), error.message)
            if stack is not None:
                found[name] = as_found(stack)
        wanted = want.get(Address(self.name, address.name))
        plain: Any = world.ids.take_out(found)
        have = Resource(Address(self.name, address.name), body_of(plain, region), needs=frozenset({address}))
        if wanted:
            have = said_as(world.ids.take_out(resources_of(wanted)), have)
        for name in _new_secrets(wanted, resources_of(have)).values():
            world.live.look_for_secret(Place(account.id, region), name)  # what `remarks` tells of
        if found or self._has_gone(world, have, want):
            return worded_as(wanted, have, world.ids.take_out)
        return None

    def _has_gone(self, world: World, empty: Resource, want: Mapping[Address, Resource]) -> bool:
        """Whether somebody has taken down one that the YAML has no more: it is told once, for what it was nobody says,
        and until the next apply takes note.
        """
        if empty.address in want:
            return False
        known = world.memory
        return bool(known and known.knows(empty.address) and not known.holds(empty))

    def _inspect(self, world: World, baseline: Resource) -> list[Finding]:
        account = world.ids[_account(baseline.address)]
        inside = look_inside(world.aws, world.live.identities(account), account, str(baseline.body["region"]))
        resources: Any = world.ids.fill(
            {
                logical_id: item
                for logical_id, item in deployed(baseline).items()
                # Somebody may have written what reads like a reference, and is none.
                if all(address in world.ids for address in references(item))
            }
        )
        return list(inspect(baseline.address, resources, inside, account))

    def _deploy(self, world: World, want: Resource, names: Iterable[str]) -> None:
        """Both are deployed before either is said to have failed."""
        failures = []
        for name in names:
            stack, template = _stack(world, want, name), world.ids.fill(template_of(want.body, name))
            try:
                if template is None:
                    stacks.delete(stack)
                else:
                    assert isinstance(template, Mapping)
                    stacks.deploy(stack, template, _TAGS, lambda text: world.say(want.address, text))
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


def _has_baseline(world: World, found: LiveAccount, want: Mapping[Address, Resource], known: Memory | None) -> bool:
    """Whether to look for one: it is wanted, or the account's tags tell of one, or it was there and they did."""
    address = world.ids.address(found.id)
    if address is None:
        return False
    account = want.get(address)
    if account is not None and account.body["state"] == "closed":
        return False  # what is in it goes with it
    if Address(BaselineKind.name, address.name) in want:
        return True
    tags = world.live.tags(found.arn)
    remembered = known is not None and known.knows(Address(BaselineKind.name, tags.get(KEY_TAG, "")))
    return remembered or not {ownership.ENVIRONMENT_TAG, ownership.LEFT_TAG}.isdisjoint(tags)


def _account(baseline_address: Address) -> Address:
    return Address("account", baseline_address.name)


def _check_was_seen(world: World, want: Resource, name: str) -> None:
    """Raise BootstrapError for a stack that is there although the plan saw none, as where it could not enter the
    account: nobody was told what of it changes, nor asked for a word. One that is as wanted changes nothing.
    """
    stack = _stack(world, want, name)
    if stacks.holds_other(stack, world.ids.fill(template_of(want.body, name))):
        raise BootstrapError(
            f"there is a stack {name} in account {stack.at.account} that the plan did not see",
            hint="plan again: the account can be entered now, and the plan will tell what changes in it",
        )


def _stack(world: World, resource: Resource, name: str) -> Stack:
    place = Place(world.ids[_account(resource.address)], str(resource.body["region"]))
    return Stack(world.aws, place, name)
