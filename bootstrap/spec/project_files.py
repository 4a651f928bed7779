"""The YAML files of a project, and the files beside them that look misnamed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bootstrap.spec.node import START
from bootstrap.spec.source_file import SourceFile
from bootstrap.spec.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem

ACCOUNT_SPECS: Final = "account_specs"
SCPS: Final = "scps"
SECRETS_LAYOUT: Final = "secrets_layout"
ORGANIZATION_FILE: Final = f"{ACCOUNT_SPECS}/organization.yaml"

_SUFFIXES: Final = (".yaml", ".yml")
# Likely misspellings of a YAML file's name. Other files, such as a README, are ignored.
_MISNAMED: Final = (".json", ".txt", ".yaml.bak", ".yml.bak", ".yaml~", ".yml~", ".yamll", ".ymal", ".yam")


@dataclass(slots=True)
class FoundFiles:
    """The YAML files below one folder, each with its name relative to the project, sorted by name."""

    files: list[tuple[Path, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_yaml_files(directory: Path, folder: str) -> FoundFiles:
    """Every YAML file below `directory/folder`. Names that start with a dot are ignored."""
    found = FoundFiles()
    waiting = [(directory / folder, folder)]
    while waiting:
        path, name = waiting.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            found.problems.append(_problem(name, f"the folder cannot be read: {(error.strerror or '').lower()}"))
            continue
        for entry in entries:
            _add_entry(entry, f"{name}/{entry.name}", found, waiting)
    found.files.sort(key=lambda file: file[1])
    return found


def misnamed_folders(directory: Path) -> Iterator[Problem]:
    """A problem for each folder whose name is nearly that of a project folder, since it would be ignored."""
    try:
        names = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    except OSError:
        return  # reading the three folders reports it
    missing = {ACCOUNT_SPECS, SCPS, SECRETS_LAYOUT} - set(names)
    for name in names:
        if meant := nearest(name, missing):
            yield SourceFile(name).problem(START, "the folder is ignored", f"did you mean `{meant}`? rename it")


def _add_entry(entry: os.DirEntry[str], name: str, found: FoundFiles, waiting: list[tuple[Path, str]]) -> None:
    if entry.name.startswith("."):
        return
    is_yaml = entry.name.lower().endswith(_SUFFIXES)
    if entry.is_dir(follow_symlinks=False):
        if is_yaml:
            found.problems.append(_problem(name, "a folder with the name of a YAML file"))
        waiting.append((Path(entry.path), name))
    elif is_yaml:
        found.files.append((Path(entry.path), name))
    elif entry.name.lower().endswith(_MISNAMED):
        found.problems.append(_problem(name, "ignored: the name does not end in `.yaml`"))
    elif entry.is_symlink() and _is_folder(entry):
        # It could lead in a circle, or to the same file under a second name.
        found.problems.append(_problem(name, "ignored: links to folders are not followed"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _problem(name: str, message: str) -> Problem:
    hint = "check its permissions" if "cannot" in message else "rename or move it"
    return SourceFile(name).problem(START, message, hint)
