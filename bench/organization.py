"""Makes an organization of any size, in YAML and on an emulator, converged: a plan finds nothing to do.

The command line applies a small one, the emulator copies its accounts, and a second apply takes note of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import boto3

from bench.command import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.emulator import Emulator

SCPS: Final = Path(__file__).parents[1] / "scps"
_ORGANIZATION: Final = """
organization: {{name: bench, home_region: eu-west-1, allowed_regions: [eu-west-1]}}
organizational_units:
  Root: {{guardrails: [org.deny-leave, root.deny, roles.protect-org]}}
  Workloads: {{guardrails: [region.limit, trail.protect, guardduty.protect, s3.protect-bpa]}}
  Workloads/Empty: {{guardrails: [iam.deny-users, secrets.protect, kms.deny-deletion]}}
environments:
  developer: {{ou: Workloads/Empty}}
accounts:
{accounts}
"""
_ACCOUNT: Final = "  a{0}: {{email: a{0}@example.com, owner: a{0}@example.com, ou: Workloads}}"


def make(folder: Path, emulator: Emulator, accounts: int) -> None:
    """Make an organization of so many shared accounts, which have no baseline, with ten guardrails on three OUs."""
    (folder / "scps").symlink_to(SCPS, target_is_directory=True)
    (folder / "account_specs").mkdir()
    organization = folder / "account_specs" / "organization.yaml"
    organization.write_text(_ORGANIZATION.format(accounts=_ACCOUNT.format(0)), "utf-8")
    apply(folder, emulator)
    first = _accounts(emulator)["a0"]
    for number in range(1, accounts):
        emulator.copy_account(first, {"a0": f"a{number}"})
    shared = "\n".join(_ACCOUNT.format(number) for number in range(accounts))
    organization.write_text(_ORGANIZATION.format(accounts=shared), "utf-8")
    apply(folder, emulator)


def begin(folder: Path, emulator: Emulator) -> None:
    """Make the example of `org-bootstrap init`: two developers, two accounts of an application, two shared ones."""
    run("init", folder)
    apply(folder, emulator)


def add_developers(folder: Path, developers: int) -> None:
    """Write the YAML of further developers, until there are so many. Each is like alice, with an owner of its own."""
    files = folder / "account_specs" / "developers"
    alice = (files / "alice.yaml").read_text("utf-8")
    for name in _names(developers):
        (files / f"{name}.yaml").write_text(alice.replace("alice", name), "utf-8")


def make_developers(folder: Path, emulator: Emulator, developers: int) -> None:
    """Make the accounts of these developers, with the stacks that an apply would deploy, and take note of them."""
    accounts = _accounts(emulator)
    organization = _client(emulator, "organizations").describe_organization()["Organization"]["Id"]
    ids = {"${organization:example}": organization, **{f"${{account:{name}}}": id_ for name, id_ in accounts.items()}}
    with TemporaryDirectory() as build:
        run("generate", "-C", folder, "--out", build)
        for name in _names(developers):
            templates = _templates(Path(build) / "baselines" / f"developer-{name}", ids)
            emulator.copy_account(accounts["developer-alice"], {"alice": name}, templates)
    apply(folder, emulator)


def apply(folder: Path, emulator: Emulator) -> None:
    run("apply", "--yes", "-C", folder, emulator=emulator)


def _names(developers: int) -> Iterator[str]:
    """The names of those that are not in the example, which has alice and bob."""
    return (f"dev{number:04}" for number in range(developers - 2))


def _templates(folder: Path, ids: Mapping[str, str]) -> dict[str, str]:
    """The generated templates of an account, by the names of their stacks, with the ids that AWS gave."""
    found = {}
    for path in folder.iterdir():
        text = json.dumps(json.loads(path.read_text("utf-8")), separators=(",", ":"), sort_keys=True)
        for reference, id_ in ids.items():
            text = text.replace(reference, id_)
        found[path.stem] = text
    return found


def _accounts(emulator: Emulator) -> dict[str, str]:
    """The id of each account by its name."""
    pages = _client(emulator, "organizations").get_paginator("list_accounts").paginate()
    return {account["Name"]: account["Id"] for page in pages for account in page["Accounts"]}


def _client(emulator: Emulator, service: str) -> Any:
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    return session.client(service, endpoint_url=emulator.endpoint)
