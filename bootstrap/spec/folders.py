"""Which files there are to read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bootstrap.spec.places import START
from bootstrap.spec.source import Source
from bootstrap.spec.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem

ACCOUNT_SPECS: Final = "account_specs"
SCPS: Final = "scps"
SECRETS_LAYOUT: Final = "secrets_layout"
ORGANIZATION_FILE: Final = f"{ACCOUNT_SPECS}/organization.yaml"

_SUFFIXES: Final = (".yaml", ".yml")
# What somebody may have meant to be read; a README beside the files is nobody's mistake.
_MISNAMED: Final = (".json", ".txt", ".yaml.bak", ".yml.bak", ".yaml~", ".yml~", ".yamll", ".ymal", ".yam")


@dataclass(slots=True)
class Found:
    """The YAML files below one folder: each with its name relative to the project, sorted by that name."""

    files: list[tuple[Path, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def yaml_files(directory: Path, folder: str) -> Found:
    """Every YAML file below `directory/folder`; what begins with a dot is somebody else's."""
    found = Found()
    waiting = [(directory / folder, folder)]
    while waiting:
        path, name = waiting.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            found.problems.append(_refusal(name, f"cannot be read: {(error.strerror or '').lower()}"))
            continue
        for entry in entries:
            _sort_in(entry, f"{name}/{entry.name}", found, waiting)
    found.files.sort(key=lambda file: file[1])
    return found


def stray(directory: Path) -> Iterator[Problem]:
    """Folders with a name that is nearly one of ours, which nobody would read."""
    try:
        names = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    except OSError:
        return  # each of the three folders will be missed by name
    missing = {ACCOUNT_SPECS, SCPS, SECRETS_LAYOUT} - set(names)
    for name in names:
        if meant := nearest(name, missing):
            yield Source(name).problem(START, "this folder is not read", f"did you mean `{meant}`? rename it")


def _sort_in(entry: os.DirEntry[str], name: str, found: Found, waiting: list[tuple[Path, str]]) -> None:
    if entry.name.startswith("."):
        return
    is_yaml = entry.name.lower().endswith(_SUFFIXES)
    if entry.is_dir(follow_symlinks=False):
        if is_yaml:
            found.problems.append(_refusal(name, "is a folder with the name of a file"))
        waiting.append((Path(entry.path), name))
    elif is_yaml:
        found.files.append((Path(entry.path), name))
    elif entry.name.lower().endswith(_MISNAMED):
        found.problems.append(_refusal(name, "is not read: its name does not end in `.yaml`"))
    elif entry.is_symlink() and _is_folder(entry):
        # Followed, it could lead in a circle, and the same file would be read under two names.
        found.problems.append(_refusal(name, "is a link to a folder, which is not followed"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _refusal(name: str, message: str) -> Problem:
    hint = "see its permissions" if message.startswith("cannot") else "rename or move it"
    return Source(name).problem(START, message, hint)
