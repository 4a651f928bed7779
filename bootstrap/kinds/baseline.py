"""The baseline: the stack that every account of an environment gets, deployed through its access role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bootstrap.aws import stacks
from bootstrap.aws.door import Place
from bootstrap.aws.stacks import Stack
from bootstrap.errors import AwsError
from bootstrap.kind import Kind, Observed, keep_omitted
from bootstrap.kinds import ownership
from bootstrap.model import Address, Resource, references
from bootstrap.names import BASELINE_STACK, TAG_PREFIX
from bootstrap.templates.baseline import baseline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.aws.live import LiveAccount
    from bootstrap.kind import World
    from bootstrap.model import Json
    from bootstrap.spec.spec import Spec

_COMPLETE = "complete"
_EVERY_S = 5.0
# AWS gives no bound; tools wait ten minutes and more for the services of a new account.
_USABLE_WITHIN_S = 900.0
# What a new account answers "Organizations may need a few minutes" (API reference, CreateAccount).
_NOT_YET = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "InvalidClientTokenId",
        "OptInRequired",
        "RegionDisabledException",
        "SubscriptionRequiredException",
    }
)


class BaselineKind(Kind):
    name = "baseline"
    after = ("organization", "account")  # their ids stand in templates

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for account in spec.accounts.values():
            template = baseline(account, spec)
            if template is not None and account.state == "open":
                yield _resource(
                    account.key,
                    template,
                    region=spec.organization.home_region,
                    status=_COMPLETE,
                    tags=account.tags,
                    needs=references(template) | {Address("account", account.key)},
                    origin=account.origin,
                )

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        entered = [found for found in world.live.accounts if found.open and _has_baseline(world, found, want)]
        read = world.aws.each(lambda found: self._observe(world, found), entered)
        return Observed({resource.address: resource for resource in read if resource})

    # The stack holds secret entries: a missing line does not take it away, `destroy` does.
    settle = staticmethod(keep_omitted)

    def create(self, world: World, want: Resource) -> None:
        self._wait_until_usable(world, want)
        self._deploy(world, want)

    def update(self, world: World, have: Resource, want: Resource) -> None:
        del have  # the stack itself is compared with the template
        self._deploy(world, want)

    def delete(self, world: World, have: Resource) -> None:
        stacks.delete(_stack(world, have))

    def _observe(self, world: World, account: LiveAccount) -> Resource | None:
        stack = Stack(world.aws, Place(account.id, world.aws.home_region), BASELINE_STACK)
        try:
            found = stack.describe()
        except AwsError as error:
            if error.code in _NOT_YET:
                error.hint = (
                    f"the account must let in this one through the role {world.aws.access_role}; "
                    "one that was just made may need a few minutes"
                )
            raise
        if found is None:
            return None
        template = world.ids.take_out(stack.template())
        assert isinstance(template, Mapping)
        address = world.ids.address(account.id)
        assert address is not None
        status = found["StackStatus"]
        return _resource(
            address.name,
            template,
            region=world.aws.home_region,
            status=_COMPLETE if status in stacks.COMPLETE else status,
            tags=ownership.ours({tag["Key"]: tag["Value"] for tag in found.get("Tags", ())}),
            needs=frozenset({address}),
        )

    def _wait_until_usable(self, world: World, want: Resource) -> None:
        """A new account lets nobody in for a while, and its services refuse for longer: probe, do not sleep."""
        stack = _stack(world, want)

        def usable() -> bool | None:
            try:
                stack.describe()
            except AwsError as error:
                if error.code in _NOT_YET:
                    world.say(want.address, f"waiting until the account can be used ({error.code})")
                    return None
                raise
            return True

        what = f"waiting until {_account(want.address)} can be used"
        world.aws.until(usable, what=what, every_s=_EVERY_S, timeout_s=_USABLE_WITHIN_S)

    def _deploy(self, world: World, want: Resource) -> None:
        template = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": want.body["description"],
            "Resources": want.body["resources"],
        }
        filled = world.ids.fill(template)
        assert isinstance(filled, Mapping)
        tags = ownership.as_list(want.body["tags"])
        stacks.deploy(_stack(world, want), filled, tags, lambda text: world.say(want.address, text))


def _resource(  # noqa: PLR0913 (these are the fields of a baseline)
    key: str,
    template: Mapping[str, Json],
    *,
    region: str,
    status: str,
    tags: Mapping[str, str],
    needs: frozenset[Address],
    origin: str = "",
) -> Resource:
    body = {
        "description": template["Description"],
        "region": region,
        "resources": template["Resources"],
        "status": status,
        "tags": tags,
    }
    return Resource(Address(BaselineKind.name, key), body, needs, origin)


def _has_baseline(world: World, found: LiveAccount, want: Mapping[Address, Resource]) -> bool:
    address = world.ids.address(found.id)
    if address is None:
        return False
    wanted = Address(BaselineKind.name, address.name) in want
    return wanted or f"{TAG_PREFIX}environment" in world.live.tags(found.arn)


def _account(baseline_address: Address) -> Address:
    return Address("account", baseline_address.name)


def _stack(world: World, resource: Resource) -> Stack:
    place = Place(world.ids[_account(resource.address)], str(resource.body["region"]))
    return Stack(world.aws, place, BASELINE_STACK)
