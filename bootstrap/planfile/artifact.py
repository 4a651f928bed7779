"""The files that this tool writes and reads back, plans and snapshots: told apart, with errors of one line."""

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
    """A kind of file that this tool writes and reads back: its name, its third key, the verb that made it, how to get a
    new one, and the error for a file that cannot be used.
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
# Known by how it begins: whoever died while writing one left no more of it.
_BEGINS: Final = re.compile(rb'\{\n  "format": [0-9]+,\n  "tool": "(?:[^"\\\n]|\\.)*",\n  "(\w+)": ')


def type_of(content: bytes) -> ArtifactType | None:
    """What a file is, in whatever version; None if it is not of our writing."""
    begins = _BEGINS.match(content)
    return _TYPES.get(begins[1].decode()) if begins else None


def parse(content: str | bytes, name: str, kind: ArtifactType, model: type[M]) -> M:
    """What a file's content says. Raises the kind's error for what is no such file; `name` is the file's."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = one_line(".".join(map(str, first["loc"]))) or "the whole"
        message = f"{name} is no {kind.name} of this version: {place}: {one_line(first['msg'])}"
    found = type_of(content.encode() if isinstance(content, str) else content)
    if found and found is not kind:
        message = f"{name} is a {found.name}, not a {kind.name}"
    raise kind.problem(message)


def check_version(tool: str, name: str, kind: ArtifactType) -> None:
    """Refuse what another version of the tool wrote: what it means by it is not known."""
    if tool != __version__:
        raise kind.problem(f"{name} was {kind.made} by version {one_line(tool)}, and this is {__version__}")
