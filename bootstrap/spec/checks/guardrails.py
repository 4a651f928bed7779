"""Guardrails: each by itself, and where OUs and environments use them, with the values of their parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bootstrap.spec.problems import did_you_mean, repeated, type_of
from bootstrap.spec.source_file import SCPS
from bootstrap.spec.spec import constants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import Environment, Guardrail, OrganizationalUnit, Parameter, Value
    from bootstrap.spec.source_file import Path
    from bootstrap.spec.spec import ParsedFiles

# AWS's own variables hold a colon (`${aws:username}`), and its escapes are `${*}`, `${?}` and `${$}`.
_VARIABLE: Final = re.compile(r"\$\{([^}:*?$]*)\}")
# The types of defaults that are variables of the organization.
_VARIABLES: Final = {"${organization.allowed_regions}": "a list", "${organization.home_region}": "a string"}


def ids_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    for file, other in repeated((file.content.id, file) for file in files.guardrails):
        hint = f"first defined at {other.where(('id',))}"
        yield file.at_value(("id",), f"duplicate guardrail id `{file.content.id}`", hint)


def sids_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    for file in files.guardrails:
        sids = [statement.Sid for statement in file.content.statements]
        for index, _ in repeated((sid, index) for index, sid in enumerate(sids)):
            message = f"duplicate Sid `{sids[index]}`"
            yield file.at_value(("statements", index, "Sid"), message, "give each statement its own Sid")


def statements_are_complete(files: ParsedFiles) -> Iterator[Problem]:
    for file in files.guardrails:
        for index, statement in enumerate(file.content.statements):
            for one, other in (("Action", "NotAction"), ("Resource", "NotResource")):
                given = [key for key in (one, other) if getattr(statement, key) is not None]
                if len(given) != 1:
                    has = f"both `{one}` and `{other}`" if given else f"neither `{one}` nor `{other}`"
                    message = f"statement `{statement.Sid}` has {has}"
                    yield file.at_value(("statements", index), message, "write exactly one of the two")


def variables_are_known(files: ParsedFiles) -> Iterator[Problem]:
    """Statements may use parameters and constants, and the default of a parameter may use constants."""
    everywhere = set(constants(files.organization.content.organization))
    for file in files.guardrails:
        for path, place, text in file.root.texts():
            match path:
                case ("statements" | "exempt_principals", *_):
                    known = everywhere | file.content.parameters.keys()
                case ("parameters", _, "default", *_):
                    known = everywhere
                case _:
                    continue
            for name in _VARIABLE.findall(text):
                if name not in known:
                    hint = did_you_mean(name, known, what="defined here")
                    yield file.source.problem(place, f"`${{{name}}}` is not defined", hint)


def tests_give_known_parameters(files: ParsedFiles) -> Iterator[Problem]:
    for file in files.guardrails:
        known = file.content.parameters
        for index, test in enumerate(file.content.tests):
            for name in test.parameters:
                if name not in known:
                    hint = did_you_mean(name, known, what="known parameters")
                    message = f"guardrail `{file.content.id}` has no parameter `{name}`"
                    yield file.at_key(("tests", index, "parameters", name), message, hint)


@dataclass(frozen=True, slots=True)
class _Placement:
    """The guardrails of an OU or of an environment. `ou` is the OU that they are attached to."""

    path: tuple[str, str]
    ou: str
    rules: OrganizationalUnit | Environment


def guardrails_exist(files: ParsedFiles) -> Iterator[Problem]:
    known = _guardrails(files)
    for _, path, guardrail in _attached(files):
        if guardrail not in known and SCPS not in files.broken:
            hint = did_you_mean(guardrail, known, what=f"guardrails in {SCPS}/")
            yield files.organization.at_value(path, f"unknown guardrail `{guardrail}`", hint)


def guardrails_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    """An OU and its environment may not both have a guardrail: it is attached once, with one set of values."""
    attached = (((place.ou, guardrail), (path, place.ou, guardrail)) for place, path, guardrail in _attached(files))
    for (path, ou, guardrail), (first, *_) in repeated(attached):
        message = f"guardrail `{guardrail}` is already attached to OU `{ou}`"
        hint = f"remove it here or on line {files.organization.root.value_place(first).line}"
        yield files.organization.at_value(path, message, hint)


def parameters_are_valid(files: ParsedFiles) -> Iterator[Problem]:
    known = _guardrails(files)
    for place in _placements(files):
        for guardrail, values in place.rules.parameters.items():
            path = (*place.path, "parameters", guardrail)
            if guardrail not in place.rules.guardrails:
                hint = did_you_mean(guardrail, place.rules.guardrails, what="guardrails here")
                message = f"parameters for guardrail `{guardrail}`, which is not in `guardrails` here"
                yield files.organization.at_key(path, message, hint)
            elif guardrail in known:
                yield from _wrong_parameters(files, path, known[guardrail], values)


def required_parameters_have_values(files: ParsedFiles) -> Iterator[Problem]:
    known = _guardrails(files)
    for place, path, guardrail in _attached(files):
        given = place.rules.parameters.get(guardrail, {})
        for name, parameter in known[guardrail].parameters.items() if guardrail in known else ():
            if parameter.default is None and name not in given:
                message = f"guardrail `{guardrail}` needs a value for its parameter `{name}`"
                yield files.organization.at_value(path, message, f"add it under `parameters:`, `{guardrail}:`")


def _wrong_parameters(
    files: ParsedFiles, path: tuple[str, ...], guardrail: Guardrail, values: Mapping[str, Value]
) -> Iterator[Problem]:
    for name, value in values.items():
        parameter = guardrail.parameters.get(name)
        if parameter is None:
            hint = did_you_mean(name, guardrail.parameters, what="known parameters")
            message = f"guardrail `{guardrail.id}` has no parameter `{name}`"
            yield files.organization.at_key((*path, name), message, hint)
        elif (expected := _expected(parameter)) not in (None, type_of(value)):
            message = f"`{name}` must be {expected}, not {type_of(value)}"
            yield files.organization.at_value((*path, name), message, f"its default is {expected}")


def _expected(parameter: Parameter) -> str | None:
    """The type of a parameter's values: that of its default, or None if it has none."""
    if parameter.default is None:
        return None
    if isinstance(parameter.default, str) and parameter.default in _VARIABLES:
        return _VARIABLES[parameter.default]
    return type_of(parameter.default)


def _guardrails(files: ParsedFiles) -> Mapping[str, Guardrail]:
    return {file.content.id: file.content for file in files.guardrails}


def _attached(files: ParsedFiles) -> Iterator[tuple[_Placement, Path, str]]:
    """Each guardrail of each OU and environment, with its path in the organization's file."""
    for place in _placements(files):
        for index, guardrail in enumerate(place.rules.guardrails):
            yield place, (*place.path, "guardrails", index), guardrail


def _placements(files: ParsedFiles) -> Iterator[_Placement]:
    for path, ou in files.organizational_units.items():
        if ou is not None:
            yield _Placement(("organizational_units", path), path, ou)
    for name, environment in files.environments.items():
        yield _Placement(("environments", name), environment.ou, environment)
