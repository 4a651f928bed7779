"""Calls in flight while the emulator stops and starts."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.emulator.conftest import Aws

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator

SPEED = 50.0
pytestmark = pytest.mark.emulator(profile="latency_s = [40, 41]", speed=SPEED)


def test_a_call_made_before_a_stop_has_no_effect_after_the_next_start(emulator: Emulator) -> None:
    iam = Aws(emulator.endpoint)("iam")
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(iam.create_user, UserName="late")
        time.sleep(10 / SPEED)
        emulator.stop()
        after = Aws(emulator.start().endpoint)
        assert late.exception() is not None
    assert after.call("iam.list_users")["Users"] == []  # it takes as long as the old call had left
    assert [call.action for call in emulator.calls()] == ["iam.ListUsers"]
