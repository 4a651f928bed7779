"""What the YAML compiles to, as files: each policy, each baseline, and an index that says where each came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bootstrap.model.errors import BootstrapError
from bootstrap.policy import types
from bootstrap.policy.compile import compile_policies
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from bootstrap.model.resource import Json
    from bootstrap.spec.spec import Spec

INDEX = "index.json"


def generate(spec: Spec) -> dict[str, str]:
    """The text of every file, by its path below the folder they go to. The same YAML gives the same bytes.

    `${account:tooling}` and the like stand where AWS's ids will be: they are known only once they exist.
    """
    files: dict[str, str] = {}
    policies: list[Json] = []
    for policy in compile_policies(spec):
        path = f"policies/{_file_name(policy.name)}.json"
        document = types.of(policy.type).document(policy.body)
        files[path] = _pretty(json.loads(document))
        policies.append(
            {
                "file": path,
                "name": policy.name,
                "type": policy.type,
                "guardrail": policy.guardrail,
                "from": policy.origin,
                "attached_to": list(policy.targets),
                "characters": len(document),
            }
        )
    baselines: list[Json] = []
    made = Baselines(spec)
    for key, account in sorted(spec.accounts.items()):
        for stack, template in made.of(account).items():
            path = f"baselines/{_file_name(key)}/{stack}.json"
            files[path] = _pretty(template)
            baselines.append(
                {
                    "file": path,
                    "stack": stack,
                    "account": key,
                    "environment": account.environment,
                    "from": account.origin,
                    "resources": list(_resources(template)),
                }
            )
    files[INDEX] = _pretty({"policies": policies, "baselines": baselines})
    return files


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write the files, in place of those that were generated there before.

    Raises BootstrapError for a folder that holds anything else, so that nothing of another's is overwritten,
    and for one that cannot be written.
    """
    try:
        for path in _generated_before(folder):
            (folder / path).unlink(missing_ok=True)
            with suppress(OSError):  # not empty yet, or not ever
                (folder / path).parent.rmdir()
        # The index first: it tells the next run that the folder is ours, even if this one dies.
        for path in sorted(files, key=lambda path: path != INDEX):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(files[path], "utf-8", newline="\n")
    except OSError as error:
        message = f"{error.filename or folder} cannot be written: {(error.strerror or 'no reason given').lower()}"
        raise BootstrapError(message, hint="give another folder with --out") from error


def _generated_before(folder: Path) -> list[str]:
    if not folder.exists() or not any(folder.iterdir()):
        return []
    try:
        index = json.loads((folder / INDEX).read_text("utf-8"))
        listed = [str(item["file"]) for item in (*index["policies"], *index["baselines"])]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder} is not empty, and was not written by `generate`"
        raise BootstrapError(message, hint="give a new folder with --out") from error
    return [path for path in listed if ".." not in Path(path).parts and not Path(path).is_absolute()]


def _resources(template: Mapping[str, Json]) -> Mapping[str, Json]:
    resources = template["Resources"]
    assert isinstance(resources, Mapping)
    return resources


def _file_name(name: str) -> str:
    """A name as one path segment, reversibly: `ec2.instance-types@Workloads%2FDevelopers`."""
    return quote(name, safe="@ ")


def _pretty(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
