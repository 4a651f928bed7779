"""AWS::IAM::ManagedPolicy."""

from __future__ import annotations

from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import IAMBackend, iam_backends

from bootstrap.emulator.cloudformation.resource_type import Place, Properties, Resource, ResourceType, made
from bootstrap.emulator.cloudformation.role import as_text

VERSIONS = 5  # IAM User Guide, "Versioning IAM policies": a managed policy has at most five versions


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

    def create(self, place: Place, name: str, want: Properties) -> Resource:
        policy = _iam(place).create_policy(
            description=want.get("Description", ""),
            path=want.get("Path", "/"),
            policy_document=as_text(want["PolicyDocument"]),
            policy_name=name,
            tags=[],
        )
        try:
            _attach(_iam(place), policy.arn, {}, want)
        except Exception:
            self.delete(place, made(policy.arn))
            raise
        return made(policy.arn)

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        iam, arn = _iam(place), have.physical_id
        if have.properties["PolicyDocument"] != want["PolicyDocument"]:
            policy = iam.get_policy(arn)
            if len(policy.versions) >= VERSIONS:
                oldest = next(each for each in policy.versions if each.version_id != policy.default_version_id)
                iam.delete_policy_version(arn, oldest.version_id)
            iam.create_policy_version(arn, as_text(want["PolicyDocument"]), set_as_default=True)
        _attach(iam, arn, have.properties, want)

    def delete(self, place: Place, have: Resource) -> None:
        iam, arn = _iam(place), have.physical_id
        if arn not in iam.managed_policies:
            return
        _attach(iam, arn, have.properties, {})
        entities = [*iam.roles.values(), *iam.users.values(), *iam.groups.values()]
        if any(arn in entity.managed_policies for entity in entities):
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        iam.delete_policy(arn)

    def find(self, place: Place, name: str) -> str | None:
        policies = _iam(place).managed_policies.values()
        return next((each.arn for each in policies if each.name == name and ":aws:" not in each.arn), None)

    def attribute(self, place: Place, have: Resource, name: str) -> str:
        policy = _iam(place).get_policy(have.physical_id)
        return str({"PolicyId": policy.id, "DefaultVersionId": policy.default_version_id}.get(name, policy.arn))


def _iam(place: Place) -> IAMBackend:
    return iam_backends[place.account_id][place.partition]


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
