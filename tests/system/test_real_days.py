"""The tool against an AWS that takes its time, as AWS does (profile `real`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.example import write_example
from bootstrap.sandbox import Sandbox
from tests.system.conftest import write_small
from tests.system.organization import Organization
from tests.system.test_crash import apply_and_die_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEED = 200.0
SEED = 20261123


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(profile="real", seed=SEED, speed=SPEED) as running:
        yield running


def test_the_example_is_made_in_one_run_and_nothing_is_left_to_do(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.reset()
    write_example(tmp_path)
    organization = Organization(tmp_path, sandbox.endpoint, SPEED)
    organization.converge()
    assert len(organization.accounts()) == 7


def test_a_crash_after_any_write_converges_on_the_next_run(tmp_path: Path, sandbox: Sandbox) -> None:
    write_small(tmp_path)
    small = Organization(tmp_path, sandbox.endpoint, SPEED)
    n, died = 0, True
    while died:
        n += 1
        sandbox.reset()
        died = apply_and_die_after(small, n)
        small.converge()
        assert sorted(small.accounts()) == ["developer-alice", "master", "tooling"], f"seed {SEED}, write {n}"
    assert n > 13
