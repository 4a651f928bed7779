"""The secret entries of an account: names, owners and rules for Secrets Manager, never a value."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final

from troposphere import Retain, RetainExceptOnCreate, Tags
from troposphere.secretsmanager import GenerateSecretString, Secret

from bootstrap.templates.tags import tags

if TYPE_CHECKING:
    from bootstrap.spec.models import Generated
    from bootstrap.spec.spec import Entry

# A logical id has at most 255 characters, a secret's name up to 512.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_READABLE_MAX: Final = 200
_SPELLED_OUT: Final = re.compile(r"[a-z]+(/[a-z]+)*")


def secret(entry: Entry, environment: str) -> Secret:
    generated = entry.layout.generated
    return Secret(
        logical_id(entry.name),
        Name=entry.name,
        Description=entry.layout.description,
        # An external entry has neither value nor rule: Secrets Manager makes it empty, for a person to fill.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
        **({"GenerateSecretString": _rule(generated)} if generated else {}),
        Tags=Tags(tags(key=entry.name, environment=environment, application=entry.application, owner=entry.owner)),
        # An entry that leaves the YAML stays in the account with its value; only what a failed operation has
        # just made is removed, or its name would be in the way of the next try.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
        # To have it again the stack must import it, by ARN (ResourcesToImport): ImportExistingResources
        # leaves out types whose primary identifier is read-only, as a secret's is.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
    )


def logical_id(name: str) -> str:
    """The id of an entry in its template: it depends on the name alone, and no two names share one.

    A name of letters and slashes is spelled out by its id, which has letters only; any other name, such as
    `orders/mail-2`, gets eight digits of its hash, so that it is never taken for one that is spelled out.
    """
    words = re.findall(r"[A-Za-z0-9]+", name)
    readable = "Secret" + "".join(word[0].upper() + word[1:] for word in words)[:_READABLE_MAX]
    if _SPELLED_OUT.fullmatch(name) and len(name) <= _READABLE_MAX:
        return readable
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return f"{readable}{number % 10**8:08d}"


def _rule(generated: Generated) -> GenerateSecretString:
    """How Secrets Manager makes the value: a change of it makes a new one."""
    excluded = {"ExcludeCharacters": generated.exclude_characters} if generated.exclude_characters else {}
    return GenerateSecretString(
        SecretStringTemplate=json.dumps(generated.with_keys, sort_keys=True, separators=(",", ":")),
        GenerateStringKey=generated.key,
        PasswordLength=generated.length,
        ExcludePunctuation=generated.exclude_punctuation,
        **excluded,
    )
