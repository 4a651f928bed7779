"""The organization's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.spec.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.node import Path
    from bootstrap.spec.parsed_files import ParsedFiles


def home_region_is_allowed(files: ParsedFiles) -> Iterator[Problem]:
    organization = files.organization.content.organization
    if organization.home_region not in organization.allowed_regions:
        yield files.organization.at_value(
            ("organization", "home_region"),
            f"home region `{organization.home_region}` is not in `allowed_regions`",
            "add it there, or guardrails deny the deployment of baselines",
        )


def regions_exist(files: ParsedFiles) -> Iterator[Problem]:
    """A guardrail that allows only a misspelt region denies everything."""
    organization = files.organization.content.organization
    places: list[tuple[Path, str]] = [
        (("organization", "home_region"), organization.home_region),
        *((("organization", "allowed_regions", n), region) for n, region in enumerate(organization.allowed_regions)),
    ]
    for path, region in places:
        if region not in facts.REGIONS:
            meant = nearest(region, sorted(facts.REGIONS))
            guess = f"did you mean `{meant}`? " if meant else ""
            hint = f"{guess}a region that AWS added later needs a newer org-bootstrap"
            yield files.organization.at_value(path, f"unknown region `{region}`", hint)


def regions_are_unique(files: ParsedFiles) -> Iterator[Problem]:
    regions = files.organization.content.organization.allowed_regions
    for index, region in enumerate(regions):
        if region in regions[:index]:
            path = ("organization", "allowed_regions", index)
            yield files.organization.at_value(path, f"duplicate region `{region}`", "remove one of the two")
