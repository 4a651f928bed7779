"""What is remembered of the YAML that was last applied tells drift from what is asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.engine.last_applied import LastApplied, explain, from_shards
from bootstrap.engine.plan import Cause, Inaccessible, Unmanaged, make_plan
from bootstrap.engine.review import Mask
from bootstrap.model.resource import Address, Resource
from bootstrap.workflow.applied import write_shards

if TYPE_CHECKING:
    from bootstrap.aws.api import AwsApi


MASK = Mask({}, str)


def thing(name: str, value: int) -> Resource:
    return Resource(Address("toy", name), {"value": value})


def remembered(value: int | None, *, complete: bool = True) -> LastApplied:
    return LastApplied().with_resources([thing("it", value)] if value is not None else [], complete=complete)


def cause(memory: LastApplied | None, have: int | None, want: int | None) -> Cause:
    old, new = ({thing("it", 0).address: thing("it", value)} if value is not None else {} for value in (have, want))
    (change,) = explain(make_plan(new, old), memory, MASK).changes
    return change.cause


def test_of_what_could_not_be_looked_at_no_cause_is_known() -> None:
    here = thing("it", 1)
    plan = make_plan({here.address: here}, {}, inaccessible=[Inaccessible(here.address, "nobody gets in")])
    (change,) = explain(plan, remembered(1), MASK).changes
    assert change.cause is Cause.UNKNOWN


@pytest.mark.parametrize(
    ("applied", "have", "want", "expected"),
    [
        (1, 1, 2, Cause.ASKED),  # the YAML was edited
        (1, 2, 1, Cause.DRIFT),  # AWS was
        (1, 2, 3, Cause.BOTH),
        (1, None, 1, Cause.DRIFT),  # deleted outside
        (1, None, 2, Cause.BOTH),
        (1, 1, None, Cause.ASKED),  # the line was removed
        (1, 2, None, Cause.ASKED),
        (None, None, 1, Cause.ASKED),  # a new line
        (None, 1, None, Cause.DRIFT),  # nobody ever asked for it
        (None, 1, 2, Cause.ASKED),  # a new line, for what is there already
    ],
)
def test_the_cause_follows_from_what_was_applied(
    applied: int | None, have: int | None, want: int | None, expected: Cause
) -> None:
    assert cause(remembered(applied), have, want) is expected


@pytest.mark.parametrize(("have", "want"), [(1, None), (1, 2), (None, 1)])
def test_after_a_run_that_did_not_end_nobody_knows_whose_doing_is_what_it_was_about_to_change(
    have: int | None, want: int | None
) -> None:
    begun = remembered(1).without([thing("it", 0).address])
    assert cause(begun, have, want) is Cause.UNKNOWN


def test_without_a_memory_no_cause_is_known() -> None:
    assert cause(None, 1, 2) is Cause.UNKNOWN
    assert from_shards({}) is None
    assert from_shards({"000": "complete 1:no base64!"}) is None
    assert from_shards({"000": "complete 0:"}) is None
    assert from_shards({"000": "something else"}) is None
    assert from_shards({"001": "AAAA"}) is None


def test_what_is_not_ours_is_new_unless_it_was_there_as_it_is() -> None:
    ou, account = Unmanaged(Address("ou", "a"), "an OU"), Unmanaged(Address("account", "a"), "in a")
    moved = Unmanaged(account.address, "in b")
    plan = make_plan({}, {}, unmanaged=[ou, account, moved])

    def new(memory: LastApplied | None) -> list[Unmanaged]:
        return [replace(item, new=False) for item in explain(plan, memory, MASK).unmanaged if item.new]

    told = remembered(1).with_unmanaged([account])
    assert from_shards(told.shards()) == told
    assert new(told) == [ou, moved]
    assert new(told.with_unmanaged([ou, moved])) == []
    assert new(remembered(1).with_unmanaged([])) == [ou, account, moved]
    # Nothing of that kind was written down: by an older version, or by nobody.
    assert new(remembered(1)) == new(None) == []


def test_what_is_kept_has_strayed_if_it_came_or_is_otherwise() -> None:
    kept = thing("it", 1)
    plan = make_plan({kept.address: kept}, {kept.address: kept}, retained=[kept])

    def retained_drift(memory: LastApplied | None) -> bool:
        found = explain(plan, memory, MASK).retained_drift
        assert found <= {kept.address}
        return bool(found)

    assert not retained_drift(remembered(1))
    assert retained_drift(remembered(2))
    assert retained_drift(remembered(None))
    assert not retained_drift(None)
    assert not retained_drift(remembered(2, complete=False)), "nobody can tell"


def test_another_name_or_value_that_passes_for_what_was_applied_is_not_to_be_found() -> None:
    """Somebody who looks for one can try a billion in an hour."""
    (key, body), *_ = remembered(1).records.items()
    assert min(len(key), len(body)) >= 10


@given(count=st.sampled_from([0, 1, 149, 150, 151, 2000, 40_000]), complete=st.booleans())
def test_it_is_written_as_texts_that_aws_takes_and_read_again(count: int, *, complete: bool) -> None:
    memory = LastApplied().with_resources([thing(f"n{number}", number) for number in range(count)], complete=complete)
    shards = memory.shards()
    assert from_shards(shards) == memory
    assert max(map(len, shards.values())) <= 4096
    assert len(shards) <= max(1, count // 35)


@pytest.mark.parametrize("complete", [True, False])
def test_of_a_memory_of_which_a_part_is_lost_nothing_is_taken_for_remembered(*, complete: bool) -> None:
    shards = many(range(2100), complete=complete).shards()
    assert len(shards) > 2
    for lost in shards:
        assert from_shards({name: text for name, text in shards.items() if name != lost}) is None
    assert from_shards({**shards, f"{len(shards):03}": ""}) is None


@pytest.mark.parametrize(("before", "after"), [(900, 2100), (2100, 900), (900, 900), (2100, 2100)])
@pytest.mark.parametrize(("ended", "ends"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_write_that_dies_on_the_way_leaves_no_gap_that_passes_for_memory(
    before: int, after: int, *, ended: bool, ends: bool
) -> None:
    old, new = many(range(before), complete=ended), many(range(7, after), complete=ends)
    left = len(old.shards() | new.shards())
    for calls in range(left):
        found = from_shards(written(old.shards(), new.shards(), calls))
        if found in (None, new):
            continue
        assert found is not None
        assert not found.complete or old.complete, "it says so before all of it is there"
        for key in old.records | new.records:
            known = {old.records.get(key), new.records.get(key)}
            assert found.records.get(key) in (known if found.complete else known | {None})
    assert from_shards(written(old.shards(), new.shards(), left)) == new


def many(numbers: range, *, complete: bool) -> LastApplied:
    return LastApplied().with_resources([thing(f"n{number}", number) for number in numbers], complete=complete)


def written(have: dict[str, str], want: dict[str, str], calls: int) -> dict[str, str]:
    """What is there once so many calls were made of those that write it."""
    there = Parameters(dict(have), calls)
    with suppress(TimeoutError):
        write_shards(cast("AwsApi", there), have, want)
    return there.values


@dataclass
class Parameters:
    """As Systems Manager has them, until it dies."""

    values: dict[str, str]
    calls: int

    def call(self, _action: str, *, Name: str, Value: str, **_rest: object) -> None:  # noqa: N803 (AWS's words)
        self._die()
        self.values[Name.rpartition("/")[2]] = Value

    def once(self, _action: str, *, done: str, Name: str) -> None:  # noqa: N803
        assert done == "ParameterNotFound"
        self._die()
        del self.values[Name.rpartition("/")[2]]

    def _die(self) -> None:
        if not self.calls:
            raise TimeoutError
        self.calls -= 1


def test_a_small_change_writes_little() -> None:
    things = [thing(f"n{number}", number) for number in range(5000)]
    before = LastApplied().with_resources(things, complete=True).shards()
    after = LastApplied().with_resources([*things[:-1], thing("n4999", 0)], complete=True).shards()
    assert len(before) == len(after)
    assert sum(before[name] != after[name] for name in before) == 1
