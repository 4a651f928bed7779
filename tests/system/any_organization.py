"""Any organization that the YAML can describe, small enough to be made in a second; and what becomes of it."""

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
_PARAMETERS: Final = {
    "region.limit": {"allowed_regions": ["eu-west-1", "eu-north-1"]},
    "root.deny": {"deny_assumed_root": True},
    "trail.protect": {"trail_name_pattern": "audit-*"},
}
_INNER: Final = ("A", "A/B", "A/B/C", "D", "E \N{LATIN SMALL LETTER E WITH ACUTE}")
_ENTRIES: Final = ("orders/database", "orders/mail", "orders/token")
_PEOPLE: Final = ("alice", "bob", "carol")

_HEAD: Final = "account_specs/organization.yaml"
_APPLICATION: Final = "account_specs/orders.yaml"
_SECRETS: Final = "secrets_layout/orders.yaml"

Files = dict[str, Any]
"""The content of each file by its path, as YAML that is JSON."""


@st.composite
def organizations(draw: st.DrawFn) -> Files:
    """One of them. Each has the same name, and an account has the same e-mail in all that have it."""
    inner = draw(st.sets(st.sampled_from(_INNER), min_size=3))
    paths = sorted({"/".join(path.split("/")[:depth]) for path in inner for depth in range(1, path.count("/") + 2)})
    place = st.sampled_from(["Root", *paths])
    ous = {path: {"guardrails": draw(_guardrails())} for path in ["Root", *paths]}
    applied = draw(st.lists(st.sampled_from(["beta", "production"]), unique=True))
    homes = zip(["developer", *applied], draw(st.permutations(paths)), strict=False)
    environments = {name: draw(_environment(home, ous)) for name, home in homes}
    people = draw(st.sets(st.sampled_from(_PEOPLE), min_size=1))
    files: Files = {
        _HEAD: {
            "organization": {
                "name": "any",
                "home_region": "eu-west-1",
                "allowed_regions": [
                    "eu-west-1",
                    *sorted(draw(st.sets(st.sampled_from(["us-east-1", "eu-central-1"])))),
                ],
            },
            "organizational_units": ous,
            "environments": environments,
            "accounts": {"tooling": {"email": "tooling@example.com", "owner": "a@example.com", "ou": draw(place)}},
        },
        **{_file(name): {"developer": draw(_developer(name))} for name in sorted(people)},
    }
    if applied:
        files[_APPLICATION] = {"application": draw(_application(applied))}
        files[_SECRETS] = draw(_secrets(sorted(environments)))
    return files


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Files, Files]:
    """One, and what the YAML says some time later: mostly the same, changed here and there."""
    first = draw(organizations())
    unrelated = draw(st.integers(0, 4)) == 0
    return first, draw(organizations() if unrelated else _changed(first))


@st.composite
def _changed(draw: st.DrawFn, before: Files) -> Files:
    files: Files = json.loads(json.dumps(before))
    head = files[_HEAD]
    _change_ous(draw, head)
    _change_environments(draw, head)
    for name in _PEOPLE:
        was = files.pop(_file(name), None)
        if developer := draw(_changed_developer(name, was["developer"] if was else None)):
            files[_file(name)] = {"developer": developer}
    staying = [files[file]["developer"] for file in map(_file, _PEOPLE) if file in files and file in before]
    if staying and draw(st.integers(0, 2)):
        staying[0]["state"] = "closed"
    if application := files.get(_APPLICATION):
        applied = sorted(head["environments"].keys() - {"developer"})
        application["application"] = draw(_kept_or(application["application"], _application(applied)))
        files[_SECRETS]["entries"] = draw(_changed_entries(files[_SECRETS]["entries"], sorted(head["environments"])))
    return files


def _change_ous(draw: st.DrawFn, head: Files) -> None:
    """Where accounts stand stays, and what is above; of the others the last one may go."""
    ous, homes = head["organizational_units"], [environment["ou"] for environment in head["environments"].values()]
    inhabited = [*homes, *(account["ou"] for account in head["accounts"].values())]
    empty = [
        path for path in ous if path != "Root" and not any(f"{home}/".startswith(path + "/") for home in inhabited)
    ]
    if empty and draw(st.booleans()):
        del ous[empty[-1]]
    for path, ou in ous.items():
        taken = {name for other in head["environments"].values() if other["ou"] == path for name in other["guardrails"]}
        ou["guardrails"] = draw(_kept_or(ou["guardrails"], _guardrails(taken)))
        _change_parameters(draw, ou)
    tooling = head["accounts"]["tooling"]
    tooling["ou"] = draw(_kept_or(tooling["ou"], st.sampled_from(sorted(ous))))


def _change_environments(draw: st.DrawFn, head: Files) -> None:
    for environment in head["environments"].values():
        redrawn = draw(_environment(environment["ou"], head["organizational_units"]))
        environment["guardrails"] = draw(st.sampled_from([environment["guardrails"], redrawn["guardrails"]]))
        budgets = [found["budget"] for found in (environment, redrawn) if "budget" in found]
        if budget := draw(st.sampled_from([None, *budgets])):
            environment["budget"] = budget
        else:
            environment.pop("budget", None)
        _change_parameters(draw, environment)
        if draw(st.booleans()):
            environment["deploy"] = draw(
                st.fixed_dictionaries(
                    {"account": st.sampled_from(["tooling", "builds"]), "role": st.sampled_from(["ci", "cd"])}
                )
            )
    if any(environment.get("deploy", {}).get("account") == "builds" for environment in head["environments"].values()):
        head["accounts"]["builds"] = {"email": "builds@example.com", "owner": "b@example.com", "ou": "Root"}


def _change_parameters(draw: st.DrawFn, place: Files) -> None:
    place.pop("parameters", None)
    given = {name: _PARAMETERS[name] for name in place["guardrails"] if name in _PARAMETERS}
    if given and draw(st.booleans()):
        place["parameters"] = given


def _changed_developer(name: str, was: Files | None) -> st.SearchStrategy[Files | None]:
    """Most keep their account; one that has none may get one."""
    if was is None:
        return st.one_of(st.none(), _developer(name))
    renamed = st.sampled_from([f"{name} one", f"{name} two"]).map(lambda other: {**was, "account_name": other})
    return st.one_of(renamed, st.just(was), _developer(name), st.none())


def _changed_entries(was: Files, environments: list[str]) -> st.SearchStrategy[Files]:
    some = st.sets(st.sampled_from(sorted(was)), min_size=1).map(
        lambda names: {name: was[name] for name in sorted(names)}
    )
    return st.one_of(some, _entries(environments).map(lambda more: {**more, **was}))


def _kept_or(was: Any, other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(was), other)


def write(files: Files, folder: Path) -> None:
    """In place of what was written there before, with the repository's guardrails."""
    for name in ("account_specs", "scps", "secrets_layout"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
    for name in _GUARDRAILS:
        shutil.copy(REPOSITORY / "scps" / f"{name.replace('.', '-')}.yaml", folder / "scps")
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), "utf-8")


def _file(developer: str) -> str:
    return f"account_specs/{developer}.yaml"


def _guardrails(but: Collection[str] = ()) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([name for name in _GUARDRAILS if name not in but]), unique=True, max_size=3)


def _environment(ou: str, ous: Files) -> st.SearchStrategy[Files]:
    budget = st.fixed_dictionaries(
        {"monthly_usd": st.integers(1, 3)}, optional={"notify_at_percent": st.sampled_from([[50], [80, 100]])}
    )
    return st.fixed_dictionaries(
        {"ou": st.just(ou), "guardrails": _guardrails(ous[ou]["guardrails"])},
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
    return st.fixed_dictionaries(
        {"application": st.just("orders"), "owner": st.just("o@example.com"), "entries": _entries(environments)}
    )


def _entries(environments: list[str]) -> st.SearchStrategy[Files]:
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
    return st.dictionaries(st.sampled_from(_ENTRIES), entry, min_size=1)
