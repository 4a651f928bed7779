"""The registry of kinds: one line for each, in the order in which a plan shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.resources.account.kind import AccountKind
from bootstrap.resources.attachment.kind import AttachmentKind
from bootstrap.resources.baseline.kind import BaselineKind
from bootstrap.resources.organization.kind import OrganizationKind
from bootstrap.resources.organizational_unit.kind import OuKind
from bootstrap.resources.policy.kind import PolicyKind
from bootstrap.resources.policy_type import PolicyTypeKind
from bootstrap.resources.trusted_access import TrustedAccessKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.engine.kind import Kind

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        OrganizationKind(),
        TrustedAccessKind(),
        PolicyTypeKind(),
        PolicyKind(),
        OuKind(),
        AttachmentKind(),
        AccountKind(),
        BaselineKind(),
    )
}
