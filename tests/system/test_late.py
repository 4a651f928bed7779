"""What AWS shows late or not at all: the plan is still right, or says what it could not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bootstrap import workflow
from bootstrap.model.errors import BootstrapError
from bootstrap.render import sentences
from bootstrap.render.text import render_text
from bootstrap.resources.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.aws.client import AwsClient
    from tests.system.organization import Organization

ALICE = "account_specs/developers/alice.yaml"


def answering(organization: Organization, event: str, change: Callable[[Any], None]) -> AwsClient:
    """An AWS whose answers to one operation are changed before anybody sees them."""
    aws = organization.aws()
    aws.on_event(f"after-call.{event}", lambda parsed, **_: change(parsed))
    return aws


def test_an_account_name_that_the_list_shows_late_is_not_changed_again(example: Organization) -> None:
    example.converge()

    def show_the_old_name(parsed: Any) -> None:
        for account in parsed["Accounts"]:
            account["Name"] = {"developer-alice": "old name"}.get(account["Name"], account["Name"])

    aws = answering(example, "organizations.ListAccounts", show_the_old_name)
    assert not example.plan(aws=aws).plan
    assert aws.metrics.calls["account.GetAccountInformation"] == 1


def test_tags_that_the_tagging_api_shows_late_are_read_again(example: Organization) -> None:
    example.converge()

    def show_what_was(parsed: Any) -> None:
        for found in parsed["ResourceTagMappingList"]:
            for tag in found["Tags"]:
                if tag["Value"] in {"alice@example.com", "region.limit"}:
                    tag["Value"] = "was"
        parsed["ResourceTagMappingList"] = parsed["ResourceTagMappingList"][2:]

    aws = answering(example, "resource-groups-tagging-api.GetResources", show_what_was)
    assert not example.plan(aws=aws).plan
    assert 0 < aws.metrics.calls["organizations.ListTagsForResource"] <= 4


def lock(organization: Organization, key: str) -> None:
    """Let nobody in through the access role."""
    iam = organization.client("iam", organization.accounts()[key])
    for name in iam.list_role_policies(RoleName="OrganizationAccountAccessRole")["PolicyNames"]:
        iam.delete_role_policy(RoleName="OrganizationAccountAccessRole", PolicyName=name)
    iam.delete_role(RoleName="OrganizationAccountAccessRole")


def test_an_account_that_cannot_be_entered_keeps_no_other_from_being_planned(example: Organization) -> None:
    example.converge()
    lock(example, "developer-bob")
    example.edit("secrets_layout/orders.yaml", "The database that holds the orders.", "Where the orders are.")
    planned = example.plan()
    assert {(change.action.value, change.address.name) for change in planned.plan.changes} == {
        ("update", "developer-alice"),
        ("update", "orders-beta"),
        ("update", "orders-production"),
        ("create", "developer-bob"),
    }
    (inaccessible,) = planned.plan.inaccessible
    assert str(inaccessible.address) == "baseline:developer-bob"
    assert "AccessDenied" in inaccessible.reason
    assert f"{sentences.INACCESSIBLE}:\n  baseline:developer-bob: sts.AssumeRole" in render_text(planned.review)


def test_what_cannot_be_read_is_not_forgotten_without_an_approval(example: Organization) -> None:
    example.converge()
    lock(example, "developer-bob")
    here = next(iter(KINDS["organization"].desired(example.spec())))
    planned = workflow.plan_destruction(here, KINDS, example.aws(), approvals=["destroy:example"])
    assert [blocker.token for blocker in planned.review.blockers] == ["forget:baseline:developer-bob"]


def test_the_management_account_is_never_taken_for_another(example: Organization) -> None:
    organizations = example.client("organizations")
    email = organizations.create_organization(FeatureSet="ALL")["Organization"]["MasterAccountEmail"]
    example.edit(ALICE, "aws+alice@example.com", email)
    with pytest.raises(
        BootstrapError, match=r"account_specs/developers/alice.yaml:.* has the e-mail of the management"
    ):
        example.plan()


def test_an_account_id_in_the_yaml_converges(example: Organization) -> None:
    """Where we would name an account by its key, a guardrail may as well name it by its id."""
    example.converge()
    tooling = example.accounts()["tooling"]
    example.edit(
        "scps/region-limit.yaml",
        'exempt_principals: ["',
        f'exempt_principals: ["arn:aws:iam::{tooling}:role/zz", "arn:aws:iam::{tooling}:role/aa", "',
    )
    assert [str(change.address) for change in example.plan().plan.changes] == ["policy:region.limit"]
    example.converge()
