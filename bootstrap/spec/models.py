"""The models of the YAML files. Each field is the documentation, the JSON Schema and the check of its value."""

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
    KEY_PATTERN: "at most 40 lower-case letters, digits and hyphens, starting with a letter",
    GUARDRAIL_ID_PATTERN: "lower-case words joined by dots, such as `region.limit`",
    REGION_PATTERN: "the name of an AWS region, such as `eu-west-1`",
    ROLE_NAME_PATTERN: "the name of an IAM role without its path: at most 64 letters, digits and `_+=,.@-`",
    SID_PATTERN: "letters and digits only",
}
"""Each pattern in words, for errors."""

Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
GuardrailId = Annotated[str, StringConstraints(pattern=GUARDRAIL_ID_PATTERN, max_length=64)]
OuPath = Annotated[str, StringConstraints(min_length=1)]
Email = Annotated[str, StringConstraints(min_length=facts.EMAIL_MIN, max_length=facts.EMAIL_MAX)]
Region = Annotated[str, StringConstraints(pattern=REGION_PATTERN)]
RoleName = Annotated[str, StringConstraints(pattern=ROLE_NAME_PATTERN)]
Value = str | int | bool | list[str]


class Model(BaseModel):
    """The base of every model: unknown keys are errors, and values are never converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# --- account_specs/organization.yaml


class Safety(Model):
    """The limits of one plan. A plan beyond them needs an explicit approval."""

    max_accounts_percent: int = Field(
        default=30, ge=0, le=100, description="The percentage of all accounts that one plan may affect."
    )
    min_accounts: int = Field(
        default=10, ge=1, description="A plan may affect fewer accounts than this, whatever their percentage."
    )
    max_deletes: int = Field(
        default=10, ge=0, description="The number of resources that one plan may delete or stop managing."
    )


class Organization(Model):
    """The organization itself."""

    name: Key = Field(description="A short name for the organization, shown in plans.")
    home_region: Region = Field(description="The region of the stacks that hold the baselines.")
    allowed_regions: list[Region] = Field(
        min_length=1, description="The regions that accounts may use. Guardrails read this list."
    )
    access_role: RoleName = Field(
        default="OrganizationAccountAccessRole",
        description="The role that AWS creates in each new account. Baselines are deployed with it.",
    )
    safety: Safety = Field(
        default=Safety(), description="The limits of one plan. A plan beyond them needs an explicit approval."
    )


ParameterValues = dict[GuardrailId, dict[str, Value]]


class OrganizationalUnit(Model):
    """An organizational unit. Its key is its path; `Root` is the root of the organization."""

    guardrails: list[GuardrailId] = Field(
        default_factory=list, description="The guardrails that are attached to this OU."
    )
    parameters: ParameterValues = Field(
        default_factory=dict, description="Values for the parameters of these guardrails, by guardrail id."
    )


class Deploy(Model):
    """Who may deploy into the account from another account."""

    account: Key = Field(description="The key of the account that CI runs in.")
    role: RoleName = Field(description="The name of CI's role in that account.")


class Budget(Model):
    """A monthly budget for each account: an alarm to the owner, not a cap. AWS updates costs every 8 to 12 hours."""

    monthly_usd: int = Field(gt=0, description="The limit per month, in US dollars.")
    notify_at_percent: list[Annotated[int, Field(gt=0, le=1000)]] = Field(
        default=[80, 100],
        min_length=1,
        max_length=5,
        description="The percentages of the limit at which the owner gets an e-mail.",
    )


class Environment(Model):
    """The rules that all accounts of an environment share."""

    ou: OuPath = Field(description="The OU of its accounts.")
    guardrails: list[GuardrailId] = Field(
        default_factory=list, description="Guardrails on that OU, in addition to those of the OU itself."
    )
    parameters: ParameterValues = Field(
        default_factory=dict, description="Values for the parameters of these guardrails, by guardrail id."
    )
    deploy: Deploy | None = Field(default=None, description="Who may deploy here. Default: no deploy role.")
    budget: Budget | None = Field(default=None, description="The budget of each account. Default: no budget.")


State = Literal["open", "closed"]


class AccountModel(Model):
    """The fields of every account, whichever file it is in."""

    email: Email = Field(description="The e-mail address of the root user, which identifies the account in AWS.")
    account_name: str | None = Field(default=None, description="The name of the account in AWS. Default: its key.")
    state: State = Field(default="open", description="`closed` closes the account, after an explicit approval.")


class SharedAccount(AccountModel):
    """An account that belongs to no environment, such as tooling or security."""

    owner: Email = Field(description="The e-mail address of the person or team responsible for the account.")
    ou: OuPath = Field(description="The OU of the account.")


class OrganizationFile(Model):
    """account_specs/organization.yaml"""

    organization: Organization
    organizational_units: dict[OuPath, OrganizationalUnit | None] = Field(
        description="The OUs by path, for example Workloads/Beta."
    )
    environments: dict[Key, Environment] = Field(min_length=1, description="The environments by name.")
    accounts: dict[Key, SharedAccount] = Field(default_factory=dict, description="The shared accounts by key.")


# --- account_specs/**.yaml


class Developer(AccountModel):
    """The account of one developer. Its environment says everything else."""

    name: Key = Field(description="A short name of the developer. The key of the account is ENVIRONMENT-NAME.")
    owner: Email = Field(
        description="The e-mail address of the person responsible for the account, who gets its budget alarms."
    )
    environment: Key = Field(default="developer", description="The environment of the account.")


class ApplicationAccount(AccountModel):
    """One account of an application, in one environment."""

    owner: Email | None = Field(
        default=None, description="The owner of this account. Default: the owner of the application."
    )


class Application(Model):
    """An application, with one account for each of its environments."""

    name: Key = Field(description="The name of the application. The keys of its accounts are NAME-ENVIRONMENT.")
    owner: Email = Field(description="The e-mail address of the team responsible for its accounts.")
    accounts: dict[Key, ApplicationAccount] = Field(min_length=1, description="The accounts by environment.")


class DeveloperFile(Model):
    """account_specs/**.yaml: the account of a developer."""

    developer: Developer


class ApplicationFile(Model):
    """account_specs/**.yaml: the accounts of an application."""

    application: Application


# --- scps/*.yaml


class Parameter(Model):
    """A parameter of a guardrail. Its statements use it as `${name}`."""

    description: str = Field(description="The meaning of the parameter.")
    default: Value | None = Field(
        default=None,
        description="The value if the YAML gives none. It may be a variable: `${organization.allowed_regions}`.",
    )


class Statement(Model):
    """One statement in the policy language of AWS."""

    Sid: Annotated[str, StringConstraints(pattern=SID_PATTERN)]
    Effect: Literal["Deny", "Allow"]
    Principal: str | None = Field(default=None, description="In a resource control policy only, where it is `*`.")
    Action: str | list[str] | None = None
    NotAction: str | list[str] | None = None
    Resource: str | list[str] | None = None
    NotResource: str | list[str] | None = None
    Condition: dict[str, dict[str, str | bool | int | list[str]]] | None = None


class Request(Model):
    """The API call of a guardrail's test."""

    action: str = Field(description="The action, as service:Action.")
    resource: str = Field(default="*", description="The ARN of the resource.")
    principal: str = Field(default="arn:aws:iam::111122223333:role/developer", description="The ARN of the caller.")
    region: str | None = Field(default=None, description="The value of aws:RequestedRegion. Default: the home region.")
    context: dict[str, str | bool | int | list[str]] = Field(
        default_factory=dict, description="Other condition keys with their values."
    )


class GuardrailTest(Model):
    """A request, and whether the guardrail must allow or deny it."""

    name: str = Field(description="The case that the test checks, as a sentence.")
    request: Request
    expect: Literal["allow", "deny"]
    parameters: dict[str, Value] = Field(default_factory=dict, description="Parameter values for this test.")


class Guardrail(Model):
    """scps/*.yaml: a guardrail, with its intent, parameters and tests."""

    id: GuardrailId
    intent: Annotated[str, StringConstraints(min_length=1, max_length=facts.POLICY_DESCRIPTION_MAX)] = Field(
        description="The purpose of the guardrail, in one sentence. It becomes the description of the policy in AWS."
    )
    policy_type: Literal["SERVICE_CONTROL_POLICY"] = "SERVICE_CONTROL_POLICY"
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    exempt_principals: list[str] = Field(
        default_factory=list,
        description="ARN patterns of principals that no Deny of this guardrail applies to.",
    )
    statements: list[Statement] = Field(min_length=1)
    tests: list[GuardrailTest] = Field(min_length=1, description="At least one request, with the expected answer.")


# --- secrets_layout/*.yaml


class Generated(Model):
    """A value that AWS generates inside the account. Nobody sees it."""

    key: str = Field(description="The key whose value is generated.")
    length: int = Field(default=32, ge=8, le=4096, description="The number of characters.")
    exclude_characters: str = Field(default="\"@/\\'`", description="The characters that the value must not contain.")
    exclude_punctuation: bool = False
    with_keys: dict[str, str] = Field(
        default_factory=dict, description="The other keys, with values that are not secret."
    )


class SecretEntry(Model):
    """One secret. Its name is the same in every environment. Each account has its own value, which is never in YAML."""

    description: str = Field(max_length=2048)
    keys: list[str] = Field(min_length=1, description="The keys of the JSON object in the secret.")
    owner: Email | None = Field(default=None, description="The owner of the entry. Default: the owner of the file.")
    environments: list[Key] = Field(min_length=1, description="The environments with this entry.")
    generated: Generated | None = Field(
        default=None,
        description="How AWS generates the value. Default: the entry is created empty, and its owner sets the value.",
    )


class SecretsFile(Model):
    """secrets_layout/*.yaml: the secret entries of one application."""

    application: Key
    owner: Email
    entries: dict[str, SecretEntry] = Field(
        min_length=1, description="The entries by name, for example orders/database."
    )
