"""Policies: their content, their size and their attachments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.emulator.limits import POLICY_LIMITS

if TYPE_CHECKING:
    from tests.emulator.conftest import Organization, Refused

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


def create(organization: Organization, kind: str, content: Any, name: Any = "policy") -> Any:
    text = content if isinstance(content, str) else json.dumps(content)
    return organization.api.create_policy(Name=name, Description="", Type=kind, Content=text)


def scp(**statement: Any) -> Any:
    allowed = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    merged = {key: value for key, value in {**allowed, **statement}.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": merged}


def rcp(**statement: Any) -> Any:
    return scp(Principal="*") | {"Statement": scp(**{"Principal": "*", **statement})["Statement"]}


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '"text"',
        {"Statement": scp()["Statement"]},
        {"Version": "2012-10-17"},
        {"Version": "2012-10-17", "Statement": []},
        scp(Effect="Maybe"),
        scp(Action=None),
        scp(Action=[]),
        scp(Action="s3"),
        scp(NotAction="iam:*"),
        scp(Resource=None),
        scp(NotResource="*"),
        scp(Principal="*"),
        scp(NotPrincipal="*"),
        scp(Condition=[]),
        scp(Actions="s3:*"),
    ],
)
def test_an_invalid_scp_is_malformed(organization: Organization, content: Any, refused: Refused) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html."""
    with refused("MalformedPolicyDocumentException"):
        create(organization, SCP, content)


@pytest.mark.parametrize(
    "content",
    [
        scp(Effect="Allow", Action="*"),
        scp(Effect="Allow", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        scp(Action=None, NotAction=["iam:*", "sts:*"]),
        scp(Resource=None, NotResource="arn:aws:s3:::a/*", Sid="Statement1"),
        {"Version": "2012-10-17", "Statement": [scp()["Statement"], scp()["Statement"]]},
    ],
)
def test_the_full_iam_language_is_allowed_in_an_scp(organization: Organization, content: Any) -> None:
    """Since 19 September 2025: conditions, resources and NotAction with both effects."""
    assert create(organization, SCP, content)


@pytest.mark.parametrize(
    "content",
    [
        rcp(Effect="Allow"),
        rcp(Principal=None),
        rcp(Principal={"AWS": "*"}),
        rcp(Action="*"),
        rcp(Action=None, NotAction="s3:*"),
        rcp(NotPrincipal="*"),
    ],
)
def test_an_invalid_rcp_is_malformed(organization: Organization, content: Any, refused: Refused) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html."""
    with refused("MalformedPolicyDocumentException"):
        create(organization, RCP, content)


def test_a_valid_rcp_and_any_object_of_other_types_are_accepted(organization: Organization) -> None:
    assert create(organization, RCP, rcp())
    assert create(organization, "TAG_POLICY", {"tags": {}})


@pytest.mark.parametrize("kind", sorted(POLICY_LIMITS))
def test_every_character_counts_towards_the_size(organization: Organization, kind: str, refused: Refused) -> None:
    """Limits page: through the API the policy is saved exactly as provided, white space and all."""
    limit = POLICY_LIMITS[kind].characters
    small = json.dumps({SCP: scp(), RCP: rcp()}.get(kind, {"any": "object"}))
    policy = create(organization, kind, small.ljust(limit))["Policy"]["PolicySummary"]["Id"]
    with refused("ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED"):
        create(organization, kind, small.ljust(limit + 1), "larger")
    with refused("ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED"):
        organization.api.update_policy(PolicyId=policy, Content=small.ljust(limit + 1))
    assert organization.api.describe_policy(PolicyId=policy)["Policy"]["Content"] == small.ljust(limit)


def test_a_name_is_unique_within_a_type(organization: Organization, refused: Refused) -> None:
    create(organization, SCP, scp(), "same")
    create(organization, "TAG_POLICY", {"tags": {}}, "same")
    other = organization.policy("other")
    with refused("DuplicatePolicyException"):
        create(organization, SCP, scp(), "same")
    with refused("DuplicatePolicyException"):
        organization.api.update_policy(PolicyId=other, Name="same")


def test_an_update_changes_only_what_it_names(organization: Organization, refused: Refused) -> None:
    policy = organization.policy("mine")
    before = organization.api.describe_policy(PolicyId=policy)["Policy"]["Content"]
    organization.api.update_policy(PolicyId=policy, Name="renamed", Description="why")
    after = organization.api.describe_policy(PolicyId=policy)["Policy"]
    assert (after["PolicySummary"]["Name"], after["PolicySummary"]["Description"]) == ("renamed", "why")
    assert after["Content"] == before
    with refused("MalformedPolicyDocumentException"):
        organization.api.update_policy(PolicyId=policy, Content="{}")


def test_a_type_that_is_not_enabled_cannot_be_attached(organization: Organization, refused: Refused) -> None:
    """API reference, AttachPolicy: PolicyTypeNotEnabledException."""
    policy = organization.policy("mine", "TAG_POLICY")
    with refused("PolicyTypeNotEnabledException"):
        organization.api.attach_policy(PolicyId=policy, TargetId=organization.root)


def test_attaching_twice_or_to_a_missing_target_is_an_error(organization: Organization, refused: Refused) -> None:
    policy = organization.policy("mine")
    attach = organization.api.attach_policy
    attach(PolicyId=policy, TargetId=organization.root)
    with refused("DuplicatePolicyAttachmentException"):
        attach(PolicyId=policy, TargetId=organization.root)
    for nothing in ("ou-none-00000000", "r-none", "000000000000"):
        with refused("TargetNotFoundException"):
            attach(PolicyId=policy, TargetId=nothing)
    with refused("InvalidInputException", "INVALID_PATTERN_TARGET_ID"):
        attach(PolicyId=policy, TargetId="not-an-id")
    with refused("PolicyNotFoundException"):
        attach(PolicyId="p-00000000", TargetId=organization.root)


@pytest.mark.parametrize("kind", [SCP, RCP, "TAG_POLICY", "CHATBOT_POLICY"])
def test_a_target_has_a_maximum_of_each_type_with_full_access_counted(
    organization: Organization, kind: str, refused: Refused
) -> None:
    """Limits page: ten SCPs and five RCPs, "RCPFullAWSAccess ... counts"."""
    if kind != SCP:
        organization.api.enable_policy_type(RootId=organization.root, PolicyType=kind)
    ou = organization.ou("ou")
    free = POLICY_LIMITS[kind].attached - len(organization.attached(ou, kind))
    for number in range(free):
        organization.api.attach_policy(PolicyId=organization.policy(f"p{number}", kind), TargetId=ou)
    with refused("ConstraintViolationException", "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"):
        organization.api.attach_policy(PolicyId=organization.policy("more", kind), TargetId=ou)


def test_the_last_scp_stays_and_a_replacement_is_attached_first(organization: Organization, refused: Refused) -> None:
    """API reference, DetachPolicy: the last SCP cannot be detached."""
    api, ou = organization.api, organization.ou("ou")
    with refused("ConstraintViolationException", "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"):
        api.detach_policy(PolicyId="p-FullAWSAccess", TargetId=ou)
    api.attach_policy(PolicyId=organization.policy("mine"), TargetId=ou)
    api.detach_policy(PolicyId="p-FullAWSAccess", TargetId=ou)
    assert organization.attached(ou) == ["mine"]


def test_full_access_of_rcps_cannot_be_detached(organization: Organization, refused: Refused) -> None:
    """InvalidInputException, NON_DETACHABLE_POLICY."""
    organization.api.enable_policy_type(RootId=organization.root, PolicyType=RCP)
    organization.api.attach_policy(PolicyId=organization.policy("mine", RCP), TargetId=organization.root)
    with refused("InvalidInputException", "NON_DETACHABLE_POLICY"):
        organization.api.detach_policy(PolicyId="p-RCPFullAWSAccess", TargetId=organization.root)


def test_detaching_a_policy_that_is_not_attached_is_an_error(organization: Organization, refused: Refused) -> None:
    with refused("PolicyNotAttachedException"):
        organization.api.detach_policy(PolicyId=organization.policy("mine"), TargetId=organization.root)
    with refused("PolicyNotFoundException"):
        organization.api.detach_policy(PolicyId="p-00000000", TargetId=organization.root)


def test_a_policy_in_use_cannot_be_deleted(organization: Organization, refused: Refused) -> None:
    policy = organization.policy("mine")
    organization.api.attach_policy(PolicyId=policy, TargetId=organization.root)
    with refused("PolicyInUseException"):
        organization.api.delete_policy(PolicyId=policy)
    organization.api.detach_policy(PolicyId=policy, TargetId=organization.root)
    organization.api.delete_policy(PolicyId=policy)
    for call in (organization.api.describe_policy, organization.api.delete_policy):
        with refused("PolicyNotFoundException"):
            call(PolicyId=policy)


def test_policies_of_aws_cannot_be_changed(organization: Organization, refused: Refused) -> None:
    with refused("InvalidInputException", "IMMUTABLE_POLICY"):
        organization.api.update_policy(PolicyId="p-FullAWSAccess", Name="mine")
    with refused("InvalidInputException", "IMMUTABLE_POLICY"):
        organization.api.delete_policy(PolicyId="p-FullAWSAccess")


def test_lists_of_policies_and_targets_have_pages_of_twenty(organization: Organization) -> None:
    policy = organization.policy("everywhere")
    for number in range(20):
        organization.policy(f"p{number}")
        organization.api.attach_policy(PolicyId=policy, TargetId=organization.ou(f"u{number}"))
    organization.api.attach_policy(PolicyId=policy, TargetId=organization.root)
    policies = organization.api.list_policies(Filter=SCP)
    targets = organization.api.list_targets_for_policy(PolicyId=policy)
    assert [len(policies["Policies"]), len(targets["Targets"])] == [20, 20]
    rest = organization.api.list_targets_for_policy(PolicyId=policy, NextToken=targets["NextToken"])
    assert [(each["TargetId"], each["Type"]) for each in rest["Targets"]] == [(organization.root, "ROOT")]
