"""The process may die right after any single write: the next run converges, and the one after plans nothing.

And what was reviewed before binds the next run, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap import planfile, workflow
from bootstrap.planfile.verify import verify_plan
from bootstrap.resources.registry import KINDS
from tests.system.deaths import Death, DiesAfter, apply_and_die_after
from tests.system.guards import Guards

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from bootstrap.engine.review import PlanReview
    from bootstrap.planfile.schema import PlanFile
    from tests.system.organization import Organization

FILE = "account_specs/organization.yaml"


def change(small: Organization) -> None:
    """An account moves, another has a new owner, OUs come and go, a template changes."""
    small.edit(FILE, "owner: platform@example.com", "owner: shop@example.com")
    small.edit(FILE, "monthly_usd: 50", "monthly_usd: 60")
    small.edit(FILE, "[region.limit]", "[org.deny-leave]")
    small.edit(FILE, "Workloads", "Teams")


@pytest.mark.long
def test_a_crash_after_any_write_converges_on_the_next_run(small: Organization, emulator: Emulator) -> None:
    reviewed = as_file(small.plan().review)
    n = 0
    died = True
    while died:
        n += 1
        emulator.reset()
        died = apply_and_die_after(small, n)
        guards = go_on(small, reviewed)
        assert sorted(small.accounts()) == ["developer-alice", "master", "tooling"]
        assert accounts_asked_for(emulator) == 2, f"the {n}th"
        assert guards.missing == [], f"the {n}th"
    assert n > 13, f"only {n - 1} writes were tried"


def go_on(small: Organization, reviewed: PlanFile) -> Guards:
    """The next run. What was reviewed binds it, too."""
    guards = Guards(small)
    aws = small.aws()
    guards.watch(aws)
    planned = small.plan_leaving(aws)
    verify_plan(reviewed, planned.review)
    small.finish(planned, aws)
    return guards


def as_file(review: PlanReview) -> PlanFile:
    """The plan as its reviewer's file holds it."""
    return planfile.read(planfile.text(planfile.describe(review)), "plan.json")


def accounts_asked_for(emulator: Emulator) -> int:
    return sum(call.action == "organizations.CreateAccount" and call.effect for call in emulator.calls())


@pytest.mark.long
def test_a_crash_after_any_write_of_a_change_converges_on_the_next_run(small: Organization, emulator: Emulator) -> None:
    """The same for an organization that exists."""
    small.converge()
    before = emulator.save()
    change(small)
    reviewed = as_file(small.plan_leaving(small.aws()).review)
    n = 0
    died = True
    while died:
        n += 1
        emulator.restore(before)
        died = apply_and_die_after(small, n)
        guards = go_on(small, reviewed)
        assert set(small.ous()) == {"Teams", "Teams/Developers"}
        assert accounts_asked_for(emulator) == 2, f"the {n}th"
        assert guards.missing == [], f"the {n}th"
    assert n > 10, f"only {n - 1} writes were tried"


def test_a_run_that_died_has_recorded_its_serial(small: Organization) -> None:
    small.converge()
    change(small)
    approvals, aws = small.leaving(), small.aws()
    death = DiesAfter(aws, 3)
    planned = small.plan(*approvals, aws=aws)
    with pytest.raises(Death):
        workflow.apply(planned, KINDS, aws, serial=8)
    assert death.dead
    known = small.plan().context.last_applied
    assert known
    assert (known.serial, known.complete) == (8, False)
