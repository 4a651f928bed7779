"""OUs: the paths that name them, and the places that refer to one."""

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
    for ou in draft.organizational_units:
        for message, hint in _wrong(ou):
            yield draft.organization.at_key(("organizational_units", ou), f"the OU path {message}", hint)


def references_lead_to_ous(draft: Draft) -> Iterator[Problem]:
    content = draft.organization.content
    references: list[tuple[Path, str]] = [
        *((("environments", name, "ou"), one.ou) for name, one in content.environments.items()),
        *((("accounts", key, "ou"), one.ou) for key, one in content.accounts.items()),
    ]
    known = draft.ou_names()
    for path, ou in references:
        if ou not in known:
            hint = did_you_mean(ou, known, what="the OUs are")
            yield draft.organization.at_value(path, f"there is no OU `{ou}`", hint)


def _wrong(ou: str) -> Iterator[tuple[str, str]]:
    yield from _wrong_levels(ou)
    yield from _wrong_names(ou)
    # AWS takes any character. A reference to the OU ends with the first brace, and a name stands on one line.
    if "}" in ou:
        yield "has a `}`, which ends a reference to an OU", "use another character"
    if found := next((one for one in ou if unicodedata.category(one) in _NO_NAME), None):
        yield f"has the character U+{ord(found):04X}, which is none to be read", "remove it"


def _wrong_levels(ou: str) -> Iterator[tuple[str, str]]:
    segments = ou.split("/")
    if ou.startswith("/") or ou.endswith("/"):
        yield "begins or ends with `/`", "write it like `Workloads/Beta`"
    elif "" in segments:
        yield "has nothing between two `/`", "write it like `Workloads/Beta`"
    if len(segments) > facts.OU_DEPTH_MAX:
        yield f"is {len(segments)} levels deep", f"AWS allows {facts.OU_DEPTH_MAX} below the root"
    if segments[0] != ROOT and segments[0].casefold() == ROOT.casefold():
        yield (
            f"is not `{ROOT}`, and would be an OU of that name below it",
            f"write `{ROOT}` for the organization's root",
        )
    if ROOT in segments[:-1]:
        yield f"has `{ROOT}` above another OU", f"leave `{ROOT}/` out: every path begins at the root"


def _wrong_names(ou: str) -> Iterator[tuple[str, str]]:
    segments = ou.split("/")
    if any(len(segment) > facts.OU_NAME_MAX for segment in segments):
        yield f"has a name of more than {facts.OU_NAME_MAX} characters", "shorten it"
    if any(segment != segment.strip() for segment in segments):
        yield "has a name that begins or ends with a space", "remove the space"
