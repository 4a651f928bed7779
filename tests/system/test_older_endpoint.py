"""An endpoint whose accounts have no Paths and no State: the tool asks each OU for its accounts instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.system.organization import Organization

pytestmark = pytest.mark.emulator(profile="paths = false")


def test_it_converges_without_paths_and_state(example: Organization) -> None:
    accounts = example.client("organizations")
    example.converge()
    assert "Paths" not in accounts.list_accounts()["Accounts"][0]
    aws = example.aws()
    example.plan(aws=aws)
    assert aws.metrics.calls["organizations.ListAccountsForParent"] == len(example.ous()) + 1
