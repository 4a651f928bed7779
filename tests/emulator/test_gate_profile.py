"""Profiles: the three that there are, and one of one's own."""

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


def test_a_file_of_one_s_own_is_a_profile_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "monday.toml").write_text(OWN, "utf-8")
    profile = read_profile(str(tmp_path / "monday.toml"))
    assert profile.name == "monday"
    assert profile.latency == Span(0.1, 0.2)
    assert profile.limits == (Limit(("organizations.ListRoots",), Rate(1, 2), Rate(1, 3)),)
    assert profile.delays.stack == Span(1, 2)
    assert profile.faults == Faults(slow=0.5)
    assert profile.accounts_in_creation == 5
    assert (profile.paths, profile.tagging) == (False, False)
    assert [failure.where for failure in profile.failures] == ["account", "resource", "rollback"]


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_a_profile(name: str) -> None:
    assert read_profile(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_beside_each_number_stands_its_source_or_that_it_is_a_guess(name: str) -> None:
    """Those of the limits and faults have theirs together, at the head."""
    text, _, _ = (FOLDER / f"{name}.toml").read_text("utf-8").partition("[faults]")
    numbers = re.findall(r"^(?!limits)\w+ = .*", text, re.MULTILINE)
    assert numbers
    assert [line for line in numbers if "  # " not in line] == []


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
    ],
)
def test_a_file_that_is_no_profile_is_refused_with_its_name(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "wrong.toml").write_text(wrong, "utf-8")
    with pytest.raises(ValueError, match=r"wrong\.toml"):
        Emulator(profile=str(tmp_path / "wrong.toml"))


def test_a_name_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="stormy is neither one of calm, real, storm nor a file"):
        Emulator(profile="stormy")
