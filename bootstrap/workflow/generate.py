"""The policies and baselines of the YAML as files, with an index of their sources."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bootstrap.model.errors import BootstrapError, os_reason
from bootstrap.policy import types
from bootstrap.policy.compile import compile_policies
from bootstrap.templates.baseline import Baselines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.model.resource import Json
    from bootstrap.spec.spec import Spec

INDEX = "index.json"


def generate_files(spec: Spec) -> dict[str, str]:
    """The text of every file by its path in the output folder. The same YAML gives the same bytes.

    References such as `${account:tooling}` stand for AWS ids.
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
    templates = Baselines(spec)
    for key, account in sorted(spec.accounts.items()):
        stacks: Mapping[str, Any] = templates.of(account)
        for stack, template in stacks.items():
            path = f"baselines/{_file_name(key)}/{stack}.json"
            files[path] = _pretty(template)
            baselines.append(
                {
                    "file": path,
                    "stack": stack,
                    "account": key,
                    "environment": account.environment,
                    "from": account.origin,
                    "resources": list(template["Resources"]),
                }
            )
    files[INDEX] = _pretty({"policies": policies, "baselines": baselines})
    return files


def write_files(files: Mapping[str, str], folder: Path) -> None:
    """Write the files, and delete those that an earlier run wrote.

    Raises BootstrapError if the folder cannot be written, or has files but no index of ours.
    """
    try:
        for path in _generated_before(folder):
            (folder / path).unlink(missing_ok=True)
            with suppress(OSError):  # the folder is not empty
                (folder / path).parent.rmdir()
        # The index first: it marks the folder as ours, even if this run is interrupted.
        for path in sorted(files, key=lambda path: path != INDEX):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(files[path], "utf-8", newline="\n")
    except OSError as error:
        message = f"{error.filename or folder} cannot be written: {os_reason(error)}"
        raise BootstrapError(message, hint="choose another folder with --out") from error


def _generated_before(folder: Path) -> list[str]:
    if not folder.exists() or not any(folder.iterdir()):
        return []
    try:
        index = json.loads((folder / INDEX).read_text("utf-8"))
        listed = [str(item["file"]) for item in (*index["policies"], *index["baselines"])]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder} is not empty, and `generate` did not write it"
        raise BootstrapError(message, hint="choose a new folder with --out") from error
    return [path for path in listed if ".." not in Path(path).parts and not Path(path).is_absolute()]


def _file_name(name: str) -> str:
    """A name as one path segment that can be decoded again: `ec2.instance-types@Workloads%2FDevelopers`."""
    return quote(name, safe="@ ")


def _pretty(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
