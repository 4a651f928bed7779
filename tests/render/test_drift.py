"""The report of what drifted: what it says first, and what it may not claim."""

from __future__ import annotations

from dataclasses import replace

from bootstrap.model import Address
from bootstrap.plan import Cause, Finding, Foreign, Risk
from bootstrap.render.drift import render_drift
from tests.render.plans import BASELINE, PLANS

FINDING = Finding(BASELINE, "DeployRole", "its trust was changed", "this", "that")
THEIRS = Foreign(Address("policy", "theirs"), "a policy that is not in the YAML", new=True)
ALIKE = PLANS["alike"]
CHANGES = ALIKE.plan.changes
DRIFTED = replace(
    ALIKE,
    plan=replace(
        ALIKE.plan,
        changes=tuple(replace(change, cause=Cause.DRIFT, risk=Risk.MEDIUM) for change in CHANGES),
        foreign=(THEIRS,),
    ),
)


def test_what_drifted_is_counted_by_what_becomes_of_it() -> None:
    for proposal, findings, said in (
        (DRIFTED, [FINDING], "Drift: 12 put back by the next apply, 1 inside accounts, 1 not ours."),
        (PLANS["nothing_to_do"], [FINDING], "Drift: 1 inside accounts."),
        (PLANS["nothing_to_do"], [], "No drift: all is as it was last applied."),
    ):
        text, markdown = render_drift(proposal, findings), render_drift(proposal, findings, markdown=True)
        assert text.splitlines()[-1] == said
        assert markdown.splitlines()[0] == f"### example: {said}"
        assert "Plan: " not in text + markdown


def test_what_no_apply_puts_back_is_told_before_what_one_does() -> None:
    for markdown in (False, True):
        told = render_drift(DRIFTED, [FINDING], markdown=markdown)
        assert (
            told.index("DeployRole: its trust was changed") < told.index("policy:theirs") < told.index("Look closely")
        )
