"""Compiling guardrails: parameters, exempt principals, variants, and the document sent to AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.model.errors import SpecError
from bootstrap.policy.compile import Compiler, compile_policies
from bootstrap.policy.language import PolicyError, document, normal, read_document
from bootstrap.spec.models import Environment, Guardrail, OrganizationalUnit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.policy.language import Values
    from bootstrap.spec.spec import Spec

KNOWN: Values = {
    "role_arn": "arn:aws:iam::*:role/admin",
    "organization.allowed_regions": ["eu-west-1", "us-east-1"],
}
EXEMPT = "arn:aws:iam::*:role/exempt"


def guardrail(*statements: Mapping[str, Any], **fields: Any) -> Guardrail:
    body = {
        "id": "test.rule",
        "intent": "A test.",
        "statements": [{"Sid": f"S{n}", "Effect": "Deny", "Resource": "*", **s} for n, s in enumerate(statements)],
        "tests": [{"name": "t", "request": {"action": "s3:GetObject"}, "expect": "allow"}],
        **fields,
    }
    return Guardrail.model_validate(body)


def one(*args: Any, given: Mapping[str, object] | None = None, **fields: Any) -> Mapping[str, Any]:
    (statement,) = compiled(guardrail(*args, **fields), given)
    return statement


def compiled(rule: Guardrail, given: Mapping[str, object] | None = None) -> list[Any]:
    return list(Compiler(KNOWN).body(rule, given or {}).values())


def spec_with(spec: Spec, rule: Guardrail, ous: Mapping[str, Mapping[str, Any] | None]) -> Spec:
    """The example organization with nothing but this guardrail on these OUs, with these values."""
    return replace(
        spec,
        guardrails={rule.id: rule},
        environments={},
        organizational_units={"Root": OrganizationalUnit()}
        | {
            ou: OrganizationalUnit(guardrails=[rule.id], parameters={} if values is None else {rule.id: dict(values)})
            for ou, values in ous.items()
        },
    )


REGIONS = guardrail(
    {"NotAction": "iam:*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "${regions}"}}},
    parameters={"regions": {"description": "d", "default": "${organization.allowed_regions}"}},
)


# --- parameters


def test_a_string_that_is_one_parameter_takes_its_value_with_its_type() -> None:
    rule = {"Action": ["s3:*", "${more}"]}
    more = {"more": {"description": "d", "default": []}}
    assert one(rule, parameters=more)["Action"] == "s3:*"
    assert one(rule, parameters=more, given={"more": ["ec2:*", "iam:*"]})["Action"] == [
        "ec2:*",
        "iam:*",
        "s3:*",
    ]


def test_a_default_reads_the_organization() -> None:
    (statement,) = compiled(REGIONS)
    assert statement["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}


def test_a_parameter_inside_a_longer_string_must_be_a_string() -> None:
    rule = {"Action": "s3:*", "Resource": "arn:aws:s3:::${name}/*"}
    names = {"name": {"description": "d"}}
    assert one(rule, parameters=names, given={"name": "logs"})["Resource"] == "arn:aws:s3:::logs/*"
    with pytest.raises(PolicyError, match="must be a string"):
        one(rule, parameters=names, given={"name": ["a", "b"]})


def test_numbers_and_booleans_become_the_strings_that_iam_compares() -> None:
    condition = {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"s3:max-keys": 10}}
    assert one({"Action": "s3:*", "Condition": condition})["Condition"] == {
        "Bool": {"aws:SecureTransport": "false"},
        "NumericLessThan": {"s3:max-keys": "10"},
    }


def test_variables_of_iam_and_references_to_addresses_are_left_as_they_are() -> None:
    texts = ["${aws:PrincipalTag/x}", "${*}", "${account:tooling}", "${organization:example}"]
    assert one({"Action": "s3:*", "Condition": {"StringLike": {"s3:prefix": texts}}})["Condition"] == {
        "StringLike": {"s3:prefix": sorted(texts)}
    }


@pytest.mark.parametrize(
    ("fields", "given", "message"),
    [
        ({}, {"nope": "x"}, "no parameter 'nope'"),
        ({"parameters": {"need": {"description": "d"}}}, {}, "needs a value for its parameter 'need'"),
        ({"exempt_principals": ["${nope}"]}, {}, "is not defined"),
    ],
)
def test_an_unknown_or_missing_parameter_is_an_error(
    fields: Mapping[str, Any], given: Mapping[str, object], message: str
) -> None:
    with pytest.raises(PolicyError, match=message):
        one({"Action": "s3:*"}, given=given, **fields)


# --- exempt principals


def test_every_deny_spares_the_exempt_principals_and_an_allow_stays_as_it_is() -> None:
    rule = guardrail({"Action": "s3:*"}, {"Action": "ec2:*", "Effect": "Allow"}, exempt_principals=[EXEMPT])
    deny, allow = compiled(rule)
    assert deny["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": EXEMPT}}
    assert "Condition" not in allow


@pytest.mark.parametrize("key", ["aws:PrincipalArn", "aws:principalARN"])
def test_exempt_principals_are_added_to_those_of_the_statement(key: str) -> None:
    condition = {
        "ArnNotLike": {key: "${role_arn}", "aws:SourceArn": "arn:aws:s3:::b"},
        "Bool": {"aws:x": "true"},
    }
    compiled = one({"Action": "s3:*", "Condition": condition}, exempt_principals=[EXEMPT])
    assert compiled["Condition"] == {
        "ArnNotLike": {
            "aws:PrincipalArn": ["arn:aws:iam::*:role/admin", EXEMPT],
            "aws:SourceArn": "arn:aws:s3:::b",
        },
        "Bool": {"aws:x": "true"},
    }


def test_an_empty_list_of_exempt_principals_adds_no_condition() -> None:
    nobody = {"exempt": {"description": "d", "default": []}}
    assert "Condition" not in one({"Action": "s3:*"}, parameters=nobody, exempt_principals=["${exempt}"])


# --- variants


def test_the_same_values_on_several_ous_are_one_policy(spec: Spec) -> None:
    (policy,) = compile_policies(spec_with(spec, REGIONS, {"B": None, "A": {"regions": ["us-east-1", "eu-west-1"]}}))
    assert (policy.name, policy.targets) == ("test.rule", ("A", "B"))
    assert (policy.description, policy.type) == ("A test.", "SERVICE_CONTROL_POLICY")


def test_other_values_are_a_variant_named_after_its_ou(spec: Spec) -> None:
    other = {"regions": ["eu-central-1"]}
    policies = compile_policies(spec_with(spec, REGIONS, {"A": None, "B": other, "C/D": other}))
    assert [(policy.name, policy.targets) for policy in policies] == [
        ("test.rule", ("A",)),
        ("test.rule@B", ("B", "C/D")),
    ]


def test_a_variant_keeps_its_name_whatever_values_other_ous_give(spec: Spec) -> None:
    alone = compile_policies(spec_with(spec, REGIONS, {"B": {"regions": ["eu-central-1"]}}))
    assert [policy.name for policy in alone] == ["test.rule@B"]
    more = spec_with(spec, REGIONS, {"B": {"regions": ["eu-central-1"]}, "A": {"regions": ["us-west-2"]}, "C": None})
    assert [policy.name for policy in compile_policies(more)] == ["test.rule", "test.rule@A", "test.rule@B"]


def test_a_name_that_is_too_long_for_aws_is_cut_and_stays_unique(spec: Spec) -> None:
    values = {"regions": ["eu-central-1"]}, {"regions": ["eu-central-2"]}
    ous = {"U" * 120 + "/A" * 20: values[0], "U" * 120 + "/B" * 20: values[1]}
    names = [policy.name for policy in compile_policies(spec_with(spec, REGIONS, ous))]
    assert len(set(names)) == len(names) == 2
    assert {len(name) for name in names} == {128}


def test_every_problem_is_reported_at_once(spec: Spec) -> None:
    broken = spec_with(spec, REGIONS, {"A": {"nope": "x"}, "B": {"neither": "x"}})
    with pytest.raises(SpecError) as raised:
        compile_policies(broken)
    assert [problem.message.split(":")[0] for problem in raised.value.problems] == [
        "test.rule on A",
        "test.rule on B",
    ]


def test_an_environment_gives_values_too(spec: Spec) -> None:
    environment = Environment(ou="A", guardrails=["test.rule"], parameters={"test.rule": {"regions": ["x"]}})
    given = replace(spec_with(spec, REGIONS, {}), environments={"beta": environment})
    given = replace(given, organizational_units={**given.organizational_units, "A": OrganizationalUnit()})
    assert [policy.name for policy in compile_policies(given)] == ["test.rule@A"]


@given(data=st.data())
def test_the_order_of_ous_and_of_values_has_no_meaning(spec: Spec, data: st.DataObject) -> None:
    regions = st.lists(st.sampled_from(["eu-west-1", "us-east-1", "eu-central-1"]), min_size=1, unique=True)
    values = data.draw(st.dictionaries(st.sampled_from("ABCDE"), st.none() | regions.map(lambda r: {"regions": r})))
    shuffled = {ou: values[ou] for ou in data.draw(st.permutations(list(values)))}
    turned = {ou: v and {"regions": list(reversed(v["regions"]))} for ou, v in shuffled.items()}
    first = compile_policies(spec_with(spec, REGIONS, values))
    assert first == compile_policies(spec_with(spec, REGIONS, turned))
    assert sorted(target for policy in first for target in policy.targets) == sorted(values)


def test_the_policies_of_a_spec_are_compiled_once(spec: Spec) -> None:
    first = compile_policies(spec)
    assert compile_policies(spec) is first
    other = replace(spec, environments={})
    assert compile_policies(other) != first
    assert compile_policies(spec) == first


# --- documents

TEXT = st.text(max_size=8)
STATEMENT = st.fixed_dictionaries(
    {"Effect": st.just("Deny"), "Action": TEXT | st.lists(TEXT, min_size=1, max_size=4), "Resource": TEXT},
    optional={
        "Sid": TEXT,
        "Condition": st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT | st.lists(TEXT, min_size=1)), max_size=2),
    },
)


@given(st.lists(STATEMENT, max_size=3))
def test_a_document_comes_back_as_it_was_sent(statements: list[Mapping[str, Any]]) -> None:
    compiled = tuple(normal(statement) for statement in statements)
    assert read_document(document(compiled)) == compiled
    assert tuple(normal(statement) for statement in compiled) == compiled


def test_a_document_holds_no_white_space_and_only_ascii() -> None:
    text = document([{"Sid": "S", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::größe"}])
    assert text.isascii()
    assert not any(character.isspace() for character in text)
    assert json.loads(text)["Version"] == "2012-10-17"


def test_a_document_written_by_others_is_read_in_normal_form() -> None:
    theirs = """{"Statement": {"Resource": ["*"], "Action": ["s3:b", "s3:a", "s3:a"], "Effect": "Deny"},
                 "Version": "2012-10-17"}"""
    assert read_document(theirs) == ({"Effect": "Deny", "Action": ["s3:a", "s3:b"], "Resource": "*"},)
