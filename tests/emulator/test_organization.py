"""The organization, its root and its policy types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.emulator.limits import POLICY_LIMITS

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused

MANAGEMENT = "123456789012"


def test_without_an_organization_everything_says_so(aws: Aws, refused: Refused) -> None:
    """API reference, DescribeOrganization: AWSOrganizationsNotInUseException."""
    api = aws("organizations")
    for call in (api.describe_organization, api.list_roots, api.list_accounts):
        with refused("AWSOrganizationsNotInUseException"):
            call()


def test_a_new_organization_has_scps_enabled_and_full_access_attached(organization: Organization) -> None:
    """API reference, CreateOrganization: with ALL features SCPs are enabled in the root; RCPs are not."""
    root = organization.api.list_roots()["Roots"][0]
    assert root["PolicyTypes"] == [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    assert organization.attached(organization.root) == ["FullAWSAccess"]
    assert organization.attached(MANAGEMENT) == ["FullAWSAccess"]
    assert organization.attached(MANAGEMENT, "RESOURCE_CONTROL_POLICY") == []


def test_a_second_organization_is_refused(organization: Organization, refused: Refused) -> None:
    with refused("AlreadyInOrganizationException"):
        organization.api.create_organization()


def test_a_member_may_describe_the_organization_but_not_list_its_accounts(
    aws: Aws, organization: Organization, refused: Refused
) -> None:
    """API reference, ListAccounts: only the management account or a delegated administrator may call it."""
    member = aws("organizations", organization.account("alice"))
    assert member.describe_organization()["Organization"]["Id"] == organization.id
    with refused("AccessDeniedException"):
        member.list_accounts()


def test_the_management_account_has_no_access_role(aws: Aws, organization: Organization) -> None:
    """User guide, "Accessing member accounts": the role is made in created member accounts only."""
    assert organization.id
    assert aws("iam").list_roles()["Roles"] == []


@pytest.mark.parametrize("kind", sorted(POLICY_LIMITS))
def test_all_fifteen_types_can_be_enabled_used_and_disabled(
    organization: Organization, kind: str, refused: Refused
) -> None:
    """API model 1.44.5, PolicyType."""
    if kind != "SERVICE_CONTROL_POLICY":
        organization.api.enable_policy_type(RootId=organization.root, PolicyType=kind)
    with refused("PolicyTypeAlreadyEnabledException"):
        organization.api.enable_policy_type(RootId=organization.root, PolicyType=kind)
    policy = organization.policy("mine", kind)
    organization.api.attach_policy(PolicyId=policy, TargetId=organization.root)
    arn = organization.api.describe_policy(PolicyId=policy)["Policy"]["PolicySummary"]["Arn"]
    assert f":policy/{organization.id}/{kind.lower()}/" in arn
    organization.api.disable_policy_type(RootId=organization.root, PolicyType=kind)
    assert organization.attached(organization.root, kind) == []
    with refused("PolicyTypeNotEnabledException"):
        organization.api.disable_policy_type(RootId=organization.root, PolicyType=kind)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("SERVICE_CONTROL_POLICY", "FullAWSAccess"), ("RESOURCE_CONTROL_POLICY", "RCPFullAWSAccess")],
)
def test_enabling_attaches_full_access_everywhere_and_to_later_targets(
    organization: Organization, kind: str, name: str
) -> None:
    """User guide, "SCP evaluation": FullAWSAccess is attached to every root, OU and account when enabled."""
    api = organization.api
    api.disable_policy_type(RootId=organization.root, PolicyType="SERVICE_CONTROL_POLICY")
    ou, account = organization.ou("before"), organization.account("before")
    assert organization.attached(ou, kind) == []
    api.enable_policy_type(RootId=organization.root, PolicyType=kind)
    later = [organization.ou("after"), organization.account("after")]
    for target in [organization.root, ou, account, MANAGEMENT, *later]:
        assert organization.attached(target, kind) == [name]


def test_disabling_detaches_everything_and_enabling_attaches_full_access_only(organization: Organization) -> None:
    """User guide, "Disabling a policy type"."""
    policy, ou = organization.policy("mine"), organization.ou("ou")
    organization.api.attach_policy(PolicyId=policy, TargetId=ou)
    organization.api.disable_policy_type(RootId=organization.root, PolicyType="SERVICE_CONTROL_POLICY")
    organization.api.enable_policy_type(RootId=organization.root, PolicyType="SERVICE_CONTROL_POLICY")
    assert organization.attached(ou) == ["FullAWSAccess"]
    assert organization.api.list_targets_for_policy(PolicyId=policy)["Targets"] == []


def test_an_unknown_type_and_an_unknown_root_are_refused(organization: Organization, refused: Refused) -> None:
    with refused("InvalidInputException", "INVALID_ENUM_POLICY_TYPE"):
        organization.api.enable_policy_type(RootId=organization.root, PolicyType="NO_SUCH_POLICY")
    with refused("RootNotFoundException"):
        organization.api.enable_policy_type(RootId="r-none", PolicyType="TAG_POLICY")


def test_an_organization_with_members_cannot_be_deleted(organization: Organization, refused: Refused) -> None:
    organization.account("alice")
    with refused("OrganizationNotEmptyException"):
        organization.api.delete_organization()
