"""The YAML of a project to one Spec, or to every problem in it.

The stages: find the files (`project_files`), read each as text (`source_file`), parse its YAML (`yaml_parser`),
validate its model (`model_validation`), check that the files fit together (`checks`), and make the Spec
(`parsed_files`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from bootstrap.model.errors import SpecError
from bootstrap.spec.checks import check_files
from bootstrap.spec.model_validation import validate_model
from bootstrap.spec.models import ApplicationFile, DeveloperFile, Guardrail, OrganizationFile
from bootstrap.spec.node import START, Node
from bootstrap.spec.parsed_files import ParsedFile, ParsedFiles
from bootstrap.spec.project_files import (
    ACCOUNT_SPECS,
    ORGANIZATION_FILE,
    SCPS,
    SECRETS_LAYOUT,
    find_yaml_files,
    misnamed_folders,
)
from bootstrap.spec.secrets_file import read_secrets_file
from bootstrap.spec.source_file import SourceFile, read_source_file
from bootstrap.spec.suggest import did_you_mean
from bootstrap.spec.yaml_parser import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import Model
    from bootstrap.spec.spec import Spec

M = TypeVar("M", bound="Model")
R = TypeVar("R")
T = TypeVar("T")

# The first keys of other files, and where such a file belongs.
_OTHER_FILES: Final = {
    "organization": f"in {ORGANIZATION_FILE}",
    "organizational_units": f"in {ORGANIZATION_FILE}",
    "environments": f"in {ORGANIZATION_FILE}",
    "accounts": f"in {ORGANIZATION_FILE}, or under `application:`",
    "id": f"in a guardrail file in {SCPS}/",
    "entries": f"in a file in {SECRETS_LAYOUT}/",
}


def load(directory: Path, new_files: Mapping[str, str] | None = None) -> Spec:
    """The Spec of the project in `directory`. Raises SpecError with every problem of every file.

    `new_files` holds the text of files that are not written yet, by name relative to the project.
    """
    files, problems = load_files(directory, new_files)
    if problems:
        raise SpecError(problems)
    return files.spec()


def load_files(directory: Path, new_files: Mapping[str, str] | None = None) -> tuple[ParsedFiles, list[Problem]]:
    """The files that could be read, and every problem. `ParsedFiles.spec` needs files without problems."""
    loader = _Loader(directory, new_files or {})
    files = loader.load()
    return files, [*loader.problems, *check_files(files)]


class _Loader:
    """Reads file after file and collects the problems, so that one bad file hides no other."""

    def __init__(self, directory: Path, new_files: Mapping[str, str]) -> None:
        self.directory = directory
        self.new_files = new_files
        self.problems: list[Problem] = []
        self.broken: set[str] = set()

    def load(self) -> ParsedFiles:
        self.problems += misnamed_folders(self.directory)
        organization: ParsedFile[OrganizationFile] | None = None
        developers: list[ParsedFile[DeveloperFile]] = []
        applications: list[ParsedFile[ApplicationFile]] = []
        for source in self.sources(ACCOUNT_SPECS):
            if source.file == ORGANIZATION_FILE:
                organization = self.attempt(ACCOUNT_SPECS, _read_organization, source)
            elif (root := self.attempt(ACCOUNT_SPECS, parse_yaml, source)) is None:
                continue
            elif "developer" in root.keys:
                developers += self.validated(source, root, DeveloperFile)
            elif "application" in root.keys:
                applications += self.validated(source, root, ApplicationFile)
            else:
                self.problems.append(_not_an_account_file(source, root))
                self.broken.add(ACCOUNT_SPECS)
        guardrails = [self.attempt(SCPS, _read_guardrail, source) for source in self.sources(SCPS)]
        secrets = [self.attempt(SECRETS_LAYOUT, read_secrets_file, one) for one in self.sources(SECRETS_LAYOUT)]
        return ParsedFiles(
            organization or _empty_organization(),
            tuple(developers),
            tuple(applications),
            tuple(one for one in guardrails if one),
            tuple(one for one in secrets if one),
            frozenset(self.broken),
            has_organization=organization is not None,
        )

    def sources(self, folder: str) -> Iterator[SourceFile]:
        """The text of every readable file in a folder."""
        found = find_yaml_files(self.directory, folder)
        self.problems += found.problems
        if found.problems:
            self.broken.add(folder)
        names = {name for _, name in found.files}
        if folder == ACCOUNT_SPECS and ORGANIZATION_FILE not in names:
            hint = "`org-bootstrap init` writes an example"
            self.problems.append(SourceFile(ORGANIZATION_FILE).problem(START, "file not found", hint))
        for path, name in found.files:
            source = self.attempt(folder, lambda path_name: read_source_file(*path_name), (path, name))
            if source:
                yield source
        for name, text in self.new_files.items():
            if name.startswith(f"{folder}/"):
                if name in names:
                    hint = "edit that file, or choose another name"
                    self.problems.append(SourceFile(name).problem(START, "the file already exists", hint))
                else:
                    yield SourceFile(name, text)

    def validated(self, source: SourceFile, root: Node, model: type[M]) -> Iterator[ParsedFile[M]]:
        """The file, if it is valid for the model."""
        parsed = self.attempt(ACCOUNT_SPECS, lambda node: validate_model(source, node, model), root)
        if parsed:
            yield parsed

    def attempt(self, folder: str, step: Callable[[T], R], subject: T) -> R | None:
        """The result of a step, or None if it raises SpecError, whose problems are collected."""
        try:
            return step(subject)
        except SpecError as error:
            self.problems += error.problems
            self.broken.add(folder)
            return None


def _read_organization(source: SourceFile) -> ParsedFile[OrganizationFile]:
    return validate_model(source, parse_yaml(source), OrganizationFile)


def _read_guardrail(source: SourceFile) -> ParsedFile[Guardrail]:
    return validate_model(source, parse_yaml(source), Guardrail)


def _empty_organization() -> ParsedFile[OrganizationFile]:
    """An empty organization, so that the other files can be checked without it."""
    empty: dict[str, Any] = {"organizational_units": {}, "environments": {}, "accounts": {}}
    return ParsedFile(SourceFile(ORGANIZATION_FILE), Node({}, START), OrganizationFile.model_construct(**empty))


def _not_an_account_file(source: SourceFile, root: Node) -> Problem:
    if not isinstance(root.value, dict) or not root.value:
        message = "an account file starts with `developer:` or `application:`"
        hint = "write one of the two, and the account's settings below it"
        return source.problem(root.place, message, hint)
    key = next(iter(root.value))
    if belongs := _OTHER_FILES.get(key):
        hint = f"`{key}:` belongs {belongs}"
    else:
        hint = did_you_mean(key, ("application", "developer"), what="an account file starts with")
    return source.problem(root.keys[key], f"unknown key `{key}`", hint)
