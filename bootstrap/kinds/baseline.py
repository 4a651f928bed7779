"""The baseline: the stacks that every account of an environment gets, deployed through its access role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bootstrap import memory
from bootstrap.aws import stacks
from bootstrap.aws.calling import Place
from bootstrap.aws.inside import look_inside
from bootstrap.aws.readiness import NOT_YET, wait_until_usable
from bootstrap.aws.retained import SECRET, secret_names
from bootstrap.aws.snapshot import NOT_RECORDED
from bootstrap.aws.stacks import Stack
from bootstrap.aws.template import is_kept, properties_of, type_of
from bootstrap.difference import differences
from bootstrap.errors import AwsError, BootstrapError, WaitError
from bootstrap.inspection import inspect
from bootstrap.kind import Kind, Observed, keep_omitted, worded_as
from bootstrap.kinds import organization, ownership
from bootstrap.model import Address, Resource, references
from bootstrap.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG, TAG_PREFIX
from bootstrap.plan import Refusal, Risk, Unseen, consent
from bootstrap.policy.language import meaning
from bootstrap.policy.trust import admits_more
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.aws.live import LiveStack
    from bootstrap.aws.tree import LiveAccount
    from bootstrap.kind import World
    from bootstrap.model import Json
    from bootstrap.plan import Change, Finding
    from bootstrap.spec.spec import Spec

_STACKS = (BASELINE_STACK, BUDGET_STACK)
# CloudFormation gives a stack's tags to all that is in it: not one that our templates give, or which of the
# two counts would be for each type's handler to say.
_TAGS = [{"Key": f"{TAG_PREFIX}stack", "Value": "baseline"}]


# In the place of its description.
_UNREADABLE = "(its template cannot be read)"
# Likewise, of a stack that is not complete.
_STATUS = re.compile(r"[A-Z_]+_(?:COMPLETE|FAILED|IN_PROGRESS)")


class BaselineKind(Kind):
    name = "baseline"
    after = ("organization", "account")  # their ids stand in templates

    def desired(self, spec: Spec) -> Iterable[Resource]:
        baselines = Baselines(spec)
        for account in spec.accounts.values():
            templates = baselines.of(account)
            if templates and account.state == "open":
                yield _resource(
                    account.key,
                    templates,
                    region=spec.organization.home_region,
                    needs=references(templates) | {Address("account", account.key)},
                    origin=account.origin,
                )

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        known = memory.from_shards(world.live.parameters)
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
        if change.before is None or change.after is None:
            return
        for name in _unreadable(change.before):
            yield Refusal(
                change.address,
                f"the template of its stack {name} cannot be read: what of it goes, and which secrets get a new value, "
                "nobody can tell",
                hint="read it yourself: aws cloudformation get-template, in that account",
                token=consent("remove", f"{change.address.name}/{name}"),
            )
        before, after = _resources(change.before), _resources(change.after)
        # With a stack that is new comes all that is in it; a role in one that is there lets in whom nobody let in.
        new = after.keys() - before.keys() if BASELINE_STACK in _stacks(change.before) else set()
        for logical_id in [*before, *sorted(new)]:
            yield from _refused(change.address, logical_id, before.get(logical_id), after.get(logical_id))

    def risk(self, change: Change) -> Risk:
        """A larger budget or another word in a description changes nobody's rights."""
        if change.before is None or change.after is None:
            return super().risk(change)
        before, after = _resources(change.before), _resources(change.after)
        moved = change.before.body["region"] != change.after.body["region"]
        closely = moved or any(
            _is_loss_or_right(before.get(logical_id), after.get(logical_id))
            for logical_id in before.keys() | after.keys()
        )
        return Risk.MEDIUM if closely else Risk.LOW

    def remarks(
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        """No value of a secret is lost: one that a stack lets go of stays, and one that it left is taken back."""
        del want, have
        before = _resources(change.before) if change.before else {}
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
            world, want, [name for name in _STACKS if _template(have.body, name) != _template(want.body, name)]
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
                found[name] = _as_found(stack)
        wanted = want.get(Address(self.name, address.name))
        plain: Any = world.ids.take_out(found)
        have = _resource(address.name, plain, region=region, needs=frozenset({address}))
        if wanted:
            have = _said_as(world.ids.take_out(_resources(wanted)), have)
        for name in _new_secrets(wanted, _resources(have)).values():
            world.live.look_for_secret(Place(account.id, region), name)  # what `remarks` tells of
        return worded_as(wanted, have, world.ids.take_out) if found else None

    def _inspect(self, world: World, baseline: Resource) -> list[Finding]:
        account = world.ids[_account(baseline.address)]
        inside = look_inside(world.aws, world.live.identities(account), account, str(baseline.body["region"]))
        resources: Any = world.ids.fill(
            {
                logical_id: item
                for logical_id, item in _deployed(baseline).items()
                # Somebody may have written what reads like a reference, and is none.
                if all(address in world.ids for address in references(item))
            }
        )
        return list(inspect(baseline.address, resources, inside, account))

    def _deploy(self, world: World, want: Resource, names: Iterable[str]) -> None:
        """Both are deployed before either is said to have failed."""
        failures = []
        for name in names:
            stack, template = _stack(world, want, name), world.ids.fill(_template(want.body, name))
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


def _as_found(stack: LiveStack) -> Mapping[str, Any]:
    """The template of a stack. One that is not complete, or cannot be read, differs from any that is wanted."""
    if not stack.template:
        return {"Description": _UNREADABLE, "Resources": {}}
    description = stack.template.get("Description", "") if stack.status in stacks.COMPLETE else stack.status
    return {**stack.template, "Description": description}


def _said_as(wanted: Json, have: Resource) -> Resource:
    """What was found, with each resource of IAM that says the same as the wanted one in its words."""
    assert isinstance(wanted, Mapping)
    found = _resources(have)
    same = {
        key: wanted[key]
        for key, item in found.items()
        if key in wanted and type_of(item).startswith("AWS::IAM::") and meaning(item) == meaning(wanted[key])
    }
    return replace(have, body={**have.body, "resources": {**found, **same}})


def _resource(
    key: str, templates: Mapping[str, Mapping[str, Any]], *, region: str, needs: frozenset[Address], origin: str = ""
) -> Resource:
    """The resources of all stacks together. One that stands in another stack than those of its type, or under an id
    that another has, is put there by somebody: its stack is part of its id.
    """
    resources: dict[str, Json] = {}
    for name, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            at_home = _stack_of(logical_id, resource) == name and logical_id not in resources
            resources[logical_id if at_home else f"{name}/{logical_id}"] = resource
    descriptions = {name: template["Description"] for name, template in templates.items()}
    body: dict[str, Json] = {"region": region, "stacks": descriptions, "resources": resources}
    return Resource(Address(BaselineKind.name, key), body, needs, origin)


def _template(body: Mapping[str, Json], name: str) -> Mapping[str, Json] | None:
    """What a stack of this name holds, or None if there is none."""
    descriptions, resources = body["stacks"], body["resources"]
    assert isinstance(descriptions, Mapping)
    assert isinstance(resources, Mapping)
    if name not in descriptions:
        return None
    mine = {key.rpartition("/")[2]: item for key, item in resources.items() if _stack_of(key, item) == name}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Description": descriptions[name], "Resources": mine}


def _deployed(baseline: Resource) -> dict[str, Json]:
    """The resources of the stacks that are complete: of any other, nobody can tell what is there."""
    complete = {name for name, description in _stacks(baseline).items() if not _STATUS.fullmatch(str(description))}
    return {key: item for key, item in _resources(baseline).items() if _stack_of(key, item) in complete}


def _stack_of(logical_id: str, resource: Json) -> str:
    """Where a resource stands: its id says so, or its type."""
    if stack := logical_id.rpartition("/")[0]:
        return stack
    return BUDGET_STACK if type_of(resource) == "AWS::Budgets::Budget" else BASELINE_STACK


def _unreadable(baseline: Resource) -> list[str]:
    """The stacks of which nobody can tell what they hold."""
    return [name for name, description in _stacks(baseline).items() if description == _UNREADABLE]


def _refused(here: Address, logical_id: str, was: Any, becomes: Any) -> Iterator[Refusal]:
    if type_of(becomes) != type_of(was):
        reason = ""
        if type_of(was).startswith("AWS::IAM::"):
            reason = f"this removes {logical_id}, which deployments and this tool rely on"
        elif type_of(was) == SECRET and not is_kept(was):
            reason = (
                f"this deletes the secret {logical_id} with its value: nothing in the template of its stack keeps it"
            )
        if reason:
            yield Refusal(here, reason, token=consent("remove", f"{here.name}/{logical_id}"))
    if becomes is None:
        return
    is_new = type_of(becomes) != type_of(was)
    before, after = properties_of(None if is_new else was), properties_of(becomes)
    # CloudFormation generates a new value whatever of the rule has changed.
    # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2210
    rule = after.get("GenerateSecretString")
    if type_of(was) == SECRET and rule and rule != before.get("GenerateSecretString"):
        yield Refusal(
            here,
            f"this makes a new value of the secret {after['Name']}; the old one is lost to whatever still uses it",
            hint="put the rule of `generated` back to keep the value",
            token=consent("regenerate", f"{here.name}/{after['Name']}"),
        )
    if admits_more(after.get("AssumeRolePolicyDocument"), before.get("AssumeRolePolicyDocument")):
        yield Refusal(
            here,
            f"others may enter through the role {logical_id}{', which is new' if is_new else ' than before'}",
            hint="see who, in its AssumeRolePolicyDocument",
            token=consent("trust", f"{here.name}/{logical_id}"),
        )


def _is_loss_or_right(was: Any, becomes: Any) -> bool:
    """Whether something goes away, or who may do what may change, with one resource of a template."""
    if becomes is None or (was and type_of(was) != type_of(becomes)):
        return True
    paths = {difference.path[:2] for difference in differences(was, becomes)}
    if type_of(becomes).startswith("AWS::IAM::"):
        return not paths <= {("Properties", "Tags"), ("Properties", "Description")}
    # Under another name it is another secret, and this one stays behind.
    return was is not None and type_of(becomes) == SECRET and ("Properties", "Name") in paths


def _stacks(baseline: Resource) -> Mapping[str, Json]:
    """The description of each stack that there is, by its name."""
    stacks = baseline.body["stacks"]
    assert isinstance(stacks, Mapping)
    return stacks


def _resources(baseline: Resource) -> Mapping[str, Any]:
    resources = baseline.body["resources"]
    assert isinstance(resources, Mapping)
    return resources


def _wanted(change: Change) -> Mapping[str, Any]:
    return _resources(change.after) if change.after else {}


def _new_secrets(wanted: Resource | None, held: Collection[str]) -> dict[str, str]:
    """The names of the secrets that no stack holds yet, by logical id."""
    resources = _resources(wanted) if wanted else {}
    return secret_names({logical_id: item for logical_id, item in resources.items() if logical_id not in held})


def _has_baseline(
    world: World, found: LiveAccount, want: Mapping[Address, Resource], known: memory.Memory | None
) -> bool:
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
    if stacks.holds_other(stack, world.ids.fill(_template(want.body, name))):
        raise BootstrapError(
            f"there is a stack {name} in account {stack.at.account} that the plan did not see",
            hint="plan again: the account can be entered now, and the plan will tell what changes in it",
        )


def _stack(world: World, resource: Resource, name: str) -> Stack:
    place = Place(world.ids[_account(resource.address)], str(resource.body["region"]))
    return Stack(world.aws, place, name)
