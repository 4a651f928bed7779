"""The shape of the YAML files: each field is at once the documentation, the schema and the check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bootstrap import facts

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_PATTERN: Final = r"^[a-z][a-z0-9-]{0,39}$"
GUARDRAIL_ID_PATTERN: Final = r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$"
REGION_PATTERN: Final = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"
ROLE_NAME_PATTERN: Final = r"^[A-Za-z0-9_+=,.@-]{1,64}$"
SID_PATTERN: Final = r"^[A-Za-z0-9]+$"

PATTERN_WORDS: Final[Mapping[str, str]] = {
    KEY_PATTERN: "at most 40 lower-case letters, digits and hyphens, a letter first",
    GUARDRAIL_ID_PATTERN: "lower-case words with dots between them, such as `region.limit`",
    REGION_PATTERN: "the name of a region, such as `eu-west-1`",
    ROLE_NAME_PATTERN: "the name of a role: at most 64 letters, digits and `_+=,.@-`, no path",
    SID_PATTERN: "letters and digits only",
}
"""What each pattern asks for, since nobody should have to read a pattern in an error."""

Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
GuardrailId = Annotated[str, StringConstraints(pattern=GUARDRAIL_ID_PATTERN, max_length=64)]
OuPath = Annotated[str, StringConstraints(min_length=1)]
Email = Annotated[str, StringConstraints(min_length=facts.EMAIL_MIN, max_length=facts.EMAIL_MAX)]
EMAIL_KEYS: Final = frozenset({"email", "owner"})
Region = Annotated[str, StringConstraints(pattern=REGION_PATTERN)]
RoleName = Annotated[str, StringConstraints(pattern=ROLE_NAME_PATTERN)]
Value = str | int | bool | list[str]


class Model(BaseModel):
    """The base of every model: nothing unknown is accepted, nothing is changed, nothing is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# --- account_specs/organization.yaml


class Safety(Model):
    """How much one plan may do before it takes a word."""

    max_accounts_percent: int = Field(
        default=30, ge=0, le=100, description="The share of the accounts there are that a plan may touch."
    )
    min_accounts: int = Field(
        default=10, ge=1, description="Fewer accounts than this may be touched whatever their share."
    )
    max_deletes: int = Field(default=10, ge=0, description="How many things a plan may delete or release.")


class Organization(Model):
    """The organization itself."""

    name: Key = Field(description="A short name for the organization, used in the plan.")
    home_region: Region = Field(description="Where the baselines inventory.")
    allowed_regions: list[Region] = Field(
        min_length=1, description="The regions that accounts may use; guardrails read them."
    )
    access_role: RoleName = Field(
        default="OrganizationAccountAccessRole",
        description="The role that AWS makes in each new account, through which baselines are deployed.",
    )
    safety: Safety = Field(default=Safety(), description="How much one plan may do before it takes a word.")


ParameterValues = dict[GuardrailId, dict[str, Value]]


class OrganizationalUnit(Model):
    """An organizational unit; its path is its key. `Root` stands for the organization's root."""

    guardrails: list[GuardrailId] = Field(default_factory=list, description="Guardrails on this OU.")
    parameters: ParameterValues = Field(
        default_factory=dict, description="Values for the parameters of those guardrails, by guardrail id."
    )


class Deploy(Model):
    """Who may start a deployment from outside the account."""

    account: Key = Field(description="The account that CI runs in, by its key.")
    role: RoleName = Field(description="The name of CI's role in that account.")


class Budget(Model):
    """A monthly budget for each account: an alarm, not a cap (AWS refreshes costs every 8 to 12 hours)."""

    monthly_usd: int = Field(gt=0, description="The limit in US dollars a month.")
    notify_at_percent: list[Annotated[int, Field(gt=0, le=1000)]] = Field(
        default=[80, 100], min_length=1, max_length=5, description="When to send an e-mail to the owner."
    )


class Environment(Model):
    """The rules that every account of an environment shares."""

    ou: OuPath = Field(description="The OU that its accounts stand in.")
    guardrails: list[GuardrailId] = Field(default_factory=list, description="Guardrails on that OU, beside its own.")
    parameters: ParameterValues = Field(
        default_factory=dict, description="Values for the parameters of those guardrails, by guardrail id."
    )
    deploy: Deploy | None = Field(default=None, description="Who may deploy here. Left out: no deploy role is made.")
    budget: Budget | None = Field(default=None, description="Left out: no budget is made.")


State = Literal["open", "closed"]


class SharedAccount(Model):
    """An account that belongs to no environment, such as tooling or security."""

    email: Email = Field(description="The root e-mail address: the account's identity in AWS.")
    owner: Email = Field(description="Who answers for the account.")
    ou: OuPath = Field(description="The OU that it stands in.")
    account_name: str | None = Field(default=None, description="Its name in AWS. Default: its key.")
    state: State = Field(default="open", description="`closed` closes the account, behind consent.")


class OrganizationFile(Model):
    """account_specs/organization.yaml"""

    organization: Organization
    organizational_units: dict[OuPath, OrganizationalUnit | None] = Field(
        description="Every OU by its path, e.g. Workloads/Beta."
    )
    environments: dict[Key, Environment] = Field(min_length=1, description="Every environment by its name.")
    accounts: dict[Key, SharedAccount] = Field(default_factory=dict, description="Shared accounts by their key.")


# --- account_specs/**.yaml


class Developer(Model):
    """One developer's account; the environment supplies the rest."""

    name: Key = Field(description="The developer's short name. The account's key is ENVIRONMENT-NAME.")
    email: Email = Field(description="The root e-mail address: the account's identity in AWS.")
    owner: Email = Field(description="Who answers for the account, and gets its budget alarms.")
    environment: Key = Field(default="developer", description="The environment whose rules it shares.")
    account_name: str | None = Field(default=None, description="Its name in AWS. Default: its key.")
    state: State = Field(default="open", description="`closed` closes the account, behind consent.")


class ApplicationAccount(Model):
    """One account of an application, in one environment."""

    email: Email = Field(description="The root e-mail address: the account's identity in AWS.")
    owner: Email | None = Field(default=None, description="Default: the application's owner.")
    account_name: str | None = Field(default=None, description="Its name in AWS. Default: its key.")
    state: State = Field(default="open", description="`closed` closes the account, behind consent.")


class Application(Model):
    """An application and its accounts, one for each environment."""

    name: Key = Field(description="The application's name. Its accounts' keys are NAME-ENVIRONMENT.")
    owner: Email = Field(description="Who answers for its accounts.")
    accounts: dict[Key, ApplicationAccount] = Field(min_length=1, description="An account by environment.")


class DeveloperFile(Model):
    """account_specs/**.yaml: a developer's account."""

    developer: Developer


class ApplicationFile(Model):
    """account_specs/**.yaml: an application's accounts."""

    application: Application


# --- scps/*.yaml


class Parameter(Model):
    """A parameter of a guardrail, written `${name}` in its statements."""

    description: str = Field(description="What it means.")
    default: Value | None = Field(
        default=None,
        description="Its value when nobody gives one; `${organization.allowed_regions}` reads the YAML.",
    )


class Statement(Model):
    """One statement in AWS's own policy language."""

    Sid: Annotated[str, StringConstraints(pattern=SID_PATTERN)]
    Effect: Literal["Deny", "Allow"]
    Principal: str | None = Field(default=None, description="In a resource control policy only, where it is `*`.")
    Action: str | list[str] | None = None
    NotAction: str | list[str] | None = None
    Resource: str | list[str] | None = None
    NotResource: str | list[str] | None = None
    Condition: dict[str, dict[str, str | bool | int | list[str]]] | None = None


class Request(Model):
    """A call to AWS, as a guardrail's test asks about it."""

    action: str = Field(description="service:Action")
    resource: str = Field(default="*", description="The ARN that is acted on.")
    principal: str = Field(default="arn:aws:iam::111122223333:role/developer", description="The ARN of the caller.")
    region: str | None = Field(default=None, description="aws:RequestedRegion. Default: the home region.")
    context: dict[str, str | bool | int | list[str]] = Field(
        default_factory=dict, description="Condition keys and their values."
    )


class GuardrailTest(Model):
    """A request and the answer that the guardrail must give to it."""

    name: str = Field(description="What the test shows, as a sentence.")
    request: Request
    expect: Literal["allow", "deny"]
    parameters: dict[str, Value] = Field(default_factory=dict, description="Parameter values for this test.")


class Guardrail(Model):
    """scps/*.yaml: one rule with an intent, parameters and tests."""

    id: GuardrailId
    intent: Annotated[str, StringConstraints(min_length=1, max_length=facts.POLICY_DESCRIPTION_MAX)] = Field(
        description="What it is for, in one sentence. It becomes the policy's description in AWS."
    )
    policy_type: Literal["SERVICE_CONTROL_POLICY"] = "SERVICE_CONTROL_POLICY"
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    exempt_principals: list[str] = Field(
        default_factory=list,
        description="ARN patterns of principals that every Deny of this guardrail leaves alone.",
    )
    statements: list[Statement] = Field(min_length=1)
    tests: list[GuardrailTest] = Field(min_length=1, description="At least one request, with its answer.")


# --- secrets_layout/*.yaml


class Generated(Model):
    """A value that AWS generates inside the account; nobody sees it."""

    key: str = Field(description="The key whose value is generated.")
    length: int = Field(default=32, ge=8, le=4096, description="How many characters.")
    exclude_characters: str = Field(default="\"@/\\'`", description="Characters that it must not contain.")
    exclude_punctuation: bool = False
    with_keys: dict[str, str] = Field(
        default_factory=dict, description="The other keys and their values, none of them secret."
    )


class SecretEntry(Model):
    """One entry: the same name in every environment, a different value in each. Never a value."""

    description: str = Field(max_length=2048)
    keys: list[str] = Field(min_length=1, description="The keys of the JSON that the secret holds.")
    owner: Email | None = Field(default=None, description="Default: the file's owner.")
    environments: list[Key] = Field(min_length=1, description="The environments that have this entry.")
    generated: Generated | None = Field(
        default=None, description="Left out: the entry is external, made empty for its owner to fill."
    )


class SecretsFile(Model):
    """secrets_layout/*.yaml: the secret entries of one application."""

    application: Key
    owner: Email
    entries: dict[str, SecretEntry] = Field(min_length=1, description="Entries by name, e.g. orders/database.")
