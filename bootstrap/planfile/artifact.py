"""The files that we write and read back, plans and snapshots: told apart, and refused in words of one line."""

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
class Sort:
    """What a file is called, its third key, how it came to be, how to get a new one, and what it is refused with."""

    name: str
    third: str
    made: str
    again: str
    error: type[BootstrapError]

    def blocker(self, message: str) -> BootstrapError:
        return self.error(message, hint=self.again)


PLAN: Final = Sort("plan", "organization", "made", "plan again with `--out`, and have that reviewed", BlockedError)
SNAPSHOT: Final = Sort(
    "snapshot", "taken", "taken", "take a new one: `org-bootstrap snapshot --out FILE`", BootstrapError
)
_SORTS: Final = {sort.third: sort for sort in (PLAN, SNAPSHOT)}
# Known by how it begins: whoever died while writing one left no more of it.
_BEGINS: Final = re.compile(rb'\{\n  "format": [0-9]+,\n  "tool": "(?:[^"\\\n]|\\.)*",\n  "(\w+)": ')


def sort_of(content: bytes) -> Sort | None:
    """What a file is, in whatever version; None if it is not of our writing."""
    begins = _BEGINS.match(content)
    return _SORTS.get(begins[1].decode()) if begins else None


def parse(content: str | bytes, name: str, sort: Sort, model: type[M]) -> M:
    """What a file's content says. Raises the sort's error for what is no such file; `name` is the file's."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = one_line(".".join(map(str, first["loc"]))) or "the whole"
        message = f"{name} is no {sort.name} of this version: {place}: {one_line(first['msg'])}"
    found = sort_of(content.encode() if isinstance(content, str) else content)
    if found and found is not sort:
        message = f"{name} is a {found.name}, not a {sort.name}"
    raise sort.blocker(message)


def check_version(tool: str, name: str, sort: Sort) -> None:
    """Refuse what another version of the tool wrote: what it means by it is not known."""
    if tool != __version__:
        raise sort.blocker(f"{name} was {sort.made} by version {one_line(tool)}, and this is {__version__}")
