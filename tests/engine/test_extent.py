"""How much one plan may do before it takes a word: the share of accounts that it touches, and how much it deletes."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bootstrap import extent
from bootstrap.kinds import KINDS
from bootstrap.memory import Memory, from_shards
from bootstrap.model import Address, Resource
from bootstrap.plan import WHOLE, Foreign, Refusal, make_plan
from bootstrap.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLICY, UNIT = Address("policy", "region.limit"), Address("unit", "Workloads")
ATTACHMENTS = Address("attachments", str(UNIT))
Resources = dict[Address, Resource]


def organization(
    guarded: int, others: int = 0, *, action: str = "s3:*", name: str = "", state: str = "open"
) -> Resources:
    """Accounts in a unit that a policy is attached to, and others in the root, which are of this state."""
    made = [
        Resource(POLICY, {"statements": {"Deny": {"Action": action}}, "tags": {}}),
        Resource(UNIT, {"tags": {}}),
        Resource(ATTACHMENTS, {"SERVICE_CONTROL_POLICY": [POLICY.name]}, frozenset({POLICY, UNIT})),
    ]
    for number in range(guarded + others):
        here = Address("account", f"d{number}")
        inside = number < guarded
        body = {
            "name": name or here.name,
            "unit": UNIT.name if inside else "Root",
            "state": "open" if inside else state,
            "tags": {},
        }
        made.append(
            Resource(here, body, frozenset({UNIT} if inside else ()), "", frozenset({ATTACHMENTS} if inside else ()))
        )
    return {resource.address: resource for resource in made}


def asked(
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    limits: extent.Limits,
    foreign: Sequence[Foreign] = (),
) -> list[Refusal]:
    lasting = {name for name, kind in KINDS.items() if kind.lasting}
    plan = make_plan(want, have, lasting=lasting, foreign=foreign)
    return list(extent.check(plan, KINDS, (want, have), limits))


def theirs(count: int, unit: str, *, in_use: bool = True) -> list[Foreign]:
    """Accounts that the YAML has not."""
    names = (f"{unit}-{number}@example.org" for number in range(count))
    return [Foreign(Address("account", name), "", within=Address("unit", unit), in_use=in_use) for name in names]


def test_a_policy_s_change_touches_every_account_under_it() -> None:
    have, want = organization(12, 18), organization(12, 18, action="ec2:*")
    (refusal,) = asked(want, have, extent.Limits())
    assert refusal.reason == "it touches 12 of 30 accounts: 40 %, where 30 are usual"
    assert re.fullmatch(r"touch:12-accounts-[0-9a-f]{16}", refusal.token)
    assert not asked(want, have, extent.Limits(touched_percent=40))
    assert not asked(want, have, extent.Limits(touched_at_least=13))
    assert not asked(organization(12, 28, action="ec2:*"), organization(12, 28), extent.Limits())


def test_the_token_is_for_what_it_names_and_for_nothing_else() -> None:
    def token(guarded: int, others: int, action: str = "ec2:*") -> str:
        (refusal,) = asked(organization(guarded, others, action=action), organization(guarded, others), extent.Limits())
        return refusal.token

    assert token(13, 17).startswith("touch:13-accounts-")
    assert token(12, 18) == token(12, 17), "another run of what does the same"
    assert token(12, 18) != token(12, 18, "iam:*"), "another value is not what was consented to"
    have = {address: resource for address, resource in organization(12).items() if address != ATTACHMENTS}
    (attached,) = asked(organization(12), have, extent.Limits())
    assert attached.token.startswith("touch:12-accounts-")
    assert attached.token != token(12, 18), "as many accounts, and something else is done to them"


def test_what_is_closed_is_no_account_any_more() -> None:
    have, want = (organization(12, 70, action=action, state="closed") for action in ("s3:*", "ec2:*"))
    (refusal,) = asked(want, have, extent.Limits())
    assert refusal.reason.startswith("it touches 12 of 12 accounts: 100 %")
    (refusal,) = asked(organization(0, 12, state="closed"), organization(0, 12), extent.Limits())
    assert refusal.reason.startswith("it touches 12 of 12 accounts"), "those that are being closed are accounts"


def test_every_change_of_an_account_and_of_what_is_in_it_touches_it() -> None:
    (refusal,) = asked(organization(30, name="renamed"), organization(30), extent.Limits())
    assert refusal.reason.startswith("it touches 30 of 30 accounts")
    baselines = {(here := Address("baseline", f"d{n}")): Resource(here, {"resources": {}}) for n in range(12)}
    (refusal,) = asked(organization(30) | baselines, organization(30), extent.Limits())
    assert refusal.reason.startswith("it touches 12 of 30 accounts")
    renamed = {here: found for here, found in organization(12, name="renamed").items() if here.kind == "account"}
    (another,) = asked(organization(30) | renamed, organization(30), extent.Limits())
    assert another.reason == refusal.reason
    assert another.token != refusal.token, "the same accounts, and something else is done to them"


def test_an_account_that_a_guardrail_names_and_does_not_wait_for_it_is_touched_all_the_same() -> None:
    have, want = organization(12), organization(12, action="ec2:*")
    for side in (have, want):
        side |= {here: replace(side[here], follows=frozenset(), needs=frozenset({UNIT})) for here in list(side)[3:]}
    (refusal,) = asked(want, have, extent.Limits())
    assert refusal.reason.startswith("it touches 12 of 12 accounts")


def test_an_account_is_not_touched_for_what_is_done_to_another_that_its_trust_names() -> None:
    have, want = organization(1, 30), organization(1, 30, action="ec2:*")
    for side in (have, want):
        for number in range(1, 31):
            baseline = Address("baseline", f"d{number}")
            side[baseline] = Resource(baseline, {}, frozenset({Address("account", "d0")}))
    found = extent.reach(make_plan(want, have), KINDS, (want, have))
    assert found.places == ("account:d0 in unit:Workloads",)


def test_accounts_that_are_not_ours_are_accounts_and_are_touched_where_they_stand() -> None:
    have, want = organization(1), organization(1, action="ec2:*")
    below = Foreign(Address("unit", "Workloads/Theirs"), "", within=UNIT)
    (refusal,) = asked(want, have, extent.Limits(), [*theirs(12, UNIT.name), *theirs(7, "Root")])
    assert refusal.reason == "it touches 13 of 20 accounts, 12 of them not ours: 65 %, where 30 are usual"
    (refusal,) = asked(want, have, extent.Limits(), [below, *theirs(12, below.address.name)])
    assert refusal.reason.startswith("it touches 13 of 13 accounts, 12 of them not ours")
    assert not asked(want, have, extent.Limits(), theirs(12, UNIT.name, in_use=False))
    # Where others have accounts, ours are no first bootstrap.
    (refusal,) = asked(organization(11), {}, extent.Limits(), theirs(1, "Root"))
    assert refusal.reason.startswith("it touches 11 of 12 accounts, 11 of them new")


def test_what_changes_nobody_s_rights_and_a_first_bootstrap_touch_nobody() -> None:
    have, want = organization(30), organization(30)
    for here in (UNIT, POLICY):
        want[here] = replace(want[here], body={**want[here].body, "tags": {"org-bootstrap:owner": "me"}})
    assert not asked(want, have, extent.Limits())
    assert not asked(organization(30), {}, extent.Limits())
    assert not asked(organization(30), organization(0), extent.Limits())


def test_accounts_that_are_made_beside_others_count() -> None:
    (refusal,) = asked(organization(60), organization(30), extent.Limits())
    assert refusal.reason == "it touches 30 of 60 accounts, 30 of them new: 50 %, where 30 are usual"
    assert refusal.token.startswith("touch:30-accounts-")
    assert not asked(organization(39), organization(30), extent.Limits()), "fewer than ten"
    assert not asked(organization(42), organization(30), extent.Limits()), "less than 30 %"
    assert asked(organization(2006), organization(6), extent.Limits())


def test_of_what_is_left_the_word_is_the_one_that_the_next_plan_asks_for() -> None:
    want, have = organization(60), organization(30)
    done = {Address("account", f"d{number}") for number in range(30, 38)}
    plan = make_plan(want, have, lasting={"account"})
    now, sides = extent.rest(plan, (want, have), done)
    left = list(extent.check(now, KINDS, sides, extent.Limits()))
    there = {address: resource for address, resource in want.items() if address in have or address in done}
    assert left == asked(want, there, extent.Limits())
    assert [refusal.token[:17] for refusal in left] == ["touch:22-accounts"]


def test_a_reviewed_plan_consents_to_less_of_it_unless_it_was_refused_for_that() -> None:
    (refusal,) = asked(organization(60), organization(30), extent.Limits())
    for refused, recalled in (((), [refusal.token]), (("delete:11-things-abc",), [refusal.token]), (("touch:x",), [])):
        given = list(extent.reviewed(refused, ["account:a", "account:b"]))
        assert list(extent.recalled([refusal], given, ["account:b"])) == recalled
        assert not list(extent.recalled([refusal], given, ["account:b", "account:c"])), "nobody has read of that"
    deletes = Refusal(WHOLE, "", token="delete:11-things-abc")
    assert list(extent.recalled([deletes], list(extent.reviewed((), [])), ["account:c"])) == [deletes.token]
    assert not list(extent.recalled([Refusal(POLICY, "", token="touch:mine")], list(extent.reviewed((), [])), []))


def test_what_does_not_count_yet_is_told_in_words() -> None:
    loose = extent.Limits(touched_percent=100, deletes=5)
    usual = extent.in_force(loose, None)
    assert extent.loosened(loose, usual) == ("touched_percent 30 -> 100",)
    assert extent.loosened(loose, loose) == ()


def test_looser_limits_count_once_they_were_applied_and_stricter_ones_at_once() -> None:
    loose, strict = extent.Limits(100, 1000, 50), extent.Limits(0, 1, 0)
    remembered = applied_with(loose)
    assert extent.in_force(loose, remembered) == loose
    for memory in (None, Memory(complete=True), applied_with(extent.USUAL)):
        assert extent.in_force(loose, memory) == extent.USUAL
        assert extent.in_force(extent.Limits(100, 1, 50), memory) == extent.Limits(30, 1, 10)
    assert extent.in_force(strict, remembered) == strict
    # What is looser than was applied is as loose as it, however strict that was.
    assert extent.in_force(extent.USUAL, applied_with(strict)) == strict
    assert extent.in_force(extent.Limits(10, 10, 20), remembered) == extent.Limits(10, 10, 20)


def applied_with(limits: extent.Limits) -> Memory:
    memory = Memory(complete=True, usual=asdict(limits))
    assert from_shards(memory.shards()) == memory
    return memory


def test_a_new_policy_on_a_unit_touches_the_accounts_that_are_there() -> None:
    have = {address: resource for address, resource in organization(20).items() if address != ATTACHMENTS}
    (refusal,) = asked(organization(20), have, extent.Limits())
    assert refusal.token.startswith("touch:20-accounts-")


def test_many_deletes_take_a_word_for_as_many() -> None:
    have = organization(0) | {(here := Address("unit", f"u{n}")): Resource(here, {"tags": {}}) for n in range(11)}
    (refusal,) = asked(organization(0), have, extent.Limits())
    assert re.fullmatch(r"delete:11-things-[0-9a-f]{16}", refusal.token)
    assert refusal.reason == "it deletes or releases 11 things, and at most 10 is usual"
    other = {address: resource for address, resource in have.items() if address.name != "u0"}
    here = Address("unit", "other")
    (another,) = asked(organization(0), {**other, here: Resource(here, {"tags": {}})}, extent.Limits())
    assert another.token != refusal.token
    assert not asked(organization(0), have, extent.Limits(deletes=11))


def test_a_word_is_the_same_for_a_snapshot_that_hides_e_mails() -> None:
    def told(*, hidden: bool) -> list[str]:
        sides = []
        for email in ("new@example.com", "old@example.com"):
            side = organization(60)
            for here, resource in side.items():
                if here.kind == "account":
                    body = {**resource.body, "tags": {"owner": email}, "name": email}
                    shown: Any = hide(body, "111122223333") if hidden else body
                    side[here] = replace(resource, body=shown)
            sides.append(side)
        plan = make_plan(*sides, lasting={"account"})
        found = extent.check(plan, KINDS, (sides[0], sides[1]), extent.Limits(), "111122223333")
        return [refusal.token for refusal in found]

    assert told(hidden=True) == told(hidden=False) != []
