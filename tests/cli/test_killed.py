"""A run that is killed keeps its lock: the next one is refused, and told by whom, until somebody breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.command import run, running, succeed
from tests.cli.test_interrupt import read_until
from tests.conftest import SEED
from tests.system.conftest import write_small

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator

pytestmark = pytest.mark.emulator(profile="real", seed=SEED, speed=100)


def test_after_a_kill_the_lock_is_broken_by_hand_and_the_next_run_goes_on(tmp_path: Path, emulator: Emulator) -> None:
    write_small(tmp_path)
    where = ("-C", tmp_path)
    aws = {name: emulator.variables()[name] for name in ("AWS_ENDPOINT_URL", "ORG_BOOTSTRAP_SPEED")}
    with running("apply", *where, fresh=True, **aws) as process:
        read_until(process, "waiting for AWS to create the account")
        process.kill()
    refused = run("apply", *where, **aws)
    assert refused.code == 3
    assert "another run holds the lock: arn:aws:sts::123456789012:user/moto on " in refused.err
    assert "hint: if that run is over, release its lock: org-bootstrap unlock" in refused.err
    assert "arn:aws:sts::123456789012:user/moto on " in succeed("unlock", "--yes", aws=aws).out
    succeed("apply", *where, aws=aws)
    left = succeed("plan", "--detailed-exitcode", *where, aws=aws)
    assert left.last_line.startswith("Nothing to do: ")
    asked = [call for call in emulator.calls() if call.action == "organizations.CreateAccount" and call.effect]
    assert len(asked) == 2
