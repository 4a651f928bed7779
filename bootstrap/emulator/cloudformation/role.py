"""AWS::IAM::Role."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import IAMBackend, iam_backends

from bootstrap.emulator.cloudformation.resource_type import Place, Properties, Resource, ResourceType, made

DEFAULT_SESSION = 3600


class Role(ResourceType):
    name = "AWS::IAM::Role"
    properties = frozenset(
        {
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "RoleName",
            "Tags",
        }
    )
    required = frozenset({"AssumeRolePolicyDocument"})
    replaced_by = frozenset({"Path", "RoleName"})
    named_by = "RoleName"
    attributes = frozenset({"Arn", "RoleId"})

    def create(self, place: Place, name: str, want: Properties) -> Resource:
        iam = _iam(place)
        iam.create_role(
            role_name=name,
            assume_role_policy_document=as_text(want["AssumeRolePolicyDocument"]),
            path=want.get("Path", "/"),
            permissions_boundary=want.get("PermissionsBoundary"),
            description=want.get("Description", ""),
            tags=want.get("Tags", []),
            max_session_duration=int(want.get("MaxSessionDuration", DEFAULT_SESSION)),
        )
        try:
            _set_policies(iam, name, {}, want)
        except Exception:
            # The real handler deletes a role that it could create only in part.
            self.delete(place, made(name))
            raise
        return made(name)

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        iam, name = _iam(place), have.physical_id
        role = iam.get_role(name)
        iam.update_assume_role_policy(name, as_text(want["AssumeRolePolicyDocument"]))
        _set_policies(iam, name, have.properties, want)
        if want.get("PermissionsBoundary"):
            iam.put_role_permissions_boundary(name, want["PermissionsBoundary"])
        else:
            iam.delete_role_permissions_boundary(name)
        role.description = want.get("Description", "")
        role.max_session_duration = int(want.get("MaxSessionDuration", DEFAULT_SESSION))
        # Tags that the stack did not set stay.
        iam.untag_role(name, [tag["Key"] for tag in have.properties.get("Tags", [])])
        iam.tag_role(name, want.get("Tags", []))

    def delete(self, place: Place, have: Resource) -> None:
        iam = _iam(place)
        if self.find(place, have.physical_id) is None:
            return
        # Detach only what the stack attached: IAM refuses to delete a role with other policies.
        attached = iam.get_role(have.physical_id).managed_policies
        for arn in have.properties.get("ManagedPolicyArns", list(attached)):
            if arn in attached:
                iam.detach_role_policy(arn, have.physical_id)
        inline = iam.list_role_policies(have.physical_id)
        for name in [policy["PolicyName"] for policy in have.properties.get("Policies", [])] or inline:
            if name in inline:
                iam.delete_role_policy(have.physical_id, name)
        iam.delete_role(have.physical_id)

    def find(self, place: Place, name: str) -> str | None:
        return name if any(role.name == name for role in _iam(place).get_roles()) else None

    def attribute(self, place: Place, have: Resource, name: str) -> str:
        role = _iam(place).get_role(have.physical_id)
        return str(role.arn if name == "Arn" else role.id)


def as_text(document: Any) -> str:
    """IAM stores documents as text. CloudFormation sends compact JSON."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


def _iam(place: Place) -> IAMBackend:
    return iam_backends[place.account_id][place.partition]


def _set_policies(iam: IAMBackend, name: str, have: Properties, want: Properties) -> None:
    wanted_arns = want.get("ManagedPolicyArns", [])
    attached = iam.get_role(name).managed_policies
    for arn in [arn for arn in have.get("ManagedPolicyArns", []) if arn not in wanted_arns]:
        if arn in attached:
            iam.detach_role_policy(arn, name)
    for arn in [arn for arn in wanted_arns if arn not in attached]:
        iam.attach_role_policy(arn, name)
    inline = {policy["PolicyName"]: as_text(policy["PolicyDocument"]) for policy in want.get("Policies", [])}
    for policy in have.get("Policies", []):
        if policy["PolicyName"] not in inline and policy["PolicyName"] in iam.list_role_policies(name):
            iam.delete_role_policy(name, policy["PolicyName"])
    for policy_name, document in inline.items():
        iam.put_role_policy(name, policy_name, document)
