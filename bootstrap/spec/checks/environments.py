"""Environments: their OUs and deployers, and the accounts that belong to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.spec.project_files import ACCOUNT_SPECS
from bootstrap.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.parsed_files import ParsedFiles


def environments_have_their_own_ou(files: ParsedFiles) -> Iterator[Problem]:
    """Guardrails are attached to OUs: in a shared OU, those of one environment would apply to the other too."""
    first: dict[str, str] = {}
    for name, environment in files.environments.items():
        other = first.setdefault(environment.ou, name)
        if other != name:
            yield files.organization.at_value(
                ("environments", name, "ou"),
                f"OU `{environment.ou}` already belongs to environment `{other}`",
                "use another OU: the guardrails of one environment would apply to the accounts of the other",
            )


def deployers_exist(files: ParsedFiles) -> Iterator[Problem]:
    accounts = {located.account.key: located.account for located in files.accounts}
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
    for located in files.accounts:
        name = located.account.environment
        if not name or name in files.environments:
            continue
        hint = did_you_mean(name, files.environments, what="known environments")
        message = f"unknown environment `{name}`"
        if located.account.application:
            yield located.file.at_key(located.path, message, hint)
        else:
            yield located.file.at_value((*located.path, "environment"), message, hint)


def developers_and_applications_share_no_environment(files: ParsedFiles) -> Iterator[Problem]:
    """A developer is the administrator of an account with the secret entries of its environment."""
    accounts = (located.account for located in files.accounts)
    users = {account.environment: account for account in accounts if account.application}
    for file in files.developers:
        environment = file.content.developer.environment
        if environment in users:
            yield file.at_value(
                ("developer", "environment"),
                f"environment `{environment}` has application account `{users[environment].key}`: "
                "a developer's account in it would get its secret entries",
                "remove `environment` to use `developer`, or name an environment without applications",
            )
