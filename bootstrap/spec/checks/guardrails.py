"""Checks of each guardrail by itself: its id, its statements, the variables and parameters that it uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap.spec.guardrail_constants import CONSTANTS
from bootstrap.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.parsed_files import ParsedFiles

# AWS's own variables hold a colon (`${aws:username}`), and its escapes are `${*}`, `${?}` and `${$}`.
_VARIABLE: Final = re.compile(r"\$\{([^}:*?$]*)\}")


def ids_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file in files.guardrails:
        here = file.where(("id",))
        other = first.setdefault(file.content.id, here)
        if other != here:
            yield file.at_value(("id",), f"duplicate guardrail id `{file.content.id}`", f"first defined at {other}")


def sids_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    for file in files.guardrails:
        seen: set[str] = set()
        for index, statement in enumerate(file.content.statements):
            if statement.Sid in seen:
                path = ("statements", index, "Sid")
                yield file.at_value(path, f"duplicate Sid `{statement.Sid}`", "give each statement its own Sid")
            seen.add(statement.Sid)


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
    for file in files.guardrails:
        for path, place, text in file.root.texts():
            known = set(CONSTANTS)
            match path:
                case ("statements" | "exempt_principals", *_):
                    known |= file.content.parameters.keys()
                case ("parameters", _, "default", *_):
                    pass
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
