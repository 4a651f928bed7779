"""Environments: the OU and the deployer of each, and the places that refer to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.spec.folders import ACCOUNT_SPECS
from bootstrap.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft


def ous_belong_to_one_environment(draft: Draft) -> Iterator[Problem]:
    """Guardrails are attached to OUs, so those of one environment would bind the other as well."""
    first: dict[str, str] = {}
    for name, environment in draft.environments.items():
        other = first.setdefault(environment.ou, name)
        if other != name:
            yield draft.organization.at_value(
                ("environments", name, "ou"),
                f"the OU `{environment.ou}` is that of the environment `{other}` already",
                "give each its own OU: the guardrails of one would bind the accounts of the other",
            )


def deployers_exist(draft: Draft) -> Iterator[Problem]:
    accounts = {written.account.key: written.account for written in draft.accounts()}
    for name, environment in draft.environments.items():
        if environment.deploy is None:
            continue
        key, path = environment.deploy.account, ("environments", name, "deploy", "account")
        if key in accounts:
            if accounts[key].state == "closed":
                yield draft.organization.at_value(path, f"the account `{key}` is closed", "name an open one")
        elif ACCOUNT_SPECS not in draft.broken:
            hint = did_you_mean(key, accounts, what="the accounts are")
            yield draft.organization.at_value(path, f"there is no account `{key}`", hint)


def references_lead_to_environments(draft: Draft) -> Iterator[Problem]:
    for written in draft.accounts():
        name = written.account.environment
        if not name or name in draft.environments:
            continue
        hint = did_you_mean(name, draft.environments, what="the environments are")
        message = f"there is no environment `{name}`"
        if written.account.application:
            yield written.file.at_key(written.path, message, hint)
        else:
            yield written.file.at_value((*written.path, "environment"), message, hint)


def developers_are_apart_from_applications(draft: Draft) -> Iterator[Problem]:
    """A developer is the administrator of an account that holds the entries of its environment."""
    written = (one.account for one in draft.accounts())
    users = {account.environment: account for account in written if account.application}
    for file in draft.developers:
        environment = file.content.developer.environment
        if environment in users:
            yield file.at_value(
                ("developer", "environment"),
                f"`{environment}` is the environment of `{users[environment].key}`, and its secrets are no developer's",
                "leave `environment` out for `developer`, or give developers an environment that no application uses",
            )
