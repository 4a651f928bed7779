"""The baseline: the stacks that every account of an environment gets, deployed through its access role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bootstrap.aws.api import Place
from bootstrap.engine.kind import Fate, Kind, Observed, Sides
from bootstrap.engine.plan import Blocker, Cause, Inaccessible, Risk, approval
from bootstrap.model.errors import BootstrapError, WaitError
from bootstrap.model.names import BASELINE_STACK, TAG_PREFIX
from bootstrap.model.per_object import PerObject
from bootstrap.model.resource import Address, Resource, references
from bootstrap.resources.account.readiness import wait_until_usable
from bootstrap.resources.account.reads import accounts
from bootstrap.resources.baseline import stack as stack_operations
from bootstrap.resources.baseline.body import (
    body_of,
    resources_of,
    stacks_of,
    template_of,
    unreadable,
)
from bootstrap.resources.baseline.drift import inspect
from bootstrap.resources.baseline.evidence import digests, note
from bootstrap.resources.baseline.guard import blockers, deletes_or_permits
from bootstrap.resources.baseline.observe import KIND, STACKS, has_baseline, new_secrets, observe
from bootstrap.resources.baseline.reads import LiveStack, list_stacks, secret
from bootstrap.resources.baseline.retained import secret_names
from bootstrap.resources.baseline.simulate import simulate
from bootstrap.resources.baseline.stack import Stack
from bootstrap.resources.baseline.template import is_retained
from bootstrap.resources.organization.kind import home_region
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change, Finding
    from bootstrap.spec.spec import Spec

# CloudFormation gives a stack's tags to everything in it. None of them is a tag that our templates give, or which of
# the two counts would be for each type's handler to decide.
_TAGS: Final = [{"Key": f"{TAG_PREFIX}stack", "Value": "baseline"}]


class BaselineKind(Kind):
    name = KIND
    observed_after = ("organization", "account")  # their ids stand in templates
    # The stacks hold secret entries: a missing line does not delete them, `destroy` does.
    on_omission = Fate.RETAIN

    def desired(self, spec: Spec) -> Iterable[Resource]:
        baselines, named = Baselines(spec), PerObject(references)
        for account in spec.accounts.values():
            templates: Mapping[str, Any] = baselines.of(account)
            if templates and account.state == "open":
                yield Resource(
                    Address(self.name, account.key),
                    body_of(templates, spec.organization.home_region),
                    needs=frozenset({Address("account", account.key)}).union(
                        *(named(item) for template in templates.values() for item in template["Resources"].values())
                    ),
                    origin=account.origin,
                    owner=Address("account", account.key),
                )

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        entered = [found for found in context.read(accounts) if found.open and has_baseline(context, found, want)]
        region = home_region(context, want) if entered else ""
        digest = digests(context.ids)
        read = context.aws.each(lambda found: observe(context, found, want, region, digest), entered)
        return Observed(
            {found.address: found for found in read if isinstance(found, Resource)},
            inaccessible=tuple(found for found in read if isinstance(found, Inaccessible)),
        )

    def after_destroy(self, have: Resource, approvals: Collection[str]) -> Resource | None:
        """What is in an account that is closed goes with it: nobody can enter it to delete anything."""
        return have if approval("close", have.address.name) in approvals else None

    def guard(self, context: Context, change: Change, sides: Sides) -> Iterator[Blocker]:
        """A template needs an approval for a secret's new value, a wider trust, and a role or policy that goes."""
        del context, sides
        # With a new baseline comes everything in it, unless somebody has deleted one that was different.
        was_deleted = change.cause is Cause.BOTH
        if change.after is None or (change.before is None and not was_deleted):
            return
        for name in unreadable(change.before) if change.before else ():
            yield Blocker(
                change.address,
                f"the template of its stack {name} cannot be read: nobody can tell what is deleted, and which secrets "
                "get a new value",
                hint="read it yourself in that account: aws cloudformation get-template",
                token=approval("remove", f"{change.address.name}/{name}"),
            )
        before, after = resources_of(change.before) if change.before else {}, resources_of(change.after)
        exists = change.before is not None and BASELINE_STACK in stacks_of(change.before)
        new = after.keys() - before.keys() if exists or was_deleted else set()
        for logical_id in [*before, *sorted(new)]:
            yield from blockers(change.address, logical_id, before.get(logical_id), after.get(logical_id))

    def risk(self, change: Change) -> Risk:
        """A larger budget or another word in a description changes nobody's permissions."""
        if change.before is None or change.after is None:
            return super().risk(change)
        before, after = resources_of(change.before), resources_of(change.after)
        moved = change.before.body["region"] != change.after.body["region"]
        risky = moved or any(
            deletes_or_permits(before.get(key), after.get(key)) for key in before.keys() | after.keys()
        )
        return Risk.MEDIUM if risky else Risk.LOW

    def remarks(self, context: Context, change: Change, sides: Sides) -> Iterator[str]:
        """No value of a secret is lost: one that a stack removes stays, and one that it left is imported again."""
        del sides
        before = resources_of(change.before) if change.before else {}
        wanted = resources_of(change.after) if change.after else {}
        removed = {key: item for key, item in before.items() if key not in wanted and is_retained(item)}
        for name in secret_names(removed).values():
            yield f"the secret {name} stays in the account, with its value"
        account = _account(change.address)
        if change.after is None or account not in context.ids:
            return
        place = Place(context.ids[account], str(change.after.body["region"]))
        for name in new_secrets(change.after, before).values():
            found = context.inventory.known(secret, place, name)
            if found and found.deleting:
                yield f"the secret {name} is scheduled for deletion: this change fails until it is restored"
            elif found and found.ours:
                yield f"the secret {name} is still in the account: it is imported, with its value"

    def inspect(self, context: Context, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        found = context.aws.each(lambda baseline: inspect(context, baseline), have.values())
        return [finding for findings in found for finding in findings]

    def create(self, context: Context, want: Resource) -> None:
        place = _place(context, want)
        listed = wait_until_usable(
            context.aws,
            place.account,
            lambda: list_stacks(context.aws, place),  # enters the account, and asks the service
            lambda text: context.say(want.address, text),
        )
        for name in STACKS:
            _check_was_planned(context, want, Stack(context.aws, place, name), listed.get(name))
        _deploy(context, want, STACKS, listed)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        changed = [name for name in STACKS if template_of(have.body, name) != template_of(want.body, name)]
        _deploy(context, want, changed, list_stacks(context.aws, _place(context, want)))

    def delete(self, context: Context, have: Resource) -> None:
        place = _place(context, have)
        listed = list_stacks(context.aws, place)
        for name in STACKS:
            stack_operations.delete(Stack(context.aws, place, name), listed.get(name))

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        return simulate(call)


def _deploy(context: Context, want: Resource, names: Iterable[str], listed: Mapping[str, LiveStack]) -> None:
    """Both stacks are deployed before either is reported as failed."""
    place, failures, live = _place(context, want), list[WaitError](), dict(listed)
    for name in names:
        stack, filled = Stack(context.aws, place, name), context.ids.fill(template_of(want.body, name))
        try:
            if filled is None:
                stack_operations.delete(stack, live.pop(name, None))
            else:
                assert isinstance(filled, Mapping)
                say = lambda text: context.say(want.address, text)  # noqa: E731 (three words, used once)
                live[name] = stack_operations.deploy(stack, filled, _TAGS, say, live.get(name))
        except WaitError as error:
            failures.append(error)
    if failures:
        raise WaitError("; ".join(error.message for error in failures), hint=failures[0].hint)
    note(context, want, {name: live[name] for name in STACKS if name in live}, digests(context.ids))


def _account(baseline: Address) -> Address:
    return Address("account", baseline.name)


def _place(context: Context, resource: Resource) -> Place:
    return Place(context.ids[_account(resource.address)], str(resource.body["region"]))


def _check_was_planned(context: Context, want: Resource, stack: Stack, found: LiveStack | None) -> None:
    """Raise BootstrapError for a stack that exists although the plan saw none, as where it could not enter the account:
    nobody was shown what changes in it, nor asked to approve it. One that is as wanted changes nothing.
    """
    if stack_operations.differs(stack, context.ids.fill(template_of(want.body, stack.name)), found):
        raise BootstrapError(
            f"account {stack.at.account} has a stack {stack.name} that the plan did not see",
            hint="plan again: the account can be entered now, and the plan will show what changes in it",
        )
