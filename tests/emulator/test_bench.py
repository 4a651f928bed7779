"""The organization of the benchmark: copied accounts are as an apply would have deployed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.command import run
from bench.organization import add_developers, begin, make_developers

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator


def test_a_plan_of_copied_accounts_finds_nothing_to_do(tmp_path: Path, emulator: Emulator) -> None:
    folder = tmp_path / "organization"
    begin(folder, emulator)
    add_developers(folder, 4)
    make_developers(folder, emulator, 4)
    before = len(emulator.calls())
    cost = run("plan", "--detailed-exitcode", "-C", folder, emulator=emulator)
    read = {call.account for call in emulator.calls()[before:] if call.action.startswith("cloudformation.")}
    assert len(read) == 4 + 2, "the developers' accounts, and two of an application"
    assert cost.cpu_s > 0
    assert 20 < cost.peak_memory_mib < 200, "the memory of the emulator does not count"
