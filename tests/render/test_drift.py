"""The report of what drifted: what it says first, and what it may not claim."""

from __future__ import annotations

import json
from dataclasses import replace

from bootstrap.engine.plan import Cause, Finding, Inaccessible, Risk, Unmanaged
from bootstrap.model.resource import Address
from bootstrap.render.drift import describe_drift, is_drift, render_drift
from tests.render.plans import ALICE, BASELINE, PLANS

FINDING = Finding(BASELINE, "DeployRole", "its trust was changed", "this", "that")
THEIRS = Unmanaged(Address("policy", "theirs"), "a policy that is not in the YAML", new=True)
ALIKE = PLANS["alike"]
CHANGES = ALIKE.plan.changes
DRIFTED = replace(
    ALIKE,
    plan=replace(
        ALIKE.plan,
        changes=tuple(replace(change, cause=Cause.DRIFT, risk=Risk.MEDIUM) for change in CHANGES),
        unmanaged=(THEIRS,),
    ),
)


def test_what_drifted_is_counted_by_what_becomes_of_it() -> None:
    for review, findings, said in (
        (DRIFTED, [FINDING], "Drift: 12 put back by the next apply, 1 inside accounts, 1 not ours."),
        (PLANS["nothing_to_do"], [FINDING], "Drift: 1 inside accounts."),
        (PLANS["nothing_to_do"], [], "No drift: all is as it was last applied."),
    ):
        text, markdown = render_drift(review, findings), render_drift(review, findings, markdown=True)
        assert text.splitlines()[-1] == said
        assert markdown.splitlines()[0] == f"### example: {said}"
        assert "Plan: " not in text + markdown


def test_what_could_not_be_looked_at_is_named_and_not_said_to_be_as_it_was() -> None:
    plan = PLANS["nothing_to_do"].plan
    review = replace(PLANS["nothing_to_do"], plan=replace(plan, inaccessible=(Inaccessible(BASELINE, "no stack"),)))
    door = Inaccessible(ALICE, "no way in")
    for findings, said in (
        ([], "No drift in what could be looked at; 2 could not be."),
        ([FINDING], "Drift: 1 inside accounts; 2 could not be looked at."),
    ):
        text, markdown = (render_drift(review, findings, [door], markdown=form) for form in (False, True))
        assert text.splitlines()[-1] == said
        assert markdown.splitlines()[0] == f"### example: {said}"
        for told in (text, markdown):
            assert told.index(f"{ALICE}: no way in") < told.index(f"{BASELINE}: no stack")
    assert not is_drift(review, [])
    told = json.loads(describe_drift(review, [], [door]))
    assert [entry["address"] for entry in told["inaccessible"]] == [str(ALICE), str(BASELINE)]


def test_what_is_asked_for_is_counted_and_no_drift() -> None:
    inaccessible = Inaccessible(CHANGES[0].address, "no way in")
    asked = replace(ALIKE, plan=replace(ALIKE.plan, inaccessible=(inaccessible,)))
    for review, pending, said in (
        (PLANS["nothing_to_do"], 0, "Not drift"),
        (PLANS["create"], 1, "Not drift: 1 change that the YAML asks for is not applied yet; `org-bootstrap plan` "),
        (
            asked,
            11,
            "Not drift: 11 changes that the YAML asks for are not applied yet; `org-bootstrap plan` shows them.",
        ),
    ):
        for markdown in (False, True):
            assert (said in render_drift(review, [], markdown=markdown)) is bool(pending)
        assert json.loads(describe_drift(review, []))["pending"] == pending


def test_what_no_apply_puts_back_is_told_before_what_one_does() -> None:
    for markdown in (False, True):
        told = render_drift(DRIFTED, [FINDING], markdown=markdown)
        assert (
            told.index("DeployRole: its trust was changed") < told.index("policy:theirs") < told.index("Look closely")
        )
