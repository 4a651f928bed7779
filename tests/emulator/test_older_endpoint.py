"""An endpoint without Account.State and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Organization


@pytest.mark.parametrize("base", ["calm", "real"])
def test_an_older_endpoint_has_no_state_and_no_paths(
    emulator: Emulator, organization: Organization, base: str, tmp_path: Path
) -> None:
    """Account.Paths and OrganizationalUnit.Path are in the API model since botocore 1.42.80."""
    account, unit = organization.account("alice"), organization.ou("unit")
    (tmp_path / "older.toml").write_text(f'base = "{base}"\npaths = false', "utf-8")
    emulator.become(str(tmp_path / "older.toml"))
    described = organization.api.describe_account(AccountId=account)["Account"]
    assert described["Status"] == "ACTIVE"
    assert not {"State", "Paths"} & described.keys()
    found = organization.api.describe_organizational_unit(OrganizationalUnitId=unit)["OrganizationalUnit"]
    assert "Path" not in found
