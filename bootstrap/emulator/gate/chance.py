"""Seeded randomness for each call, independent of time and threads.

Threads interleave differently in each run. So each call has a random source of its own, seeded by its account, its
parameters and how often it was made before.
"""

from __future__ import annotations

from collections import Counter
from random import Random


class Chance:
    """Not thread-safe."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._done: Counter[str] = Counter()

    def become(self, seed: int) -> None:
        """Start again from this seed. Effects stay counted, so that no id is given twice."""
        self._seed = seed
        self._asked.clear()

    def for_attempt(self, what: str) -> Random:
        """The source for latency and faults of one attempt: a retry of the same call has another one."""
        self._asked[what] += 1
        return Random(f"{self._seed} asked {self._asked[what]} {what}")  # noqa: S311 (chance, not a secret)

    def for_effect(self, what: str) -> str:
        """The seed for ids and delays of the next effect of a call. The number of failed attempts, which timing
        decides, has no influence on it.
        """
        return f"{self._seed} done {self._done[what]} {what}"

    def record_effect(self, what: str) -> None:
        """Count an effect, so that the next equal call has another seed."""
        self._done[what] += 1
