"""Plans of the example organization in daily use, compared with golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.render.report import render_outcome, render_report
from bootstrap.workflow.example import write_example
from tests.render.conftest import shortened
from tests.render.example import Example
from tests.render.formats import FORMATS, golden_forms
from tests.render.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bootstrap.emulator import Emulator
    from bootstrap.workflow.snapshot import Snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> Snapshot:
    """Of an AWS that holds the example."""
    folder = tmp_path_factory.mktemp("example")
    write_example(folder)
    example = Example(folder, emulator.endpoint, emulator=emulator)
    example.in_aws()
    return example.take_snapshot()


@pytest.fixture
def example(tmp_path: Path, emulator: Emulator, snapshot: Snapshot) -> Example:
    write_example(tmp_path)
    return Example(tmp_path, emulator.endpoint, emulator=emulator, snapshot=snapshot)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_reads_as_its_golden_files(name: str, example: Example, golden: Callable[[str, str], None]) -> None:
    review = SCENARIOS[name](example)
    for form in golden_forms(name):
        golden(f"scenarios/{name}.{form}", FORMATS[form](review).rstrip("\n"))
    if example.report:
        progress = "\n".join(map(render_outcome, example.report.outcomes))
        end = render_report(example.report, "org-bootstrap apply -C acme --yes")
        golden(f"scenarios/{name}.report.txt", f"{progress}\n----\n{end}")


def test_a_shortened_golden_file_shows_every_change() -> None:
    lines = [f"{number}: {'é' * 20}" for number in range(2000)]
    kept = shortened("\n".join(lines))
    assert len(kept.encode()) < 40_000
    for number in (0, 1000, 1999):
        assert shortened("\n".join([*lines[:number], "other", *lines[number + 1 :]])) != kept
    assert shortened("\n".join([*lines[:1000], *lines[1001:]])) != kept
    assert shortened("a few\nlines\n") == "a few\nlines\n"
