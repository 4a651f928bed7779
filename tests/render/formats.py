"""The formats of a plan, and which of them have golden files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bootstrap import planfile
from bootstrap.render.html.page import render_html
from bootstrap.render.markdown import render_markdown
from bootstrap.render.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.engine.review import PlanReview


def bare(review: PlanReview) -> str:
    """The page without its style and script, which are files of their own, and their hashes."""
    page = re.sub(r"(<(style|script)>).*?(</\2>)", r"\1\3", render_html(review), flags=re.DOTALL)
    return re.sub(r"sha256-[^&]+", "sha256-…", page)


FORMATS: Final[Mapping[str, Callable[[PlanReview], str]]] = {
    "txt": render_text,
    "md": render_markdown,
    "json": lambda review: planfile.text(planfile.describe(review)),
    "html": bare,
}

# Text and JSON of every plan. The scenarios below go through every line of the two other renderers; what a comment and
# a page say of the others is what the text says, which test_golden.py and test_html.py check of each format.
ALWAYS: Final = ("txt", "json")
IN_MARKDOWN: Final = ("blocked", "approved", "first_bootstrap", "drift", "left_alone")
IN_HTML: Final = ("destroyed",)  # and `reorganized` of organizations.py


def golden_forms(name: str) -> tuple[str, ...]:
    """The formats in which a scenario has golden files."""
    return (*ALWAYS, *["md"] * (name in IN_MARKDOWN), *["html"] * (name in IN_HTML))
