"""Policy types and IAM with delays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws, Organization, Refused

PROFILE = """
[delays_s]
policy_type = [10, 10]
iam_propagation = [10, 10]
"""
KIND = "TAG_POLICY"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
pytestmark = pytest.mark.emulator(profile=PROFILE)


def status(organization: Organization, kind: str = KIND) -> str | None:
    types = organization.api.list_roots()["Roots"][0]["PolicyTypes"]
    return {each["Type"]: each["Status"] for each in types}.get(kind)


def test_a_policy_type_is_pending_before_it_is_enabled(organization: Organization, emulator: Emulator) -> None:
    """API reference, EnablePolicyType: asynchronous; ListRoots tells the status."""
    organization.api.enable_policy_type(RootId=organization.root, PolicyType=KIND)
    assert status(organization) == "PENDING_ENABLE"
    emulator.advance(10)
    assert status(organization) == "ENABLED"


def test_scps_are_enabled_with_the_organization(organization: Organization) -> None:
    """API reference, CreateOrganization: "service control policies automatically enabled in the root"."""
    assert status(organization, "SERVICE_CONTROL_POLICY") == "ENABLED"


def test_a_policy_of_a_pending_type_is_not_attached(
    organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    """API reference, AttachPolicy: PolicyTypeNotEnabledException."""
    policy = organization.policy("p", KIND)
    organization.api.enable_policy_type(RootId=organization.root, PolicyType=KIND)
    with refused("PolicyTypeNotEnabledException"):
        organization.api.attach_policy(PolicyId=policy, TargetId=organization.root)
    emulator.advance(10)
    organization.api.attach_policy(PolicyId=policy, TargetId=organization.root)
    assert organization.attached(organization.root, KIND) == ["p"]


def test_full_access_is_attached_everywhere_once_a_type_is_enabled(
    organization: Organization, emulator: Emulator
) -> None:
    kind = "RESOURCE_CONTROL_POLICY"
    before = organization.ou("before")
    organization.api.enable_policy_type(RootId=organization.root, PolicyType=kind)
    meanwhile = organization.ou("meanwhile")
    assert organization.attached(meanwhile, kind) == []
    emulator.advance(10)
    for target in (organization.root, before, meanwhile):
        assert organization.attached(target, kind) == ["RCPFullAWSAccess"]


def test_a_pending_type_is_neither_enabled_nor_disabled_again(organization: Organization, refused: Refused) -> None:
    """API reference, EnablePolicyType and DisablePolicyType: PolicyChangesInProgressException."""
    organization.api.enable_policy_type(RootId=organization.root, PolicyType=KIND)
    for call in (organization.api.enable_policy_type, organization.api.disable_policy_type):
        with refused("PolicyChangesInProgressException"):
            call(RootId=organization.root, PolicyType=KIND)


def test_a_policy_type_is_pending_before_it_is_disabled(organization: Organization, emulator: Emulator) -> None:
    """API reference, DisablePolicyType, and API model, PolicyTypeStatus: PENDING_DISABLE."""
    kind = "SERVICE_CONTROL_POLICY"
    organization.api.disable_policy_type(RootId=organization.root, PolicyType=kind)
    assert status(organization, kind) == "PENDING_DISABLE"
    assert organization.attached(organization.root) == ["FullAWSAccess"]
    emulator.advance(10)
    assert status(organization, kind) is None
    assert organization.attached(organization.root) == []


def test_an_organization_can_be_deleted_while_a_type_is_pending(
    organization: Organization, emulator: Emulator, refused: Refused
) -> None:
    organization.api.enable_policy_type(RootId=organization.root, PolicyType=KIND)
    organization.api.delete_organization()
    emulator.advance(10)
    with refused("AWSOrganizationsNotInUseException"):
        organization.api.list_roots()


# --- IAM User Guide, "Changes that I make are not always immediately visible"


def assume(aws: Aws, role: str) -> None:
    aws("sts").assume_role(RoleArn=f"arn:aws:iam::123456789012:role/{role}", RoleSessionName="test")


def test_a_new_role_can_be_read_before_it_can_be_assumed(aws: Aws, emulator: Emulator, refused: Refused) -> None:
    aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    assert aws("iam").get_role(RoleName="r")["Role"]["RoleName"] == "r"
    with refused("AccessDenied"):
        assume(aws, "r")
    emulator.advance(10)
    assume(aws, "r")


@pytest.mark.parametrize("change", ["trust", "inline", "inline deleted", "attached", "detached"])
def test_sts_sees_a_changed_role_after_a_delay(aws: Aws, emulator: Emulator, refused: Refused, change: str) -> None:
    iam, arn = aws("iam"), "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="r", PolicyName="old", PolicyDocument=ALLOW)
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    emulator.advance(10)
    match change:
        case "trust":
            iam.update_assume_role_policy(RoleName="r", PolicyDocument=TRUST)
        case "inline":
            iam.put_role_policy(RoleName="r", PolicyName="new", PolicyDocument=ALLOW)
        case "inline deleted":
            iam.delete_role_policy(RoleName="r", PolicyName="old")
        case "attached":
            iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
        case "detached":
            iam.detach_role_policy(RoleName="r", PolicyArn=arn)
    with refused("AccessDenied"):
        assume(aws, "r")
    emulator.advance(10)
    assume(aws, "r")
