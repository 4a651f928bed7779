"""Tags of Organizations, through its own API and through the Resource Groups Tagging API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Organization, Refused


def tags_of(organization: Organization, resource_id: str) -> Any:
    pages = organization.api.get_paginator("list_tags_for_resource").paginate(ResourceId=resource_id)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def as_list(**tags: Any) -> Any:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def test_root_units_accounts_and_policies_have_tags(organization: Organization) -> None:
    policy = organization.policy("mine")
    for each in (organization.root, organization.ou("u"), organization.account("a"), policy):
        organization.api.tag_resource(ResourceId=each, Tags=as_list(a="1", b="2"))
        organization.api.tag_resource(ResourceId=each, Tags=as_list(b="3"))
        organization.api.untag_resource(ResourceId=each, TagKeys=["a", "not there"])
        assert tags_of(organization, each) == {"b": "3"}


def test_tags_can_be_given_when_something_is_created(organization: Organization) -> None:
    api, tags = organization.api, as_list(owner="me")
    unit = api.create_organizational_unit(ParentId=organization.root, Name="u", Tags=tags)
    policy = api.create_policy(Name="p", Description="", Type="TAG_POLICY", Content='{"tags": {}}', Tags=tags)
    assert tags_of(organization, unit["OrganizationalUnit"]["Id"]) == {"owner": "me"}
    assert tags_of(organization, policy["Policy"]["PolicySummary"]["Id"]) == {"owner": "me"}


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        (as_list(**{"aws:reserved": "x"}), "INVALID_SYSTEM_TAGS_PARAMETER"),
        (as_list(**{"star*": "x"}), "INVALID_PATTERN"),
        (as_list(key="semicolon;"), "INVALID_PATTERN"),
        (as_list(key="10 €"), "INVALID_PATTERN"),
        (as_list(**{"k" * 129: "x"}), "MAX_LENGTH_EXCEEDED"),
        (as_list(key="v" * 257), "MAX_LENGTH_EXCEEDED"),
        ([{"Key": "same", "Value": "1"}, {"Key": "same", "Value": "2"}], "DUPLICATE_TAG_KEY"),
    ],
)
def test_bad_tags_are_invalid_input(organization: Organization, tags: Any, reason: str, refused: Refused) -> None:
    """API model, TagKey and TagValue, and the reasons of InvalidInputException."""
    with refused("InvalidInputException", reason):
        organization.api.tag_resource(ResourceId=organization.root, Tags=tags)
    assert tags_of(organization, organization.root) == {}


def test_tags_take_letters_of_any_language_and_the_documented_signs(organization: Organization) -> None:
    organization.api.tag_resource(ResourceId=organization.root, Tags=as_list(**{"größe_.:/=+-@ 1": "日本"}))
    assert tags_of(organization, organization.root) == {"größe_.:/=+-@ 1": "日本"}


def test_a_resource_has_fifty_tags_at_most(organization: Organization, refused: Refused) -> None:
    """Limits page; ConstraintViolationException, MAX_TAG_LIMIT_EXCEEDED in the API model."""
    organization.api.tag_resource(
        ResourceId=organization.root, Tags=as_list(**{f"k{number}": "" for number in range(50)})
    )
    with refused("ConstraintViolationException", "MAX_TAG_LIMIT_EXCEEDED"):
        organization.api.tag_resource(ResourceId=organization.root, Tags=as_list(one_more=""))
    assert len(tags_of(organization, organization.root)) == 50


def test_tagging_a_missing_resource_is_an_error(organization: Organization, refused: Refused) -> None:
    with refused("TargetNotFoundException"):
        organization.api.tag_resource(ResourceId="ou-none-00000000", Tags=as_list(a="1"))
    with refused("InvalidInputException"):
        organization.api.list_tags_for_resource(ResourceId="nothing")


@pytest.fixture
def tagged(organization: Organization) -> Any:
    """The ARNs of tagged resources by type. One more OU has no tags."""
    organization.ou("untagged")
    found = {
        "organizations:root": organization.root,
        "organizations:ou": organization.ou("u"),
        "organizations:account": organization.account("a"),
        "organizations:policy": organization.policy("p"),
    }
    for kind, each in found.items():
        organization.api.tag_resource(ResourceId=each, Tags=as_list(team="blue", kind=kind))
    return found


def listed(aws: Aws, **request: Any) -> Any:
    pages = aws("resourcegroupstaggingapi").get_paginator("get_resources").paginate(**request)
    return [each for page in pages for each in page["ResourceTagMappingList"]]


def test_the_tagging_api_lists_what_is_tagged_in_the_organization(aws: Aws, tagged: dict[str, str]) -> None:
    """API reference, GetResources, from the management account in us-east-1."""
    found = listed(aws, ResourceTypeFilters=["organizations"])
    by_kind = {tag["Value"]: each for each in found for tag in each["Tags"] if tag["Key"] == "kind"}
    assert by_kind.keys() == tagged.keys()
    for kind, each in by_kind.items():
        assert each["ResourceARN"].startswith("arn:aws:organizations::123456789012:")
        assert each["ResourceARN"].endswith(f"/{tagged[kind]}")


def test_the_tagging_api_filters_by_type_and_by_tag(aws: Aws, tagged: dict[str, str]) -> None:
    accounts = listed(aws, ResourceTypeFilters=["organizations:account"])
    assert [each["ResourceARN"].split("/")[-1] for each in accounts] == [tagged["organizations:account"]]
    assert len(listed(aws, TagFilters=[{"Key": "team", "Values": ["blue", "red"]}])) == 4
    assert listed(aws, TagFilters=[{"Key": "team", "Values": ["red"]}]) == []
    assert listed(aws, TagFilters=[{"Key": "team"}, {"Key": "owner"}]) == []


def test_the_tagging_api_has_pages_of_up_to_a_hundred(aws: Aws, tagged: dict[str, str], refused: Refused) -> None:
    """API reference, GetResources, ResourcesPerPage: 1 to 100."""
    client = aws("resourcegroupstaggingapi")
    first = client.get_resources(ResourcesPerPage=3)
    rest = client.get_resources(ResourcesPerPage=3, PaginationToken=first["PaginationToken"])
    assert [len(page["ResourceTagMappingList"]) for page in (first, rest)] == [3, len(tagged) - 3]
    assert rest["PaginationToken"] == ""
    with refused("InvalidParameterException"):
        client.get_resources(ResourcesPerPage=101)


def test_the_tagging_api_of_a_member_does_not_show_the_organization(aws: Aws, tagged: dict[str, str]) -> None:
    member = aws("resourcegroupstaggingapi", tagged["organizations:account"])
    assert member.get_resources(ResourceTypeFilters=["organizations"])["ResourceTagMappingList"] == []
