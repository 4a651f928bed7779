"""Templates: their parsing, the order of resources and the values of parameters; and the errors of CloudFormation."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml
from moto.cloudformation.exceptions import CloudFormationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Template = Mapping[str, Any]

VARIABLE = re.compile(r"\$\{(!?)([^{}]+)\}")


def validation(message: str) -> Exception:
    return error("ValidationError", message)


def error(code: str, message: str) -> Exception:
    made: Exception = CloudFormationError(code, message)
    return made


def no_stack(name: str) -> Exception:
    return validation(f"Stack with id {name} does not exist")


class _Loader(yaml.SafeLoader):
    """CloudFormation's YAML: with short forms such as !Ref, and with dates as strings."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


@lru_cache(maxsize=256)
def parse(text: str) -> Template:
    """Parse a template. The result is cached and shared: never change it."""
    try:
        parsed = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Loader)  # noqa: S506
    except (ValueError, yaml.YAMLError) as problem:
        raise validation(f"Template format error: {problem}") from problem
    if not isinstance(parsed, dict):
        raise validation("Template format error: unsupported structure.")
    if not parsed.get("Resources"):
        raise validation("Template format error: At least one Resources member must be defined.")
    return parsed


@lru_cache(maxsize=256)
def in_order(text: str) -> list[str]:
    """The logical ids of a template, each after those it refers to (Ref, Fn::GetAtt, Fn::Sub, DependsOn)."""
    template = parse(text)
    needs = {logical_id: _needs(template, logical_id) for logical_id in template["Resources"]}
    ordered: list[str] = []
    while needs:
        free = [logical_id for logical_id, needed in needs.items() if not needed & needs.keys()]
        if not free:
            raise validation(f"Circular dependency between resources: [{', '.join(needs)}]")
        ordered.extend(free)
        for logical_id in free:
            del needs[logical_id]
    return ordered


def _needs(template: Template, logical_id: str) -> set[str]:
    definition: dict[str, Any] = template["Resources"][logical_id]
    after = definition.get("DependsOn", [])
    named = {after} if isinstance(after, str) else set(after)
    found = references(definition.get("Properties", {})) | named
    resources: set[str] = set(template["Resources"])
    unknown = {name for name in found - resources - template.get("Parameters", {}).keys() if "::" not in name}
    if unknown:
        names = ", ".join(sorted(unknown))
        message = f"Template format error: Unresolved resource dependencies [{names}] in the Resources block"
        raise validation(f"{message} of the template")
    return found & resources


def references(value: Any) -> set[str]:
    """The names that a value refers to: resources, parameters and pseudo parameters."""
    if isinstance(value, list):
        return set().union(*(references(each) for each in value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*(references(each) for each in value.values()))
    match value:
        case {"Ref": str(name)}:
            found.add(name)
        case {"Fn::GetAtt": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            found.add(name.split(".")[0])
        case {"Fn::Sub": str(text)}:
            found |= _variables(text)
        case {"Fn::Sub": [str(text), dict(own)]}:
            found |= _variables(text) - own.keys()
    return found


def _variables(text: str) -> set[str]:
    return {name if "::" in name else name.split(".")[0] for literal, name in VARIABLE.findall(text) if not literal}


def effective_parameters(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """All parameters as text: the given ones, and the defaults of the others. Raises ValidationError."""
    declared: Mapping[str, Any] = template.get("Parameters", {})
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        raise validation(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {name: given.get(name, each.get("Default")) for name, each in declared.items()}
    missing = sorted(name for name, value in values.items() if value is None)
    if missing:
        raise validation(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        _check(name, declared[name], str(value))
    return {name: str(value) for name, value in values.items()}


def _check(name: str, declared: Mapping[str, Any], value: str) -> None:
    if (kind := declared.get("Type")) not in {"String", "Number", "CommaDelimitedList"}:
        raise validation(f"The emulator has no parameters of type {kind}, as {name} is")
    allowed = declared.get("AllowedValues")
    if allowed is not None and value not in map(str, allowed):
        raise validation(f"Parameter '{name}' must be one of AllowedValues")
    pattern = declared.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, value):
        raise validation(f"Parameter '{name}' must match pattern {pattern}")
