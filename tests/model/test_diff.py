"""What differs within lists of mappings is told by its path, and nothing that differs is hidden."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.model.diff import differences

if TYPE_CHECKING:
    from bootstrap.model.resource import Json

ALLOW, DENY = {"Sid": "Allow", "Action": "a"}, {"Sid": "Deny", "Action": "d"}
ONE, TWO, THREE = ({"Threshold": number, "Type": "ACTUAL"} for number in (1, 2, 3))


def told(before: Json, after: Json) -> list[str]:
    return [
        f"{each.where}: reordered" if each.reordered else f"{each.where}: {each.before} -> {each.after}"
        for each in differences({"list": before}, {"list": after})
    ]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([ALLOW, DENY], [ALLOW, {**DENY, "Action": "x"}], ["list[Deny].Action: d -> x"]),
        ([ALLOW], [DENY, ALLOW], [f"list[Deny]: None -> {DENY}"]),
        ([ALLOW, DENY], [ALLOW], [f"list[Deny]: {DENY} -> None"]),
        ([ALLOW], [], [f"list[Allow]: {ALLOW} -> None"]),
        ([ALLOW, DENY], [DENY, ALLOW], ["list: reordered"]),
        ([ALLOW, DENY], [DENY, {**ALLOW, "Action": "x"}], ["list[Allow].Action: a -> x", "list: reordered"]),
        # A name that is there twice tells nothing apart, nor does one that an item lacks.
        ([ALLOW, ALLOW], [ALLOW], [f"list[#2]: {ALLOW} -> None"]),
        ([{"Action": "a"}], [ALLOW], ["list[#1].Sid: None -> Allow"]),
        ([{"Key": "a", "Value": "1"}], [{"Key": "a", "Value": "2"}], ["list[a].Value: 1 -> 2"]),
        ([ONE, TWO], [TWO, THREE], ["list[#2].Threshold: 1 -> 3", "list: reordered"]),
        ([ONE, TWO, THREE], [ONE, {**TWO, "Type": "FORECAST"}, THREE], ["list[#2].Type: ACTUAL -> FORECAST"]),
        ([ONE, TWO], [THREE], [f"list[#1]: {ONE} -> None", f"list[#2]: {TWO} -> None", f"list[#1]: None -> {THREE}"]),
        ([ONE], [DENY], [f"list[#1]: {ONE} -> None", f"list[#1]: None -> {DENY}"]),
        ([ONE], ["text"], [f"list: {[ONE]} -> ['text']"]),
    ],
)
def test_items_are_told_by_their_name_or_their_number(before: Json, after: Json, lines: list[str]) -> None:
    assert told(before, after) == lines


items = st.dictionaries(st.sampled_from(["Sid", "Key", "a", "b"]), st.sampled_from("xyz"), max_size=3)
bodies = st.fixed_dictionaries({"list": st.lists(items, max_size=4)})


def leaves(value: Any) -> Counter[tuple[str, str]]:
    """Each text, with the field that it stands in."""
    match value:
        case dict():
            here = Counter((key, text) for key, text in value.items() if isinstance(text, str))
            return sum((leaves(inside) for inside in value.values()), here)
        case list():
            return sum(map(leaves, value), Counter())
        case _:
            return Counter()


@given(before=bodies, after=bodies)
def test_nothing_that_differs_is_hidden_and_nothing_that_does_not_is_told(before: Any, after: Any) -> None:
    found = list(differences(before, after))
    assert bool(found) == (before != after)
    assert all(each.before != each.after for each in found)
    only = [each for each in found if not each.reordered]
    gone, come = (
        sum((leaves({each.path[-1]: getattr(each, side)}) for each in only), Counter()) for side in ("before", "after")
    )
    assert leaves(before) - leaves(after) <= gone
    assert leaves(after) - leaves(before) <= come
    assert leaves(before) - gone == leaves(after) - come
