"""The guardrail library: each file, its own tests, and the verdict of an independent validator."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from iam_validator.core.config.config_loader import ValidatorConfig
from iam_validator.core.models import IAMPolicy
from iam_validator.core.policy_checks import validate_policies

from bootstrap.policy import types
from bootstrap.policy.checks import check_policies
from bootstrap.policy.compile import Compiler, compile_policies
from bootstrap.policy.evaluate import ALLOW_ALL, RequestContext, decide
from bootstrap.policy.guardrail_tests import run_tests
from bootstrap.policy.placeholder_ids import PlaceholderIds
from bootstrap.spec.models import Guardrail, Statement
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bootstrap.policy.language import Values
    from bootstrap.spec.spec import Spec

FILES = sorted((Path(__file__).parents[2] / "scps").glob("*.yaml"))
LIBRARY = [Guardrail.model_validate(yaml.safe_load(file.read_text("utf-8"))) for file in FILES]
SCP = types.of("SERVICE_CONTROL_POLICY")
NOTHING = Statement(Sid="Nothing", Effect="Deny", Action="none:None", Resource="*")

by_id = pytest.mark.parametrize("guardrail", LIBRARY, ids=lambda guardrail: guardrail.id)


def only(spec: Spec, guardrail: Guardrail) -> Spec:
    return replace(spec, guardrails={guardrail.id: guardrail})


def failures(spec: Spec) -> list[str]:
    return [problem.message for problem in run_tests(spec)]


# --- each file


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_named_after_its_guardrail_and_begins_with_a_comment(file: Path) -> None:
    text = file.read_text("utf-8")
    assert yaml.safe_load(text)["id"].replace(".", "-") == file.stem
    assert text.splitlines()[1].startswith("# ")


@by_id
def test_a_guardrail_passes_its_own_tests_with_another_access_role(guardrail: Guardrail, spec: Spec) -> None:
    organization = spec.organization.model_copy(update={"access_role": "AWSControlTowerExecution"})
    assert failures(replace(only(spec, guardrail), organization=organization)) == []


@by_id
def test_a_guardrail_tests_a_denied_and_an_allowed_request(guardrail: Guardrail) -> None:
    assert len(guardrail.tests) >= 3
    assert {test.expect for test in guardrail.tests} == {"allow", "deny"}
    assert len({test.name for test in guardrail.tests}) == len(guardrail.tests)


@by_id
def test_a_guardrail_passes_its_own_tests(spec: Spec, guardrail: Guardrail) -> None:
    assert failures(only(spec, guardrail)) == []


@by_id
def test_some_test_fails_without_each_statement_of_a_guardrail(spec: Spec, guardrail: Guardrail) -> None:
    for number, statement in enumerate(guardrail.statements):
        rest = [one for one in guardrail.statements if one is not statement]
        without = guardrail.model_copy(update={"statements": [*rest, NOTHING]})
        assert failures(only(spec, without)), f"no test fails without statement {number}, {statement.Sid}"


@by_id
def test_some_test_fails_without_the_exemptions_of_a_guardrail(spec: Spec, guardrail: Guardrail) -> None:
    if guardrail.exempt_principals:
        without = guardrail.model_copy(update={"exempt_principals": []})
        assert failures(only(spec, without))


@by_id
def test_a_guardrail_with_its_default_values_has_no_fault(known: Values, guardrail: Guardrail) -> None:
    assert list(SCP.faults(Compiler(known).body(guardrail, {}))) == []


# --- the example organization


def test_the_example_organization_uses_guardrails_of_the_library(spec: Spec) -> None:
    names = {policy.guardrail for policy in compile_policies(spec)}
    assert len(names) >= 12
    assert names <= {guardrail.id for guardrail in LIBRARY}


def test_the_example_organization_has_no_problem(spec: Spec) -> None:
    assert check_policies(spec) == []


# --- the baseline


def test_guardrails_protect_what_the_baseline_creates(spec: Spec) -> None:
    """The templates and the guardrails must agree on the names."""
    templates: Any = Baselines(spec).of(spec.accounts["developer-alice"])
    resources = [resource for template in templates.values() for resource in template["Resources"].values()]
    requests = [request for resource in resources for request in _deletions(resource)]
    assert {action for action, _ in requests} == {"iam:DeleteRole", "iam:DeletePolicy", "budgets:ModifyBudget"}
    ids = PlaceholderIds(spec)
    policies = {policy.name: SCP.parse(ids.fill_body(policy.body)) for policy in compile_policies(spec)}
    administrator = {"aws:principalarn": ("arn:aws:iam::111122223333:role/administrator",)}
    for action, arn in requests:
        request = RequestContext(action, arn, administrator)
        denying = {name for name, policy in policies.items() if not decide([[*ALLOW_ALL, *policy]], request).allowed}
        assert denying & {"roles.protect-org", "budget.protect"}, arn


def _deletions(resource: Any) -> Iterator[tuple[str, str]]:
    properties = resource["Properties"]
    match resource["Type"]:
        case "AWS::IAM::Role":
            yield "iam:DeleteRole", f"arn:aws:iam::111122223333:role/{properties['RoleName']}"
        case "AWS::IAM::ManagedPolicy":
            yield "iam:DeletePolicy", f"arn:aws:iam::111122223333:policy/{properties['ManagedPolicyName']}"
        case "AWS::Budgets::Budget":
            yield "budgets:ModifyBudget", f"arn:aws:budgets::111122223333:budget/{properties['Budget']['BudgetName']}"


# --- the validator


def errors(services: Path, policies: Sequence[tuple[str, str]]) -> list[str]:
    """The errors and warnings of iam-policy-validator for these service control policies, without the network."""
    loaded: list[tuple[str, IAMPolicy, dict[str, Any]]] = [
        (name, IAMPolicy.model_validate_json(text), json.loads(text)) for name, text in policies
    ]
    results = asyncio.run(
        validate_policies(
            loaded,
            policy_type="SERVICE_CONTROL_POLICY",
            aws_services_dir=str(services),
            config=ValidatorConfig({"settings": {"cache_enabled": False}}),
        )
    )
    return [
        f"{result.policy_file}: {issue.issue_type}: {issue.message}"
        for result in results
        for issue in result.issues
        if issue.severity in {"error", "warning"}
    ]


def test_every_guardrail_passes_an_independent_validator(spec: Spec, known: Values, services: Path) -> None:
    ids, compiler = PlaceholderIds(spec), Compiler(known)
    policies = [(guardrail.id, SCP.document(ids.fill_body(compiler.body(guardrail, {})))) for guardrail in LIBRARY]
    assert errors(services, policies) == []


@pytest.mark.parametrize(
    ("defect", "issue"),
    [
        ({"Action": "s3:GetObjekt"}, "invalid_action"),
        # The validator abandons its whole action check at an unknown service, and reports that.
        ({"Action": "s4:GetObject"}, "check_execution_error"),
        ({"Principal": "*"}, "invalid_principal"),
        ({"Resource": "bucket"}, "invalid_resource"),
        ({"Condition": {"StringEquals": {"s3:nokey": "x"}}}, "invalid_condition_key"),
    ],
)
def test_the_validator_catches_a_planted_defect(services: Path, defect: dict[str, Any], issue: str) -> None:
    statement = {"Sid": "S", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", **defect}
    assert any(issue in error for error in errors(services, [("planted", SCP.document({"S": statement}))]))
