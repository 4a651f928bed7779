"""The values of a change, and the references to values that can be read elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bootstrap.engine.plan import Change, Plan, make_plan
from bootstrap.model.resource import Address
from bootstrap.render.details import Details
from bootstrap.render.text import render_text
from tests.render.organizations import account, attachment
from tests.render.plans import PLANS, POLICY, ROLE, made

if TYPE_CHECKING:
    from bootstrap.model.resource import Json, Resource


def _text(have: list[Resource], want: list[Resource]) -> str:
    plan = make_plan(*({item.address: item for item in side} for side in (want, have)))
    return render_text(replace(PLANS["create"], plan=plan))


def _baseline(name: str, role: Json = ROLE, other: Json = "x" * 200) -> Resource:
    return made(Address("baseline", name), region="eu-west-1", resources={"Deploy": role, "Other": other})


def test_a_value_is_shown_once_and_referred_to_afterwards() -> None:
    text = render_text(PLANS["create_several"])
    assert text.count("sts:AssumeRole") == 1
    assert f"resources.Deploy: same as {Address('baseline', 'developer-alice')}\n" in text


def test_a_value_that_another_resource_keeps_is_referred_to() -> None:
    bob, carol = _baseline("developer-bob"), _baseline("developer-carol")
    text = _text([bob], [bob, carol])
    assert "+ resources.{Deploy, Other}: same as baseline:developer-bob (unchanged)\n" in text
    assert '+ region: "eu-west-1"' in text, "a short value is repeated"
    # Only what bob keeps is referred to.
    text = _text([_baseline("developer-bob", other="y" * 200)], [bob, carol])
    assert "+ resources.Deploy: same as baseline:developer-bob (unchanged)\n" in text
    text = _text([_baseline("developer-bob", {**ROLE, "DeletionPolicy": "Retain"})], [bob, carol])
    assert "+ resources.Other: same as baseline:developer-bob (unchanged)\n" in text
    assert "sts:AssumeRole" in text
    assert "(unchanged)" not in _text([bob], [carol])


def test_a_value_with_few_differences_is_shown_as_these() -> None:
    def budget(name: str) -> dict[str, Json]:
        return {"Name": name, "Notes": ["n" * 60] * 3}

    bob, carol = (_baseline(name, other=budget(name)) for name in ("bob", "carol"))
    text = _text([bob], [bob, carol])
    assert '+ resources.Other: same as baseline:bob (unchanged), except\n        Name: "carol"\n' in text
    # A field that only one of them has would not show which.
    more = _baseline("carol", other={**budget("carol"), "More": 1})
    assert "except" not in _text([bob], [bob, more])
    # Nothing else is the same: then the other one is not similar.
    assert "except" not in _text([bob], [bob, _baseline("carol", {"Type": "another"}, budget("carol"))])


def test_what_the_address_says_is_not_repeated() -> None:
    text = _text(
        [], [attachment("region.limit", "Workloads"), account("alice", "Workloads"), account("b", "C", name="x")]
    )
    assert '+ attachment:region.limit@Workloads\n    + type: "SERVICE_CONTROL_POLICY"\n\n' in text
    assert '+ name: "alice"' not in text
    assert '+ name: "x"' in text


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("X", ["X", "Y"], ["~ Action:", '    + "Y"']),
        (["X", "Y"], "X", ["~ Action:", '    - "Y"']),
        ("X", ["X"], ['~ Action: "X" -> ["X"]']),
        ("X", "Y", ['~ Action: "X" -> "Y"']),
        ("\u00e9", "e\u0301", ['~ Action: "\\u00e9" -> "e\\u0301"']),
        (["X", "\ufb01"], ["X", "fi"], ['~ Action: ["X", "\\ufb01"] -> ["X", "fi"]']),
        ([{"Sid": "A"}, {"Sid": "B"}], [{"Sid": "B"}, {"Sid": "A"}], ["~ Action: (order changed)"]),
        (
            ["X" * 60, 1],
            ["Y" * 60, 1],
            ["~ Action:", f'    - "{"X" * 60}"', "    - 1", f'    + "{"Y" * 60}"', "    + 1"],
        ),
    ],
)
def test_of_a_list_only_the_difference_is_shown(before: Json, after: Json, lines: list[str]) -> None:
    change = Change(POLICY, made(POLICY, Action=before), made(POLICY, Action=after))
    shown = Details(100, Plan((change,), {})).of(change)
    assert [line.removeprefix("    ") for line in shown] == lines
