"""The contract of a kind, for every registered one: online, from a replay, and simulated.

And for a kind with a read of its own that is defined here alone: nothing else has to know of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pytest

from bootstrap import workflow
from bootstrap.aws.recording import Recorder, Replay
from bootstrap.engine.apply import perform
from bootstrap.engine.kind import Kind, Observed
from bootstrap.model.names import KEY_TAG
from bootstrap.model.resource import Address, Resource
from bootstrap.render.text import render_text
from bootstrap.resources.organization.kind import OrganizationKind
from bootstrap.resources.organization.reads import organization as organization_of
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.example import write_example
from bootstrap.workflow.snapshot import read_snapshot, recorded_calls, write_snapshot
from tests.system.organization import Organization
from tests.system.test_api_calls import Sent, plain, references
from tests.system.test_snapshot import TAKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory
    from bootstrap.emulator import Emulator
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned

    MakePlan = Callable[[AwsApi], Planned]
    Kinds = Mapping[str, Kind]

FILE = "account_specs/organization.yaml"
ALICE = "account_specs/developers/alice.yaml"
CAROL = "developer: {name: carol, email: aws+carol@example.com, owner: carol@example.com}\n"


@dataclass(frozen=True)
class Step:
    """One change that was made: the calls that the plan showed, and those that were sent."""

    kind: str
    verb: str
    shown: list[str]
    sent: list[str]


@dataclass(frozen=True)
class Day:
    """A plan, the same from a replay of its reads, how it was applied, and the plan after that."""

    online: Planned
    replayed: Planned
    steps: list[Step]
    after: Planned


def live(organization: Organization, kinds: Kinds, make_plan: MakePlan) -> Day:
    """Plan and apply, one change at a time."""
    aws = organization.aws()
    sent, recorder = Sent(aws), Recorder(aws)
    online = workflow.simulate(make_plan(recorder), kinds, recorder.calls)
    replayed = make_plan(Replay(recorder.calls, access_role=aws.access_role, home_region=aws.home_region))
    aws.allow_writes()
    context, made = replace(online.context, aws=aws), []
    for change in online.plan.changes:
        begin = len(sent.calls)
        perform(change, kinds[change.address.kind], context)
        made.append(sent.calls[begin:])
    ids = references(online)
    steps = [
        Step(
            change.address.kind,
            verb_of(change),
            [plain(call.action, call.parameters, ids) for call in change.calls or ()],
            [plain(action, parameters, ids) for action, parameters in calls],
        )
        for change, calls in zip(online.review.plan.changes, made, strict=True)
    ]
    return Day(online, replayed, steps, make_plan(organization.aws()))


def verb_of(change: Change) -> str:
    if change.before is None:
        return "create"
    return "update" if change.after else "delete"


def verbs(kind: type[Kind]) -> set[str]:
    """The verbs that a kind has."""
    return {verb for verb in ("create", "update", "delete") if getattr(kind, verb) is not getattr(Kind, verb)}


def to_the_yaml(organization: Organization, kinds: Kinds) -> MakePlan:
    want = workflow.desire(organization.spec(), kinds)
    return lambda aws: workflow.plan(want, kinds, aws)


def to_nothing(organization: Organization, kinds: Kinds) -> MakePlan:
    here = next(iter(OrganizationKind().desired(organization.spec())))
    return lambda aws: workflow.plan_destruction(here, kinds, aws)


def days_of_the_example(example: Organization) -> Iterator[Day]:
    """It is created, changed in the YAML and by hand, changed again, and destroyed: every verb of every kind."""
    yield live(example, KINDS, to_the_yaml(example, KINDS))

    organizations, ous = example.client("organizations"), example.ous()
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.untag_resource(ResourceId=root, TagKeys=["org-bootstrap:access-role"])
    organizations.untag_resource(ResourceId=ous["Security"], TagKeys=[KEY_TAG])
    example.edit(
        FILE, "[org.deny-leave, root.deny, roles.protect-org]", "[org.deny-leave, root.deny, kms.deny-deletion]"
    )
    example.edit(FILE, "allowed_regions: [eu-west-1, us-east-1]", "allowed_regions: [eu-west-1, us-east-1, us-west-2]")
    example.edit(FILE, "  Workloads/Production:\n", "  Workloads/Production:\n  Playground:\n")
    example.edit(FILE, "monthly_usd: 200", "monthly_usd: 201")
    example.edit(ALICE, "  name: alice\n", "  name: alice\n  account_name: Alice in Berlin\n")
    example.write("account_specs/developers/carol.yaml", CAROL)
    yield live(example, KINDS, to_the_yaml(example, KINDS))

    # AWS detaches every policy of a type that is disabled.
    organizations.disable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    example.edit(FILE, "  Playground:\n", "")
    yield live(example, KINDS, to_the_yaml(example, KINDS))

    yield live(example, KINDS, to_nothing(example, KINDS))


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> list[Day]:
    emulator.reset()
    folder = tmp_path_factory.mktemp("example")
    write_example(folder)
    return list(days_of_the_example(Organization(folder, emulator.endpoint)))


def bodies(resources: Mapping[Address, Resource], kind: str) -> dict[str, object]:
    return {str(here): resource.body for here, resource in resources.items() if here.kind == kind}


def changes(planned: Planned, kind: str) -> list[Change]:
    return [change for change in planned.plan.changes if change.address.kind == kind]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_observed_after_an_apply_is_what_was_desired(days: list[Day], kind: str) -> None:
    for day in days:
        assert changes(day.after, kind) == []
    for day in days[:-1]:
        assert bodies(day.after.have, kind) == bodies(day.after.want, kind) != {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_replay_of_the_reads_of_a_plan_makes_the_same_plan(days: list[Day], kind: str) -> None:
    for day in days:
        assert bodies(day.replayed.have, kind) == bodies(day.online.have, kind)
        assert changes(day.replayed, kind) == changes(day.online, kind)
        assert day.replayed.plan.unmanaged == day.online.plan.unmanaged
        assert day.replayed.plan.inaccessible == day.online.plan.inaccessible == ()


@pytest.mark.parametrize("kind", KINDS)
def test_the_simulated_calls_of_each_verb_are_those_that_it_makes(days: list[Day], kind: str) -> None:
    steps = [step for day in days for step in day.steps if step.kind == kind]
    for step in steps:
        assert step.shown == step.sent
    assert {step.verb for step in steps if step.sent} == verbs(type(KINDS[kind]))


SERVICE: Final = "guardduty.amazonaws.com"


def delegated_administrators(inventory: Inventory) -> tuple[str, ...]:
    """The ids of the accounts that administer the service for the organization."""
    if inventory.read(organization_of) is None:
        return ()
    found = inventory.aws.pages(
        "organizations.ListDelegatedAdministrators", "DelegatedAdministrators", ServicePrincipal=SERVICE
    )
    return tuple(account["Id"] for account in found)


class DelegatedAdministratorKind(Kind):
    """An account that administers one AWS service for the whole organization."""

    name = "delegated-administrator"
    observed_after = ("account",)
    prefetch = (delegated_administrators,)

    def __init__(self, *keys: str) -> None:
        """`keys` is what the YAML would say: the accounts."""
        self._keys = keys

    def desired(self, spec: Spec) -> Iterable[Resource]:
        return [self._resource(spec.accounts[key].key) for key in self._keys]

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        del want
        accounts = filter(None, map(context.ids.address, context.read(delegated_administrators)))
        found = [self._resource(account.name) for account in accounts]
        return Observed({resource.address: resource for resource in found})

    def create(self, context: Context, want: Resource) -> None:
        self._call(context, "RegisterDelegatedAdministrator", want)

    def delete(self, context: Context, have: Resource) -> None:
        self._call(context, "DeregisterDelegatedAdministrator", have)

    def _resource(self, key: str) -> Resource:
        account = Address("account", key)
        return Resource(Address(self.name, key), {"service": SERVICE}, needs=frozenset({account}), owner=account)

    def _call(self, context: Context, operation: str, resource: Resource) -> None:
        account = context.ids[Address("account", resource.address.name)]
        context.aws.call(f"organizations.{operation}", AccountId=account, ServicePrincipal=SERVICE)


def test_a_new_kind_with_a_read_of_its_own_goes_through_everything_unchanged(small: Organization) -> None:
    organizations, name = small.client("organizations"), DelegatedAdministratorKind.name
    reached = set()
    for before, now in (((), "tooling"), (("tooling",), "developer-alice")):
        kinds = {**KINDS, name: DelegatedAdministratorKind(now)}
        want = workflow.desire(small.spec(), kinds)
        snapshot = write_snapshot(workflow.take_snapshot(want, kinds, small.aws(), TAKEN))
        day = live(small, kinds, to_the_yaml(small, kinds))

        # Online, and the effect by AWS's own API.
        assert {here.name for here in day.online.have if here.kind == name} == {*before}
        found = organizations.list_delegated_administrators(ServicePrincipal=SERVICE)["DelegatedAdministrators"]
        assert [account["Id"] for account in found] == [small.accounts()[now]]
        assert not day.after.plan
        # Replayed, and from a snapshot.
        assert day.replayed.plan.changes == day.online.plan.changes
        about, calls = small.spec().organization, recorded_calls(read_snapshot(snapshot, "snapshot.json"), want)
        replay = Replay(calls, access_role=about.access_role, home_region=about.home_region)
        assert workflow.plan(want, kinds, replay).plan.changes == day.online.plan.changes
        # Simulated, and shown.
        steps = [step for step in day.steps if step.kind == name]
        assert [step.shown for step in steps] == [step.sent for step in steps]
        reached |= {step.verb for step in steps if step.sent}
        assert f"+ {name}:{now}" in render_text(day.online.review)
        assert "RegisterDelegatedAdministrator" in render_text(day.online.review)
    assert reached == verbs(DelegatedAdministratorKind) == {"create", "delete"}
