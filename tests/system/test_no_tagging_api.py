"""An endpoint without the Resource Groups Tagging API: Organizations itself is asked for each thing's tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

pytestmark = pytest.mark.emulator(profile="tagging = false")


def test_it_converges_without_the_tagging_api(example: Organization, emulator: Emulator) -> None:
    example.converge()
    aws = example.aws()
    assert not example.plan(aws=aws).plan
    assert {call.outcome for call in emulator.calls() if call.action == "resourcegroupstaggingapi.GetResources"} == {
        "UnknownOperationException"
    }
    things = len(example.ous()) + len(example.accounts())  # with the root, without the management account
    assert aws.metrics.calls["organizations.ListTagsForResource"] > things
