"""The secret entries of an account, for Secrets Manager: names, owners and rules, never a value."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final

from troposphere import Retain, RetainExceptOnCreate, Tags
from troposphere.secretsmanager import GenerateSecretString, Secret

from bootstrap.spec.spec import tags

if TYPE_CHECKING:
    from bootstrap.spec.models import Generated
    from bootstrap.spec.spec import Entry

# A logical id has at most 255 characters, the name of a secret at most 512.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_READABLE_MAX: Final = 200
_LETTERS_AND_SLASHES: Final = re.compile(r"[a-z]+(/[a-z]+)*")


def secret(entry: Entry, environment: str) -> Secret:
    generated = entry.layout.generated
    return Secret(
        logical_id(entry.name),
        Name=entry.name,
        Description=entry.layout.description,
        # An external entry has no value and no rule: Secrets Manager creates it empty, and a person sets its value.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
        **({"GenerateSecretString": _rule(generated)} if generated else {}),
        Tags=Tags(tags(key=entry.name, environment=environment, application=entry.application, owner=entry.owner)),
        # An entry that is removed from the YAML stays in the account with its value. Only a secret that a failed
        # operation has just created is deleted; otherwise its name would block the next attempt.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
        # To manage it again, the stack must import it by ARN (ResourcesToImport): ImportExistingResources ignores
        # types with a read-only primary identifier, and a secret's is read-only.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy=Retain,
    )


def logical_id(name: str) -> str:
    """The logical id of an entry in its template. It depends on the name alone, and no two names share one.

    The id of a name of lower-case letters and slashes has letters only. Any other name, such as `orders/mail-2`, gets
    eight digits of its hash, so that it never collides with the id of such a name.
    """
    words = re.findall(r"[A-Za-z0-9]+", name)
    readable = "Secret" + "".join(word[0].upper() + word[1:] for word in words)[:_READABLE_MAX]
    if _LETTERS_AND_SLASHES.fullmatch(name) and len(name) <= _READABLE_MAX:
        return readable
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return f"{readable}{number % 10**8:08d}"


def _rule(generated: Generated) -> GenerateSecretString:
    """The rule by which Secrets Manager generates the value. A changed rule generates a new value."""
    excluded = {"ExcludeCharacters": generated.exclude_characters} if generated.exclude_characters else {}
    return GenerateSecretString(
        SecretStringTemplate=json.dumps(generated.with_keys, sort_keys=True, separators=(",", ":")),
        GenerateStringKey=generated.key,
        PasswordLength=generated.length,
        ExcludePunctuation=generated.exclude_punctuation,
        **excluded,
    )
