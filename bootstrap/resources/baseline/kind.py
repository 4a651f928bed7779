"""The baseline: the stacks that every account of an environment gets, deployed through its access role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bootstrap.aws.api import Place
from bootstrap.aws.recording import NOT_RECORDED
from bootstrap.engine.kind import Fate, Kind, Observed, Sides
from bootstrap.engine.plan import Blocker, Cause, Inaccessible, Risk, approval
from bootstrap.model.errors import AwsError, BootstrapError, WaitError
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG, TAG_PREFIX
from bootstrap.model.resource import Address, Resource, references
from bootstrap.resources import tags
from bootstrap.resources.account.identities import identities
from bootstrap.resources.account.readiness import NOT_YET, wait_until_usable
from bootstrap.resources.account.reads import accounts
from bootstrap.resources.baseline import stack as stack_operations
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
from bootstrap.resources.baseline.contents import read_contents
from bootstrap.resources.baseline.digests import Digests
from bootstrap.resources.baseline.drift import compare
from bootstrap.resources.baseline.guard import blockers, deletes_or_permits
from bootstrap.resources.baseline.reads import LiveStack, list_stacks, secret, stacks, template
from bootstrap.resources.baseline.retained import secret_names
from bootstrap.resources.baseline.simulate import simulate
from bootstrap.resources.baseline.stack import COMPLETE, Stack
from bootstrap.resources.baseline.template import is_retained
from bootstrap.resources.organization.kind import home_region
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change, Finding
    from bootstrap.model.resource import Body
    from bootstrap.resources.account.reads import LiveAccount
    from bootstrap.spec.spec import Spec

_STACKS: Final = (BASELINE_STACK, BUDGET_STACK)
# CloudFormation gives a stack's tags to everything in it. None of them is a tag that our templates give, or which of
# the two counts would be for each type's handler to decide.
_TAGS: Final = [{"Key": f"{TAG_PREFIX}stack", "Value": "baseline"}]


class BaselineKind(Kind):
    name = "baseline"
    observed_after = ("organization", "account")  # their ids stand in templates
    # The stacks hold secret entries: a missing line does not delete them, `destroy` does.
    on_omission = Fate.RETAIN

    def desired(self, spec: Spec) -> Iterable[Resource]:
        baselines, named = Baselines(spec), _References()
        for account in spec.accounts.values():
            templates = baselines.of(account)
            if templates and account.state == "open":
                yield Resource(
                    Address(self.name, account.key),
                    body_of(templates, spec.organization.home_region),
                    needs=named.of(*templates.values()) | {Address("account", account.key)},
                    origin=account.origin,
                    owner=Address("account", account.key),
                )

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        entered = [found for found in context.read(accounts) if found.open and _has_baseline(context, found, want)]
        region = home_region(context, want) if entered else ""
        digests = Digests(context.ids)
        read = context.aws.each(lambda found: _observe(context, found, want, region, digests), entered)
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
        for name in _new_secrets(change.after, before).values():
            found = context.inventory.known(secret, place, name)
            if found and found.deleting:
                yield f"the secret {name} is scheduled for deletion: this change fails until it is restored"
            elif found and found.ours:
                yield f"the secret {name} is still in the account: it is imported, with its value"

    def inspect(self, context: Context, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        found = context.aws.each(lambda baseline: _inspect(context, baseline), have.values())
        return [finding for findings in found for finding in findings]

    def create(self, context: Context, want: Resource) -> None:
        place = _place(context, want)
        listed = wait_until_usable(
            context.aws,
            place.account,
            lambda: list_stacks(context.aws, place),  # enters the account, and asks the service
            lambda text: context.say(want.address, text),
        )
        for name in _STACKS:
            _check_was_planned(context, want, Stack(context.aws, place, name), listed.get(name))
        _deploy(context, want, _STACKS, listed)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        changed = [name for name in _STACKS if template_of(have.body, name) != template_of(want.body, name)]
        _deploy(context, want, changed, list_stacks(context.aws, _place(context, want)))

    def delete(self, context: Context, have: Resource) -> None:
        place = _place(context, have)
        listed = list_stacks(context.aws, place)
        for name in _STACKS:
            stack_operations.delete(Stack(context.aws, place, name), listed.get(name))

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        return simulate(call)


def _observe(
    context: Context, account: LiveAccount, want: Mapping[Address, Resource], region: str, digests: Digests
) -> Resource | Inaccessible | None:
    owner = context.ids.address(account.id)
    assert owner is not None
    here, place = Address(BaselineKind.name, owner.name), Place(account.id, region)
    wanted = want.get(here)
    try:
        listed = context.read(stacks, place)
        live = {name: listed[name] for name in _STACKS if name in listed}
        if wanted is not None and wanted.body["region"] == region and _is_as_deployed(context, wanted, live, digests):
            return Resource(here, wanted.body, frozenset({owner}), owner=owner)
        templates = {name: as_found(found.status, context.read(template, place, name)) for name, found in live.items()}
    except AwsError as error:
        if error.code not in NOT_YET | {NOT_RECORDED}:
            raise
        # A new account, or an invited one without the access role: the others are planned all the same.
        return Inaccessible(here, error.message, owner)
    plain: Any = context.ids.take_out(templates)
    have = Resource(here, body_of(plain, region), frozenset({owner}), owner=owner)
    if wanted:
        have = said_as(context.ids.take_out(resources_of(wanted)), have)
        # The YAML may name by its id what we name by its key: then both sides say the same.
        if context.ids.take_out(wanted.body) == have.body:
            have = Resource(here, wanted.body, have.needs, owner=owner)
            _note(context, wanted, live, digests)
    for name in _new_secrets(wanted, resources_of(have)).values():
        context.read(secret, place, name)  # for `remarks`
    return have if templates or _was_deleted(context, have, want) else None


def _is_as_deployed(context: Context, wanted: Resource, live: Mapping[str, LiveStack], digests: Digests) -> bool:
    """Whether these stacks were last changed when this very template was deployed: then it need not be fetched."""
    evidence, known = _evidence(wanted, live, digests), context.last_applied
    if evidence is None or known is None or not known.holds(evidence):
        return False
    context.evidence[evidence.address] = evidence
    return True


def _note(context: Context, wanted: Resource, live: Mapping[str, LiveStack], digests: Digests) -> None:
    """Note for the next plan that the stacks hold what is wanted."""
    if evidence := _evidence(wanted, live, digests):
        context.evidence[evidence.address] = evidence


def _evidence(wanted: Resource, live: Mapping[str, LiveStack], digests: Digests) -> Resource | None:
    """None if a stack is not complete, or an id in its template is not known yet."""
    resources = {key: digests.of(item) for key, item in resources_of(wanted).items()}
    if not all(resources.values()) or any(found.status not in COMPLETE for found in live.values()):
        return None
    body: Body = {
        "stacks": {name: [found.id, found.updated] for name, found in sorted(live.items())},
        "descriptions": stacks_of(wanted),
        "resources": resources,
    }
    return Resource(Address("deployed", wanted.address.name), body)


def _was_deleted(context: Context, empty: Resource, want: Mapping[Address, Resource]) -> bool:
    """Whether somebody deleted a baseline that is no longer in the YAML: reported until the next apply."""
    known = context.last_applied
    return bool(empty.address not in want and known and known.knows(empty.address) and not known.holds(empty))


def _inspect(context: Context, baseline: Resource) -> list[Finding]:
    account = context.ids[_account(baseline.address)]
    contents = read_contents(context.aws, context.read(identities, account), account, str(baseline.body["region"]))
    # Somebody may have written what reads like a reference, and is none.
    resolvable = {key: item for key, item in deployed(baseline).items() if not context.ids.missing(item)}
    resources: Any = context.ids.fill(resolvable)
    return list(compare(baseline.address, resources, contents, account))


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
    _note(context, want, {name: live[name] for name in _STACKS if name in live}, Digests(context.ids))


def _new_secrets(wanted: Resource | None, held: Collection[str]) -> dict[str, str]:
    """The names of the secrets that no stack holds yet, by logical id."""
    resources = resources_of(wanted) if wanted else {}
    return secret_names({logical_id: item for logical_id, item in resources.items() if logical_id not in held})


def _has_baseline(context: Context, found: LiveAccount, want: Mapping[Address, Resource]) -> bool:
    """Whether to look for one: it is wanted, the account's tags tell of one, or one was last applied."""
    address = context.ids.address(found.id)
    if address is None:
        return False
    account = want.get(address)
    if account is not None and account.body["state"] == "closed":
        return False  # what is in it goes with it
    if Address(BaselineKind.name, address.name) in want:
        return True
    found_tags, known = context.read(tags.all_tags).get(found.arn, {}), context.last_applied
    applied = known is not None and known.knows(Address(BaselineKind.name, found_tags.get(KEY_TAG, "")))
    return applied or not {tags.ENVIRONMENT_TAG, tags.LEFT_TAG}.isdisjoint(found_tags)


class _References:
    """The references in templates. Accounts share template objects, and each is walked once."""

    def __init__(self) -> None:
        self._known: dict[int, frozenset[Address]] = {}

    def of(self, *templates: Mapping[str, Any]) -> frozenset[Address]:
        parts = [part for template in templates for part in template["Resources"].values()]
        return frozenset().union(*(self._of(part) for part in parts))

    def _of(self, part: Any) -> frozenset[Address]:
        if id(part) not in self._known:
            self._known[id(part)] = references(part)
        return self._known[id(part)]


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
