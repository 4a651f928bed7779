"""The tags that Organizations accepts."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bootstrap.emulator.limits import TAGS_PER_RESOURCE
from bootstrap.emulator.organizations import errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEY_LENGTH = range(1, 129)
VALUE_LENGTH = range(257)
_PUNCTUATION = re.compile(r"[_.:/=+\-@]")


def checked_tags(have: Mapping[str, str], new: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The tags with the new ones added. Raises the error of AWS if one is not valid.

    "If any one of the tags is not valid or if you exceed the maximum allowed number of tags, then the
    entire request fails" (API reference, CreateAccount).
    """
    keys = [tag["Key"] for tag in new]
    if len(set(keys)) < len(keys):
        raise errors.invalid("DUPLICATE_TAG_KEY", "Tag keys must be unique among the tags of a resource.")
    for tag in new:
        _check(tag["Key"], KEY_LENGTH)
        _check(tag["Value"], VALUE_LENGTH)
        if tag["Key"].lower().startswith("aws:"):
            message = "You specified a tag key that begins with aws:, which is reserved for AWS."
            raise errors.invalid("INVALID_SYSTEM_TAGS_PARAMETER", message)
    tags = {**have, **{tag["Key"]: tag["Value"] for tag in new}}
    if len(tags) > TAGS_PER_RESOURCE:
        message = "You have exceeded the number of tags allowed on this resource."
        raise errors.constraint("MAX_TAG_LIMIT_EXCEEDED", message)
    return tags


def _check(text: str, length: range) -> None:
    r"""The model's pattern of TagKey and TagValue: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$."""
    if len(text) not in length:
        reason = "MIN_LENGTH_EXCEEDED" if len(text) < length.start else "MAX_LENGTH_EXCEEDED"
        raise errors.invalid(reason, "You provided a tag key or value that is too short or too long.")
    if not all(unicodedata.category(each)[0] in "LZN" or _PUNCTUATION.match(each) for each in text):
        message = "You provided a value that does not match the required pattern."
        raise errors.invalid("INVALID_PATTERN", message)
