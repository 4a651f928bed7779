"""The tags of the resources in a baseline."""

from __future__ import annotations

from bootstrap.model import names


def tags(*, key: str, environment: str = "", application: str = "", owner: str = "") -> dict[str, str]:
    """The tags of a resource by name; empty values are left out.

    The key and the owner of the account are tags of the account alone: on a resource, they would make the templates of
    equal accounts different.
    """
    values = {"key": key, "environment": environment, "application": application, "owner": owner}
    return {names.TAG_PREFIX + name: value for name, value in values.items() if value}
