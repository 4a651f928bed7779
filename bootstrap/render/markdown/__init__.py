"""A plan as a Markdown comment on a pull request."""

from __future__ import annotations

from bootstrap.render.markdown.plan import LIMIT, render_markdown

__all__ = ["LIMIT", "render_markdown"]
