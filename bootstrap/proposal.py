"""A plan with all that its reader has to know before saying yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.model import Address
    from bootstrap.plan import Change, Plan, Refusal


@dataclass(frozen=True, slots=True)
class Whose:
    """Which organization a plan is for. `id` is AWS's, empty before there is one; `account` manages it."""

    name: str
    id: str
    account: str


@dataclass(frozen=True, slots=True)
class Story:
    """All changes about one thing, such as an account and what is in it."""

    about: Address
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, what stands against it, and what it was made from.

    `specs` and `observed` are fingerprints of what the YAML asks for and of what AWS has. `consented` are the
    refusals that a token overrides; `only` what the plan was narrowed to. `kinds` is the order in which a reader
    meets them.
    """

    plan: Plan
    whose: Whose
    specs: str = ""
    observed: str = ""
    refusals: tuple[Refusal, ...] = ()
    consented: tuple[Refusal, ...] = ()
    only: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def stories(self, changes: Iterable[Change]) -> tuple[Story, ...]:
        """Changes of the plan as a reader looks for them: by the thing that they are about."""
        stories: dict[Address, list[Change]] = {}
        for change in changes:
            stories.setdefault(change.about or change.address, []).append(change)
        return tuple(
            Story(about, tuple(sorted(stories[about], key=lambda change: self._place(change.address))))
            for about in sorted(stories, key=self._place)
        )

    def _place(self, address: Address) -> tuple[int, str]:
        return (self.kinds.index(address.kind) if address.kind in self.kinds else len(self.kinds), address.name)
