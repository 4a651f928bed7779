"""Any organization that the YAML can describe, small enough to be made in a second."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_GUARDRAILS: Final = (
    "iam.deny-users",
    "kms.deny-deletion",
    "org.deny-leave",
    "region.limit",
    "root.deny",
    "trail.protect",
)
_INNER: Final = ("A", "A/B", "A/B/C", "D", "E \N{LATIN SMALL LETTER E WITH ACUTE}")
_ENTRIES: Final = ("orders/database", "orders/mail", "orders/token")
_PEOPLE: Final = ("alice", "bob", "carol")

Files = dict[str, Any]
"""The content of each file by its path, as YAML that is JSON."""


@st.composite
def organizations(draw: st.DrawFn) -> Files:
    """One of them. Each has the same name, and an account has the same e-mail in all that have it."""
    inner = draw(st.sets(st.sampled_from(_INNER), min_size=3))
    paths = sorted({"/".join(path.split("/")[:depth]) for path in inner for depth in range(1, path.count("/") + 2)})
    place = st.sampled_from(["Root", *paths])
    units = {path: {"guardrails": draw(_guardrails())} for path in ["Root", *paths]}
    applied = draw(st.lists(st.sampled_from(["beta", "production"]), unique=True))
    homes = zip(["developer", *applied], draw(st.permutations(paths)), strict=False)
    environments = {name: draw(_environment(home, units)) for name, home in homes}
    people = draw(st.sets(st.sampled_from(_PEOPLE)))
    files: Files = {
        "account_specs/organization.yaml": {
            "organization": {
                "name": "any",
                "home_region": "eu-west-1",
                "allowed_regions": [
                    "eu-west-1",
                    *sorted(draw(st.sets(st.sampled_from(["us-east-1", "eu-central-1"])))),
                ],
            },
            "units": units,
            "environments": environments,
            "accounts": {"tooling": {"email": "tooling@example.com", "owner": "a@example.com", "unit": draw(place)}},
        },
        **{f"account_specs/{name}.yaml": {"developer": draw(_developer(name))} for name in sorted(people)},
    }
    if applied:
        files["account_specs/orders.yaml"] = {"application": draw(_application(applied))}
        files["secrets_layout/orders.yaml"] = draw(_secrets(sorted(environments)))
    return files


def write(files: Files, folder: Path) -> None:
    """In place of what was written there before, with the repository's guardrails."""
    for name in ("account_specs", "scps", "secrets_layout"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
    for name in _GUARDRAILS:
        shutil.copy(REPOSITORY / "scps" / f"{name.replace('.', '-')}.yaml", folder / "scps")
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), "utf-8")


def _guardrails(but: Collection[str] = ()) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([name for name in _GUARDRAILS if name not in but]), unique=True, max_size=3)


def _environment(unit: str, units: Files) -> st.SearchStrategy[Files]:
    budget = st.fixed_dictionaries(
        {"monthly_usd": st.integers(1, 3)}, optional={"notify_at_percent": st.sampled_from([[50], [80, 100]])}
    )
    return st.fixed_dictionaries(
        {"unit": st.just(unit), "guardrails": _guardrails(units[unit]["guardrails"])},
        optional={"budget": budget, "deploy": st.just({"account": "tooling", "role": "ci"})},
    )


def _developer(name: str) -> st.SearchStrategy[Files]:
    return st.fixed_dictionaries(
        {
            "name": st.just(name),
            "email": st.just(f"{name}@example.com"),
            "owner": st.sampled_from(["a@example.com", "b@example.com"]),
        },
        optional={
            "account_name": st.sampled_from([f"{name} one", f"{name} two"]),
            "state": st.sampled_from(["open", "closed"]),
        },
    )


def _application(environments: list[str]) -> st.SearchStrategy[Files]:
    accounts = {name: st.just({"email": f"orders-{name}@example.com"}) for name in environments}
    first, *rest = environments
    some = st.fixed_dictionaries({first: accounts[first]}, optional={name: accounts[name] for name in rest})
    return st.fixed_dictionaries({"name": st.just("orders"), "owner": st.just("o@example.com"), "accounts": some})


def _secrets(environments: list[str]) -> st.SearchStrategy[Files]:
    generated = st.fixed_dictionaries(
        {"key": st.just("token"), "length": st.sampled_from([16, 32]), "with_keys": st.just({"user": "orders"})}
    )
    entry = st.fixed_dictionaries(
        {
            "description": st.sampled_from(["One.", "Another."]),
            "keys": st.just(["user", "token"]),
            "environments": st.lists(st.sampled_from(environments), unique=True, min_size=1),
        },
        optional={"generated": generated},
    )
    entries = st.dictionaries(st.sampled_from(_ENTRIES), entry, min_size=1)
    return st.fixed_dictionaries(
        {"application": st.just("orders"), "owner": st.just("o@example.com"), "entries": entries}
    )
