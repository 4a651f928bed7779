"""Policy types as objects: an SCP and an RCP from YAML, and a toy type whose policies have no statements."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest

from bootstrap import facts
from bootstrap.model.errors import SpecError
from bootstrap.policy import types
from bootstrap.policy.checks import check_policies
from bootstrap.policy.compile import compile_policies
from bootstrap.policy.types import Fault, PolicyType
from bootstrap.spec.load import load
from bootstrap.spec.models import Guardrail
from bootstrap.workflow.validate import validate
from tests.conftest import REPOSITORY
from tests.policy.made_up import RCP, SCP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bootstrap.model.errors import Problem
    from bootstrap.model.resource import Body
    from bootstrap.policy.language import Values
    from bootstrap.spec.spec import Spec

GUARDRAIL = """\
id: test.perimeter
intent: Nobody outside the organization reads objects.
statements:
  - Sid: Outside
    Effect: Deny
    Principal: "*"
    Action: s3:GetObject
    Resource: "*"
    Condition:
      StringNotEqualsIfExists: {aws:PrincipalOrgID: "${organization_id}"}
tests:
  - name: a stranger
    request: {action: s3:GetObject, context: {aws:PrincipalOrgID: o-other00000}}
    expect: deny
  - name: a member
    request: {action: s3:GetObject}
    expect: allow
"""
FILE, ORGANIZATION = "scps/test-perimeter.yaml", "account_specs/organization.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example organization with one more guardrail, which has a Principal."""
    for folder in ("account_specs", "scps", "secrets_layout"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    (tmp_path / FILE).write_text(GUARDRAIL, "utf-8")
    organization = (tmp_path / ORGANIZATION).read_text("utf-8")
    (tmp_path / ORGANIZATION).write_text(organization.replace("[iam.deny-users,", "[test.perimeter, iam.deny-users,"))
    return tmp_path


def as_type(project: Path, policy_type: str, **edits: str) -> Spec:
    """The project with the guardrail of this type, as it will be read once the YAML takes the type."""
    text = GUARDRAIL
    for old, new in edits.items():
        text = text.replace(old, new)
    (project / FILE).write_text(text, "utf-8")
    spec = load(project)
    guardrail = spec.guardrails["test.perimeter"].model_copy(update={"policy_type": policy_type})
    return replace(spec, guardrails={**spec.guardrails, guardrail.id: guardrail})


def places(problems: list[Problem]) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.message) for problem in problems]


def test_the_yaml_offers_the_types_of_guardrails() -> None:
    assert frozenset(get_args(Guardrail.model_fields["policy_type"].annotation)) == types.GUARDRAIL_TYPES
    assert {types.of(name).name for name in types.GUARDRAIL_TYPES} == types.GUARDRAIL_TYPES


@pytest.mark.parametrize(
    ("name", "default", "size"), [(SCP, "FullAWSAccess", 10_240), (RCP, "RCPFullAWSAccess", 5_120)]
)
def test_a_type_knows_its_limits_and_its_default_policy(name: str, default: str, size: int) -> None:
    assert (types.of(name).limits.default, types.of(name).limits.size) == (default, size)
    assert types.default_policy(name) == default
    assert default in types.DEFAULT_POLICIES


def test_a_type_that_this_tool_does_not_write_has_no_object() -> None:
    assert types.default_policy("TAG_POLICY") == types.default_policy("A_TYPE_OF_TOMORROW") == ""
    with pytest.raises(KeyError):
        types.of("TAG_POLICY")


def test_a_service_control_policy_with_a_principal_is_refused_at_its_line(project: Path) -> None:
    with pytest.raises(SpecError) as raised:
        validate(project)
    (problem,) = raised.value.problems
    assert (problem.file, problem.line, problem.source) == (FILE, 6, '    Principal: "*"')
    assert problem.message == ("test.perimeter: Outside: Principal is not an element of a service control policy")


def test_a_resource_control_policy_compiles_and_passes_its_tests(project: Path) -> None:
    spec = as_type(project, RCP)
    assert check_policies(spec) == []
    (policy,) = [policy for policy in compile_policies(spec) if policy.guardrail == "test.perimeter"]
    document = types.of(RCP).document(policy.body)
    assert json.loads(document)["Statement"][0]["Principal"] == "*"
    assert types.of(RCP).read(document) == policy.body
    assert (policy.type, policy.targets) == (RCP, ("Workloads/Beta", "Workloads/Production"))


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('    Principal: "*"\n', "", 4, 'a resource control policy needs Principal: "*", and no other principal'),
        (
            '"*"\n    Action',
            "me\n    Action",
            6,
            'a resource control policy needs Principal: "*", and no other principal',
        ),
        ("Deny", "Allow", 5, "Effect must be Deny: RCPFullAWSAccess alone allows"),
        ("Action: s3:GetObject", 'Action: "*"', 7, "Action must name a service, e.g. s3:*"),
        ("Action: s3", "NotAction: s3", 7, "NotAction is not an element of a resource control policy"),
    ],
)
def test_a_fault_of_a_resource_control_policy_is_at_its_line(
    project: Path, old: str, new: str, line: int, message: str
) -> None:
    spec = as_type(project, RCP, **{old: new})
    problems = [problem for problem in check_policies(spec) if "test `" not in problem.message]
    assert places(problems) == [(FILE, line, f"test.perimeter: Outside: {message}")]


def test_a_resource_control_policy_that_locks_out_is_found(project: Path) -> None:
    edits = {"s3:GetObject": "sts:AssumeRole", "StringNotEqualsIfExists": "StringNotEquals"}
    problems = check_policies(as_type(project, RCP, **edits))
    assert [problem.message for problem in problems] == [
        "test.perimeter: Outside denies CloudFormation sts:AssumeRole in OUs Workloads/Beta, Workloads/Production"
    ]


# --- a type without statements


class TagPolicy(PolicyType):
    """A toy: each parameter of the guardrail is a tag that is spelt as its value."""

    name = "TAG_POLICY"
    noun = "tag policy"

    def compile(self, guardrail: Guardrail, values: Values) -> Body:
        return {"tags": {name: {"tag_key": {"@@assign": values[name]}} for name in sorted(guardrail.parameters)}}

    def document(self, body: Body) -> str:
        return json.dumps(body, separators=(",", ":"))

    def read(self, document: str) -> Body:
        return dict(json.loads(document))

    def faults(self, body: Body) -> Iterator[Fault]:
        if not body["tags"]:
            yield Fault("there is no tag", ("statements", 0))


@pytest.fixture
def tag_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more line in the registry."""
    monkeypatch.setattr(types, "_TYPES", {**types._TYPES, TagPolicy.name: TagPolicy()})


@pytest.mark.usefixtures("tag_policies")
def test_another_type_is_a_class_and_a_line_in_the_registry(project: Path) -> None:
    parameters = "parameters: {costcenter: {description: d, default: CostCenter}}\nstatements:"
    spec = as_type(project, TagPolicy.name, **{"statements:": parameters})
    (policy,) = [policy for policy in compile_policies(spec) if policy.type == TagPolicy.name]
    assert policy.body == {"tags": {"costcenter": {"tag_key": {"@@assign": "CostCenter"}}}}
    assert types.of(TagPolicy.name).read(types.of(TagPolicy.name).document(policy.body)) == policy.body
    # All checks run; a test with a request is the one thing that such a policy cannot pass.
    assert places(check_policies(spec)) == [
        (FILE, 13, "test.perimeter: test `a stranger`: a tag policy neither allows nor denies requests")
    ]


@pytest.mark.usefixtures("tag_policies")
def test_the_checks_ask_the_type(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(facts.POLICY_TYPES[TagPolicy.name], size=9, max_attached=0, per_organization=0)
    monkeypatch.setitem(facts.POLICY_TYPES, TagPolicy.name, limits)
    messages = [problem.message for problem in check_policies(as_type(project, TagPolicy.name))]
    assert [message for message in messages if "test `" not in message] == [
        "test.perimeter: there is no tag",
        "test.perimeter has 11 characters; AWS allows 9 in a tag policy",
        "1 tag policies on OU Workloads/Beta; AWS allows 0",
        "1 tag policies on OU Workloads/Production; AWS allows 0",
        "1 tag policies in the organization; AWS allows 0",
    ]
