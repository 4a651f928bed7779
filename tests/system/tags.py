"""The tags in an organization, as AWS lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.system.organization import Organization

Tags = dict[str, dict[str, str]]


def tags_of(organization: Organization) -> Tags:
    """Of each account, OU and policy by its name, but for those that have none."""
    api = organization.client("organizations")
    policies = api.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    ids = organization.accounts() | organization.ous() | {policy["Name"]: policy["Id"] for policy in policies}
    listed = {name: api.list_tags_for_resource(ResourceId=id_)["Tags"] for name, id_ in ids.items()}
    return {name: {tag["Key"]: tag["Value"] for tag in tags} for name, tags in listed.items() if tags}
