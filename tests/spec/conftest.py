"""A copy of a small organization for each test, which may change it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.spec.cases import BASE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project"
    shutil.copytree(BASE, directory)
    return directory
