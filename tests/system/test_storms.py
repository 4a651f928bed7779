"""Two hundred bad days by night, and ten of them, drawn by the commit, on each push."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.emulator import Emulator
from tests.system.storms import SPEED, live_through

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(profile="storm", speed=SPEED) as running:
        yield running


def test_an_organization_is_made_in_any_storm(storm: int, tmp_path: Path, emulator: Emulator) -> None:
    live_through(storm, tmp_path, emulator)
