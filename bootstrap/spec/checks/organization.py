"""The organization's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.spec.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.errors import Problem
    from bootstrap.spec.draft import Draft
    from bootstrap.spec.places import Path


def home_region_is_allowed(draft: Draft) -> Iterator[Problem]:
    organization = draft.organization.content.organization
    if organization.home_region not in organization.allowed_regions:
        yield draft.organization.at_value(
            ("organization", "home_region"),
            f"the home region `{organization.home_region}` is not among `allowed_regions`",
            "add it there: guardrails would deny the baselines",
        )


def regions_exist(draft: Draft) -> Iterator[Problem]:
    """A guardrail that allows a region by a wrong name denies everything."""
    organization = draft.organization.content.organization
    places: list[tuple[Path, str]] = [
        (("organization", "home_region"), organization.home_region),
        *((("organization", "allowed_regions", n), region) for n, region in enumerate(organization.allowed_regions)),
    ]
    for path, region in places:
        if region not in facts.REGIONS:
            meant = nearest(region, sorted(facts.REGIONS))
            guess = f"did you mean `{meant}`? " if meant else ""
            hint = f"{guess}a region newer than this version of org-bootstrap takes a newer one"
            yield draft.organization.at_value(path, f"there is no region `{region}`", hint)


def regions_are_written_once(draft: Draft) -> Iterator[Problem]:
    regions = draft.organization.content.organization.allowed_regions
    for index, region in enumerate(regions):
        if region in regions[:index]:
            path = ("organization", "allowed_regions", index)
            yield draft.organization.at_value(path, f"`{region}` is listed twice", "remove one of them")
