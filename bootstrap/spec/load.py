"""The three YAML folders to one Spec, or to every problem in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from bootstrap.model.errors import SpecError
from bootstrap.spec.assemble import assemble
from bootstrap.spec.checks import check
from bootstrap.spec.document import read_document
from bootstrap.spec.draft import Draft
from bootstrap.spec.folders import ACCOUNT_SPECS, ORGANIZATION_FILE, SCPS, SECRETS_LAYOUT, stray, yaml_files
from bootstrap.spec.models import ApplicationFile, DeveloperFile, Guardrail, OrganizationFile
from bootstrap.spec.parsed import Parsed
from bootstrap.spec.places import START, Node
from bootstrap.spec.secrets_file import read_secrets_file
from bootstrap.spec.shape import read_shape
from bootstrap.spec.source import Source
from bootstrap.spec.suggest import did_you_mean
from bootstrap.spec.text import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import Model
    from bootstrap.spec.spec import Spec

M = TypeVar("M", bound="Model")
R = TypeVar("R")
T = TypeVar("T")

_ELSEWHERE: Final = {
    "organization": f"the organization, its OUs and environments stand in {ORGANIZATION_FILE}",
    "organizational_units": f"OUs stand in {ORGANIZATION_FILE}",
    "environments": f"environments stand in {ORGANIZATION_FILE}",
    "accounts": f"shared accounts stand in {ORGANIZATION_FILE}",
    "id": f"guardrails stand in {SCPS}/",
    "entries": f"secret entries stand in {SECRETS_LAYOUT}/",
}


def load(directory: Path, unwritten: Mapping[str, str] | None = None) -> Spec:
    """The whole YAML below `directory`. Raises SpecError with every problem of every file.

    `unwritten` holds the text of files that are about to be written, by name: what would come of them?
    """
    draft, problems = read(directory, unwritten)
    if problems:
        raise SpecError(problems)
    return assemble(draft)


def read(directory: Path, unwritten: Mapping[str, str] | None = None) -> tuple[Draft, list[Problem]]:
    """What could be read, and every problem of it. Where there is one, the draft is no organization yet."""
    reader = _Reader(directory, unwritten or {})
    draft = reader.draft()
    return draft, [*reader.problems, *check(draft)]


class _Reader:
    """Reads file after file and keeps what is wrong with each, so that one bad file hides no other."""

    def __init__(self, directory: Path, unwritten: Mapping[str, str]) -> None:
        self.directory = directory
        self.unwritten = unwritten
        self.problems: list[Problem] = []
        self.broken: set[str] = set()

    def draft(self) -> Draft:
        """All that could be read."""
        self.problems += stray(self.directory)
        organization: Parsed[OrganizationFile] | None = None
        developers: list[Parsed[DeveloperFile]] = []
        applications: list[Parsed[ApplicationFile]] = []
        for source in self.sources(ACCOUNT_SPECS):
            if source.file == ORGANIZATION_FILE:
                organization = self.attempt(ACCOUNT_SPECS, _read_organization, source)
            elif (root := self.attempt(ACCOUNT_SPECS, read_document, source)) is None:
                continue
            elif _is_of(root, "developer"):
                developers += self.shaped(source, root, DeveloperFile)
            elif _is_of(root, "application"):
                applications += self.shaped(source, root, ApplicationFile)
            else:
                self.problems.append(_of_no_sort(source, root))
                self.broken.add(ACCOUNT_SPECS)
        guardrails = [self.attempt(SCPS, _read_guardrail, source) for source in self.sources(SCPS)]
        secrets = [self.attempt(SECRETS_LAYOUT, read_secrets_file, one) for one in self.sources(SECRETS_LAYOUT)]
        return Draft(
            organization or _unread(),
            tuple(developers),
            tuple(applications),
            tuple(one for one in guardrails if one),
            tuple(one for one in secrets if one),
            frozenset(self.broken),
            has_organization=organization is not None,
        )

    def sources(self, folder: str) -> Iterator[Source]:
        """The text of every file in a folder that has one."""
        found = yaml_files(self.directory, folder)
        self.problems += found.problems
        if found.problems:
            self.broken.add(folder)
        names = {name for _, name in found.files}
        if folder == ACCOUNT_SPECS and ORGANIZATION_FILE not in names:
            self.problems.append(_no_organization())
        for path, name in found.files:
            source = self.attempt(folder, lambda path_name: read_source(*path_name), (path, name))
            if source:
                yield source
        for name, text in self.unwritten.items():
            if name.startswith(f"{folder}/"):
                if name in names:
                    self.problems.append(_exists(name))
                else:
                    yield Source(name, text)

    def shaped(self, source: Source, root: Node, model: type[M]) -> Iterator[Parsed[M]]:
        """The file, if it has the model's shape."""
        parsed = self.attempt(ACCOUNT_SPECS, lambda node: read_shape(source, node, model), root)
        if parsed:
            yield parsed

    def attempt(self, folder: str, step: Callable[[T], R], subject: T) -> R | None:
        """What the step makes of its subject, or None with its problems kept."""
        try:
            return step(subject)
        except SpecError as error:
            self.problems += error.problems
            self.broken.add(folder)
            return None


def _read_organization(source: Source) -> Parsed[OrganizationFile]:
    return read_shape(source, read_document(source), OrganizationFile)


def _unread() -> Parsed[OrganizationFile]:
    """Nothing at all, in place of the organization: what is in other files can still be looked at."""
    nothing: dict[str, Any] = {"organizational_units": {}, "environments": {}, "accounts": {}}
    return Parsed(Source(ORGANIZATION_FILE), Node({}, START), OrganizationFile.model_construct(**nothing))


def _read_guardrail(source: Source) -> Parsed[Guardrail]:
    return read_shape(source, read_document(source), Guardrail)


def _is_of(root: Node, key: str) -> bool:
    return key in root.keys


def _of_no_sort(source: Source, root: Node) -> Problem:
    """The problem of a file whose first key tells nothing."""
    if not isinstance(root.value, dict) or not root.value:
        message = "an account file begins with `developer:` or `application:`"
        return source.problem(root.place, message, "see the files beside it")
    key = next(iter(root.value))
    hint = _ELSEWHERE.get(key) or did_you_mean(key, ("application", "developer"), what="an account file begins with")
    return source.problem(root.keys[key], f"unknown key `{key}`", hint)


def _exists(name: str) -> Problem:
    return Source(name).problem(START, "there is such a file already", "change it by hand, or choose another name")


def _no_organization() -> Problem:
    message = "there is no such file"
    return Source(ORGANIZATION_FILE).problem(START, message, "`org-bootstrap init` writes an example")
