"""Golden files: the output of the tool, character by character."""

from __future__ import annotations

import hashlib
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GOLDEN = Path(__file__).with_name("golden")
# A longer text keeps this much of either end, in whole lines, and a hash of the rest.
_LONG: Final = 64 * 1024
_KEPT: Final = 16 * 1024


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of that name; `pytest --update-golden` writes it instead."""

    def compare(name: str, text: str) -> None:
        path, kept = GOLDEN / name, shortened(text) + "\n"
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(kept, "utf-8")
        assert path.exists(), f"there is no {path}: pytest --update-golden writes it"
        assert kept == path.read_text("utf-8")

    return compare


def shortened(text: str) -> str:
    """A long text with a hash in the place of its middle."""
    if len(text.encode()) <= _LONG:
        return text
    lines = text.split("\n")
    first, last = _fitting(lines), _fitting(lines[::-1])
    middle = lines[first : len(lines) - last]
    digest = hashlib.sha256("\n".join(middle).encode()).hexdigest()
    return "\n".join([*lines[:first], f"[{len(middle)} lines, sha256:{digest}]", *lines[len(lines) - last :]])


def _fitting(lines: Sequence[str]) -> int:
    return sum(size <= _KEPT for size in accumulate(len(line.encode()) + 1 for line in lines))
