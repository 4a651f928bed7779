"""Profiles: the three of the emulator, and files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bootstrap.emulator import Emulator
from bootstrap.emulator.profile import FOLDER, NAMES, Faults, Limit, Rate, Span, read_profile

if TYPE_CHECKING:
    from pathlib import Path

OWN = """
latency_s = [0.1, 0.2]
accounts_in_creation = 5
limits = [{ actions = ["organizations.ListRoots"], account = [1, 2], organization = [1, 3] }]
delays_s = { stack = [1, 2] }
faults = { slow = 0.5 }
paths = false
tagging = false
account_failures = [{ reason = "INVALID_ADDRESS", email = "A@example.org" }]
resource_failures = [{ type_name = "AWS::IAM::Role", times = 2 }]
rollback_failures = [{ type_name = "AWS::IAM::Role", logical_id = "Deploy", message = "no luck" }]
"""


def test_a_file_is_a_profile(tmp_path: Path) -> None:
    (tmp_path / "monday.toml").write_text(OWN, "utf-8")
    profile = read_profile(str(tmp_path / "monday.toml"))
    assert profile.name == "monday"
    assert profile.latency == Span(0.1, 0.2)
    assert profile.limits == (Limit(("organizations.ListRoots",), Rate(1, 2), Rate(1, 3)),)
    assert profile.delays.stack == Span(1, 2)
    assert profile.faults == Faults(slow=0.5)
    assert profile.accounts_in_creation == 5
    assert (profile.paths, profile.tagging) == (False, False)
    assert [failure.operation for failure in profile.failures] == ["account", "resource", "rollback"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_profile(name: str) -> None:
    assert read_profile(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_each_number_has_a_source_or_is_a_guess(name: str) -> None:
    """The limits and the faults have their sources above them."""
    text, _, _ = (FOLDER / f"{name}.toml").read_text("utf-8").partition("[faults]")
    numbers = re.findall(r"^(?!limits|base)\w+ = .*", text, re.MULTILINE)
    assert numbers
    assert [line for line in numbers if "  # " not in line] == []


def test_a_file_changes_its_base(tmp_path: Path) -> None:
    (tmp_path / "slow.toml").write_text("base = 'real'\nlatency_s = [1, 2]\ndelays_s = { stack = [3, 4] }", "utf-8")
    profile, real = read_profile(str(tmp_path / "slow.toml")), read_profile("real")
    assert (profile.latency, profile.delays.stack) == (Span(1, 2), Span(3, 4))
    assert (profile.limits, profile.delays.account_creation) == (real.limits, real.delays.account_creation)


@pytest.mark.parametrize(
    "wrong",
    [
        "latency = [1, 2]",
        "latency_s = [1, 2, 3]",
        "latency_s = 1",
        "[faults]\nmeteor = 0.1",
        "[delays_s]\nnoon = [1, 2]",
        "limits = [{ account = [1, 2] }]",
        "name = 'other'",
        "account_failures = [{ reason = 'BAD_LUCK' }]",
        "account_failures = [{ email = 'a@example.org' }]",
        "resource_failures = [{ type = 'AWS::IAM::Role' }]",
        "this is no TOML",
        "base = 'monday'",
    ],
)
def test_an_invalid_file_is_an_error_with_its_name(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "wrong.toml").write_text(wrong, "utf-8")
    with pytest.raises(ValueError, match=r"wrong\.toml"):
        Emulator(profile=str(tmp_path / "wrong.toml"))


def test_an_unknown_name_is_an_error_with_the_known_names() -> None:
    with pytest.raises(ValueError, match="the profile stormy is none of calm, real, storm, and no readable file"):
        Emulator(profile="stormy")
