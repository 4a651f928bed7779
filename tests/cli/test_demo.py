"""The demo, whole: it is the first thing that a new user runs."""

from __future__ import annotations

import resource
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.cli.command import succeed


def processor_time() -> float:
    """Of all processes that have ended: a busy machine makes it no more than twice as much."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@pytest.mark.emulator
def test_the_demo_tells_its_story_on_three_screens_within_a_minute(tmp_path: Path) -> None:
    before = processor_time()
    done = succeed("demo", fresh=True, TMPDIR=str(tmp_path))
    assert processor_time() - before < 30
    assert len(done.out.splitlines()) <= 120
    assert max(len(line) for line in done.out.splitlines() if "file://" not in line) <= 120
    steps = [line for line in done.out.splitlines() if line.startswith("$ ")]
    verbs = ["init", "validate", "plan", "apply", "plan", "developer", "apply", "show"]
    assert [step.split()[2] for step in steps] == verbs
    _, described, valid, first, applied, empty, added, second, tree = done.out.split("\n$ org-bootstrap ")
    assert "\n    developer:\n      name: alice\n" in described
    assert "\nValid: 6 accounts, " in valid
    assert "  account           6 to create\n" in first
    assert "\nPlan: 47 to create, 0 to update, 0 to delete; 5 unchanged.\n" in first
    assert "complete  [47/47]\nApplied: 47 created, 0 failed, 0 skipped.\n" in applied
    assert "\nNothing to do: 52 resources match the YAML.\n" in empty
    assert "+ account_specs/developers/carol.yaml" in added
    assert "\n+ account:developer-carol " in second
    assert "Plan: 2 to create, 0 to update, 0 to delete; 52 unchanged.\n" in second
    assert "Applied: 2 created, 0 failed, 0 skipped.\n" in second
    assert "        │   └── developer-carol  " in tree

    # Only the page with the whole plan is left.
    (url,) = [word for word in first.split() if word.startswith("file://")]
    page = Path(unquote(urlsplit(url).path))
    assert list(tmp_path.iterdir()) == [page]
    assert "baseline:orders-production" in page.read_text("utf-8")
