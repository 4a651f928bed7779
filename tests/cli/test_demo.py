"""The demo, whole: it is the first thing that a new user runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.cli.command import succeed

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demo_shows_both_plans_the_empty_one_and_the_tree_within_a_minute(tmp_path: Path) -> None:
    began = time.monotonic()
    done = succeed("demo", TMPDIR=str(tmp_path))
    assert time.monotonic() - began < 60
    steps = [line for line in done.out.splitlines() if line.startswith("$ ")]
    assert [step.split()[2] for step in steps] == ["init", "validate", "apply", "plan", "developer", "apply", "show"]
    _, _, _, first, empty, added, second, tree = done.out.split("\n$ org-bootstrap ")
    assert "Plan: 36 to create, 0 to update, 0 to delete; 0 unchanged.\n" in first
    assert "Applied: 36 created, 0 failed, 0 skipped.\n" in first
    assert empty.endswith("Nothing to do: 36 resources are as the YAML says.\n")
    assert "+ account_specs/developers/carol.yaml" in added
    assert "Plan: 2 to create, 0 to update, 0 to delete; 36 unchanged.\n" in second
    assert "Applied: 2 created, 0 failed, 0 skipped.\n" in second
    assert "        │   └── developer-carol  " in tree
    assert str(tmp_path) not in done.out, "the folder that the demo runs in is no business of the reader's"
