"""Templates: intrinsic functions, conditions, parameters and order."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Refused, Stacks

BASE = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Environment: {Type: String, Default: beta, AllowedValues: [beta, production]}
  Names: {Type: CommaDelimitedList, Default: "a, b"}
  Hidden: {Type: String, Default: x, NoEcho: true}
Mappings:
  Sizes:
    beta: {size: small}
    production: {size: large}
Conditions:
  IsProduction: !Equals [!Ref Environment, production]
  IsBeta: !Not [!Condition IsProduction]
Resources:
  Always:
    Type: AWS::SSM::Parameter
    Properties: {Name: /always, Type: String, Value: !Ref Environment}
  OnlyProduction:
    Type: AWS::SSM::Parameter
    Condition: IsProduction
    Properties: {Name: /production, Type: String, Value: x}
Outputs:
"""


def value_of(stacks: Stacks, expression: str, **parameters: Any) -> Any:
    body = BASE + f"  Value: {{Value: {expression}}}\n"
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    stacks.api.create_stack(StackName="s", TemplateBody=body, Parameters=given)
    outputs = stacks.api.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
    return outputs[0]["OutputValue"]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("!Ref AWS::AccountId", "123456789012"),
        ('!Sub "${AWS::StackName}-${Environment}-${!Literal}"', "s-beta-${Literal}"),
        ('!Sub ["${Own}/${Always}", {Own: !Ref Environment}]', "beta//always"),
        ("!Join ['-', [a, !Ref Environment]]", "a-beta"),
        ("!Select [1, !Ref Names]", "b"),
        ("!Select [0, !Split ['/', x/y]]", "x"),
        ("!If [IsProduction, yes it is, no it is not]", "no it is not"),
        ("!FindInMap [Sizes, !Ref Environment, size]", "small"),
        ("!Base64 hello", "aGVsbG8="),
        ("!Join ['', [!If [IsBeta, b, !Ref AWS::NoValue], !If [IsProduction, p, !Ref AWS::NoValue]]]", "b"),
    ],
)
def test_intrinsic_functions_and_short_forms(stacks: Stacks, expression: str, wanted: Any) -> None:
    """User guide, "Intrinsic function reference"."""
    assert value_of(stacks, expression) == wanted


def test_a_resource_is_created_once_its_condition_is_true(aws: Aws, stacks: Stacks) -> None:
    body = BASE.replace("Outputs:\n", "")
    stacks.api.create_stack(StackName="s", TemplateBody=body)
    assert stacks.resources("s").keys() == {"Always"}
    given = [{"ParameterKey": "Environment", "ParameterValue": "production"}]
    stacks.api.update_stack(StackName="s", UsePreviousTemplate=True, Parameters=given)
    assert stacks.resources("s").keys() == {"Always", "OnlyProduction"}
    assert aws("ssm").get_parameter(Name="/always")["Parameter"]["Value"] == "production"
    stacks.api.update_stack(StackName="s", UsePreviousTemplate=True)
    assert stacks.resources("s").keys() == {"Always"}


def test_previous_values_are_kept_when_asked_for(stacks: Stacks, refused: Refused) -> None:
    body = BASE.replace("Outputs:\n", "")
    given = [{"ParameterKey": "Environment", "ParameterValue": "production"}]
    stacks.api.create_stack(StackName="s", TemplateBody=body, Parameters=given)
    with refused("ValidationError", match="No updates"):
        stacks.api.update_stack(
            StackName="s",
            UsePreviousTemplate=True,
            Parameters=[{"ParameterKey": "Environment", "UsePreviousValue": True}],
        )


def test_parameters_are_checked_and_noecho_values_masked(stacks: Stacks, refused: Refused) -> None:
    """API reference, DescribeStacks: NoEcho values are shown as asterisks."""
    assert value_of(stacks, "!Ref Hidden", Environment="production") == "x"
    shown = stacks.api.describe_stacks(StackName="s")["Stacks"][0]["Parameters"]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in shown}
    assert values == {"Environment": "production", "Names": "a, b", "Hidden": "****"}
    stacks.api.delete_stack(StackName="s")
    with refused("ValidationError", match="must be one of AllowedValues"):
        value_of(stacks, "x", Environment="gamma")
    with refused("ValidationError", match="do not exist in the template"):
        value_of(stacks, "x", Unknown="x")
    with refused("ValidationError", match="must have values"):
        body = BASE.replace("Default: beta, ", "").replace("Outputs:\n", "")
        stacks.api.create_stack(StackName="s", TemplateBody=body)


@pytest.mark.parametrize(
    ("resources", "match"),
    [
        ("A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Nothing}}", "Unresolved resource depend"),
        ("A: {Type: AWS::SNS::Topic, DependsOn: B}\n  B: {Type: AWS::SNS::Topic, DependsOn: A}", "Circular"),
        ("", "At least one Resources member"),
    ],
)
def test_an_invalid_template_is_an_error(stacks: Stacks, resources: Any, match: str, refused: Refused) -> None:
    body = textwrap.dedent(f"Resources:\n  {resources}\n")
    with refused("ValidationError", match=match):
        stacks.api.create_stack(StackName="s", TemplateBody=body)


def test_an_export_is_imported_by_another_stack(aws: Aws, stacks: Stacks) -> None:
    """User guide, Fn::ImportValue."""
    body = BASE + "  Exported: {Value: !Ref Environment, Export: {Name: !Sub '${AWS::StackName}-e'}}\n"
    stacks.api.create_stack(StackName="s", TemplateBody=body)
    value = {"Fn::ImportValue": "s-e"}
    properties = {"Name": "/imported", "Type": "String", "Value": value}
    stacks.create("other", {"P": {"Type": "AWS::SSM::Parameter", "Properties": properties}})
    assert aws("ssm").get_parameter(Name="/imported")["Parameter"]["Value"] == "beta"
    assert [each["Name"] for each in stacks.api.list_exports()["Exports"]] == ["s-e"]
    stacks.api.delete_stack(StackName="s")
    assert stacks.api.list_exports()["Exports"] == []
