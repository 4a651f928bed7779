"""What every test shares: no network but loopback, no credentials of anybody's, one running embedded AWS."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.emulator import Emulator

REPOSITORY = Path(__file__).parents[1]

# Of the tests against an AWS that takes its time; a storm has a seed of its own, in the name of its test.
SEED = 20261123

# A run is reproducible: the same examples each time, and no deadline that a busy machine would miss.
settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.load_profile("reproducible")

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def pytest_report_header() -> str:
    return f"seed: {SEED} for AWS on a real day; that of a storm is in the name of its test"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have measured, also where others than this process ran them: `record_property("measured", …)`."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "measured":
                terminalreporter.write_line(f"{report.head_line}: {value}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew, to be read in review")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """An embedded AWS for the module; tests begin by emptying it, in a fixture of their own."""
    from bootstrap.emulator import Emulator  # noqa: PLC0415 (moto takes a second to load)

    with Emulator() as running:
        yield running
