"""A submission that is checked and resolved, and the changes that it makes to a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bootstrap.emulator.cloudformation.intrinsics import Scope
from bootstrap.emulator.cloudformation.template import (
    effective_parameters,
    in_order,
    parse,
    typed_parameters,
    validation,
)
from bootstrap.emulator.cloudformation.types import find_type, type_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bootstrap.emulator.cloudformation.resource_type import Properties, Resource
    from bootstrap.emulator.cloudformation.stack import Stack, Submission

RETAINED = ("Retain", "RetainExceptOnCreate")


class Change(NamedTuple):
    """One line of a change set."""

    action: str  # Add, Modify, Remove or Import
    logical_id: str
    type_name: str
    physical_id: str | None = None
    replacement: bool = False


class Deployment:
    """Checks a submission as CloudFormation does before it answers, and resolves its values.

    References resolve to `resources`; the caller adds each resource as soon as it exists.
    """

    def __init__(self, stack: Stack, submission: Submission, exports: Mapping[str, str]) -> None:
        """Raise ValidationError for an error in the template or its parameters."""
        self.template = parse(submission.template)
        self._check_types()
        self.order = in_order(submission.template)
        self.parameters = effective_parameters(self.template, submission.parameters)
        self.resources: dict[str, Resource] = {}
        self.unknown: set[str] = set()
        """Logical ids of resources that do not exist yet: references to them resolve to a placeholder."""
        self._stack = stack
        self._tags = submission.tags
        place = stack.place
        pseudo = {
            "AWS::AccountId": place.account_id,
            "AWS::NotificationARNs": stack.notification_arns,
            "AWS::Partition": place.partition,
            "AWS::Region": place.region,
            "AWS::StackId": stack.stack_id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        typed = typed_parameters(self.template, self.parameters, place)
        self._scope = Scope(self.template, typed, pseudo, self._reference, exports)
        self.logical_ids = [each for each in self.order if self._wanted(self.template["Resources"][each])]

    def definition(self, logical_id: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.template["Resources"][logical_id]
        return found

    def properties(self, logical_id: str) -> Properties:
        """The resolved properties of a resource, with the tags of the stack if its type takes tags.

        CloudFormation User Guide, "Resource tags": every resource that CloudFormation can tag gets the stack's tags. A
        tag of the resource itself has priority.
        """
        definition = self.definition(logical_id)
        resolved: Properties = self._scope.resolve(definition.get("Properties", {}))
        if type_of(definition["Type"]).takes_tags and self._tags:
            own = {tag["Key"]: tag["Value"] for tag in resolved.get("Tags", [])}
            merged = {**self._tags, **own}
            resolved["Tags"] = [{"Key": key, "Value": value} for key, value in merged.items()]
        return resolved

    def outputs(self) -> list[dict[str, Any]]:
        found = []
        for key, output in self.template.get("Outputs", {}).items():
            if self._wanted(output):
                name = self._scope.resolve(output.get("Export", {}).get("Name"))
                found.append(
                    {
                        "OutputKey": key,
                        "OutputValue": str(self._scope.resolve(output["Value"])),
                        "Description": output.get("Description"),
                        "ExportName": name,
                    }
                )
        return found

    def _wanted(self, definition: Mapping[str, Any]) -> bool:
        return "Condition" not in definition or self._scope.condition(definition["Condition"])

    def _reference(self, logical_id: str, attribute: str | None) -> Any:
        if logical_id in self.unknown:
            return f"{{{logical_id}.{attribute or 'Ref'}}}"
        resource = self.resources.get(logical_id)
        if resource is None:
            raise validation(f"Template format error: Unresolved resource dependencies [{logical_id}]")
        if attribute is None:
            return resource.physical_id
        known = type_of(resource.type_name)
        if known.attributes and attribute not in known.attributes:
            message = f"Template error: resource {logical_id} does not support attribute type {attribute} in"
            raise validation(f"{message} Fn::GetAtt")
        return known.attribute(self._stack.place, resource, attribute)

    def _check_types(self) -> None:
        types = {str(each.get("Type")) for each in self.template["Resources"].values()}
        unknown = sorted(each for each in types if find_type(each) is None)
        if unknown:
            raise validation(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")


def changes(
    stack: Stack, deployment: Deployment, owned: Collection[str] | None, imports: Mapping[str, str] | None = None
) -> list[Change]:
    """Compare a deployment with the stack.

    `owned` are the physical ids of all stacks' resources, or None if nothing may be imported by name. `imports` are the
    physical ids to import, by logical id.
    """
    found = [_change(stack, deployment, logical_id, owned, imports or {}) for logical_id in deployment.logical_ids]
    kept = set(deployment.logical_ids)
    removed = [
        Change("Remove", logical_id, each.type_name, each.physical_id)
        for logical_id, each in stack.resources.items()
        if logical_id not in kept
    ]
    return [*(each for each in found if each is not None), *removed]


def importable(deployment: Deployment, stack: Stack, logical_id: str, owned: Collection[str]) -> str | None:
    """The physical id of the existing resource that this one imports, if any.

    User guide, "Import AWS resources into a CloudFormation stack automatically": the template has its name as a
    literal, it is in no other stack, and its type has no read-only identifier, as a secret has its ARN.
    """
    definition = deployment.definition(logical_id)
    known = type_of(definition["Type"])
    if known.identified_by:
        return None
    name = known.custom_name(definition.get("Properties", {}))
    if not isinstance(name, str):
        return None
    physical_id = known.find(stack.place, name)
    return physical_id if physical_id not in owned else None


def policies(definition: Mapping[str, Any]) -> tuple[str, str]:
    """The DeletionPolicy and the UpdateReplacePolicy of a resource."""
    return definition.get("DeletionPolicy", "Delete"), definition.get("UpdateReplacePolicy", "Delete")


def _change(
    stack: Stack,
    deployment: Deployment,
    logical_id: str,
    owned: Collection[str] | None,
    imports: Mapping[str, str],
) -> Change | None:
    definition = deployment.definition(logical_id)
    type_name: str = definition["Type"]
    have = stack.resources.get(logical_id)
    if have is None:
        deployment.unknown.add(logical_id)
        by_name = None if owned is None else importable(deployment, stack, logical_id, owned)
        physical_id = imports.get(logical_id, by_name)
        return Change("Import" if physical_id else "Add", logical_id, type_name, physical_id)
    want = deployment.properties(logical_id)
    deployment.resources[logical_id] = have
    if have.properties == want and policies(definition) == (have.deletion_policy, have.replace_policy):
        return None
    replacement = type_of(type_name).replaces(have.properties, want)
    if replacement:
        deployment.unknown.add(logical_id)
    return Change("Modify", logical_id, type_name, have.physical_id, replacement)
