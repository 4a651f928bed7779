"""JSON Schemas of the YAML files, for editors, made from the models.

`python -m bootstrap.spec.schema` writes them into the project in the current folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from bootstrap.spec.models import ApplicationFile, DeveloperFile, Guardrail, OrganizationFile, SecretsFile
from bootstrap.spec.source_file import ACCOUNT_SPECS, SCPS, SECRETS_LAYOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core.core_schema import DictSchema

    from bootstrap.spec.models import Model

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCHEMAS: Final[Mapping[str, tuple[str, tuple[type[Model], ...]]]] = {
    f"{ACCOUNT_SPECS}/.schemas/organization.json": ("The organization", (OrganizationFile,)),
    f"{ACCOUNT_SPECS}/.schemas/account.json": (
        "A developer's account, or an application's accounts",
        (DeveloperFile, ApplicationFile),
    ),
    f"{SCPS}/.schemas/guardrail.json": ("A guardrail", (Guardrail,)),
    f"{SECRETS_LAYOUT}/.schemas/secrets.json": ("The secret entries of an application", (SecretsFile,)),
}


class _Strict(GenerateJsonSchema):
    """Keys that match no pattern are not allowed."""

    def dict_schema(self, schema: DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        return {**made, "additionalProperties": False} if "patternProperties" in made else made


def schemas() -> dict[str, str]:
    """The text of each schema by its path in a project; the same text every time."""
    return {path: _schema(title, models) for path, (title, models) in sorted(_SCHEMAS.items())}


def write_schemas(directory: Path) -> None:
    for name, text in schemas().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _schema(title: str, models: tuple[type[Model], ...]) -> str:
    references, schema = models_json_schema(
        [(model, "validation") for model in models], title=title, schema_generator=_Strict
    )
    choices = [references[model, "validation"] for model in models]
    whole = {"$schema": _DIALECT, **schema, **(choices[0] if len(choices) == 1 else {"oneOf": choices})}
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_schemas(Path())
