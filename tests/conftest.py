"""What every test shares: no network but loopback, no credentials of anybody's, one running embedded AWS."""

from __future__ import annotations

import gc
import os
import subprocess
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import botocore_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.emulator import Emulator

REPOSITORY = Path(__file__).parents[1]

# Of the tests against an AWS that takes its time; a storm has a seed of its own, in the name of its test.
SEED = 20261123
STORMS = 200
STORMS_OF_A_PUSH = 10

# A run is reproducible: the same examples each time, and no deadline that a busy machine would miss.
settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.load_profile("reproducible")

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


botocore_once.share()
# As the command does: looking for cycles among all that moto holds takes a sixth of a test's time.
gc.set_threshold(100_000)


@cache
def commit() -> str:
    """The commit that is tested; empty in what is no repository, such as an unpacked sdist."""
    try:
        done = subprocess.run(
            ["git", "-C", REPOSITORY, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def storm_seeds(config: pytest.Config) -> list[int]:
    """All of them with `--nightly`; else ten, which the commit draws, so that each push tries others."""
    if config.getoption("nightly"):
        return list(range(STORMS))
    return sorted(Random(commit()).sample(range(STORMS), STORMS_OF_A_PUSH))  # noqa: S311 (nothing is secret here)


def pytest_report_header(config: pytest.Config) -> list[str]:
    seeds = storm_seeds(config)
    drawn = (
        "all" if len(seeds) == STORMS else f"{', '.join(map(str, seeds))}, drawn by commit {commit()[:12] or 'none'}"
    )
    return [
        f"seed: {SEED} for AWS on a real day; that of a storm is in the name of its test",
        f"storms: {'all' if len(seeds) == STORMS else drawn} (one alone: pytest --nightly -k 'storm and 137')",
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "storm" in metafunc.fixturenames:
        metafunc.parametrize("storm", storm_seeds(metafunc.config))


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_auto_num_workers() -> int:
    """Of `-n auto`: three processes for two cores, because tests also wait. Four are no faster."""
    return (os.cpu_count() or 1) * 3 // 2


@pytest.hookimpl(tryfirst=True)  # before `-m` selects by the marks that are put on here
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark whatever needs an emulator, leave to the night what is marked for it, and begin with the longest tests: no
    process is left alone with one at the end.
    """
    for item in items:
        if "emulator" in getattr(item, "fixturenames", ()):
            item.add_marker("emulator")
    if not config.getoption("nightly"):
        left = {item for item in items if item.get_closest_marker("nightly")}
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have measured, also where others than this process ran them: `record_property("measured", …)`."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "measured":
                terminalreporter.write_line(f"{report.head_line}: {value}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew, to be read in review")
    parser.addoption("--nightly", action="store_true", help="all storms, all crash points and all sizes")


@pytest.fixture(scope="module")
def emulator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator for the module, which its tests empty before they begin.

    The module's mark says what it is like, as the arguments of Emulator do; a profile may be a text in TOML:
    `pytestmark = pytest.mark.emulator(profile="real", speed=200)`.
    """
    from bootstrap.emulator import Emulator  # noqa: PLC0415 (moto takes a second to load)

    options = {name: value for mark in request.node.iter_markers("emulator") for name, value in mark.kwargs.items()}
    options |= getattr(request, "param", {})  # of a test that is parametrized with some, indirectly
    if "=" in options.get("profile", ""):
        path = tmp_path_factory.mktemp("profile") / "own.toml"
        path.write_text(options["profile"], "utf-8")
        options["profile"] = str(path)
    with Emulator(**options) as running:
        yield running
