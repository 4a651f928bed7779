"""Organizational units: their paths, and the environments and accounts that name one."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.model.names import ROOT
from bootstrap.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.node import Path
    from bootstrap.spec.parsed_files import ParsedFiles

# Unicode categories: control characters, surrogates, and line and paragraph separators.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def paths_are_valid(files: ParsedFiles) -> Iterator[Problem]:
    for ou in files.organizational_units:
        for message, hint in _broken_rules(ou):
            yield files.organization.at_key(("organizational_units", ou), f"the OU path {message}", hint)


def ous_exist(files: ParsedFiles) -> Iterator[Problem]:
    content = files.organization.content
    references: list[tuple[Path, str]] = [
        *((("environments", name, "ou"), one.ou) for name, one in content.environments.items()),
        *((("accounts", key, "ou"), one.ou) for key, one in content.accounts.items()),
    ]
    known = files.ou_paths
    for path, ou in references:
        if ou not in known:
            hint = did_you_mean(ou, known, what="known OUs")
            yield files.organization.at_value(path, f"unknown OU `{ou}`", hint)


def _broken_rules(ou: str) -> Iterator[tuple[str, str]]:
    yield from _broken_level_rules(ou)
    yield from _broken_name_rules(ou)
    # AWS allows any character. But a brace ends a reference to the OU, and control characters break its line.
    if "}" in ou:
        yield "has a `}`, which would end a reference to the OU", "use another character"
    if found := next((one for one in ou if unicodedata.category(one) in _UNPRINTABLE), None):
        yield f"has the unprintable character U+{ord(found):04X}", "remove it"


def _broken_level_rules(ou: str) -> Iterator[tuple[str, str]]:
    segments = ou.split("/")
    if ou.startswith("/") or ou.endswith("/"):
        yield "starts or ends with `/`", "write it like `Workloads/Beta`"
    elif "" in segments:
        yield "has an empty name between two `/`", "write it like `Workloads/Beta`"
    if len(segments) > facts.OU_DEPTH_MAX:
        yield f"has {len(segments)} levels; AWS allows {facts.OU_DEPTH_MAX} below the root", "use fewer levels"
    if segments[0] != ROOT and segments[0].casefold() == ROOT.casefold():
        yield (
            f"would create an OU `{segments[0]}` below the root",
            f"write `{ROOT}` for the organization's root",
        )
    if ROOT in segments[:-1]:
        yield f"has `{ROOT}` above another OU", f"remove `{ROOT}/`: every path starts at the root"


def _broken_name_rules(ou: str) -> Iterator[tuple[str, str]]:
    segments = ou.split("/")
    if any(len(segment) > facts.OU_NAME_MAX for segment in segments):
        yield f"has a name longer than {facts.OU_NAME_MAX} characters", "shorten it"
    if any(segment != segment.strip() for segment in segments):
        yield "has a name that starts or ends with a space", "remove the space"
