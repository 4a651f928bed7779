"""The organization and its root, as Organizations reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.inventory import Inventory


def organization(inventory: Inventory) -> Mapping[str, str] | None:
    """The answer of DescribeOrganization, or None while there is no organization."""
    try:
        answer = inventory.aws.call("organizations.DescribeOrganization")
    except AwsError as error:
        if error.code == "AWSOrganizationsNotInUseException":
            return None
        raise
    return cast("Mapping[str, str]", answer["Organization"])


def root(inventory: Inventory) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", next(iter(inventory.aws.pages("organizations.ListRoots", "Roots"))))


def management_account(inventory: Inventory) -> str:
    """The id of the management account, or of the account that will be."""
    found = inventory.read(organization)
    return found["MasterAccountId"] if found else str(inventory.aws.call("sts.GetCallerIdentity")["Account"])


def policy_types(inventory: Inventory) -> Mapping[str, str]:
    """The status of every policy type that is not disabled: ENABLED, PENDING_ENABLE or PENDING_DISABLE."""
    if inventory.read(organization) is None:
        return {}
    return {found["Type"]: found["Status"] for found in inventory.read(root)["PolicyTypes"]}


def enabled_types(inventory: Inventory) -> frozenset[str]:
    return frozenset(name for name, status in inventory.read(policy_types).items() if status == "ENABLED")
