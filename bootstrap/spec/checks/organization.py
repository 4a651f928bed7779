"""The organization's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.errors import Problem
    from bootstrap.spec.draft import Draft


def home_region_is_allowed(draft: Draft) -> Iterator[Problem]:
    organization = draft.organization.content.organization
    if organization.home_region not in organization.allowed_regions:
        yield draft.organization.at_value(
            ("organization", "home_region"),
            f"the home region `{organization.home_region}` is not among `allowed_regions`",
            "add it there: guardrails would deny the baselines",
        )


def regions_are_written_once(draft: Draft) -> Iterator[Problem]:
    regions = draft.organization.content.organization.allowed_regions
    for index, region in enumerate(regions):
        if region in regions[:index]:
            path = ("organization", "allowed_regions", index)
            yield draft.organization.at_value(path, f"`{region}` is listed twice", "remove one of them")
