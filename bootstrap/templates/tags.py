"""The tags that say what is ours, whose it is and what it is for."""

from __future__ import annotations

from bootstrap.model import names


def tags(*, key: str, environment: str = "", application: str = "", owner: str = "") -> dict[str, str]:
    """Our tags by their name; what is not said is left out, for a tag with an empty value says nothing.

    A resource of the baseline carries what is true of it wherever it stands, and never its account's key or
    owner: those are tags of the account, and here they would make equal accounts look different in a plan.
    """
    told = {"key": key, "environment": environment, "application": application, "owner": owner}
    return {names.TAG_PREFIX + name: value for name, value in told.items() if value}
