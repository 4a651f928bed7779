from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import example, given
from hypothesis import strategies as st

from bootstrap.facts import SECRET_NAME_MAX
from bootstrap.templates.secret_entries import logical_id

if TYPE_CHECKING:
    from bootstrap.spec.spec import Spec

# Few characters, so that many names differ only in separators or in the case of a letter.
NAMES = st.text("aB1/-_.", min_size=1, max_size=8) | st.text("ab/-", min_size=195, max_size=SECRET_NAME_MAX)


@given(st.sets(NAMES, min_size=2, max_size=40))
@example({"a" * 300, "a" * 299 + "b"})
@example({"orders/mail", "orders-mail", "orders/Mail", "Orders/mail"})
def test_no_two_names_share_an_id(names: set[str]) -> None:
    assert len({logical_id(name) for name in names}) == len(names)


@given(NAMES)
def test_every_id_is_valid_in_cloudformation(name: str) -> None:
    made = logical_id(name)
    assert made.isascii()
    assert made.isalnum()
    assert len(made) <= 255


def test_ids_are_readable() -> None:
    assert logical_id("orders/database") == "SecretOrdersDatabase"
    assert logical_id("orders/payment-api").startswith("SecretOrdersPaymentApi")


def test_a_generated_entry_has_a_rule_and_an_external_entry_has_none(beta: dict[str, Any]) -> None:
    assert beta["SecretOrdersDatabase"]["GenerateSecretString"] == {
        "ExcludeCharacters": "\"@/\\'`",
        "ExcludePunctuation": False,
        "GenerateStringKey": "password",
        "PasswordLength": 32,
        "SecretStringTemplate": '{"username":"orders"}',
    }
    assert "GenerateSecretString" not in beta["SecretOrdersMail"]


def test_no_template_holds_a_value(spec: Spec, templates: dict[str, Any]) -> None:
    """The only values in a template are those of `with_keys`, which are not secret."""
    for template in templates.values():
        for resource in template["Resources"].values():
            properties = resource["Properties"]
            assert "SecretString" not in properties
            if "GenerateSecretString" in properties:
                told = json.loads(properties["GenerateSecretString"]["SecretStringTemplate"])
                generated = spec.entries[properties["Name"]].layout.generated
                assert generated
                assert told == generated.with_keys
                assert generated.key not in told


def test_no_edit_of_the_yaml_loses_a_value(templates: dict[str, Any]) -> None:
    policies = {
        (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    }
    assert policies == {("RetainExceptOnCreate", "Retain")}
