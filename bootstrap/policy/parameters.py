"""What a guardrail's `${name}` stands for: its parameters, and what the organization itself says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from bootstrap.model import names
from bootstrap.model.resource import Address, Json
from bootstrap.policy.language import PolicyError

if TYPE_CHECKING:
    from bootstrap.spec.models import Guardrail
    from bootstrap.spec.spec import Spec

Values: TypeAlias = Mapping[str, Json]
Given: TypeAlias = Mapping[str, object]
"""Values as they stand in the YAML: `Value` of the models, each."""

STACKSETS_ROLE: Final = "stacksets-exec-*"
"""The roles through which StackSets writes to accounts: ordinary roles, so guardrails bind them too."""

# Ours are lower case without a colon. IAM's variables (`${aws:PrincipalTag/team}`) and references to
# addresses (`${organization:example}`) have a colon: they are left for AWS and for the moment of the call.
_NAME: Final = re.compile(r"\$\{([a-z][a-z0-9_.]*)\}")


def constants(spec: Spec) -> Values:
    """What every guardrail may use without declaring it."""
    organization = spec.organization
    return {
        "organization.allowed_regions": organization.allowed_regions,
        "organization.home_region": organization.home_region,
        "organization_id": Address("organization", organization.name).reference,
        "access_role": organization.access_role,
        "deploy_role": names.DEPLOY_ROLE,
        "execution_role": names.EXECUTION_ROLE,
        "baseline_stack": f"{names.BASELINE_STACK}*",  # and that of the budget
        "boundary": names.BOUNDARY,
        "budget": f"{names.BUDGET}*",  # the name goes on with a digest of the notifications
        "access_role_arn": _role_arn(organization.access_role),
        "deploy_role_arn": _role_arn(names.DEPLOY_ROLE),
        "execution_role_arn": _role_arn(names.EXECUTION_ROLE),
        "stacksets_role_arn": _role_arn(STACKSETS_ROLE),
    }


def values(guardrail: Guardrail, given: Given, known: Values) -> Values:
    """The constants, and each parameter as given or else by its default."""
    unknown = sorted(given.keys() - guardrail.parameters.keys())
    if unknown:
        message = f"{guardrail.id} has no parameter {unknown[0]!r}; it has {_listed(guardrail.parameters)}"
        raise PolicyError(message)
    chosen = {name: _json(given.get(name, parameter.default)) for name, parameter in guardrail.parameters.items()}
    missing = sorted(name for name, value in chosen.items() if value is None)
    if missing:
        message = f"{guardrail.id} needs a value for its parameter {missing[0]!r}, which has no default"
        raise PolicyError(message)
    return {**known, **{name: fill(value, known) for name, value in chosen.items()}}


def fill(value: Json, known: Values) -> Json:
    """`value` with every `${name}` replaced; a text that is nothing else takes the value with its type."""
    if isinstance(value, str):
        return _fill_text(value, known)
    if isinstance(value, Mapping):
        return fill_mapping(value, known)
    if isinstance(value, Sequence):
        # A list within a list becomes part of it when the statement gets its normal form.
        return [fill(item, known) for item in value]
    return value


def fill_mapping(mapping: Mapping[str, Json], known: Values) -> Mapping[str, Json]:
    return {_embed(key, known): fill(item, known) for key, item in mapping.items()}


def _json(value: object) -> Json:
    if value is None or isinstance(value, str | int | list):
        return value
    message = f"a parameter is a text, a number, true or false, or a list of texts, not {value!r}"
    raise PolicyError(message)


def _fill_text(text: str, known: Values) -> Json:
    whole = _NAME.fullmatch(text)
    return _lookup(whole[1], known) if whole else _embed(text, known)


def _embed(text: str, known: Values) -> str:
    def replace(match: re.Match[str]) -> str:
        value = _lookup(match[1], known)
        if not isinstance(value, str):
            message = f"{match[0]} stands inside a text, so its value must be a text, not {value!r}"
            raise PolicyError(message)
        return value

    return _NAME.sub(replace, text)


def _lookup(name: str, known: Values) -> Json:
    if name not in known:
        message = f"${{{name}}} names no parameter; there are {_listed(known)}"
        raise PolicyError(message)
    return known[name]


def _listed(known: Mapping[str, object]) -> str:
    return ", ".join(sorted(known)) or "none"


def _role_arn(name: str) -> str:
    return f"arn:aws:iam::*:role/{name}"
