"""Intrinsic functions: they resolve the values of a template for one stack."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from bootstrap.emulator.cloudformation.template import VARIABLE, validation

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping

    from bootstrap.emulator.cloudformation.template import Template

    Reference = Callable[[str, str | None], Any]

NO_VALUE = object()


class Scope:
    """The names that the values of a template refer to."""

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, Any],
        pseudo: Mapping[str, Any],
        reference: Reference,
        exports: Mapping[str, str],
    ) -> None:
        """Names resolve to pseudo parameters, then to parameters, then with `reference` to resources."""
        self._template = template
        self._known = {**parameters, **pseudo, "AWS::NoValue": NO_VALUE}
        self._reference = reference
        self._exports = exports
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": lambda value: value[0].join(str(each) for each in self.resolve(value[1])),
            "Fn::Select": lambda value: self.resolve(value[1])[int(self.resolve(value[0]))],
            "Fn::Split": lambda value: str(self.resolve(value[1])).split(value[0]),
            "Fn::If": lambda value: self.resolve(value[1] if self.condition(value[0]) else value[2]),
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": self._import_value,
            "Fn::Base64": lambda value: base64.b64encode(self.resolve(value).encode()).decode(),
            "Fn::GetAZs": lambda value: [f"{self.resolve(value) or pseudo['AWS::Region']}{zone}" for zone in "abc"],
            "Fn::ToJsonString": lambda value: json.dumps(self.resolve(value)),
            "Condition": self.condition,
            "Fn::Equals": lambda value: self.resolve(value[0]) == self.resolve(value[1]),
            "Fn::Not": lambda value: not self.resolve(value[0]),
            "Fn::And": lambda value: all(self.resolve(each) for each in value),
            "Fn::Or": lambda value: any(self.resolve(each) for each in value),
        }

    def resolve(self, value: Any) -> Any:
        if isinstance(value, dict):
            if len(value) == 1:
                (name, argument) = next(iter(value.items()))
                # "Condition" is a function only if its argument is a name: statements of policies have an element
                # "Condition" as well.
                if name in self._functions and (name != "Condition" or isinstance(argument, str)):
                    return self._functions[name](argument)
            resolved = {key: self.resolve(each) for key, each in value.items()}
            return {key: each for key, each in resolved.items() if each is not NO_VALUE}
        if isinstance(value, list):
            return [each for each in map(self.resolve, value) if each is not NO_VALUE]
        return value

    def condition(self, name: str) -> bool:
        conditions = self._template.get("Conditions", {})
        if name not in conditions:
            raise validation(f"Template format error: Unresolved condition dependency {name}")
        return bool(self.resolve(conditions[name]))

    def _ref(self, name: str) -> Any:
        if name not in self._known:
            return self._reference(name, None)
        if self._template.get("Parameters", {}).get(name, {}).get("Type") == "CommaDelimitedList":
            return [each.strip() for each in self._known[name].split(",")]
        return self._known[name]

    def _get_att(self, value: str | list[str]) -> Any:
        name, attribute = value.split(".", 1) if isinstance(value, str) else (value[0], self.resolve(value[1]))
        return self._reference(name, attribute)

    def _sub(self, value: str | list[Any]) -> str:
        text, variables = (value, {}) if isinstance(value, str) else (value[0], self.resolve(value[1]))

        def replacement(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return str(variables[name])
            return str(self._get_att(name) if "." in name and "::" not in name else self._ref(name))

        return VARIABLE.sub(replacement, text)

    def _find_in_map(self, value: list[Any]) -> Any:
        name, first, second = (self.resolve(each) for each in value[:3])
        try:
            return self._template["Mappings"][name][first][second]
        except KeyError as problem:
            raise validation(f"Template error: Unable to get mapping for {name}::{first}::{second}") from problem

    def _import_value(self, value: Any) -> str:
        name = self.resolve(value)
        if name not in self._exports:
            raise validation(f"No export named {name} found.")
        return self._exports[name]
