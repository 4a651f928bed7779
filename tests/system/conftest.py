"""The example organization, in a folder of its own and on an empty AWS; and a small one, for tests that repeat."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bootstrap.workflow.example import write_example
from tests.conftest import REPOSITORY
from tests.system.organization import Organization

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator

SMALL = """
organization:
  name: small
  home_region: eu-west-1
  allowed_regions: [eu-west-1]
organizational_units:
  Root: {guardrails: [root.deny]}
  Workloads: {guardrails: [region.limit]}
  Workloads/Developers:
environments:
  developer:
    ou: Workloads/Developers
    guardrails: [budget.protect]
    deploy: {account: tooling, role: ci}
    budget: {monthly_usd: 50}
accounts:
  tooling: {email: aws+tooling@example.com, owner: platform@example.com, ou: Root}
"""


@pytest.fixture
def example(tmp_path: Path, emulator: Emulator) -> Organization:
    emulator.reset()
    write_example(tmp_path)
    return Organization(tmp_path, emulator.endpoint, emulator=emulator)


@pytest.fixture
def small(tmp_path: Path, emulator: Emulator) -> Organization:
    """One developer, one shared account, three guardrails, one application's entries."""
    emulator.reset()
    write_small(tmp_path)
    return Organization(tmp_path, emulator.endpoint, emulator=emulator)


def write_small(folder: Path) -> None:
    (folder / "account_specs").mkdir()
    (folder / "account_specs" / "organization.yaml").write_text(SMALL, "utf-8")
    shutil.copy(REPOSITORY / "account_specs" / "developers" / "alice.yaml", folder / "account_specs")
    shutil.copytree(REPOSITORY / "scps", folder / "scps")
    (folder / "secrets_layout").mkdir()
