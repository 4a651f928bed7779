"""JSON Schemas of the files that this tool writes, generated from the models.

`python -m bootstrap.workflow.schemas` writes them into the project in the current folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bootstrap.planfile import PlanFile
from bootstrap.render.drift import DriftFile
from bootstrap.workflow.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCHEMAS: Final[Mapping[str, type[BaseModel]]] = {
    "docs/drift.schema.json": DriftFile,
    "docs/plan.schema.json": PlanFile,
    "docs/snapshot.schema.json": Snapshot,
}


def schemas() -> dict[str, str]:
    return {path: _schema(model) for path, model in _SCHEMAS.items()}


def write_schemas(directory: Path) -> None:
    for name, text in schemas().items():
        (directory / name).write_text(text, encoding="utf-8", newline="\n")


def _schema(model: type[BaseModel]) -> str:
    whole = {"$schema": _DIALECT, **model.model_json_schema(mode="serialization")}
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_schemas(Path())
