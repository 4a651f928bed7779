"""A saved AWS is restored as it was: what is in it, what was called, its time, and the ids that come next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.conftest import template

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws, Organization

SECRET = {"S": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "one", "GenerateSecretString": {}}}}


def held(aws: Aws, account: str) -> dict[str, Any]:
    """Something of each service, by what asks for it."""
    secrets, organizations = aws("secretsmanager", account), aws("organizations")
    stacks = aws("cloudformation", account).describe_stacks()["Stacks"]
    return {
        "accounts": organizations.list_accounts()["Accounts"],
        "stacks": [{**stack, "Tags": sorted(stack["Tags"], key=str)} for stack in stacks],
        "value": secrets.get_secret_value(SecretId="one")["SecretString"],
        "roles": [role["RoleName"] for role in aws("iam", account).list_roles()["Roles"]],
        "parameter": aws("ssm").get_parameter(Name="/kept")["Parameter"]["Value"],
    }


@pytest.fixture
def account(aws: Aws, organization: Organization) -> str:
    account = organization.account("alice")
    aws("cloudformation", account).create_stack(StackName="s", TemplateBody=template(SECRET))
    aws("ssm").put_parameter(Name="/kept", Value="first", Type="String")
    return account


def test_whatever_came_later_is_gone_and_all_that_was_there_is_back(
    emulator: Emulator, aws: Aws, organization: Organization, account: str
) -> None:
    before, saved = held(aws, account), emulator.save()
    calls = emulator.calls()
    for _ in range(2):
        aws("cloudformation", account).delete_stack(StackName="s")
        aws("ssm").put_parameter(Name="/kept", Value="second", Type="String", Overwrite=True)
        organization.account("bob")
        emulator.restore(saved)
        assert emulator.calls() == calls
        assert held(aws, account) == before


def test_a_restored_aws_gives_no_id_twice_and_goes_on_in_time(
    emulator: Emulator, organization: Organization, account: str
) -> None:
    emulator.advance(1000)
    saved = emulator.save()
    emulator.restore(saved)
    assert organization.account("bob") != account
    assert emulator.calls()[-1].at > 1000


def test_an_aws_that_is_at_work_is_not_saved(emulator: Emulator, organization: Organization, tmp_path: Any) -> None:
    (tmp_path / "slow.toml").write_text("delays_s = { account_creation = [60, 60] }", "utf-8")
    emulator.become(str(tmp_path / "slow.toml"))
    organization.api.create_account(Email="a@example.org", AccountName="a")
    with pytest.raises(RuntimeError, match="in progress"):
        emulator.save()
    emulator.advance(61)
    emulator.restore(emulator.save())
    assert len(organization.api.list_accounts()["Accounts"]) == 2
    emulator.become("calm")
