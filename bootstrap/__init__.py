"""org-bootstrap: an AWS organization described in YAML, planned, reviewed and applied."""

from __future__ import annotations

__version__ = "0.1.0"
