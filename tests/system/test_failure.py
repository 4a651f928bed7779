"""A failure skips only what depends on it, is reported in AWS's words, and the next run continues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap import workflow
from bootstrap.emulator import Fault, options
from bootstrap.emulator.failures import ACCOUNT_FAILURES
from bootstrap.engine.apply import Done, Failed, Skipped
from bootstrap.model.resource import Address
from bootstrap.render.report import render_report
from bootstrap.resources.registry import KINDS
from tests.system.precision import check_precise

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.system.organization import Organization

LAYOUT = "secrets_layout/orders.yaml"
ENTRY = """
  orders/search:
    description: The index of the shop.
    environments: [beta, production]
    keys: [token]
    generated: {key: token}
"""


def test_a_failed_ou_skips_what_is_in_it_and_the_rest_goes_on(example: Organization) -> None:
    organizations = example.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    planned = example.plan()
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.create_organizational_unit(ParentId=root, Name="Workloads")  # by somebody else, since the plan
    report = workflow.apply(planned, KINDS, example.aws())
    failed = {str(outcome.change.address): outcome for outcome in report.outcomes if isinstance(outcome, Failed)}
    skipped = {str(outcome.change.address) for outcome in report.outcomes if isinstance(outcome, Skipped)}
    done = {str(outcome.change.address) for outcome in report.outcomes if isinstance(outcome, Done)}
    assert "DuplicateOrganizationalUnitException" in str(failed.pop("ou:Workloads").error)
    assert not failed
    assert {"ou:Workloads/Developers", "account:developer-alice", "baseline:developer-alice"} <= skipped
    assert {"ou:Security", "account:security", "account:tooling", "policy:region.limit"} <= done
    assert set(example.accounts()) == {"master", "security", "tooling"}
    example.converge()


def test_a_failed_stack_is_reported_in_cloudformations_words_and_then_deployed(example: Organization) -> None:
    """Somebody has an unmanaged secret of that name in one account."""
    example.converge()
    beta = example.accounts()["orders-beta"]
    secrets = example.client("secretsmanager", beta, "eu-west-1")
    secrets.create_secret(Name="orders/search", SecretString="theirs")
    example.edit(LAYOUT, "entries:\n", f"entries:{ENTRY}")
    report = example.apply()
    outcomes = {str(outcome.change.address): outcome for outcome in report.outcomes}
    assert {here: type(outcome) for here, outcome in outcomes.items()} == {
        "baseline:orders-beta": Failed,
        "baseline:orders-production": Done,
    }
    text = render_report(report, again="org-bootstrap apply")
    assert "UPDATE_ROLLBACK_COMPLETE" in text
    assert "SecretOrdersSearch" in text
    assert "already exists" in text
    assert secrets.get_secret_value(SecretId="orders/search")["SecretString"] == "theirs"
    assert [str(change.address) for change in example.plan().plan.changes] == ["baseline:orders-beta"]
    secrets.delete_secret(SecretId="orders/search", ForceDeleteWithoutRecovery=True)
    example.converge()


def test_a_stack_that_says_complete_and_lacks_something_is_a_failure(small: Organization) -> None:
    aws = small.aws()

    def lose_the_boundary(parsed: Any, **_: Any) -> None:
        parsed["StackResourceSummaries"] = [
            resource
            for resource in parsed["StackResourceSummaries"]
            if resource["LogicalResourceId"] != "PermissionsBoundary"
        ]

    aws.on_event("after-call.cloudformation.ListStackResources", lose_the_boundary)
    report = small.apply(aws=aws)
    outcome = {outcome.change.address: outcome for outcome in report.outcomes}[Address("baseline", "developer-alice")]
    assert isinstance(outcome, Failed)
    assert "is complete but lacks PermissionsBoundary" in str(outcome.error)


def test_an_account_that_aws_does_not_create_is_reported_with_the_reason_and_the_limit(
    small: Organization, emulator: Emulator
) -> None:
    emulator.fail_account("ACCOUNT_LIMIT_EXCEEDED", email="aws+alice@example.com")
    aws = small.aws()
    (failed,) = [outcome for outcome in small.apply(aws=aws).outcomes if isinstance(outcome, Failed)]
    assert "developer-alice failed: ACCOUNT_LIMIT_EXCEEDED (AWS's limit: 10 accounts by default" in str(failed.error)
    assert aws.metrics.calls["organizations.CreateAccount"] == 2, "none is asked for twice"
    small.converge()


def test_a_quota_is_reported_at_once_with_its_number(example: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options.CURRENT, "profile", replace(options.CURRENT.profile, account_quota=3))
    aws = example.aws()
    report = example.apply(aws=aws)
    failed = [outcome for outcome in report.outcomes if isinstance(outcome, Failed)]
    assert {outcome.change.address.kind for outcome in failed} == {"account"}
    for outcome in failed:
        assert "ACCOUNT_NUMBER_LIMIT_EXCEEDED" in str(outcome.error)
        assert "(AWS's limit: 10 accounts by default" in str(outcome.error)
        assert "Service Quotas" in outcome.error.hint
    assert aws.metrics.calls["organizations.CreateAccount"] == 6, "none is asked for twice"
    assert len(example.accounts()) == 3
    monkeypatch.undo()
    example.converge()


@pytest.mark.parametrize(
    ("action", "fault", "code"),
    [
        ("organizations.AttachPolicy", Fault.SERVER_ERROR, "Service"),
        ("organizations.AttachPolicy", Fault.CONCURRENT_MODIFICATION, "ConcurrentModificationException"),
        ("organizations.CreatePolicy", Fault.THROTTLED, "TooManyRequestsException"),
        ("organizations.MoveAccount", Fault.RESET_BEFORE, "ConnectionClosedError"),
        ("organizations.CreateAccount", Fault.RESET_BEFORE, "every answer from AWS was lost"),
        ("cloudformation.CreateChangeSet", Fault.EXPIRED_TOKEN, "ExpiredToken"),
        ("cloudformation.ExecuteChangeSet", Fault.SKEWED_CLOCK, "SignatureDoesNotMatch"),
    ],
)
def test_a_failure_that_does_not_pass_is_reported_with_the_call_the_code_and_a_hint(
    small: Organization, emulator: Emulator, action: str, fault: Fault, code: str
) -> None:
    emulator.fail_next(action, fault, times=1_000_000)
    failures = check_precise(small.apply())
    assert any(code in failure.error.message for failure in failures)
    emulator.reset()


@pytest.mark.parametrize("reason", sorted(ACCOUNT_FAILURES))
def test_an_account_that_aws_never_creates_is_reported_with_the_reason_and_a_hint(
    small: Organization, emulator: Emulator, reason: str
) -> None:
    emulator.fail_account(reason, email="aws+tooling@example.com", times=1_000_000)
    failures = check_precise(small.apply())
    assert [str(failure.change.address) for failure in failures] == ["account:tooling"]
    assert reason in failures[0].error.message


def test_a_resource_that_fails_is_reported_with_its_stack_and_a_hint(small: Organization, emulator: Emulator) -> None:
    emulator.fail_resource("AWS::IAM::Role")
    (failure,) = check_precise(small.apply())
    assert "ROLLBACK_COMPLETE" in failure.error.message
