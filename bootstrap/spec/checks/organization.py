"""The organization's file: its settings, its OUs and its environments, and who belongs to them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from bootstrap import facts
from bootstrap.model.names import ROOT
from bootstrap.spec.problems import did_you_mean, nearest, repeated
from bootstrap.spec.source_file import ACCOUNT_SPECS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.source_file import Path
    from bootstrap.spec.spec import ParsedFiles

# Unicode categories: control characters, surrogates, and line and paragraph separators.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def home_region_is_allowed(files: ParsedFiles) -> Iterator[Problem]:
    organization = files.organization.content.organization
    if organization.home_region not in organization.allowed_regions:
        yield files.organization.at_value(
            ("organization", "home_region"),
            f"home region `{organization.home_region}` is not in `allowed_regions`",
            "add it there, or guardrails deny the deployment of baselines",
        )


def regions_exist(files: ParsedFiles) -> Iterator[Problem]:
    """A guardrail that allows only a misspelt region denies everything."""
    organization = files.organization.content.organization
    places: list[tuple[Path, str]] = [
        (("organization", "home_region"), organization.home_region),
        *((("organization", "allowed_regions", n), region) for n, region in enumerate(organization.allowed_regions)),
    ]
    for path, region in places:
        if region not in facts.REGIONS:
            meant = nearest(region, sorted(facts.REGIONS))
            guess = f"did you mean `{meant}`? " if meant else ""
            hint = f"{guess}a region that AWS added later needs a newer org-bootstrap"
            yield files.organization.at_value(path, f"unknown region `{region}`", hint)


def regions_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    regions = files.organization.content.organization.allowed_regions
    for index, _ in repeated((region, index) for index, region in enumerate(regions)):
        path = ("organization", "allowed_regions", index)
        yield files.organization.at_value(path, f"duplicate region `{regions[index]}`", "remove one of the two")


def paths_are_valid(files: ParsedFiles) -> Iterator[Problem]:
    for ou in files.organizational_units:
        for message, hint in _broken_rules(ou):
            yield files.organization.at_key(("organizational_units", ou), f"the OU path {message}", hint)


def ous_exist(files: ParsedFiles) -> Iterator[Problem]:
    content = files.organization.content
    references: list[tuple[Path, str]] = [
        *((("environments", name, "ou"), one.ou) for name, one in content.environments.items()),
        *((("accounts", key, "ou"), one.ou) for key, one in content.accounts.items()),
    ]
    known = files.ou_paths
    for path, ou in references:
        if ou not in known:
            hint = did_you_mean(ou, known, what="known OUs")
            yield files.organization.at_value(path, f"unknown OU `{ou}`", hint)


def environments_have_their_own_ou(files: ParsedFiles) -> Iterator[Problem]:
    """Guardrails are attached to OUs: in a shared OU, those of one environment would apply to the other too."""
    for name, other in repeated((environment.ou, name) for name, environment in files.environments.items()):
        message = f"OU `{files.environments[name].ou}` already belongs to environment `{other}`"
        hint = "use another OU: the guardrails of one environment would apply to the accounts of the other"
        yield files.organization.at_value(("environments", name, "ou"), message, hint)


def deployers_exist(files: ParsedFiles) -> Iterator[Problem]:
    accounts = {account.key: account for account in files.accounts}
    for name, environment in files.environments.items():
        if environment.deploy is None:
            continue
        key, path = environment.deploy.account, ("environments", name, "deploy", "account")
        if key in accounts:
            if accounts[key].state == "closed":
                yield files.organization.at_value(path, f"account `{key}` is closed", "name an open account")
        elif ACCOUNT_SPECS not in files.broken:
            hint = did_you_mean(key, accounts, what="known accounts")
            yield files.organization.at_value(path, f"unknown account `{key}`", hint)


def environments_of_accounts_exist(files: ParsedFiles) -> Iterator[Problem]:
    for account in files.accounts:
        name = account.environment
        if not name or name in files.environments:
            continue
        hint = did_you_mean(name, files.environments, what="known environments")
        message = f"unknown environment `{name}`"
        if account.application:
            yield account.file.at_key(account.path, message, hint)
        else:
            yield account.file.at_value((*account.path, "environment"), message, hint)


def developers_and_applications_share_no_environment(files: ParsedFiles) -> Iterator[Problem]:
    """A developer is the administrator of an account with the secret entries of its environment."""
    users = {account.environment: account for account in files.accounts if account.application}
    for account in files.accounts:
        environment = account.environment
        if environment in users and not account.application:
            yield account.file.at_value(
                (*account.path, "environment"),
                f"environment `{environment}` has application account `{users[environment].key}`: "
                "a developer's account in it would get its secret entries",
                "remove `environment` to use `developer`, or name an environment without applications",
            )


def _broken_rules(ou: str) -> Iterator[tuple[str, str]]:
    segments = ou.split("/")
    yield from _broken_level_rules(ou, segments)
    if any(len(segment) > facts.OU_NAME_MAX for segment in segments):
        yield f"has a name longer than {facts.OU_NAME_MAX} characters", "shorten it"
    if any(segment != segment.strip() for segment in segments):
        yield "has a name that starts or ends with a space", "remove the space"
    # AWS allows any character. But a brace ends a reference to the OU, and control characters break its line.
    if "}" in ou:
        yield "has a `}`, which would end a reference to the OU", "use another character"
    if found := next((one for one in ou if unicodedata.category(one) in _UNPRINTABLE), None):
        yield f"has the unprintable character U+{ord(found):04X}", "remove it"


def _broken_level_rules(ou: str, segments: list[str]) -> Iterator[tuple[str, str]]:
    if ou.startswith("/") or ou.endswith("/"):
        yield "starts or ends with `/`", "write it like `Workloads/Beta`"
    elif "" in segments:
        yield "has an empty name between two `/`", "write it like `Workloads/Beta`"
    if len(segments) > facts.OU_DEPTH_MAX:
        yield f"has {len(segments)} levels; AWS allows {facts.OU_DEPTH_MAX} below the root", "use fewer levels"
    if segments[0] != ROOT and segments[0].casefold() == ROOT.casefold():
        yield f"would create an OU `{segments[0]}` below the root", f"write `{ROOT}` for the organization's root"
    if ROOT in segments[:-1]:
        yield f"has `{ROOT}` above another OU", f"remove `{ROOT}/`: every path starts at the root"
