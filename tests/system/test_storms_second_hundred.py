"""Two hundred bad days: the second hundred, apart from the others so that they can be had side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.sandbox import Sandbox
from tests.system.storms import SPEED, live_through

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(profile="storm", speed=SPEED) as running:
        yield running


@pytest.mark.parametrize("seed", range(100, 200))
def test_an_organization_is_made_in_any_storm(seed: int, tmp_path: Path, sandbox: Sandbox) -> None:
    live_through(seed, tmp_path, sandbox)
