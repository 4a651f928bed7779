"""Cases of invalid YAML as text files: the changes to the base organization, and every problem that follows.

A case is a title, then parts that begin with `--- `, and `====` ends it. A part is the name of a file with
its whole text, or a name and `changed` with lines to take out (`-`) and to put in their place (`+`); the last
part, `expected`, is the text that a person reads; `pytest --update-golden` rewrites it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
BASE = HERE / "base"


@dataclass
class Case:
    path: Path
    title: str
    files: dict[str, str] = field(default_factory=dict)
    expected: str = ""

    def write(self, directory: Path) -> None:
        for name, text in self.files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def update(self, told: str) -> None:
        """Make this the expected text, in the file of the case."""
        text = self.path.read_text("utf-8")
        start = text.index(f"{self.title}\n--- ")
        at = text.index("--- expected\n", start)
        assert text[at:].startswith(f"--- expected\n{self.expected}\n")
        end = at + len(f"--- expected\n{self.expected}\n")
        self.path.write_text(f"{text[:at]}--- expected\n{told}\n{text[end:]}", encoding="utf-8")


def read_cases(path: Path) -> list[Case]:
    return [_case(path, block) for block in path.read_text("utf-8").split("====\n") if block.strip()]


def _case(path: Path, block: str) -> Case:
    title, *parts = f"\n{block}".split("\n--- ")
    case = Case(path, title.strip())
    for part in parts:
        head, _, text = part.partition("\n")
        if head == "expected":
            case.expected = text.rstrip("\n")
        elif head.endswith(", changed"):
            name = head.removesuffix(", changed")
            case.files[name] = _changed((BASE / name).read_text("utf-8"), text)
        else:
            case.files[head] = f"{text}\n"
    return case


def _changed(text: str, edits: str) -> str:
    for edit in f"\n{edits.rstrip()}".split("\n-")[1:]:
        old, *new = edit.split("\n")
        assert text.count(f"{old}\n") == 1, f"{old!r} is not one line of the base"
        text = text.replace(f"{old}\n", "".join(f"{line[1:]}\n" for line in new))
    return text
