"""AWS::IAM::OIDCProvider."""

from __future__ import annotations

from moto.iam.models import IAMBackend, iam_backends

from bootstrap.emulator.cloudformation.resource_type import Place, Properties, Resource, ResourceType, made

# IAM fetches the thumbprint itself when none is given (API reference, CreateOpenIDConnectProvider).
FETCHED_THUMBPRINT = "0" * 40


class OidcProvider(ResourceType):
    name = "AWS::IAM::OIDCProvider"
    properties = frozenset({"ClientIdList", "Tags", "ThumbprintList", "Url"})
    required = frozenset({"Url"})
    replaced_by = frozenset({"Url"})
    identified_by = "Arn"
    named_by = "Url"  # an account can have one provider for each URL
    attributes = frozenset({"Arn"})

    def create(self, place: Place, name: str, want: Properties) -> Resource:
        provider = _iam(place).create_open_id_connect_provider(
            url=name,
            thumbprint_list=want.get("ThumbprintList") or [FETCHED_THUMBPRINT],
            client_id_list=want.get("ClientIdList", []),
            tags=want.get("Tags", []),
        )
        return made(provider.arn)

    def update(self, place: Place, have: Resource, want: Properties) -> None:
        iam, arn = _iam(place), have.physical_id
        provider = iam.get_open_id_connect_provider(arn)
        provider.client_id_list = want.get("ClientIdList", [])
        provider.thumbprint_list = want.get("ThumbprintList") or provider.thumbprint_list
        iam.untag_open_id_connect_provider(arn, [tag["Key"] for tag in have.properties.get("Tags", [])])
        iam.tag_open_id_connect_provider(arn, want.get("Tags", []))

    def delete(self, place: Place, have: Resource) -> None:
        _iam(place).delete_open_id_connect_provider(have.physical_id)

    def find(self, place: Place, name: str) -> str | None:
        host_and_path = name.removeprefix("https://").rstrip("/")
        arn = f"arn:{place.partition}:iam::{place.account_id}:oidc-provider/{host_and_path}"
        return arn if arn in _iam(place).open_id_providers else None

    def attribute(self, _place: Place, have: Resource, _name: str) -> str:
        return have.physical_id


def _iam(place: Place) -> IAMBackend:
    return iam_backends[place.account_id][place.partition]
