"""The resource types, with those that moto implements itself."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Any

from moto.cloudformation.parsing import NULL_MODELS, get_model_map

from bootstrap.emulator.cloudformation.budget import Budget
from bootstrap.emulator.cloudformation.iam_types import ManagedPolicy, OidcProvider, Role, as_text
from bootstrap.emulator.cloudformation.resource_type import Place, Properties, Resource, ResourceError, ResourceType
from bootstrap.emulator.cloudformation.secret import Secret
from bootstrap.emulator.cloudformation.template import validation

if TYPE_CHECKING:
    from moto.core.common_models import CloudFormationModel

# Policies that moto stores as they are, and later reads as JSON text.
_TEXT_PROPERTIES = {"AWS::KMS::Key": "KeyPolicy"}


class Native(ResourceType):
    """Calls moto's model of the type, with resolved properties."""

    takes_tags = False

    def __init__(self, type_name: str, model: CloudFormationModel) -> None:
        self.type_name = type_name
        self._model = model

    def check(self, want: Properties) -> None:
        """Accept everything: moto has no schemas."""

    def create(self, place: Place, new: Resource) -> None:
        kwargs = {"LogicalId": "", "StackId": "", "ResourceType": self.type_name}
        properties = self._json(new.properties)
        new.model = _call(self._model.create_from_cloudformation_json, new.physical_id, properties, *place, **kwargs)
        new.physical_id = str(new.model.physical_resource_id)

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        have.model = _call(
            self._model.update_from_cloudformation_json,
            original_resource=have.model,
            new_resource_name=self.custom_name(want) or have.physical_id,
            cloudformation_json=self._json(want),
            account_id=place.account_id,
            region_name=place.region,
        )
        have.physical_id = str(have.model.physical_resource_id)

    def delete(self, place: Place, have: Resource) -> None:
        # As moto's own engine does: the resource deletes itself if it can, or else its class does.
        delete = self._model.delete_from_cloudformation_json
        try:
            have.model.delete(*place)
        except (AttributeError, TypeError):
            if hasattr(delete, "__isabstractmethod__"):
                return
            _call(delete, have.physical_id, self._json(have.properties), *place)

    def attribute(self, _place: Place, have: Resource, name: str) -> Any:
        return _call(have.model.get_cfn_attribute, name)

    def custom_name(self, want: Properties) -> str | None:
        return want.get(self._model.cloudformation_name_type() or "")

    def _json(self, properties: Properties) -> dict[str, Any]:
        properties = copy.deepcopy(properties)
        text = _TEXT_PROPERTIES.get(self.type_name)
        if text and not isinstance(properties.get(text, ""), str):
            properties[text] = as_text(properties[text])
        return {"Type": self.type_name, "Properties": properties}


_OWN_TYPES: dict[str, ResourceType] = {
    each.name: each for each in (Budget(), ManagedPolicy(), OidcProvider(), Role(), Secret())
}


@cache
def find_type(name: str) -> ResourceType | None:
    if name in NULL_MODELS or name not in get_model_map():
        return _OWN_TYPES.get(name)
    return _OWN_TYPES.get(name) or Native(name, get_model_map()[name])


def type_of(name: str) -> ResourceType:
    found = find_type(name)
    if found is None:
        raise validation(f"Template format error: Unrecognized resource types: [{name}]")
    return found


def _call(function: Any, *args: Any, **kwargs: Any) -> Any:
    """An exception in moto's model is a failed resource for CloudFormation."""
    try:
        return function(*args, **kwargs)
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise ResourceError(f"Properties validation failed: {problem!r}") from problem
