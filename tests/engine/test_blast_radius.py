"""How much one plan may do before it takes a word: the share of accounts that it touches, and how much it deletes."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bootstrap.engine import blast_radius
from bootstrap.engine.last_applied import LastApplied, from_shards
from bootstrap.engine.plan import WHOLE, Blocker, Unmanaged, make_plan
from bootstrap.model.resource import Address, Resource
from bootstrap.resources.registry import KINDS
from bootstrap.secrecy.redact import hide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POLICY, OU = Address("policy", "region.limit"), Address("ou", "Workloads")
ATTACHMENTS = Address("attachments", str(OU))
Resources = dict[Address, Resource]


def organization(
    guarded: int, others: int = 0, *, action: str = "s3:*", name: str = "", state: str = "open"
) -> Resources:
    """Accounts in an OU that a policy is attached to, and others in the root, which are of this state."""
    made = [
        Resource(POLICY, {"statements": {"Deny": {"Action": action}}, "tags": {}}),
        Resource(OU, {"tags": {}}),
        Resource(ATTACHMENTS, {"SERVICE_CONTROL_POLICY": [POLICY.name]}, frozenset({POLICY, OU})),
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
        made.append(
            Resource(here, body, frozenset({OU} if inside else ()), "", frozenset({ATTACHMENTS} if inside else ()))
        )
    return {resource.address: resource for resource in made}


def asked(
    want: Mapping[Address, Resource],
    have: Mapping[Address, Resource],
    limits: blast_radius.Limits,
    unmanaged: Sequence[Unmanaged] = (),
) -> list[Blocker]:
    lasting = {name for name, kind in KINDS.items() if kind.lasting}
    plan = make_plan(want, have, lasting=lasting, unmanaged=unmanaged)
    return list(blast_radius.check(plan, KINDS, (want, have), limits))


def theirs(count: int, ou: str, *, in_use: bool = True) -> list[Unmanaged]:
    """Accounts that the YAML has not."""
    names = (f"{ou}-{number}@example.org" for number in range(count))
    return [Unmanaged(Address("account", name), "", within=Address("ou", ou), in_use=in_use) for name in names]


def test_a_policy_s_change_touches_every_account_under_it() -> None:
    have, want = organization(12, 18), organization(12, 18, action="ec2:*")
    (blocker,) = asked(want, have, blast_radius.Limits())
    assert blocker.reason == "it touches 12 of 30 accounts: 40 %, where 30 are usual"
    assert re.fullmatch(r"touch:12-accounts-[0-9a-f]{16}", blocker.token)
    assert not asked(want, have, blast_radius.Limits(max_accounts_percent=40))
    assert not asked(want, have, blast_radius.Limits(min_accounts=13))
    assert not asked(organization(12, 28, action="ec2:*"), organization(12, 28), blast_radius.Limits())


def test_the_token_is_for_what_it_names_and_for_nothing_else() -> None:
    def token(guarded: int, others: int, action: str = "ec2:*") -> str:
        (blocker,) = asked(
            organization(guarded, others, action=action), organization(guarded, others), blast_radius.Limits()
        )
        return blocker.token

    assert token(13, 17).startswith("touch:13-accounts-")
    assert token(12, 18) == token(12, 17), "another run of what does the same"
    assert token(12, 18) != token(12, 18, "iam:*"), "another value is not what was consented to"
    have = {address: resource for address, resource in organization(12).items() if address != ATTACHMENTS}
    (attached,) = asked(organization(12), have, blast_radius.Limits())
    assert attached.token.startswith("touch:12-accounts-")
    assert attached.token != token(12, 18), "as many accounts, and something else is done to them"


def test_what_is_closed_is_no_account_any_more() -> None:
    have, want = (organization(12, 70, action=action, state="closed") for action in ("s3:*", "ec2:*"))
    (blocker,) = asked(want, have, blast_radius.Limits())
    assert blocker.reason.startswith("it touches 12 of 12 accounts: 100 %")
    (blocker,) = asked(organization(0, 12, state="closed"), organization(0, 12), blast_radius.Limits())
    assert blocker.reason.startswith("it touches 12 of 12 accounts"), "those that are being closed are accounts"


def test_every_change_of_an_account_and_of_what_is_in_it_touches_it() -> None:
    (blocker,) = asked(organization(30, name="renamed"), organization(30), blast_radius.Limits())
    assert blocker.reason.startswith("it touches 30 of 30 accounts")
    baselines = {(here := Address("baseline", f"d{n}")): Resource(here, {"resources": {}}) for n in range(12)}
    (blocker,) = asked(organization(30) | baselines, organization(30), blast_radius.Limits())
    assert blocker.reason.startswith("it touches 12 of 30 accounts")
    renamed = {here: found for here, found in organization(12, name="renamed").items() if here.kind == "account"}
    (another,) = asked(organization(30) | renamed, organization(30), blast_radius.Limits())
    assert another.reason == blocker.reason
    assert another.token != blocker.token, "the same accounts, and something else is done to them"


def test_an_account_that_a_guardrail_names_and_does_not_wait_for_it_is_touched_all_the_same() -> None:
    have, want = organization(12), organization(12, action="ec2:*")
    for side in (have, want):
        side |= {here: replace(side[here], follows=frozenset(), needs=frozenset({OU})) for here in list(side)[3:]}
    (blocker,) = asked(want, have, blast_radius.Limits())
    assert blocker.reason.startswith("it touches 12 of 12 accounts")


def test_an_account_is_not_touched_for_what_is_done_to_another_that_its_trust_names() -> None:
    have, want = organization(1, 30), organization(1, 30, action="ec2:*")
    for side in (have, want):
        for number in range(1, 31):
            baseline = Address("baseline", f"d{number}")
            side[baseline] = Resource(baseline, {}, frozenset({Address("account", "d0")}))
    found = blast_radius.reach(make_plan(want, have), KINDS, (want, have))
    assert found.places == ("account:d0 in ou:Workloads",)


def test_accounts_that_are_not_ours_are_accounts_and_are_touched_where_they_stand() -> None:
    have, want = organization(1), organization(1, action="ec2:*")
    below = Unmanaged(Address("ou", "Workloads/Theirs"), "", within=OU)
    (blocker,) = asked(want, have, blast_radius.Limits(), [*theirs(12, OU.name), *theirs(7, "Root")])
    assert blocker.reason == "it touches 13 of 20 accounts, 12 of them not ours: 65 %, where 30 are usual"
    (blocker,) = asked(want, have, blast_radius.Limits(), [below, *theirs(12, below.address.name)])
    assert blocker.reason.startswith("it touches 13 of 13 accounts, 12 of them not ours")
    assert not asked(want, have, blast_radius.Limits(), theirs(12, OU.name, in_use=False))
    # Where others have accounts, ours are no first bootstrap.
    (blocker,) = asked(organization(11), {}, blast_radius.Limits(), theirs(1, "Root"))
    assert blocker.reason.startswith("it touches 11 of 12 accounts, 11 of them new")


def test_what_changes_nobody_s_rights_and_a_first_bootstrap_touch_nobody() -> None:
    have, want = organization(30), organization(30)
    for here in (OU, POLICY):
        want[here] = replace(want[here], body={**want[here].body, "tags": {"org-bootstrap:owner": "me"}})
    assert not asked(want, have, blast_radius.Limits())
    assert not asked(organization(30), {}, blast_radius.Limits())
    assert not asked(organization(30), organization(0), blast_radius.Limits())


def test_accounts_that_are_made_beside_others_count() -> None:
    (blocker,) = asked(organization(60), organization(30), blast_radius.Limits())
    assert blocker.reason == "it touches 30 of 60 accounts, 30 of them new: 50 %, where 30 are usual"
    assert blocker.token.startswith("touch:30-accounts-")
    assert not asked(organization(39), organization(30), blast_radius.Limits()), "fewer than ten"
    assert not asked(organization(42), organization(30), blast_radius.Limits()), "less than 30 %"
    assert asked(organization(2006), organization(6), blast_radius.Limits())


def test_of_what_is_left_the_word_is_the_one_that_the_next_plan_asks_for() -> None:
    want, have = organization(60), organization(30)
    done = {Address("account", f"d{number}") for number in range(30, 38)}
    plan = make_plan(want, have, lasting={"account"})
    now, sides = blast_radius.rest(plan, (want, have), done)
    left = list(blast_radius.check(now, KINDS, sides, blast_radius.Limits()))
    there = {address: resource for address, resource in want.items() if address in have or address in done}
    assert left == asked(want, there, blast_radius.Limits())
    assert [blocker.token[:17] for blocker in left] == ["touch:22-accounts"]


def test_a_reviewed_plan_consents_to_less_of_it_unless_it_was_refused_for_that() -> None:
    (blocker,) = asked(organization(60), organization(30), blast_radius.Limits())
    for refused, recalled in (((), [blocker.token]), (("delete:11-things-abc",), [blocker.token]), (("touch:x",), [])):
        given = list(blast_radius.reviewed(refused, ["account:a", "account:b"]))
        assert list(blast_radius.recalled([blocker], given, ["account:b"])) == recalled
        assert not list(blast_radius.recalled([blocker], given, ["account:b", "account:c"])), "nobody has read of that"
    deletes = Blocker(WHOLE, "", token="delete:11-things-abc")
    assert list(blast_radius.recalled([deletes], list(blast_radius.reviewed((), [])), ["account:c"])) == [deletes.token]
    assert not list(
        blast_radius.recalled([Blocker(POLICY, "", token="touch:mine")], list(blast_radius.reviewed((), [])), [])
    )


def test_what_does_not_count_yet_is_told_in_words() -> None:
    loose = blast_radius.Limits(max_accounts_percent=100, max_deletes=5)
    usual = blast_radius.in_force(loose, None)
    assert blast_radius.loosened(loose, usual) == ("max_accounts_percent 30 -> 100",)
    assert blast_radius.loosened(loose, loose) == ()


def test_looser_limits_count_once_they_were_applied_and_stricter_ones_at_once() -> None:
    loose, strict = blast_radius.Limits(100, 1000, 50), blast_radius.Limits(0, 1, 0)
    remembered = applied_with(loose)
    assert blast_radius.in_force(loose, remembered) == loose
    for memory in (None, LastApplied(complete=True), applied_with(blast_radius.USUAL)):
        assert blast_radius.in_force(loose, memory) == blast_radius.USUAL
        assert blast_radius.in_force(blast_radius.Limits(100, 1, 50), memory) == blast_radius.Limits(30, 1, 10)
    assert blast_radius.in_force(strict, remembered) == strict
    # What is looser than was applied is as loose as it, however strict that was.
    assert blast_radius.in_force(blast_radius.USUAL, applied_with(strict)) == strict
    assert blast_radius.in_force(blast_radius.Limits(10, 10, 20), remembered) == blast_radius.Limits(10, 10, 20)


def applied_with(limits: blast_radius.Limits) -> LastApplied:
    memory = LastApplied(complete=True, usual=asdict(limits))
    assert from_shards(memory.shards()) == memory
    return memory


def test_a_new_policy_on_an_ou_touches_the_accounts_that_are_there() -> None:
    have = {address: resource for address, resource in organization(20).items() if address != ATTACHMENTS}
    (blocker,) = asked(organization(20), have, blast_radius.Limits())
    assert blocker.token.startswith("touch:20-accounts-")


def test_many_deletes_take_a_word_for_as_many() -> None:
    have = organization(0) | {(here := Address("ou", f"u{n}")): Resource(here, {"tags": {}}) for n in range(11)}
    (blocker,) = asked(organization(0), have, blast_radius.Limits())
    assert re.fullmatch(r"delete:11-things-[0-9a-f]{16}", blocker.token)
    assert blocker.reason == "it deletes or releases 11 things, and at most 10 is usual"
    other = {address: resource for address, resource in have.items() if address.name != "u0"}
    here = Address("ou", "other")
    (another,) = asked(organization(0), {**other, here: Resource(here, {"tags": {}})}, blast_radius.Limits())
    assert another.token != blocker.token
    assert not asked(organization(0), have, blast_radius.Limits(max_deletes=11))


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
        found = blast_radius.check(plan, KINDS, (sides[0], sides[1]), blast_radius.Limits(), "111122223333")
        return [blocker.token for blocker in found]

    assert told(hidden=True) == told(hidden=False) != []
