"""How much one plan may do before it takes a word: the share of accounts that it touches, and how much it deletes."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from bootstrap.engine import blast_radius
from bootstrap.engine.guards import is_approved, unneeded
from bootstrap.engine.kind import Sides
from bootstrap.engine.last_applied import LastApplied, from_shards
from bootstrap.engine.plan import Blocker, Unmanaged, make_plan
from bootstrap.model.resource import Address, Resource
from bootstrap.resources.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLICY, OU = Address("policy", "region.limit"), Address("ou", "Workloads")
ATTACHED = Address("attachment", "region.limit@Workloads")
Resources = dict[Address, Resource]


def organization(
    guarded: int, others: int = 0, *, action: str = "s3:*", name: str = "", state: str = "open"
) -> Resources:
    """Accounts in an OU that a policy is attached to, and others in the root, which are of this state."""
    made = [
        Resource(POLICY, {"statements": {"Deny": {"Action": action}}, "tags": {}}),
        Resource(OU, {"tags": {}}),
        Resource(ATTACHED, {"policy": POLICY.name, "target": str(OU)}, frozenset({POLICY, OU}), owner=OU),
    ]
    for number in range(guarded + others):
        here = Address("account", f"d{number}")
        inside = number < guarded
        body = {
            "name": name or here.name,
            "ou": OU.name if inside else "Root",
            "state": "open" if inside else state,
            "tags": {},
        }
        needs, follows = ({OU}, {ATTACHED}) if inside else (set[Address](), set[Address]())
        parent, active = Address("ou", str(body["ou"])), body["state"] == "open"
        made.append(Resource(here, body, frozenset(needs), frozenset(follows), parent=parent, active=active))
    return {resource.address: resource for resource in made}


def blockers(
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    limits: blast_radius.Limits,
    unmanaged: Sequence[Unmanaged] = (),
) -> list[Blocker]:
    plan = make_plan(want, have, forgetting={"account"}, unmanaged=unmanaged)
    return list(blast_radius.check(plan, blast_radius.measure(plan, KINDS, Sides(want, have)), limits))


def unmanaged_accounts(count: int, ou: str, *, active: bool = True) -> list[Unmanaged]:
    names = (f"{ou}-{number}@example.org" for number in range(count))
    return [Unmanaged(Address("account", name), "", parent=Address("ou", ou), active=active) for name in names]


def test_a_policy_s_change_touches_every_account_under_it() -> None:
    have, want = organization(12, 18), organization(12, 18, action="ec2:*")
    (blocker,) = blockers(want, have, blast_radius.Limits())
    assert blocker.reason == "affects 12 of 30 accounts (40 %; limit 30 %)"
    assert blocker.token == "accounts:12"
    assert not blockers(want, have, blast_radius.Limits(max_accounts_percent=40))
    assert not blockers(want, have, blast_radius.Limits(min_accounts=13))
    assert not blockers(organization(12, 28, action="ec2:*"), organization(12, 28), blast_radius.Limits())


def test_a_number_approves_as_many_or_fewer() -> None:
    (blocker,) = blockers(organization(12, 18, action="ec2:*"), organization(12, 18), blast_radius.Limits())
    for approved in ("accounts:12", "accounts:40"):
        assert is_approved(blocker, {approved})
        assert unneeded({approved}, [blocker]) == unneeded({approved}, []) == ()
    for other in ("accounts:11", "deletes:12", "accounts:", "accounts:x", ""):
        assert not is_approved(blocker, {other})


def test_what_is_closed_is_no_account_any_more() -> None:
    have, want = (organization(12, 70, action=action, state="closed") for action in ("s3:*", "ec2:*"))
    (blocker,) = blockers(want, have, blast_radius.Limits())
    assert blocker.reason.startswith("affects 12 of 12 accounts (100 %")
    (blocker,) = blockers(organization(0, 12, state="closed"), organization(0, 12), blast_radius.Limits())
    assert blocker.reason.startswith("affects 12 of 12 accounts"), "those that are being closed are accounts"


def test_every_change_of_an_account_and_of_what_is_in_it_touches_it() -> None:
    (blocker,) = blockers(organization(30, name="renamed"), organization(30), blast_radius.Limits())
    assert blocker.reason.startswith("affects 30 of 30 accounts")
    baselines = {
        (here := Address("baseline", f"d{n}")): Resource(here, {"resources": {}}, owner=Address("account", f"d{n}"))
        for n in range(12)
    }
    (blocker,) = blockers(organization(30) | baselines, organization(30), blast_radius.Limits())
    assert blocker.reason.startswith("affects 12 of 30 accounts")


def test_an_account_that_a_guardrail_names_and_does_not_wait_for_it_is_touched_all_the_same() -> None:
    have, want = organization(12), organization(12, action="ec2:*")
    for side in (have, want):
        side |= {here: replace(side[here], follows=frozenset(), needs=frozenset({OU})) for here in list(side)[3:]}
    (blocker,) = blockers(want, have, blast_radius.Limits())
    assert blocker.reason.startswith("affects 12 of 12 accounts")


def test_an_account_is_not_touched_for_what_is_done_to_another_that_its_trust_names() -> None:
    have, want = organization(1, 30), organization(1, 30, action="ec2:*")
    for side in (have, want):
        for number in range(1, 31):
            baseline = Address("baseline", f"d{number}")
            owner = Address("account", baseline.name)
            side[baseline] = Resource(baseline, {}, frozenset({Address("account", "d0")}), owner=owner)
    found = blast_radius.measure(make_plan(want, have), KINDS, Sides(want, have))
    assert found.places == ("account:d0 in ou:Workloads",)


def test_accounts_that_are_not_ours_are_accounts_and_are_touched_where_they_stand() -> None:
    have, want = organization(1), organization(1, action="ec2:*")
    below = Unmanaged(Address("ou", "Workloads/Theirs"), "", parent=OU)
    (blocker,) = blockers(
        want, have, blast_radius.Limits(), [*unmanaged_accounts(12, OU.name), *unmanaged_accounts(7, "Root")]
    )
    assert blocker.reason == "affects 13 of 20 accounts, 12 of them unmanaged (65 %; limit 30 %)"
    (blocker,) = blockers(want, have, blast_radius.Limits(), [below, *unmanaged_accounts(12, below.address.name)])
    assert blocker.reason.startswith("affects 13 of 13 accounts, 12 of them unmanaged")
    assert not blockers(want, have, blast_radius.Limits(), unmanaged_accounts(12, OU.name, active=False))
    # Where others have accounts, ours are no first bootstrap.
    (blocker,) = blockers(organization(11), {}, blast_radius.Limits(), unmanaged_accounts(1, "Root"))
    assert blocker.reason.startswith("affects 11 of 12 accounts, 11 of them new")


def test_what_changes_nobody_s_rights_and_a_first_bootstrap_touch_nobody() -> None:
    have, want = organization(30), organization(30)
    for here in (OU, POLICY):
        want[here] = replace(want[here], body={**want[here].body, "tags": {"org-bootstrap:owner": "me"}})
    assert not blockers(want, have, blast_radius.Limits())
    assert not blockers(organization(30), {}, blast_radius.Limits())
    assert not blockers(organization(30), organization(0), blast_radius.Limits())


def test_accounts_that_are_made_beside_others_count() -> None:
    (blocker,) = blockers(organization(60), organization(30), blast_radius.Limits())
    assert blocker.reason == "affects 30 of 60 accounts, 30 of them new (50 %; limit 30 %)"
    assert blocker.token == "accounts:30"
    assert not blockers(organization(39), organization(30), blast_radius.Limits()), "fewer than ten"
    assert not blockers(organization(42), organization(30), blast_radius.Limits()), "less than 30 %"
    assert blockers(organization(2006), organization(6), blast_radius.Limits())


def test_what_does_not_count_yet_is_told_in_words() -> None:
    loose = blast_radius.Limits(max_accounts_percent=100, max_deletes=5)
    usual = blast_radius.in_force(loose, None)
    assert blast_radius.raised(loose, usual) == ("max_accounts_percent 30 -> 100",)
    assert blast_radius.raised(loose, loose) == ()


def test_looser_limits_count_once_they_were_applied_and_stricter_ones_at_once() -> None:
    loose, strict = blast_radius.Limits(100, 1000, 50), blast_radius.Limits(0, 1, 0)
    remembered = applied_with(loose)
    assert blast_radius.in_force(loose, remembered) == loose
    for memory in (None, LastApplied(complete=True), applied_with(blast_radius.DEFAULT)):
        assert blast_radius.in_force(loose, memory) == blast_radius.DEFAULT
        assert blast_radius.in_force(blast_radius.Limits(100, 1, 50), memory) == blast_radius.Limits(30, 1, 10)
    assert blast_radius.in_force(strict, remembered) == strict
    # What is looser than was applied is as loose as it, however strict that was.
    assert blast_radius.in_force(blast_radius.DEFAULT, applied_with(strict)) == strict
    assert blast_radius.in_force(blast_radius.Limits(10, 10, 20), remembered) == blast_radius.Limits(10, 10, 20)


def applied_with(limits: blast_radius.Limits) -> LastApplied:
    memory = LastApplied(complete=True, limits=asdict(limits))
    assert from_shards(memory.shards()) == memory
    return memory


def test_a_new_policy_on_an_ou_touches_the_accounts_that_are_there() -> None:
    have = {address: resource for address, resource in organization(20).items() if address != ATTACHED}
    (blocker,) = blockers(organization(20), have, blast_radius.Limits())
    assert blocker.token == "accounts:20"


def test_many_deletes_need_an_approval_for_as_many() -> None:
    have = organization(0) | {(here := Address("ou", f"u{n}")): Resource(here, {"tags": {}}) for n in range(11)}
    (blocker,) = blockers(organization(0), have, blast_radius.Limits())
    assert blocker.token == "deletes:11"
    assert blocker.reason == "deletes, detaches or forgets 11 resources (limit 10)"
    assert not blockers(organization(0), have, blast_radius.Limits(max_deletes=11))
