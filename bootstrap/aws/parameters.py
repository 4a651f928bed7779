"""Short texts that the tool keeps in the management account, by name: parameters below one path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.aws.retry import UNAVAILABLE
from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.aws.api import AwsApi

# Beside the lock, and in its region, so that an edit of the home region loses nothing.
_PATH = "/org-bootstrap/applied"


def read(aws: AwsApi) -> dict[str, str]:
    """All of them, ten a page; none where the caller may not read them."""
    try:
        found = list(aws.pages("ssm.GetParametersByPath", "Parameters", Path=_PATH))
    except AwsError as error:
        if error.code not in UNAVAILABLE:
            raise
        return {}
    return {parameter["Name"].rpartition("/")[2]: parameter["Value"] for parameter in found}


def write(aws: AwsApi, have: Mapping[str, str], want: Mapping[str, str]) -> None:
    """Make them be `want`: those that go first, then the others in their order. What is as it was costs no call."""
    for name in sorted(have.keys() - want.keys()):
        aws.once("ssm.DeleteParameter", done="ParameterNotFound", Name=f"{_PATH}/{name}")
    for name, value in want.items():
        if have.get(name) != value:
            aws.call("ssm.PutParameter", Name=f"{_PATH}/{name}", Value=value, Type="String", Overwrite=True)
