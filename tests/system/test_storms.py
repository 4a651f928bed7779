"""Two hundred bad days by night, and ten of them, drawn by the commit, on each push."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.system.storms import SPEED, live_through

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator

pytestmark = pytest.mark.emulator(profile="storm", speed=SPEED)


def test_an_organization_is_made_in_any_storm(storm: int, tmp_path: Path, emulator: Emulator) -> None:
    live_through(storm, tmp_path, emulator)
