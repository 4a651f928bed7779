"""The command that goes on from where an apply ended: it can be copied, and is not refused."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from bootstrap.cli.execution import Invocation, approvals_left
from bootstrap.engine.apply import Done, Report, Skipped
from bootstrap.engine.plan import WHOLE, Blocker, make_plan
from bootstrap.engine.review import OrganizationRef, PlanReview
from bootstrap.model.resource import Address, Resource
from bootstrap.workflow import Planned

ALICE, BOB = Address("account", "developer-alice"), Address("account", "developer-bob")
OU = Address("ou", "Legacy")


def account(address: Address, state: str) -> Resource:
    return Resource(address, {"state": state, "email": f"{address.name}@example.com"})


def test_it_holds_every_option_that_was_given_and_quotes_what_needs_it() -> None:
    tokens = ("close:developer-alice", "adopt:ou:My OU")
    invocation = Invocation("apply", Path("my organization"), frozenset(tokens), yes=True, emulated=True)
    words = shlex.split(invocation.again(tokens))
    assert words[:4] == ["org-bootstrap", "apply", "-C", "my organization"]
    assert words[4:] == ["--emulated", "--yes", "--approve", "adopt:ou:My OU", "--approve", "close:developer-alice"]


def test_it_is_as_short_as_what_was_typed() -> None:
    assert Invocation("destroy", Path()).again(()) == "org-bootstrap destroy"
    numbered = Invocation("apply", Path(), review=("plan.json",), serial=7)
    assert numbered.again((), begun=True) == "org-bootstrap apply plan.json --serial 7"
    digested = Invocation("apply", Path(), yes=True, review=("--expect", "d"), targets=("ou:A",))
    assert digested.again(()) == "org-bootstrap apply --expect d --yes --target ou:A"
    assert digested.again(["close:a"], begun=True) == "org-bootstrap plan --target ou:A --approve close:a"


def test_it_leaves_out_the_approvals_of_completed_changes_which_would_be_rejected() -> None:
    have = {address: account(address, "open") for address in (ALICE, BOB)}
    want = {address: account(address, "closed") for address in (ALICE, BOB)}
    plan = make_plan({**want, OU: Resource(OU, {"tags": "ours"})}, {**have, OU: Resource(OU, {"tags": ""})})
    nowhere: Any = None
    approved = (
        Blocker(Address("plan", "example"), "", token="destroy:example"),
        Blocker(WHOLE, "", token="accounts:28"),
        *(Blocker(here, "", token=f"close:{here.name}") for here in (ALICE, BOB)),
        Blocker(OU, "", token=f"adopt:{OU}"),
    )
    review = PlanReview(plan, OrganizationRef("example", "o-a1b2c3d4e5", "111122223333"), approved=approved)
    outcomes = [Skipped(change, None) if change.address == BOB else Done(change) for change in plan.changes]
    approvals = frozenset(blocker.token for blocker in approved)
    left = approvals_left(approvals, Planned(plan, review, nowhere), Report(tuple(outcomes)))
    assert left == {"destroy:example", "accounts:28", "close:developer-bob"}
