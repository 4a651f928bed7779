"""Policy variables, `${aws:PrincipalTag/team}` or `${aws:PrincipalTag/team, 'none'}`, and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from bootstrap.policy import wildcard

ConditionKeys: TypeAlias = Mapping[str, tuple[str, ...]]
"""The condition keys of a request with their values. Names are in lower case, since IAM ignores their case."""

_VARIABLE: Final = re.compile(r"\$\{(?P<key>[^}*?$,\s][^},]*?)\s*(?:,\s*'(?P<default>[^']*)')?\s*\}")


def expand(template: str, keys: ConditionKeys) -> str | None:
    """The pattern with every variable replaced by its value, or None where one has neither value nor default.

    Values are escaped: a `*` in a tag is no wildcard. A key with several values has no value as a variable
    (IAM's reference: "single-valued condition keys only").
    """
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        values = keys.get(match["key"].lower(), ())
        if len(values) == 1:
            return wildcard.escape(values[0])
        if match["default"] is not None:
            return wildcard.escape(match["default"])
        missing = True
        return ""

    if "${" not in template:
        return template
    expanded = _VARIABLE.sub(value, template)
    return None if missing else expanded
