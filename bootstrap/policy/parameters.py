"""The values behind a guardrail's `${name}`: its parameters, and the constants of the organization."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.model.resource import Json
from bootstrap.policy.language import PolicyError

if TYPE_CHECKING:
    from bootstrap.spec.models import Guardrail, Value

Values: TypeAlias = Mapping[str, Json]
Given: TypeAlias = "Mapping[str, Value]"
"""Parameters with their values in the YAML."""

# Our names are lower case without a colon. Variables of IAM (`${aws:PrincipalTag/team}`) and references to
# addresses (`${organization:example}`) hold a colon: AWS fills the former, and the apply fills the latter.
_NAME: Final = re.compile(r"\$\{([a-z][a-z0-9_.]*)\}")


def values(guardrail: Guardrail, given: Given, constants: Values) -> Values:
    """The constants, and every parameter with its given value or its default. Raises PolicyError for a bad value."""
    unknown = sorted(given.keys() - guardrail.parameters.keys())
    if unknown:
        message = f"{guardrail.id} has no parameter {unknown[0]!r}; its parameters are: {_names(guardrail.parameters)}"
        raise PolicyError(message)
    chosen = {name: given.get(name, parameter.default) for name, parameter in guardrail.parameters.items()}
    missing = sorted(name for name, value in chosen.items() if value is None)
    if missing:
        message = f"{guardrail.id} needs a value for its parameter {missing[0]!r}, which has no default"
        raise PolicyError(message)
    return {**constants, **{name: fill(value, constants) for name, value in chosen.items()}}


def fill(value: Json, known: Values) -> Json:
    """`value` with every `${name}` replaced. A string that is one `${name}` takes its value with its type."""
    if isinstance(value, str):
        whole = _NAME.fullmatch(value)
        return _lookup(whole[1], known) if whole else _embed(value, known)
    if isinstance(value, Mapping):
        return fill_mapping(value, known)
    if isinstance(value, Sequence):
        # A list inside a list is flattened by the normal form of its statement.
        return [fill(item, known) for item in value]
    return value


def fill_mapping(mapping: Mapping[str, Json], known: Values) -> Mapping[str, Json]:
    return {_embed(key, known): fill(item, known) for key, item in mapping.items()}


def _embed(text: str, known: Values) -> str:
    def replace(match: re.Match[str]) -> str:
        value = _lookup(match[1], known)
        if not isinstance(value, str):
            message = f"{match[0]} is part of a longer string, so its value must be a string, not {value!r}"
            raise PolicyError(message)
        return value

    return _NAME.sub(replace, text)


def _lookup(name: str, known: Values) -> Json:
    if name not in known:
        message = f"${{{name}}} is not defined; defined are: {_names(known)}"
        raise PolicyError(message)
    return known[name]


def _names(known: Mapping[str, object]) -> str:
    return ", ".join(sorted(known)) or "none"
