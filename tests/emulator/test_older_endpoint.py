"""An endpoint without Account.State and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Organization

pytestmark = pytest.mark.emulator(paths=False)


@pytest.mark.parametrize("profile", ["calm", "real"])
def test_an_older_endpoint_has_no_state_and_no_paths(
    emulator: Emulator, organization: Organization, profile: str
) -> None:
    """Account.Paths and OrganizationalUnit.Path are in the API model since botocore 1.42.80."""
    account, unit = organization.account("alice"), organization.ou("unit")
    emulator.become(profile)
    described = organization.api.describe_account(AccountId=account)["Account"]
    assert described["Status"] == "ACTIVE"
    assert not {"State", "Paths"} & described.keys()
    found = organization.api.describe_organizational_unit(OrganizationalUnitId=unit)["OrganizationalUnit"]
    assert "Path" not in found
