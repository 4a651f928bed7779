"""A page without items but with a NextToken.

"These operations can occasionally return an empty set of results even when there are more results available":
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html, as of every other list.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bootstrap.emulator.answer import Answer


def empty(answer: Answer, asked: bytes) -> None:
    """Remove the items from this page, and give it a NextToken for the same items."""
    page: dict[str, Any] = json.loads(answer.body)
    for name, value in page.items():
        if isinstance(value, list):
            page[name] = []
    # A token is the number of items before the page. A leading zero makes it another text: botocore raises
    # PaginationError for a token that it has received before.
    page["NextToken"] = "0" + (json.loads(asked).get("NextToken") or "0")
    answer.body = json.dumps(page).encode()
