"""The Spec of valid YAML, and the time that loading takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bootstrap.model.errors import SpecError
from bootstrap.model.names import ROOT
from bootstrap.spec.developer_file import developer_file
from bootstrap.spec.load import load
from bootstrap.workflow.example import write_example
from bootstrap.workflow.validate import validate
from tests.spec.cases import HERE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REPOSITORY = HERE.parents[1]


def test_the_example_organization_loads() -> None:
    spec = load(REPOSITORY)
    assert set(spec.accounts) == {
        "developer-alice",
        "developer-bob",
        "orders-beta",
        "orders-production",
        "tooling",
        "security",
    }
    assert {"region.limit", "secrets.protect"} <= set(spec.guardrails)
    assert set(spec.entries) >= {"orders/database", "orders/payment-api"}


def test_accounts_have_keys_names_owners_and_origins(project: Path) -> None:
    spec = load(project)
    beta, alice, tooling = (spec.accounts[key] for key in ("orders-beta", "developer-alice", "tooling"))
    assert (beta.name, beta.owner, beta.ou) == ("orders-beta", "orders-team@example.com", "Workloads/Beta")
    assert (beta.application, beta.environment) == ("orders", "beta")
    assert (alice.application, alice.environment, alice.ou) == ("", "developer", "Workloads/Developers")
    assert (tooling.application, tooling.environment, tooling.ou) == ("", "", "Infrastructure")
    assert beta.origin == spec.origin("account", "orders-beta") == "account_specs/applications/orders.yaml:5"


def test_everything_has_an_origin(project: Path) -> None:
    spec = load(project)
    assert spec.origin("organization", "example") == "account_specs/organization.yaml:2"
    assert spec.origin("environment", "beta") == "account_specs/organization.yaml:20"
    assert spec.origin("guardrail", "types.limit") == "scps/types-limit.yaml:1"
    assert spec.origin("secret", "orders/mail") == "secrets_layout/orders.yaml:9"
    assert all(spec.origin("ou", path) for path in spec.organizational_units)


def test_the_parents_of_an_ou_exist_and_come_before_it(project: Path) -> None:
    spec = load(project)
    paths = list(spec.organizational_units)
    assert set(paths) == {ROOT, "Infrastructure", "Workloads", "Workloads/Developers", "Workloads/Beta"}
    assert paths.index("Workloads") < paths.index("Workloads/Developers")
    assert spec.origin("ou", "Workloads") == spec.origin("ou", "Workloads/Developers")


def test_a_closed_account_stays(project: Path) -> None:
    path = project / "account_specs/developers/alice.yaml"
    path.write_text(f"{path.read_text('utf-8')}  state: closed\n", "utf-8")
    assert load(project).accounts["developer-alice"].state == "closed"


def test_an_alias_reuses_a_value(project: Path) -> None:
    path = project / "account_specs/organization.yaml"
    text = path.read_text("utf-8")
    text = text.replace("deploy: {account", "deploy: &ci {account")
    text = text.replace("    ou: Workloads/Beta\n", "    ou: Workloads/Beta\n    deploy: {<<: *ci, role: other}\n")
    path.write_text(text, "utf-8")
    deploy = load(project).environments["beta"].deploy
    assert deploy
    assert (deploy.account, deploy.role) == ("tooling", "other")


def test_a_thousand_account_files_are_validated_in_two_seconds(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    write_example(tmp_path)
    for number in range(1000):
        name, text = developer_file(f"d{number}", f"aws+d{number}@example.com", f"d{number}@example.com")
        (tmp_path / name).write_text(text)
    start = time.process_time()
    spec = validate(tmp_path)
    seconds = time.process_time() - start
    print(f"1,000 account files: {seconds:.2f} s of processor time")  # noqa: T201
    record_property("seconds_for_1000_files", round(seconds, 2))
    assert len(spec.accounts) == 1006
    assert seconds < 2


def test_a_file_of_a_hundred_megabytes_is_rejected_at_once(project: Path) -> None:
    with (project / "scps/big.yaml").open("wb") as stream:
        stream.truncate(100_000_000)
    start = time.process_time()
    with pytest.raises(SpecError) as caught:
        load(project)
    assert time.process_time() - start < 1
    assert "100,000,000 bytes" in caught.value.problems[0].message
