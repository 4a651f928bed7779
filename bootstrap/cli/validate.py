"""The verb `validate`."""

from __future__ import annotations

from typing import Final

from bootstrap.cli import console
from bootstrap.cli.annotations import AnnotationsOption, annotated
from bootstrap.cli.load import load
from bootstrap.cli.options import HERE, Directory
from bootstrap.cli.usage import examples

EXAMPLES: Final = examples("validate", "validate -C my-organization --annotations github")


def validate(directory: Directory = HERE, annotations: AnnotationsOption = None) -> None:
    """Validate all YAML files. Runs offline, without credentials."""
    with annotated(annotations):
        spec = load(directory)
    tests = sum(len(guardrail.tests) for guardrail in spec.guardrails.values())
    console.result(
        f"Valid: {len(spec.accounts)} accounts, {len(spec.organizational_units)} OUs, "
        f"{len(spec.environments)} environments, {len(spec.guardrails)} guardrails ({tests} tests passed), "
        f"{len(spec.entries)} secret entries."
    )
