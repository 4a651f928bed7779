"""The YAML of a project to one Spec, or to every problem in it.

The stages: find the files, read each as text (`source_file`), parse its YAML (`yaml_parser`),
validate its model (`model_validation`), check that the files fit together (`checks`), and make the Spec
(`spec`).
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bootstrap.model.errors import SpecError, os_reason
from bootstrap.spec.checks import accounts, guardrails, organization, secrets
from bootstrap.spec.model_validation import validate_model
from bootstrap.spec.models import ApplicationFile, DeveloperFile, Guardrail, Organization, OrganizationFile
from bootstrap.spec.problems import did_you_mean, nearest
from bootstrap.spec.secrets_file import read_secrets_file
from bootstrap.spec.source_file import (
    ACCOUNT_SPECS,
    ORGANIZATION_FILE,
    SCPS,
    SECRETS_LAYOUT,
    START,
    Node,
    SourceFile,
    read_source_file,
)
from bootstrap.spec.spec import ParsedFile, ParsedFiles
from bootstrap.spec.yaml_parser import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import SecretsFile
    from bootstrap.spec.spec import Spec

# The first keys of other files, and where such a file belongs.
_OTHER_FILES: Final = {
    "organization": f"in {ORGANIZATION_FILE}",
    "organizational_units": f"in {ORGANIZATION_FILE}",
    "environments": f"in {ORGANIZATION_FILE}",
    "accounts": f"in {ORGANIZATION_FILE}, or under `application:`",
    "id": f"in a guardrail file in {SCPS}/",
    "entries": f"in a file in {SECRETS_LAYOUT}/",
}

_SUFFIXES: Final = (".yaml", ".yml")
# Likely misspellings of a YAML file's name. Other files, such as a README, are ignored.
_MISNAMED: Final = (".json", ".txt", ".yaml.bak", ".yml.bak", ".yaml~", ".yml~", ".yamll", ".ymal", ".yam")

_Check: TypeAlias = "Callable[[ParsedFiles], Iterator[Problem]]"

# Each check is named for a rule, and yields a problem wherever the YAML breaks it.
_OF_FILES: Final[tuple[_Check, ...]] = (
    accounts.keys_are_unique,
    accounts.names_fit_aws,
    accounts.emails_are_valid,
    accounts.owners_are_valid,
    accounts.emails_are_unique,
    guardrails.ids_are_unique,
    guardrails.sids_are_unique,
    guardrails.statements_are_complete,
    guardrails.variables_are_known,
    guardrails.tests_give_known_parameters,
    secrets.names_fit_aws,
    secrets.names_are_unique,
    secrets.keys_are_unique,
    secrets.keys_have_values,
    secrets.written_values_are_not_secret,
)
# Checks that need the organization's file.
_OF_THE_ORGANIZATION: Final[tuple[_Check, ...]] = (
    organization.regions_exist,
    organization.home_region_is_allowed,
    organization.regions_are_unique,
    organization.paths_are_valid,
    organization.ous_exist,
    organization.environments_have_their_own_ou,
    organization.deployers_exist,
    organization.environments_of_accounts_exist,
    organization.developers_and_applications_share_no_environment,
    guardrails.guardrails_exist,
    guardrails.guardrails_are_unique,
    guardrails.parameters_are_valid,
    guardrails.required_parameters_have_values,
    secrets.references_exist,
)


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
    checks = (*_OF_FILES, *_OF_THE_ORGANIZATION) if files.has_organization else _OF_FILES
    return files, [*loader.problems, *(problem for check in checks for problem in check(files))]


class _Loader:
    """Reads file after file and collects the problems, so that one bad file hides no other."""

    def __init__(self, directory: Path, new_files: Mapping[str, str]) -> None:
        self.directory = directory
        self.new_files = new_files
        self.problems: list[Problem] = []
        self.broken: set[str] = set()

    def load(self) -> ParsedFiles:
        self.problems += _misnamed_folders(self.directory)
        organizations: list[ParsedFile[OrganizationFile]] = []
        developers: list[ParsedFile[DeveloperFile]] = []
        applications: list[ParsedFile[ApplicationFile]] = []
        for source in self.sources(ACCOUNT_SPECS):
            with self.collecting(ACCOUNT_SPECS):
                root = parse_yaml(source)
                if source.file == ORGANIZATION_FILE:
                    organizations.append(validate_model(source, root, OrganizationFile))
                elif "developer" in root.keys:
                    developers.append(validate_model(source, root, DeveloperFile))
                elif "application" in root.keys:
                    applications.append(validate_model(source, root, ApplicationFile))
                else:
                    raise SpecError([_not_an_account_file(source, root)])
        guardrail_files: list[ParsedFile[Guardrail]] = []
        for source in self.sources(SCPS):
            with self.collecting(SCPS):
                guardrail_files.append(validate_model(source, parse_yaml(source), Guardrail))
        secret_files: list[ParsedFile[SecretsFile]] = []
        for source in self.sources(SECRETS_LAYOUT):
            with self.collecting(SECRETS_LAYOUT):
                secret_files.append(read_secrets_file(source))
        return ParsedFiles(
            organizations[0] if organizations else _empty_organization(),
            tuple(developers),
            tuple(applications),
            tuple(guardrail_files),
            tuple(secret_files),
            frozenset(self.broken),
            has_organization=bool(organizations),
        )

    def sources(self, folder: str) -> Iterator[SourceFile]:
        """The text of every readable file in a folder."""
        found, problems = _find_yaml_files(self.directory, folder)
        names = {name for _, name in found}
        if folder == ACCOUNT_SPECS and ORGANIZATION_FILE not in names:
            hint = "`org-bootstrap init` writes an example"
            self.problems.append(SourceFile(ORGANIZATION_FILE).problem(START, "file not found", hint))
        with self.collecting(folder):
            if problems:
                raise SpecError(problems)
        for path, name in found:
            source: SourceFile | None = None
            with self.collecting(folder):
                source = read_source_file(path, name)
            if source is not None:
                yield source
        for name, text in self.new_files.items():
            if name in names:
                hint = "edit that file, or choose another name"
                self.problems.append(SourceFile(name).problem(START, "the file already exists", hint))
            elif name.startswith(f"{folder}/"):
                yield SourceFile(name, text)

    @contextmanager
    def collecting(self, folder: str) -> Iterator[None]:
        """Collects the problems of a SpecError instead of raising it."""
        try:
            yield
        except SpecError as error:
            self.problems += error.problems
            self.broken.add(folder)


def _empty_organization() -> ParsedFile[OrganizationFile]:
    """An empty organization, so that the other files can be checked without it."""
    empty: dict[str, Any] = {"organizational_units": {}, "environments": {}, "accounts": {}}
    empty["organization"] = Organization.model_construct(name="", home_region="", allowed_regions=[])
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


def _find_yaml_files(directory: Path, folder: str) -> tuple[list[tuple[Path, str]], list[Problem]]:
    """The YAML files below `directory/folder`, sorted by their names relative to the project, and the problems.

    Names that start with a dot are ignored.
    """
    found: list[tuple[Path, str]] = []
    problems: list[Problem] = []
    errors: list[OSError] = []
    for parent, folders, files in os.walk(directory / folder, onerror=errors.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(parent).relative_to(directory).as_posix()
        wrong = {name: _wrong_folder(Path(parent, name)) for name in folders}
        for name in files:
            if name.startswith("."):
                continue
            if name.lower().endswith(_SUFFIXES):
                found.append((Path(parent, name), f"{here}/{name}"))
            elif name.lower().endswith(_MISNAMED):
                wrong[name] = "ignored: the name does not end in `.yaml`"
        for name, message in wrong.items():
            if message:
                problems.append(SourceFile(f"{here}/{name}").problem(START, message, "rename or move it"))
    problems += [_unreadable(directory, error) for error in errors if not isinstance(error, FileNotFoundError)]
    return sorted(found, key=lambda file: file[1]), problems


def _unreadable(directory: Path, error: OSError) -> Problem:
    source = SourceFile(Path(error.filename).relative_to(directory).as_posix())
    message = f"the folder cannot be read: {os_reason(error)}"
    return source.problem(START, message, "check its permissions")


def _wrong_folder(path: Path) -> str:
    """The problem with a subfolder, or an empty string if it has none."""
    if path.is_symlink():
        # It could lead in a circle, or to the same file under a second name.
        return "ignored: links to folders are not followed"
    return "a folder with the name of a YAML file" if path.name.lower().endswith(_SUFFIXES) else ""


def _misnamed_folders(directory: Path) -> Iterator[Problem]:
    """A problem for each folder whose name is nearly that of a project folder, since it would be ignored."""
    try:
        names = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
    except OSError:
        return  # reading the three folders reports it
    missing = {ACCOUNT_SPECS, SCPS, SECRETS_LAYOUT} - set(names)
    for name in names:
        if meant := nearest(name, missing):
            yield SourceFile(name).problem(START, "the folder is ignored", f"did you mean `{meant}`? rename it")
