"""The types of IAM: AWS::IAM::Role, AWS::IAM::ManagedPolicy and AWS::IAM::OIDCProvider."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.iam.exceptions import DeleteConflictException

from bootstrap.emulator.cloudformation.resource_type import Place, Properties, Resource, ResourceType

if TYPE_CHECKING:
    from moto.iam.models import IAMBackend

DEFAULT_SESSION = 3600
VERSIONS = 5  # IAM User Guide, "Versioning IAM policies": a managed policy has at most five versions
# IAM fetches the thumbprint itself when none is given (API reference, CreateOpenIDConnectProvider).
FETCHED_THUMBPRINT = "0" * 40


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

    def create(self, place: Place, new: Resource) -> None:
        iam, name, want = place.iam, new.physical_id, new.properties
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
            self.delete(place, new)
            raise

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        iam, name = place.iam, have.physical_id
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
        iam = place.iam
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
        return name if any(role.name == name for role in place.iam.get_roles()) else None

    def attribute(self, place: Place, have: Resource, name: str) -> str:
        role = place.iam.get_role(have.physical_id)
        return str(role.arn if name == "Arn" else role.id)


class ManagedPolicy(ResourceType):
    name = "AWS::IAM::ManagedPolicy"
    properties = frozenset({"Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"})
    required = frozenset({"PolicyDocument"})
    # Template reference: "Update requires: Replacement", for the description as well.
    replaced_by = frozenset({"Description", "ManagedPolicyName", "Path"})
    named_by = "ManagedPolicyName"
    identified_by = "PolicyArn"
    attributes = frozenset({"PolicyArn", "PolicyId", "DefaultVersionId"})
    takes_tags = False

    def create(self, place: Place, new: Resource) -> None:
        want = new.properties
        policy = place.iam.create_policy(
            description=want.get("Description", ""),
            path=want.get("Path", "/"),
            policy_document=as_text(want["PolicyDocument"]),
            policy_name=new.physical_id,
            tags=[],
        )
        new.physical_id = policy.arn
        try:
            _attach(place.iam, policy.arn, {}, want)
        except Exception:
            self.delete(place, new)
            raise

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        iam, arn = place.iam, have.physical_id
        if have.properties["PolicyDocument"] != want["PolicyDocument"]:
            policy = iam.get_policy(arn)
            if len(policy.versions) >= VERSIONS:
                oldest = next(each for each in policy.versions if each.version_id != policy.default_version_id)
                iam.delete_policy_version(arn, oldest.version_id)
            iam.create_policy_version(arn, as_text(want["PolicyDocument"]), set_as_default=True)
        _attach(iam, arn, have.properties, want)

    def delete(self, place: Place, have: Resource) -> None:
        iam, arn = place.iam, have.physical_id
        if arn not in iam.managed_policies:
            return
        _attach(iam, arn, have.properties, {})
        entities = [*iam.roles.values(), *iam.users.values(), *iam.groups.values()]
        if any(arn in entity.managed_policies for entity in entities):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        iam.delete_policy(arn)

    def find(self, place: Place, name: str) -> str | None:
        policies = place.iam.managed_policies.values()
        return next((each.arn for each in policies if each.name == name and ":aws:" not in each.arn), None)

    def attribute(self, place: Place, have: Resource, name: str) -> str:
        policy = place.iam.get_policy(have.physical_id)
        return str({"PolicyId": policy.id, "DefaultVersionId": policy.default_version_id}.get(name, policy.arn))


class OidcProvider(ResourceType):
    name = "AWS::IAM::OIDCProvider"
    properties = frozenset({"ClientIdList", "Tags", "ThumbprintList", "Url"})
    required = frozenset({"Url"})
    replaced_by = frozenset({"Url"})
    identified_by = "Arn"
    named_by = "Url"  # an account can have one provider for each URL
    attributes = frozenset({"Arn"})

    def create(self, place: Place, new: Resource) -> None:
        want = new.properties
        provider = place.iam.create_open_id_connect_provider(
            url=new.physical_id,
            thumbprint_list=want.get("ThumbprintList") or [FETCHED_THUMBPRINT],
            client_id_list=want.get("ClientIdList", []),
            tags=want.get("Tags", []),
        )
        new.physical_id = provider.arn

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        iam, arn = place.iam, have.physical_id
        provider = iam.get_open_id_connect_provider(arn)
        provider.client_id_list = want.get("ClientIdList", [])
        provider.thumbprint_list = want.get("ThumbprintList") or provider.thumbprint_list
        iam.untag_open_id_connect_provider(arn, [tag["Key"] for tag in have.properties.get("Tags", [])])
        iam.tag_open_id_connect_provider(arn, want.get("Tags", []))

    def delete(self, place: Place, have: Resource) -> None:
        place.iam.delete_open_id_connect_provider(have.physical_id)

    def find(self, place: Place, name: str) -> str | None:
        host_and_path = name.removeprefix("https://").rstrip("/")
        arn = f"arn:{place.partition}:iam::{place.account_id}:oidc-provider/{host_and_path}"
        return arn if arn in place.iam.open_id_providers else None


def as_text(document: Any) -> str:
    """IAM stores documents as text. CloudFormation sends compact JSON."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


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


def _attach(iam: IAMBackend, arn: str, have: Properties, want: Properties) -> None:
    kinds = {
        "Roles": (iam.attach_role_policy, iam.detach_role_policy, iam.get_role),
        "Users": (iam.attach_user_policy, iam.detach_user_policy, iam.get_user),
        "Groups": (iam.attach_group_policy, iam.detach_group_policy, iam.get_group),
    }
    for kind, (attach, detach, get) in kinds.items():
        for name in set(have.get(kind, [])) - set(want.get(kind, [])):
            if arn in get(name).managed_policies:
                detach(arn, name)
        for name in want.get(kind, []):
            if arn not in get(name).managed_policies:
                attach(arn, name)
