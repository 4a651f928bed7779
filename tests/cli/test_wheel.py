"""What a user installs: the wheel, in an environment that holds nothing else, used in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import pytest

from bootstrap.workflow.example import FOLDERS
from tests.cli.command import environment
from tests.conftest import REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(REPOSITORY)]
    subprocess.run(build, capture_output=True, check=True)
    (path,) = folder.iterdir()
    return path


def test_the_wheel_holds_the_example_the_schemas_the_facts_the_page_the_types_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    for folder in FOLDERS:
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file():
                assert f"bootstrap/example/{path.relative_to(REPOSITORY).as_posix()}" in held
    assert "bootstrap/example/account_specs/.schemas/account.json" in held
    assert {"bootstrap/render/html/plan.css", "bootstrap/render/html/plan.js"} <= held
    assert {"bootstrap/py.typed", "bootstrap/facts/facts.toml"} <= held
    assert [name for name in held if name.endswith(".dist-info/licenses/LICENSE")]
    assert not [name for name in held if name.startswith("tests/") or "__pycache__" in name]


@pytest.mark.parametrize(
    "complete",
    [False, pytest.param(True, marks=[pytest.mark.nightly, pytest.mark.long])],
    ids=["installed dependencies", "declared dependencies"],
)
def test_the_wheel_alone_writes_checks_and_plans_an_organization(
    wheel: Path, tmp_path: Path, *, complete: bool
) -> None:
    """Nightly with the dependencies that the wheel declares: installing them takes a minute."""
    began = time.monotonic()
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "--disable-pip-version-check"]
    wanted = [f"{wheel}[emulator]"] if complete else ["--no-deps", str(wheel)]
    # Compiling all of it takes longer than installing it, and most is never used.
    subprocess.run([*pip, "install", "--quiet", "--no-compile", *wanted], capture_output=True, check=True)
    print(f"installed in {time.monotonic() - began:.0f} s")  # noqa: T201 (a slow index explains a slow test)
    if not complete:
        [packages] = folder.rglob("site-packages")
        # It comes last on the path, and Python reads no .pth file in it: not that of our editable install either.
        (packages / "ours.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()

    def command(*words: str, program: str = "org-bootstrap") -> str:
        done = subprocess.run(
            [programs / program, *words],
            cwd=empty,
            env=environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = command("-c", "import bootstrap; print(bootstrap.__file__)", program="python")
    assert Path(where).is_relative_to(folder), "the installed wheel, not this checkout"
    assert command("init") == "".join(f"+ {name}/\n" for name in FOLDERS)
    assert command("validate").startswith("Valid: 6 accounts")
    assert "Plan: 47 to create" in command("plan", "--emulated")
