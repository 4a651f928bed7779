"""Token buckets: AWS's rate limits.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html, throttling limits: each action
has a rate and a burst for the calling account, and some actions have one for the whole organization as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.emulator.profile import Limit, Rate

_ONE: Final = 1 - 1e-9  # ten times a tenth is a little less than one


@dataclass(slots=True)
class _Bucket:
    rate: Rate
    tokens: float
    filled_at: float

    def fill(self, now: float) -> None:
        self.tokens = min(self.rate.burst, self.tokens + (now - self.filled_at) * self.rate.per_second)
        self.filled_at = now


class Buckets:
    """All buckets, full at the start. Not thread-safe."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self._limits = {action: (row, limit) for row, limit in enumerate(limits) for action in limit.actions}
        self._buckets: dict[tuple[int, str], _Bucket] = {}

    def take(self, action: str, account: str, organization: str, now: float) -> bool:
        """Take a token from each bucket of the call. If one of them is empty, take none and return False.

        The row `service.*` is for all actions of a service that no other row names.
        """
        found = self._limits.get(action) or self._limits.get(action.partition(".")[0] + ".*")
        if found is None:
            return True
        needed = list(self._needed(*found, account, organization, now))
        if any(bucket.tokens < _ONE for bucket in needed):
            return False
        for bucket in needed:
            bucket.tokens -= 1
        return True

    def _needed(self, row: int, limit: Limit, account: str, organization: str, now: float) -> Iterator[_Bucket]:
        for rate, whose in ((limit.account, account), (limit.organization, f"organization of {organization}")):
            if rate is not None:
                bucket = self._buckets.setdefault((row, whose), _Bucket(rate, rate.burst, now))
                bucket.fill(now)
                yield bucket
