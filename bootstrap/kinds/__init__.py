"""The registry of kinds: one line for each, in the order in which a reader meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.kinds.account import AccountKind
from bootstrap.kinds.attachments import AttachmentsKind
from bootstrap.kinds.baseline import BaselineKind
from bootstrap.kinds.organization import OrganizationKind
from bootstrap.kinds.policy import PolicyKind
from bootstrap.kinds.policy_type import PolicyTypeKind
from bootstrap.kinds.surplus import SurplusKind
from bootstrap.kinds.trusted_access import TrustedAccessKind
from bootstrap.kinds.unit import UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.kind import Kind

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        OrganizationKind(),
        TrustedAccessKind(),
        PolicyTypeKind(),
        PolicyKind(),
        UnitKind(),
        AttachmentsKind(),
        SurplusKind(),
        AccountKind(),
        BaselineKind(),
    )
}
