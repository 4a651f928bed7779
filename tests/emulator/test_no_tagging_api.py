"""An AWS without the Resource Groups Tagging API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused

pytestmark = pytest.mark.emulator(profile="tagging = false")


def test_the_tagging_api_is_unknown_and_organizations_has_the_tags(
    aws: Aws, organization: Organization, refused: Refused
) -> None:
    """Smithy, "AWS JSON 1.1 protocol": an unknown operation is an UnknownOperationException."""
    ou = organization.ou("ou")
    organization.api.tag_resource(ResourceId=ou, Tags=[{"Key": "k", "Value": "v"}])
    with refused("UnknownOperationException"):
        aws("resourcegroupstaggingapi").get_resources()
    assert organization.api.list_tags_for_resource(ResourceId=ou)["Tags"] == [{"Key": "k", "Value": "v"}]
