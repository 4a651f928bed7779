"""The values of a template's parameters for one stack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.ssm.models import ssm_backends

from bootstrap.emulator.cloudformation import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.emulator.cloudformation.resource_type import Place
    from bootstrap.emulator.cloudformation.template import Template


def effective(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """All parameters as text: the given ones, and the defaults of the others. Raises ValidationError."""
    declared: Mapping[str, Any] = template.get("Parameters", {})
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        message = f"Parameters: [{', '.join(unknown)}] do not exist in the template"
        raise errors.validation(message)
    values = {name: given.get(name, each.get("Default")) for name, each in declared.items()}
    missing = sorted(name for name, value in values.items() if value is None)
    if missing:
        message = f"Parameters: [{', '.join(missing)}] must have values"
        raise errors.validation(message)
    for name, value in values.items():
        _check(name, declared[name], str(value))
    return {name: str(value) for name, value in values.items()}


def _check(name: str, declared: Mapping[str, Any], value: str) -> None:
    allowed = declared.get("AllowedValues")
    if allowed is not None and value not in map(str, allowed):
        message = f"Parameter '{name}' must be one of AllowedValues"
        raise errors.validation(message)
    pattern = declared.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, value):
        message = f"Parameter '{name}' must match pattern {pattern}"
        raise errors.validation(message)


def typed(template: Template, values: Mapping[str, str], place: Place) -> dict[str, Any]:
    """The parameters as Ref returns them: lists are split, and SSM parameters are read."""
    return {
        name: _typed(template["Parameters"][name].get("Type", "String"), value, place) for name, value in values.items()
    }


def _typed(kind: str, value: str, place: Place) -> str | list[str]:
    if kind.startswith("AWS::SSM::Parameter::Value"):
        found = ssm_backends[place.account_id][place.region].get_parameter(value)
        if found is None:
            message = f"Unable to fetch parameters [{value}] from parameter store for this account."
            raise errors.validation(message)
        value = found.value
    if kind == "CommaDelimitedList" or "List<" in kind:
        return [each.strip() for each in value.split(",")]
    return value
