"""One bad day of AWS's, from a seed: everything goes wrong now and then, and the organization is made all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.plan import WHOLE
from bootstrap.render.report import render_report
from bootstrap.render.text import render_text
from bootstrap.workflow.example import write_example
from tests.system.organization import Organization
from tests.system.precision import check_precise

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator
    from bootstrap.engine.apply import Report

SPEED = 250.0
ACCOUNTS = 30
# A creation every ten seconds takes five minutes; the longest single wait of the tool's is an hour and a quarter.
# One that does not end at all is ended, with the stack of each thread, by pytest's `faulthandler_timeout`.
ENDS_WITHIN_S = 3 * 3600.0


def live_through(seed: int, folder: Path, emulator: Emulator) -> None:
    """Make an organization of thirty accounts under the storm of this seed: in one run, or in two."""
    emulator.reset(seed=seed)
    write_example(folder)
    for number in range(ACCOUNTS - 6):
        text = f"developer: {{name: d{number}, email: aws+d{number}@example.com, owner: d{number}@example.com}}\n"
        (folder / "account_specs" / "developers" / f"d{number}.yaml").write_text(text, "utf-8")
    organization = Organization(folder, emulator.endpoint, SPEED, seed)
    report = apply_in_time(organization)
    if not report.complete:
        check_precise(report)
        # Where some were created, the others count as many at once, which needs an approval.
        tokens = [blocker.token for blocker in organization.plan().review.blockers if blocker.address == WHOLE]
        again = apply_in_time(organization, *tokens)
        assert again.complete, render_report(again, again="")
    left = organization.plan()
    assert not left.plan, render_text(left.review)
    assert len(organization.accounts()) == ACCOUNTS + 1


def apply_in_time(organization: Organization, *approvals: str) -> Report:
    aws = organization.aws()
    began = aws.now()
    report = organization.apply(*approvals, aws=aws)
    assert aws.now() - began < ENDS_WITHIN_S
    return report
