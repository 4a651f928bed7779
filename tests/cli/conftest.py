"""Folders with the example organization, as `init` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.workflow.example import write_example
from tests.system.organization import Organization

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator


@pytest.fixture
def organization(tmp_path: Path) -> Path:
    folder = tmp_path / "my organization"  # a space, for whatever is not quoted
    write_example(folder)
    return folder


@pytest.fixture
def applied(organization: Path, emulator: Emulator) -> Path:
    """That folder, already applied to the emulator, in this process: the command would wait for AWS's rates."""
    emulator.reset()
    Organization(organization, emulator.endpoint, emulator=emulator).converge()
    return organization
