"""The tags of OUs, accounts and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap import facts
from bootstrap.aws.retry import NOT_TOLD
from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bootstrap.aws.api import AwsApi


def read_tags(aws: AwsApi, arns: Callable[[], Iterable[str]]) -> Mapping[str, Mapping[str, str]]:
    """All of them by ARN, a hundred things a page. Where the tagging API tells the caller nothing, Organizations is
    asked for each of `arns` instead: ten a second.
    """
    try:
        found = list(
            aws.pages(
                "resourcegroupstaggingapi.GetResources",
                "ResourceTagMappingList",
                more="PaginationToken",
                ResourceTypeFilters=["organizations"],
                ResourcesPerPage=facts.TAGGING_PAGE_SIZE,
            )
        )
    except AwsError as error:
        if error.code not in NOT_TOLD:
            raise
        asked = list(arns())
        return dict(zip(asked, aws.each(lambda arn: tags_of(aws, arn), asked), strict=True))
    return {item["ResourceARN"]: _as_mapping(item["Tags"]) for item in found}


def tags_of(aws: AwsApi, arn: str) -> Mapping[str, str]:
    """Those of one thing, as Organizations itself has them."""
    # arn:aws:organizations::123456789012:account/o-1/210987654321, …:policy/o-1/service_control_policy/p-1
    found = aws.pages("organizations.ListTagsForResource", "Tags", ResourceId=arn.rpartition("/")[2])
    return _as_mapping(found)


def _as_mapping(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
