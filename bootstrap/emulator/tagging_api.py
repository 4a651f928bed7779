"""The Resource Groups Tagging API, with the resources of Organizations, which moto lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.core.resource_tagging import TaggedResource
from moto.core.responses import ActionResult
from moto.organizations.models import organizations_backends
from moto.resourcegroupstaggingapi import models
from moto.resourcegroupstaggingapi.exceptions import ResourceGroupsTaggingAPIError
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse

from bootstrap.emulator.limits import TAGGED_RESOURCES_PER_PAGE
from bootstrap.emulator.patching import original, replaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.emulator.organizations.state import State

REGION = "us-east-1"  # the only Region with resources of Organizations (Organizations User Guide, endpoints)
DEFAULT_PAGE = 50  # API reference, GetResources, ResourcesPerPage

_iter_taggable_backends_moto = original(models, "iter_taggable_backends")


@replaces(models, "iter_taggable_backends")
def iter_taggable_backends(account_id: str, region: str) -> Iterator[object]:
    yield from _iter_taggable_backends_moto(account_id, region)
    for state in organizations_backends[account_id].values() if region == REGION else ():
        if state.org is not None:
            yield _OrganizationTags(state)


class _OrganizationTags:
    """The interface of moto's TaggableResourcesMixin."""

    def __init__(self, state: State) -> None:
        self._state = state

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        state = self._state
        kinds = {"ROOT": "root", "ORGANIZATIONAL_UNIT": "ou", "ACCOUNT": "account"}
        for target in [*state.ou, *state.accounts]:
            yield TaggedResource(target.arn, target.tags, f"organizations:{kinds[target.type]}")
        for policy in state.policies:
            yield TaggedResource(policy.arn, policy.tags, "organizations:policy")

    def owns_arn(self, arn: str) -> bool:
        return ":organizations:" in arn


@replaces(ResourceGroupsTaggingAPIResponse, "get_resources")
def get_resources(response: Any) -> ActionResult:
    """Answer one page. moto ends each page at 100 tags; AWS does so only for TagsPerPage, and recommends
    ResourcesPerPage instead.
    """
    asked = response._get_param  # noqa: SLF001 (moto's way)
    size = int(asked("ResourcesPerPage") or DEFAULT_PAGE)
    token = asked("PaginationToken") or "0"
    if size not in TAGGED_RESOURCES_PER_PAGE:
        message = "ResourcesPerPage must be between 1 and 100"
        raise ResourceGroupsTaggingAPIError("InvalidParameterException", message)
    if not token.isdigit():
        message = "The PaginationToken is not valid"
        raise ResourceGroupsTaggingAPIError("PaginationTokenExpiredException", message)
    found = list(
        response.backend._get_resources_generator(  # noqa: SLF001 (moto's way)
            tag_filters=asked("TagFilters") or [],
            resource_type_filters=asked("ResourceTypeFilters") or [],
            resource_arn_list=asked("ResourceARNList") or [],
        )
    )
    end = int(token) + size
    page = [{"ResourceARN": each.arn, "Tags": _as_list(each.tags)} for each in found[int(token) : end]]
    # On AWS the token of the last page is an empty string.
    return ActionResult({"ResourceTagMappingList": page, "PaginationToken": str(end) if end < len(found) else ""})


def _as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
