"""AWS's numbers and names, read once from facts.toml, where each stands with its source and date."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_FACTS: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("facts.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class PolicyLimits:
    """The limits of one policy type: `size` in characters, attachments per root, OU or account.

    `default` is the AWS-managed policy that Organizations attaches to every target once the type is enabled.
    """

    name: str
    size: int
    per_organization: int
    min_attached: int
    max_attached: int
    source: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class ClosingQuota:
    """The number of accounts that may close in `days`: a `share` of the members, but from `least` to `most`."""

    least: int
    share: float
    most: int
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket of AWS: the actions that share it, calls a second, and the calls at once after a pause."""

    actions: tuple[str, ...]
    per_second: float
    burst: float
    source: str


RATES: Final = tuple(Rate(**{**row, "actions": tuple(row["actions"])}) for row in _FACTS["rates"]["rows"])

POLICY_TYPES: Final = {name: PolicyLimits(name, **fact) for name, fact in _FACTS["policy_types"].items()}

REGIONS: Final = frozenset[str](_FACTS["regions"]["names"])
GLOBAL_REGION: Final[str] = _FACTS["global_region"]["name"]

_NAMES, _ORGANIZATIONS = _FACTS["names"], _FACTS["organizations"]

ACCOUNT_NAME_MAX: Final[int] = _NAMES["account_name"]["max"]
ACCOUNT_NAME_PATTERN: Final[str] = _NAMES["account_name"]["pattern"]
EMAIL_MIN: Final[int] = _NAMES["email"]["min"]
EMAIL_MAX: Final[int] = _NAMES["email"]["max"]
OU_NAME_MAX: Final[int] = _NAMES["ou_name"]["max"]
POLICY_NAME_MAX: Final[int] = _NAMES["policy_name"]["max"]
POLICY_DESCRIPTION_MAX: Final[int] = _NAMES["policy_description"]["max"]
SECRET_NAME_MAX: Final[int] = _NAMES["secret_name"]["max"]
SECRET_NAME_PATTERN: Final[str] = _NAMES["secret_name"]["pattern"]
TAG_VALUE_MAX: Final[int] = _NAMES["tag_value"]["max"]
TAG_VALUE_PATTERN: Final[str] = _NAMES["tag_value"]["pattern"]

OU_DEPTH_MAX: Final[int] = _ORGANIZATIONS["ou_depth"]["max"]
ACCOUNTS_DEFAULT_MAX: Final[int] = _ORGANIZATIONS["accounts"]["max"]
OUS_MAX: Final[int] = _ORGANIZATIONS["organizational_units"]["max"]
TAGS_MAX: Final[int] = _ORGANIZATIONS["tags"]["max"]
ACCOUNTS_CLOSED: Final = ClosingQuota(**_ORGANIZATIONS["accounts_closed"])
TAGGING_PAGE_SIZE: Final[int] = _ORGANIZATIONS["tagging_page_size"]["max"]
ACCOUNTS_BEING_CREATED_MAX: Final[int] = _ORGANIZATIONS["accounts_being_created"]["max"]
ACCOUNT_CREATION_TIMEOUT_S: Final[int] = _ORGANIZATIONS["account_creation_timeout_s"]["max"]
POLICY_TYPE_TIMEOUT_S: Final[int] = _ORGANIZATIONS["policy_type_timeout_s"]["max"]

MANAGED_POLICY_SIZE: Final[int] = _FACTS["iam"]["managed_policy_size"]["max"]
INLINE_POLICIES_SIZE: Final[int] = _FACTS["iam"]["inline_policies_size"]["max"]
TRUST_POLICY_SIZE: Final[int] = _FACTS["iam"]["trust_policy_size"]["max"]
TEMPLATE_SIZE: Final[int] = _FACTS["cloudformation"]["template_size"]["max"]
TEMPLATE_RESOURCES: Final[int] = _FACTS["cloudformation"]["template_resources"]["max"]
