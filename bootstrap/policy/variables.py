"""Policy variables, `${aws:PrincipalTag/team}` or `${aws:PrincipalTag/team, 'none'}`, and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from bootstrap.policy import wildcard

Context: TypeAlias = Mapping[str, tuple[str, ...]]
"""The condition keys of a request, in lower case (IAM ignores the case of keys), with their values."""

_VARIABLE: Final = re.compile(r"\$\{(?P<key>[^}*?$,\s][^},]*?)\s*(?:,\s*'(?P<default>[^']*)')?\s*\}")


def expand(template: str, context: Context) -> str | None:
    """The pattern with every variable filled in, or None where one has no value and no default.

    A value is never a pattern: a `*` in a tag is a star, so it goes in escaped. Keys with several values
    cannot be used as variables (IAM's reference: "single-valued condition keys only").
    """
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        values = context.get(match["key"].lower(), ())
        if len(values) == 1:
            return wildcard.escape(values[0])
        if match["default"] is not None:
            return wildcard.escape(match["default"])
        missing = True
        return ""

    expanded = _VARIABLE.sub(value, template)
    return None if missing else expanded
