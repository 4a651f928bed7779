"""Guardrails, each in itself: ids, statements, and the variables in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft

CONSTANTS: Final = (
    "access_role",
    "access_role_arn",
    "baseline_stack",
    "boundary",
    "budget",
    "deploy_role",
    "deploy_role_arn",
    "execution_role",
    "execution_role_arn",
    "organization.allowed_regions",
    "organization.home_region",
    "organization_id",
    "stacksets_role_arn",
)
"""What a guardrail may name beside its parameters: the compiler of policies knows their values."""

# AWS's own variables hold a colon (`${aws:username}`), its escapes are `${*}`, `${?}` and `${$}`.
_VARIABLE: Final = re.compile(r"\$\{([^}:*?$]*)\}")


def ids_are_unique(draft: Draft) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file in draft.guardrails:
        here = file.where(("id",))
        other = first.setdefault(file.content.id, here)
        if other != here:
            hint = f"the first one is at {other}"
            yield file.at_value(("id",), f"the guardrail id `{file.content.id}` is taken", hint)


def sids_are_unique(draft: Draft) -> Iterator[Problem]:
    for file in draft.guardrails:
        seen: set[str] = set()
        for index, statement in enumerate(file.content.statements):
            if statement.Sid in seen:
                path = ("statements", index, "Sid")
                yield file.at_value(path, f"the Sid `{statement.Sid}` is used twice", "give each its own")
            seen.add(statement.Sid)


def statements_are_whole(draft: Draft) -> Iterator[Problem]:
    for file in draft.guardrails:
        for index, statement in enumerate(file.content.statements):
            for one, other in (("Action", "NotAction"), ("Resource", "NotResource")):
                given = [key for key in (one, other) if getattr(statement, key) is not None]
                if len(given) != 1:
                    has = "both" if given else "neither"
                    message = f"the statement `{statement.Sid}` has {has} `{one}` and `{other}`"
                    message = message if given else message.replace(" and ", " nor ")
                    yield file.at_value(("statements", index), message, "write exactly one of the two")


def variables_are_known(draft: Draft) -> Iterator[Problem]:
    for file in draft.guardrails:
        for path, place, text in file.root.texts():
            match path:
                case ("statements" | "exempt_principals", *_):
                    known = (*file.content.parameters, *CONSTANTS)
                case ("parameters", _, "default", *_):
                    known = CONSTANTS
                case _:
                    continue
            for name in _VARIABLE.findall(text):
                if name not in known:
                    hint = did_you_mean(name, known, what="known here")
                    yield file.source.problem(place, f"`${{{name}}}` stands for nothing", hint)


def tests_give_known_parameters(draft: Draft) -> Iterator[Problem]:
    for file in draft.guardrails:
        known = file.content.parameters
        for index, test in enumerate(file.content.tests):
            for name in test.parameters:
                if name not in known:
                    hint = did_you_mean(name, known, what="its parameters are")
                    message = f"`{file.content.id}` has no parameter `{name}`"
                    yield file.at_key(("tests", index, "parameters", name), message, hint)
