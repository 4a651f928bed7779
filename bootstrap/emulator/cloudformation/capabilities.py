"""The capabilities that a template with IAM resources needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.emulator.cloudformation import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.emulator.cloudformation.template import Template

# API reference, CreateStack, Capabilities: the types, and the property with the custom name of each.
_IAM_TYPES = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": None,
}


def check(template: Template, given: Iterable[str]) -> None:
    resources = [each for each in template["Resources"].values() if each.get("Type") in _IAM_TYPES]
    named = [each for each in resources if _IAM_TYPES[each["Type"]] in each.get("Properties", {})]
    enough = {"CAPABILITY_NAMED_IAM"} if named else {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"}
    if resources and not enough & set(given):
        needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"
        raise errors.error("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")
