"""The names that this tool gives to what it makes; guardrails protect them, so they stand in one place."""

from __future__ import annotations

from typing import Final

BASELINE_STACK: Final = "org-bootstrap-baseline"
BUDGET_STACK: Final = "org-bootstrap-baseline-budget"
"""Begins as the other does, and is so protected with it."""
DEPLOY_ROLE: Final = "org-bootstrap-deploy"
EXECUTION_ROLE: Final = "org-bootstrap-execution"
BOUNDARY: Final = "org-bootstrap-boundary"
BUDGET: Final = "org-bootstrap-monthly"
ROOT: Final = "Root"
"""The path that stands for the organization's root, which is a place and a policy target like an OU."""

TAG_PREFIX: Final = "org-bootstrap:"
"""Every tag that begins so is ours, and no other tag is ever touched."""
KEY_TAG: Final = TAG_PREFIX + "key"
"""The mark of ownership: the name in the resource's address."""
