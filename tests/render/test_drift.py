"""The report of drift: what comes first, and what is counted."""

from __future__ import annotations

import json
from dataclasses import replace

from bootstrap.engine.plan import Cause, Finding, Inaccessible, Risk, Unmanaged
from bootstrap.model.resource import Address
from bootstrap.render.drift import describe_drift, find_drift, render_drift
from tests.render.plans import ALICE, BASELINE, PLANS

FINDING = Finding(BASELINE, "DeployRole", "its trust was changed", "this", "that")
INSIDE = "1 change inside accounts (not reverted by apply)"
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


def test_the_summary_counts_drift_by_what_happens_to_it() -> None:
    for review, findings, said in (
        (
            DRIFTED,
            [FINDING],
            f"Drift: 12 drifted resources; the next apply reverts them. Also: {INSIDE}, 1 unmanaged resource.",
        ),
        (PLANS["nothing_to_do"], [FINDING], f"Drift: {INSIDE}."),
        (PLANS["nothing_to_do"], [], "No drift: everything is as last applied."),
    ):
        text, markdown = render_drift(review, findings), render_drift(review, findings, markdown=True)
        assert text.splitlines()[-1] == said
        assert markdown.splitlines()[0] == f"### example: {said}"
        assert "Plan: " not in text + markdown


def test_inaccessible_resources_are_listed_and_no_drift() -> None:
    plan = PLANS["nothing_to_do"].plan
    review = replace(PLANS["nothing_to_do"], plan=replace(plan, inaccessible=(Inaccessible(BASELINE, "no stack"),)))
    door = Inaccessible(ALICE, "no way in")
    for findings, said in (
        ([], "No drift found, but 2 resources could not be read."),
        ([FINDING], f"Drift: {INSIDE}, 2 inaccessible resources."),
    ):
        text, markdown = (render_drift(review, findings, [door], markdown=form) for form in (False, True))
        assert text.splitlines()[-1] == said
        assert markdown.splitlines()[0] == f"### example: {said}"
        for told in (text, markdown):
            assert told.index(f"{ALICE}: no way in") < told.index(f"{BASELINE}: no stack")
    assert not find_drift(review, [])
    told = json.loads(describe_drift(review, [], [door]))
    assert [entry["address"] for entry in told["inaccessible"]] == [str(ALICE), str(BASELINE)]


def test_changes_in_the_yaml_are_counted_and_no_drift() -> None:
    inaccessible = Inaccessible(CHANGES[0].address, "no way in")
    asked = replace(ALIKE, plan=replace(ALIKE.plan, inaccessible=(inaccessible,)))
    for review, pending, said in (
        (PLANS["nothing_to_do"], 0, "Not drift"),
        (PLANS["create"], 1, "Not drift: 1 change in the YAML is not applied yet; see `org-bootstrap plan`."),
        (
            asked,
            11,
            "Not drift: 11 changes in the YAML are not applied yet; see `org-bootstrap plan`.",
        ),
    ):
        for markdown in (False, True):
            assert (said in render_drift(review, [], markdown=markdown)) is bool(pending)
        assert json.loads(describe_drift(review, []))["pending"] == pending


def test_drift_that_no_apply_reverts_comes_first() -> None:
    for markdown in (False, True):
        told = render_drift(DRIFTED, [FINDING], markdown=markdown)
        assert (
            told.index("DeployRole: its trust was changed")
            < told.index("policy:theirs")
            < told.index("Review carefully")
        )
