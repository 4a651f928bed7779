"""Folders with the example organization, as `init` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.workflow.example import write_example

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def organization(tmp_path: Path) -> Path:
    folder = tmp_path / "my organization"  # a space, for whatever is not quoted
    write_example(folder)
    return folder
