"""The frame of the page: its head, style, script and content security policy."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from bootstrap.render.html.markup import Markup, block, tag


def document(title: str, *body: Markup) -> str:
    style, script = (
        (resources.files("bootstrap.render.html") / name).read_text("utf-8") for name in ("plan.css", "plan.js")
    )
    # Only these two may run, and nothing may load, even if a name in the plan were not escaped.
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = block(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    page = block("html", head, block("body", *body, tag("script", Markup(script))), lang="en")
    return f"<!doctype html>\n{page}\n"


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
