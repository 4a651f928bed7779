"""The engine works for any kind: it names none."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from bootstrap.resources.registry import KINDS
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOMS = ("engine", "model")
MODULES = sorted(path for room in ROOMS for path in (REPOSITORY / "bootstrap" / room).glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_text_in_the_code_of_the_engine_is_the_name_of_a_kind(module: Path) -> None:
    named = [text for text in texts(module) if text.partition(":")[0] in KINDS]
    assert named == []


def test_the_name_of_a_kind_would_be_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""policy"""\nif address.kind == "policy":\n    here = f"account:{key}"\n', "utf-8")
    assert [text for text in texts(module) if text.partition(":")[0] in KINDS] == ["policy", "account:"]


def texts(module: Path) -> Iterator[str]:
    """Every text in the code, without docstrings."""
    tree = ast.parse(module.read_text("utf-8"))
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
