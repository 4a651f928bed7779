"""An endpoint without the Resource Groups Tagging API: Organizations itself is asked for each thing's tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.system.organization import Organization


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(tagging=False) as running:
        yield running


def test_it_converges_without_the_tagging_api(example: Organization, sandbox: Sandbox) -> None:
    example.converge()
    aws = example.aws()
    assert not example.plan(aws=aws).plan
    assert {call.outcome for call in sandbox.calls() if call.action == "resourcegroupstaggingapi.GetResources"} == {
        "UnknownOperationException"
    }
    things = len(example.units()) + len(example.accounts())  # with the root, without the management account
    assert aws.spent.calls["organizations.ListTagsForResource"] > things
