"""A sandbox that stops and starts while calls are on their way."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bootstrap.sandbox import Sandbox
from tests.sandbox.conftest import Aws

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEED = 50.0


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    path = tmp_path_factory.mktemp("profiles") / "late.toml"
    path.write_text("latency_s = [40, 41]", "utf-8")
    yielded = Sandbox(profile=str(path), speed=SPEED)
    yield yielded
    yielded.stop()


def test_a_call_of_before_a_stop_never_reaches_the_aws_of_the_next_start(sandbox: Sandbox) -> None:
    iam = Aws(sandbox.start().endpoint)("iam")
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(iam.create_user, UserName="late")
        time.sleep(10 / SPEED)
        sandbox.stop()
        after = Aws(sandbox.start().endpoint)
        assert late.exception() is not None
    assert after.call("iam.list_users")["Users"] == []  # it takes as long as the other one had left
    assert [call.action for call in sandbox.calls()] == ["iam.ListUsers"]
