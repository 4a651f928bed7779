"""Drift, which is everything that was changed outside org-bootstrap, as text, Markdown and JSON."""

from __future__ import annotations

from bootstrap.render.drift.file import DriftFile, describe_drift
from bootstrap.render.drift.found import is_drift
from bootstrap.render.drift.report import render_drift

__all__ = ["DriftFile", "describe_drift", "is_drift", "render_drift"]
