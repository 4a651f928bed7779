"""What the report of a run that did not end well must tell: what failed, in AWS's words, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.engine.apply import Failed
from bootstrap.model.errors import AwsError
from bootstrap.render.report import render_report

if TYPE_CHECKING:
    from bootstrap.engine.apply import Report

AGAIN = "org-bootstrap apply"


def check_precise(report: Report) -> list[Failed]:
    """The failures, each of which says enough to act upon."""
    text = render_report(report, again=AGAIN)
    failures = [outcome for outcome in report.outcomes if isinstance(outcome, Failed)]
    assert failures, text
    for failure in failures:
        error = failure.error
        assert f"! {failure.change.address}: failed: {error.message}\n    hint: " in text, text
        if isinstance(error, AwsError):
            assert error.operation.count(".") == 1, text
            assert error.code not in {"", "Unknown"}, text
            assert error.message.startswith(error.operation), text
            assert f": {error.code}" in error.message, text
    assert text.endswith(f"Completed changes are kept. To continue: {AGAIN}")
    return failures
