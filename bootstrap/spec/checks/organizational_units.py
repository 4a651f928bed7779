"""Units: the paths that name them, and the places that refer to one."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.model.names import ROOT
from bootstrap.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft
    from bootstrap.spec.places import Path

# Controls, halves of a character, and what ends a line or a paragraph.
_NO_NAME: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def paths_can_be_made(draft: Draft) -> Iterator[Problem]:
    for unit in draft.units:
        for message, hint in _wrong(unit):
            yield draft.organization.at_key(("units", unit), f"the unit path {message}", hint)


def references_lead_to_units(draft: Draft) -> Iterator[Problem]:
    content = draft.organization.content
    references: list[tuple[Path, str]] = [
        *((("environments", name, "unit"), one.unit) for name, one in content.environments.items()),
        *((("accounts", key, "unit"), one.unit) for key, one in content.accounts.items()),
    ]
    known = draft.unit_names()
    for path, unit in references:
        if unit not in known:
            hint = did_you_mean(unit, known, what="the units are")
            yield draft.organization.at_value(path, f"there is no unit `{unit}`", hint)


def _wrong(unit: str) -> Iterator[tuple[str, str]]:
    yield from _wrong_levels(unit)
    yield from _wrong_names(unit)
    # AWS takes any character. A reference to the unit ends with the first brace, and a name stands on one line.
    if "}" in unit:
        yield "has a `}`, which ends a reference to a unit", "use another character"
    if found := next((one for one in unit if unicodedata.category(one) in _NO_NAME), None):
        yield f"has the character U+{ord(found):04X}, which is none to be read", "remove it"


def _wrong_levels(unit: str) -> Iterator[tuple[str, str]]:
    segments = unit.split("/")
    if unit.startswith("/") or unit.endswith("/"):
        yield "begins or ends with `/`", "write it like `Workloads/Beta`"
    elif "" in segments:
        yield "has nothing between two `/`", "write it like `Workloads/Beta`"
    if len(segments) > facts.UNIT_DEPTH_MAX:
        yield f"is {len(segments)} levels deep", f"AWS allows {facts.UNIT_DEPTH_MAX} below the root"
    if segments[0] != ROOT and segments[0].casefold() == ROOT.casefold():
        yield (
            f"is not `{ROOT}`, and would be a unit of that name below it",
            f"write `{ROOT}` for the organization's root",
        )
    if ROOT in segments[:-1]:
        yield f"has `{ROOT}` above another unit", f"leave `{ROOT}/` out: every path begins at the root"


def _wrong_names(unit: str) -> Iterator[tuple[str, str]]:
    segments = unit.split("/")
    if any(len(segment) > facts.UNIT_NAME_MAX for segment in segments):
        yield f"has a name of more than {facts.UNIT_NAME_MAX} characters", "shorten it"
    if any(segment != segment.strip() for segment in segments):
        yield "has a name that begins or ends with a space", "remove the space"
