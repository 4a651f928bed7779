"""The names of the resources that this tool creates; guardrails protect them by name."""

from __future__ import annotations

from typing import Final

BASELINE_STACK: Final = "org-bootstrap-baseline"
BUDGET_STACK: Final = "org-bootstrap-baseline-budget"
"""Starts with the name of the other stack, so that the same guardrail protects both."""
DEPLOY_ROLE: Final = "org-bootstrap-deploy"
EXECUTION_ROLE: Final = "org-bootstrap-execution"
BOUNDARY: Final = "org-bootstrap-boundary"
BUDGET: Final = "org-bootstrap-monthly"
ROOT: Final = "Root"
"""The path of the organization's root, which holds accounts and policies as an OU does."""

TAG_PREFIX: Final = "org-bootstrap:"
"""Every tag with this prefix is ours; no other tag is ever changed."""
KEY_TAG: Final = TAG_PREFIX + "key"
"""Marks a resource as managed."""
