"""The files that this tool writes and reads back: plans and snapshots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from bootstrap import __version__
from bootstrap.model.errors import BlockedError, BootstrapError
from bootstrap.secrecy.escape import one_line

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ArtifactType:
    """A sort of file. `third_key` identifies it, `made` and `again` are for messages, and `error` is raised for a file
    that cannot be used.
    """

    name: str
    third_key: str
    made: str
    again: str
    error: type[BootstrapError]

    def problem(self, message: str) -> BootstrapError:
        return self.error(message, hint=self.again)


PLAN: Final = ArtifactType(
    "plan", "organization", "made", "plan again with `--out`, and have that plan reviewed", BlockedError
)
SNAPSHOT: Final = ArtifactType(
    "snapshot", "taken", "taken", "take a new one: `org-bootstrap snapshot --out FILE`", BootstrapError
)
_TYPES: Final = {kind.third_key: kind for kind in (PLAN, SNAPSHOT)}
# Identified by its beginning, because an interrupted run leaves only that.
_BEGINS: Final = re.compile(rb'\{\n  "format": [0-9]+,\n  "tool": "(?:[^"\\\n]|\\.)*",\n  "(\w+)": ')


def type_of(content: bytes) -> ArtifactType | None:
    """The sort of a file, of any version; None if this tool did not write it."""
    begins = _BEGINS.match(content)
    return _TYPES.get(begins[1].decode()) if begins else None


def parse(content: str | bytes, name: str, kind: ArtifactType, model: type[M]) -> M:
    """The content of a file. Raises `kind.error` for a file of another sort or version; `name` is the file's."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = one_line(".".join(map(str, first["loc"]))) or "the file"
        message = f"{name} is not a {kind.name} of this version: {place}: {one_line(first['msg'])}"
    found = type_of(content.encode() if isinstance(content, str) else content)
    if found and found is not kind:
        message = f"{name} is a {found.name}, not a {kind.name}"
    raise kind.problem(message)


def check_version(tool: str, name: str, kind: ArtifactType) -> None:
    """Raise `kind.error` for a file of another version of the tool, whose meaning may differ."""
    if tool != __version__:
        raise kind.problem(f"{name} was {kind.made} by version {one_line(tool)}, and this is {__version__}")
