"""How much one plan may do before it takes a word: the share of accounts that it touches, and how much it deletes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import extent
from bootstrap.kinds import KINDS
from bootstrap.model import Address, Resource
from bootstrap.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.plan import Refusal

POLICY, UNIT = Address("policy", "region.limit"), Address("unit", "Workloads")
ATTACHMENTS = Address("attachments", str(UNIT))
Resources = dict[Address, Resource]


def organization(guarded: int, others: int = 0, *, action: str = "s3:*", name: str = "") -> Resources:
    """Accounts in a unit that a policy is attached to, and others in the root."""
    made = [
        Resource(POLICY, {"statements": {"Deny": {"Action": action}}, "tags": {}}),
        Resource(UNIT, {"tags": {}}),
        Resource(ATTACHMENTS, {"SERVICE_CONTROL_POLICY": [POLICY.name]}, frozenset({POLICY, UNIT})),
    ]
    for number in range(guarded + others):
        here = Address("account", f"d{number}")
        inside = number < guarded
        body = {"name": name or here.name, "unit": UNIT.name if inside else "Root", "tags": {}}
        made.append(
            Resource(here, body, frozenset({UNIT} if inside else ()), "", frozenset({ATTACHMENTS} if inside else ()))
        )
    return {resource.address: resource for resource in made}


def asked(want: Mapping[Address, Resource], have: Mapping[Address, Resource], limits: extent.Limits) -> list[Refusal]:
    lasting = {name for name, kind in KINDS.items() if kind.lasting}
    plan = make_plan(want, have, lasting=lasting)
    return list(extent.check(plan, KINDS, (want, have), limits))


def test_a_policy_s_change_touches_every_account_under_it() -> None:
    have, want = organization(12, 18), organization(12, 18, action="ec2:*")
    (refusal,) = asked(want, have, extent.Limits())
    assert refusal.reason == "it touches 12 of 30 accounts: 40 %, where 30 are usual"
    assert refusal.token == "touch:12-accounts"
    assert not asked(want, have, extent.Limits(touched_percent=40))
    assert not asked(want, have, extent.Limits(touched_at_least=13))
    assert not asked(organization(12, 28, action="ec2:*"), organization(12, 28), extent.Limits())


def test_the_token_is_for_as_many_accounts_as_it_says() -> None:
    more = asked(organization(13, 17, action="ec2:*"), organization(13, 17), extent.Limits())
    assert [refusal.token for refusal in more] == ["touch:13-accounts"]


def test_what_harms_nobody_and_what_is_new_touches_nobody() -> None:
    assert not asked(organization(30, name="renamed"), organization(30), extent.Limits())
    assert not asked(organization(30), {}, extent.Limits())
    assert not asked(organization(60), organization(30), extent.Limits())


def test_a_new_policy_on_a_unit_touches_the_accounts_that_are_there() -> None:
    have = {address: resource for address, resource in organization(20).items() if address != ATTACHMENTS}
    assert [refusal.token for refusal in asked(organization(20), have, extent.Limits())] == ["touch:20-accounts"]


def test_many_deletes_take_a_word_for_as_many() -> None:
    have = organization(0) | {(here := Address("unit", f"u{n}")): Resource(here, {"tags": {}}) for n in range(11)}
    (refusal,) = asked(organization(0), have, extent.Limits())
    assert (refusal.token, refusal.reason) == (
        "delete:11-things",
        "it deletes or releases 11 things, and at most 10 is usual",
    )
    assert not asked(organization(0), have, extent.Limits(deletes=11))
