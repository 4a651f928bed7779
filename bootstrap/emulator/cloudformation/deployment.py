"""A submission that is checked and resolved, and the changes that it makes to a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bootstrap.emulator.cloudformation.intrinsics import Scope
from bootstrap.emulator.cloudformation.stack import tag_list
from bootstrap.emulator.cloudformation.template import effective_parameters, in_order, parse, validation
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
        self.parameters = effective_parameters(self.template, submission.parameters)
        self.submission = submission
        self.resources: dict[str, Resource] = {}
        self.unknown: set[str] = set()
        """Logical ids of resources that do not exist yet: references to them resolve to a placeholder."""
        self._stack = stack
        place = stack.place
        pseudo = {
            "AWS::AccountId": place.account_id,
            "AWS::Partition": place.partition,
            "AWS::Region": place.region,
            "AWS::StackId": stack.stack_id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self._scope = Scope(self.template, self.parameters, pseudo, self._reference, exports)
        ordered = in_order(submission.template)
        self.logical_ids = [each for each in ordered if self._wanted(self.template["Resources"][each])]

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
        if type_of(definition["Type"]).takes_tags and self.submission.tags:
            own = {tag["Key"]: tag["Value"] for tag in resolved.get("Tags", [])}
            resolved["Tags"] = tag_list(self.submission.tags | own)
        return resolved

    def outputs(self) -> list[dict[str, Any]]:
        found = []
        for key, output in self.template.get("Outputs", {}).items():
            if self._wanted(output):
                value = str(self._scope.resolve(output["Value"]))
                name = self._scope.resolve(output.get("Export", {}).get("Name"))
                described = {"OutputKey": key, "OutputValue": value, "Description": output.get("Description")}
                found.append({**described, "ExportName": name})
        return found

    def importable(self, logical_id: str, owned: Collection[str]) -> str | None:
        """The physical id of the existing resource that this one imports, if any. `owned` are those of all stacks.

        User guide, "Import AWS resources into a CloudFormation stack automatically": the template has its name as a
        literal, it is in no other stack, and its type has no read-only identifier, as a secret has its ARN.
        """
        definition = self.definition(logical_id)
        known = type_of(definition["Type"])
        if logical_id in self.submission.imports or not self.submission.import_existing or known.identified_by:
            return self.submission.imports.get(logical_id)
        name = known.custom_name(definition.get("Properties", {}))
        physical_id = known.find(self._stack.place, name) if isinstance(name, str) else None
        return physical_id if physical_id not in owned else None

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


def changes(stack: Stack, deployment: Deployment, owned: Collection[str] = ()) -> list[Change]:
    """Compare a deployment with the stack. `owned` are the physical ids of the resources of all stacks."""
    found = [_change(stack, deployment, logical_id, owned) for logical_id in deployment.logical_ids]
    kept = set(deployment.logical_ids)
    removed = [
        Change("Remove", logical_id, each.type_name, each.physical_id)
        for logical_id, each in stack.resources.items()
        if logical_id not in kept
    ]
    return [*(each for each in found if each is not None), *removed]


def policies(definition: Mapping[str, Any]) -> tuple[str, str]:
    """The DeletionPolicy and the UpdateReplacePolicy of a resource."""
    return definition.get("DeletionPolicy", "Delete"), definition.get("UpdateReplacePolicy", "Delete")


def _change(stack: Stack, deployment: Deployment, logical_id: str, owned: Collection[str]) -> Change | None:
    definition = deployment.definition(logical_id)
    type_name: str = definition["Type"]
    have = stack.resources.get(logical_id)
    if have is None:
        deployment.unknown.add(logical_id)
        physical_id = deployment.importable(logical_id, owned)
        return Change("Import" if physical_id else "Add", logical_id, type_name, physical_id)
    want = deployment.properties(logical_id)
    deployment.resources[logical_id] = have
    if have.properties == want and policies(definition) == (have.deletion_policy, have.replace_policy):
        return None
    replacement = type_of(type_name).replaces(have.properties, want)
    if replacement:
        deployment.unknown.add(logical_id)
    return Change("Modify", logical_id, type_name, have.physical_id, replacement)
