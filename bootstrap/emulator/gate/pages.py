"""The page without an item that has a next one.

"These operations can occasionally return an empty set of results even when there are more results available":
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html, and so of every other list.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bootstrap.emulator.answer import Answer


def emptied(answer: Answer, asked: bytes) -> None:
    """Take the items out of this page, and let its NextToken lead to the same ones again."""
    page: dict[str, Any] = json.loads(answer.body)
    for name, value in page.items():
        if isinstance(value, list):
            page[name] = []
    # The token of before with one zero more, as it counts the items in front of it: clients take the very same
    # token for an endless loop (botocore raises PaginationError).
    page["NextToken"] = "0" + (json.loads(asked).get("NextToken") or "0")
    answer.body = json.dumps(page).encode()
