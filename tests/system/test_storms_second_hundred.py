"""Two hundred bad days: the second hundred, apart from the others so that they can be had side by side."""

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


@pytest.mark.parametrize("seed", range(100, 200))
def test_an_organization_is_made_in_any_storm(seed: int, tmp_path: Path, emulator: Emulator) -> None:
    live_through(seed, tmp_path, emulator)
