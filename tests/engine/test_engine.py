"""The engine on a toy kind: whatever there is becomes whatever is wanted, in order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bootstrap.engine.apply import Applier, Done, Failed, Report, Skipped
from bootstrap.engine.plan import Plan, make_plan
from bootstrap.model.resource import Address, Resource
from tests.engine.toy import Shelf, ToyKind, context, thing

NAMES = "abcdefgh"


@st.composite
def forests(draw: st.DrawFn) -> dict[str, tuple[str, int]]:
    """Things by name, each on the ground or on another, in a random order: never in a circle."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(0, len(NAMES)))]
    forest: dict[str, tuple[str, int]] = {}
    for name in names:
        under = draw(st.sampled_from(["", *forest]))
        forest[name] = (under, draw(st.integers(0, 2)))
    return forest


def plan_for(have: dict[str, tuple[str, int]], want: dict[str, tuple[str, int]]) -> Plan:
    sides = [{(r := thing(n, *v)).address: r for n, v in forest.items()} for forest in (want, have)]
    return make_plan(*sides)


def apply(shelf: Shelf, plan: Plan) -> Report:
    return Applier({"toy": ToyKind(shelf)}, context()).apply(plan)


@given(have=forests(), want=forests())
def test_any_forest_becomes_any_other_in_order(have: Any, want: Any) -> None:
    shelf = Shelf(dict(have))
    plan = plan_for(have, want)
    report = apply(shelf, plan)
    assert report.complete
    assert shelf.things == want  # the shelf itself refuses whatever comes too early or goes too soon
    assert not plan_for(shelf.things, want)


@given(have=forests(), want=forests(), broken=st.frozensets(st.sampled_from(NAMES), max_size=3))
def test_a_failure_skips_only_what_depends_on_it(have: Any, want: Any, broken: frozenset[str]) -> None:
    shelf = Shelf(dict(have), broken=broken)
    plan = plan_for(have, want)
    report = apply(shelf, plan)
    failed = {o.change.address for o in report.outcomes if isinstance(o, Failed)}
    assert {address.name for address in failed} <= broken
    for outcome in report.outcomes:
        upstream = reachable(plan, outcome.change.address)
        if isinstance(outcome, Skipped):
            assert upstream & failed, f"{outcome} was skipped for nothing"
        if isinstance(outcome, Done):
            assert not upstream & failed
    shelf.broken = frozenset()
    again = plan_for(shelf.things, want)
    assert apply(shelf, again).complete
    assert shelf.things == want


def reachable(plan: Plan, address: Address) -> set[Address]:
    """Everything that a change waits for, directly or not."""
    found: set[Address] = set()
    todo = [address]
    while todo:
        todo += [other for other in plan.waits[todo.pop()] if other not in found and not found.add(other)]
    return found


@given(have=forests(), want=forests())
def test_the_plan_lists_each_change_behind_those_that_it_waits_for(have: Any, want: Any) -> None:
    plan = plan_for(have, want)
    seen: set[Address] = set()
    for change in plan.changes:
        assert plan.waits[change.address] <= seen
        seen.add(change.address)


def test_changes_that_wait_for_nothing_are_in_the_order_of_their_names() -> None:
    """Whatever a set of them is iterated in: ten names leave chance one order in millions."""
    names = [f"n{number}" for number in range(10)]
    free = {(one := thing(name, "", 0)).address: one for name in names}
    last = Resource(Address("toy", "a"), {}, needs=frozenset(free))
    plan = make_plan({**free, last.address: last}, {})
    assert [change.address.name for change in plan.changes] == [*names, "a"]


def test_stopping_lets_nothing_new_begin_and_says_so() -> None:
    shelf = Shelf()
    plan = plan_for({}, {"a": ("", 1), "b": ("a", 1), "c": ("b", 1)})
    applier = Applier({"toy": ToyKind(shelf)}, context(), ended=lambda _outcome: applier.stop())
    report = applier.apply(plan)
    assert [type(outcome) for outcome in report.outcomes] == [Done, Skipped, Skipped]
    assert shelf.things == {"a": ("", 1)}
    assert isinstance(report.outcomes[1], Skipped)
    assert report.outcomes[1].because is None
