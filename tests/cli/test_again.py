"""The command that goes on from where an apply ended: it can be copied, and is not refused."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

from bootstrap.cli.execution import Invocation, approvals_left
from bootstrap.engine.apply import Done, Report, Skipped
from bootstrap.engine.plan import Blocker, make_plan
from bootstrap.engine.review import OrganizationRef, PlanReview
from bootstrap.model.resource import Address, Resource
from bootstrap.workflow import Planned

ALICE, BOB = Address("account", "developer-alice"), Address("account", "developer-bob")
UNIT = Address("unit", "Legacy")


def account(address: Address, state: str) -> Resource:
    return Resource(address, {"state": state, "email": f"{address.name}@example.com"})


def test_it_holds_every_option_that_was_given_and_quotes_what_needs_it() -> None:
    tokens = ("close:developer-alice", "adopt:unit:My Unit")
    invocation = Invocation("apply", Path("my organization"), frozenset(tokens), yes=True, emulated=True)
    words = shlex.split(invocation.again(tokens))
    assert words[:4] == ["org-bootstrap", "apply", "-C", "my organization"]
    assert words[4:] == ["--emulated", "--yes", "--approve", "adopt:unit:My Unit", "--approve", "close:developer-alice"]


def test_it_is_as_short_as_what_was_typed() -> None:
    assert Invocation("destroy", Path()).again(()) == "org-bootstrap destroy"
    numbered = Invocation("apply", Path(), review=("plan.json",), serial=7)
    assert numbered.again((), begun=True) == "org-bootstrap apply plan.json --serial 7"
    digested = Invocation("apply", Path(), yes=True, review=("--expect", "d"), targets=("unit:A",))
    assert digested.again(()) == "org-bootstrap apply --expect d --yes --target unit:A"
    assert digested.again(["close:a"], begun=True) == "org-bootstrap plan --target unit:A --approve close:a"


def test_it_leaves_out_the_consent_to_what_is_done_which_would_be_refused() -> None:
    have = {address: account(address, "open") for address in (ALICE, BOB)}
    want = {address: account(address, "closed") for address in (ALICE, BOB)}
    plan = make_plan({**want, UNIT: Resource(UNIT, {"tags": "ours"})}, {**have, UNIT: Resource(UNIT, {"tags": ""})})
    nowhere: Any = None
    consented = (
        Blocker(Address("plan", "example"), "", token="destroy:example"),
        *(Blocker(here, "", token=f"close:{here.name}") for here in (ALICE, BOB)),
        Blocker(UNIT, "", token=f"adopt:{UNIT}"),
    )
    whose = OrganizationRef("example", "o-a1b2c3d4e5", "111122223333")
    planned = Planned(
        PlanReview(plan, whose, consented=consented),
        nowhere,
        nowhere,
        words_left=lambda _: ["touch:9-accounts-2"],
    )
    outcomes = [Skipped(change, None) if change.address == BOB else Done(change) for change in plan.changes]
    given = {"destroy:example", "close:developer-alice", "close:developer-bob", f"adopt:{UNIT}", "touch:28-accounts-1"}
    invocation, report = Invocation("apply", Path(), frozenset(given)), Report(tuple(outcomes))
    left = {"destroy:example", "close:developer-bob"}
    assert approvals_left(planned, report, invocation) == {*left, "touch:9-accounts-2"}
    assert approvals_left(planned, report, replace(invocation, review=("plan.json",))) == left
