"""A plan on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bootstrap.cli import console
from bootstrap.cli.options import Format

if TYPE_CHECKING:
    from bootstrap.workflow import Planned


def print_plan(planned: Planned, form: Format = Format.TEXT, *, summary: str = "") -> None:
    """The plan in a format. `summary` replaces its own last line."""
    match form:
        case Format.TEXT:
            from bootstrap.render.text import render_text

            text = render_text(planned.review, summary=summary, width=console.width())
        case Format.MARKDOWN:
            from bootstrap.render.markdown import render_markdown

            text = render_markdown(planned.review, summary=summary)
        case Format.JSON:
            from bootstrap import planfile

            text = planfile.text(planfile.describe(planned.review))
        case Format.HTML:
            from bootstrap.render.html import render_html

            text = render_html(planned.review, summary=summary)
        case _:
            assert_never(form)
    console.result(text.rstrip("\n"))
