"""A submission that is checked and resolved, ready for comparison or deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap.emulator.cloudformation import errors, parameters
from bootstrap.emulator.cloudformation.intrinsics import Scope
from bootstrap.emulator.cloudformation.order import in_order
from bootstrap.emulator.cloudformation.template import parse
from bootstrap.emulator.cloudformation.types import find_type, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.emulator.cloudformation.resource_type import Properties, Resource
    from bootstrap.emulator.cloudformation.stack import Stack, Submission


class Deployment:
    """Checks a submission as CloudFormation does before it answers, and resolves its values.

    References resolve to `resources`; the caller adds each resource as soon as it exists.
    """

    def __init__(self, stack: Stack, submission: Submission, exports: Mapping[str, str]) -> None:
        """Raise ValidationError for an error in the template or its parameters."""
        self.template = parse(submission.template)
        self._check_types()
        self.order = in_order(submission.template)
        self.parameters = parameters.effective(self.template, submission.parameters)
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
        typed = parameters.typed(self.template, self.parameters, place)
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
            message = f"Template format error: Unresolved resource dependencies [{logical_id}]"
            raise errors.validation(message)
        if attribute is None:
            return resource.physical_id
        known = type_of(resource.type_name)
        if known.attributes and attribute not in known.attributes:
            message = f"Template error: resource {logical_id} does not support attribute type {attribute} in"
            raise errors.validation(f"{message} Fn::GetAtt")
        return known.attribute(self._stack.place, resource, attribute)

    def _check_types(self) -> None:
        types = {str(each.get("Type")) for each in self.template["Resources"].values()}
        unknown = sorted(each for each in types if find_type(each) is None)
        if unknown:
            message = f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
            raise errors.validation(message)
