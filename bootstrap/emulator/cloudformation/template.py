"""Parses templates."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from bootstrap.emulator.cloudformation import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    Template = Mapping[str, Any]


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
        message = f"Template format error: {problem}"
        raise errors.validation(message) from problem
    if not isinstance(parsed, dict):
        message = "Template format error: unsupported structure."
        raise errors.validation(message)
    if not parsed.get("Resources"):
        message = "Template format error: At least one Resources member must be defined."
        raise errors.validation(message)
    return parsed
