"""The example organization, and the templates of its accounts: generated, sent to AWS, and as IAM resolves them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bootstrap.model.names import BUDGET_STACK
from bootstrap.model.resource import Address, Ids
from bootstrap.spec.load import load
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from bootstrap.spec.spec import Spec

ROOT = Path(__file__).parents[2]
OWN_ID, CI_ID, ORGANIZATION_ID = "111122223333", "444455556666", "o-exampleorgid"


@pytest.fixture(scope="session")
def spec() -> Spec:
    return load(ROOT)


@pytest.fixture(scope="session")
def templates(spec: Spec) -> dict[str, Any]:
    """The template of the baseline's stack, for every account that has one, by the account's key."""
    baselines = Baselines(spec)
    return {key: baselines.baseline(account) for key, account in spec.accounts.items() if account.environment}


@pytest.fixture(scope="session")
def budgets(spec: Spec) -> dict[str, Any]:
    """The template of the budget's stack, for every account that has one, by the account's key."""
    baselines = Baselines(spec)
    made = {key: baselines.of(account) for key, account in spec.accounts.items()}
    return {key: found[BUDGET_STACK] for key, found in made.items() if found}


@pytest.fixture(scope="session")
def sent(templates: dict[str, Any], spec: Spec) -> dict[str, Any]:
    """The templates as sent to CloudFormation: with AWS's ids instead of references."""
    ids = Ids({"account": r"[0-9]{12}", "organization": r"o-[a-z0-9]{10,32}"})
    ids[Address("account", "tooling")] = CI_ID
    ids[Address("organization", spec.organization.name)] = ORGANIZATION_ID
    return {key: ids.fill(template) for key, template in templates.items()}


@pytest.fixture(scope="session")
def beta(sent: dict[str, Any]) -> dict[str, Any]:
    """The properties of each resource of a beta account, with every CloudFormation function resolved."""
    resources = _valued(sent["orders-beta"])["Resources"]
    return {name: resource["Properties"] for name, resource in resources.items()}


_REFERENCES = {
    "AWS::AccountId": OWN_ID,
    "AWS::Partition": "aws",
    "PermissionsBoundary": f"arn:aws:iam::{OWN_ID}:policy/org-bootstrap-boundary",
}


def _valued(value: Any) -> Any:
    match value:
        case {"Fn::Sub": [text, dict(variables)]}:
            return _substituted(text, variables)
        case {"Fn::Sub": text}:
            return _substituted(text, {})
        case {"Ref": name}:
            return _REFERENCES[name]
        case dict():
            return {key: _valued(item) for key, item in value.items()}
        case list():
            return [_valued(item) for item in value]
    return value


def _substituted(text: str, variables: dict[str, str]) -> str:
    for name, value in {**_REFERENCES, **variables}.items():
        text = text.replace(f"${{{name}}}", value)
    return text
