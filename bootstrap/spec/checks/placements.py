"""Guardrails where they are used: on OUs and in environments, with the values of their parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bootstrap.spec.folders import SCPS
from bootstrap.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft
    from bootstrap.spec.models import Environment, Guardrail, OrganizationalUnit, Parameter, Value

_SORTS: Final = ((bool, "true or false"), (int, "a whole number"), (str, "text"), (list, "a list"))
# Of the defaults that read the organization: what they will be, not the text that asks for it.
_READ: Final = {"${organization.allowed_regions}": "a list", "${organization.home_region}": "text"}


@dataclass(frozen=True, slots=True)
class _Placement:
    """An OU or an environment, as a place with guardrails on it."""

    path: tuple[str, str]
    ou: str
    rules: OrganizationalUnit | Environment


def guardrails_exist(draft: Draft) -> Iterator[Problem]:
    if SCPS in draft.broken:
        return
    known = _guardrails(draft)
    for place in _placements(draft):
        for index, guardrail in enumerate(place.rules.guardrails):
            if guardrail not in known:
                path = (*place.path, "guardrails", index)
                hint = did_you_mean(guardrail, known, what=f"the guardrails in {SCPS}/ are")
                yield draft.organization.at_value(path, f"there is no guardrail `{guardrail}`", hint)


def guardrails_are_placed_once(draft: Draft) -> Iterator[Problem]:
    """On one OU, by itself and by its environment together: only one could supply the parameters."""
    first: dict[tuple[str, str], str] = {}
    for place in _placements(draft):
        for index, guardrail in enumerate(place.rules.guardrails):
            path = (*place.path, "guardrails", index)
            here = f"line {draft.organization.root.value_place(path).line}"
            if (place.ou, guardrail) in first:
                message = f"`{guardrail}` is on the OU `{place.ou}` already"
                hint = f"remove one of them; the other is on {first[place.ou, guardrail]}"
                yield draft.organization.at_value(path, message, hint)
            first.setdefault((place.ou, guardrail), here)


def parameters_belong_to_a_guardrail_there(draft: Draft) -> Iterator[Problem]:
    known = _guardrails(draft)
    for place in _placements(draft):
        for guardrail, values in place.rules.parameters.items():
            path = (*place.path, "parameters", guardrail)
            if guardrail not in place.rules.guardrails:
                hint = did_you_mean(guardrail, place.rules.guardrails, what="the guardrails here are")
                message = f"parameters for `{guardrail}`, which is not used here"
                yield draft.organization.at_key(path, message, hint)
            elif guardrail in known:
                yield from _wrong_values(draft, path, known[guardrail], values)


def required_parameters_have_values(draft: Draft) -> Iterator[Problem]:
    known = _guardrails(draft)
    for place in _placements(draft):
        for index, guardrail in enumerate(place.rules.guardrails):
            if guardrail not in known:
                continue
            given = place.rules.parameters.get(guardrail, {})
            for name, parameter in known[guardrail].parameters.items():
                if parameter.default is None and name not in given:
                    yield draft.organization.at_value(
                        (*place.path, "guardrails", index),
                        f"`{guardrail}` needs a value for its parameter `{name}`",
                        f"add it here under `parameters:`, `{guardrail}:`",
                    )


def _wrong_values(
    draft: Draft, path: tuple[str, ...], guardrail: Guardrail, values: Mapping[str, Value]
) -> Iterator[Problem]:
    for name, value in values.items():
        parameter = guardrail.parameters.get(name)
        if parameter is None:
            hint = did_you_mean(name, guardrail.parameters, what="its parameters are")
            message = f"`{guardrail.id}` has no parameter `{name}`"
            yield draft.organization.at_key((*path, name), message, hint)
        elif (expected := _expected(parameter)) not in (None, _sort(value)):
            message = f"`{name}` must be {expected}, not {_sort(value)}"
            yield draft.organization.at_value((*path, name), message, f"its default is {expected}")


def _expected(parameter: Parameter) -> str | None:
    """The sort of value that a parameter takes: that of its default. None where it has none."""
    if parameter.default is None:
        return None
    if isinstance(parameter.default, str) and parameter.default in _READ:
        return _READ[parameter.default]
    return _sort(parameter.default)


def _sort(value: Value) -> str:
    return next(words for sort, words in _SORTS if isinstance(value, sort))


def _guardrails(draft: Draft) -> Mapping[str, Guardrail]:
    return {file.content.id: file.content for file in draft.guardrails}


def _placements(draft: Draft) -> Iterator[_Placement]:
    for path, ou in draft.organizational_units.items():
        if ou is not None:
            yield _Placement(("organizational_units", path), path, ou)
    for name, environment in draft.environments.items():
        yield _Placement(("environments", name), environment.ou, environment)
