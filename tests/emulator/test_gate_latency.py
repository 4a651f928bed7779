"""The latency of calls, which the profile sets."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws

SPEED = 50.0
PROFILE = """
latency_s = [10, 11]
limits = [{ actions = ["sts.GetCallerIdentity"], account = [0, 0] }]
"""
pytestmark = pytest.mark.emulator(profile=PROFILE, speed=SPEED)


def test_a_call_has_the_latency_of_the_profile(aws: Aws) -> None:
    began = time.monotonic()
    aws("iam").list_users()
    assert time.monotonic() - began >= 10 / SPEED


def test_latencies_of_concurrent_calls_overlap(aws: Aws) -> None:
    iam = aws("iam")
    iam.list_users()
    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: iam.list_users(), range(16)))
    assert time.monotonic() - began < 16 * 10 / SPEED / 2


def test_a_throttled_call_has_no_latency(emulator: Emulator, aws: Aws) -> None:
    sts = aws("sts")
    took = []
    for _ in range(5):  # the best of five: other work on the machine only adds
        began = time.monotonic()
        with pytest.raises(ClientError, match="Throttling"):
            sts.get_caller_identity()
        took.append(time.monotonic() - began)
    assert min(took) < 10 / SPEED
    assert {call.outcome for call in emulator.calls()} == {"throttled"}


def test_a_call_made_before_a_reset_has_no_effect_after_it(emulator: Emulator, aws: Aws) -> None:
    iam = aws("iam")
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(iam.create_user, UserName="late")
        time.sleep(2 / SPEED)
        emulator.reset()
        assert late.exception() is not None
    assert iam.list_users()["Users"] == []
