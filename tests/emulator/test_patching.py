"""Patches of moto: an upgrade of moto must name what it broke."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

import moto
import pytest

from bootstrap.emulator import patching
from bootstrap.emulator.patching import MotoChangedError, adds, replaces

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator


class Backend:
    def known(self) -> str:
        return "moto"


def test_replacing_a_missing_attribute_is_an_error_with_its_name() -> None:
    with pytest.raises(MotoChangedError, match=r"Backend\.renamed"):
        replaces(Backend, "renamed")(lambda _self: "ours")


def test_adding_an_existing_attribute_is_an_error_with_its_name() -> None:
    with pytest.raises(MotoChangedError, match=r"Backend\.known"):
        adds(Backend, "known")(lambda _self: "ours")


def test_every_patch_is_applied_once(emulator: Emulator) -> None:
    assert emulator.endpoint
    before = list(patching.PATCHED)
    importlib.import_module("bootstrap.emulator.listener")
    assert before == patching.PATCHED
    assert len(set(before)) == len(before)


def test_moto_has_the_pinned_version() -> None:
    """The emulator replaces private functions of moto: review the patches for another version."""
    assert moto.__version__ == "5.2.5"


@pytest.mark.parametrize(
    ("module", "owner", "name", "parameters"),
    [
        ("moto.iam.models", "IAMBackend", "create_access_key", ["self", "user_name", "prefix", "status"]),
        (
            "moto.secretsmanager.models",
            "SecretsManagerBackend",
            "delete_secret",
            ["self", "secret_id", "recovery_window_in_days", "force_delete_without_recovery"],
        ),
        ("moto.organizations.models", "FakeAccount", "__init__", ["self", "organization", "kwargs"]),
        ("moto.budgets.models", "BudgetsBackend", "create_budget", ["self", "account_id", "budget", "notifications"]),
    ],
)
def test_moto_s_functions_take_the_expected_parameters(module: str, owner: str, name: str, parameters: Any) -> None:
    function = getattr(getattr(importlib.import_module(module), owner), name)
    assert list(inspect.signature(function).parameters) == parameters
