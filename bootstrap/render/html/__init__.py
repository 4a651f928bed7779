"""A plan as one HTML page that opens offline, loads nothing and sends nothing."""

from __future__ import annotations

from bootstrap.render.html.page import render_html

__all__ = ["render_html"]
