"""The contract of a kind: one sort of resource, in one folder or file.

A kind turns the YAML into resources (`desired`), AWS into resources (`observe`), and a difference into API calls
(`create`, `update`, `delete`). The engine does everything else: diff, order, waits, parallel work, guards, reporting.
It knows no kind by name.

The rules for a kind:

* `desired` is pure. `observe` and `inspect` only read; the client refuses writes while planning. They read pages of
  lists, not one resource at a time.
* want and have are the same type: what `observe` returns after `create(want)` equals `want`.
* Every read goes through `Context.aws` or `Context.read`, so that a snapshot records it and a replay answers it.
* Bodies hold raw values; secrets are masked where a plan, snapshot, journal or error leaves the process.
* `create` may find its resource partly or fully created by an interrupted run. It must complete that one, and never
  create a second.
* A run may be interrupted after any write, and the next run converges.
* A kind never sleeps (`AwsApi.until` waits), never prints (`Context.say`), and catches no unexpected error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from bootstrap.engine.plan import Risk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory
    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.last_applied import LastApplied
    from bootstrap.engine.plan import Blocker, Change, Finding, Inaccessible, Unmanaged
    from bootstrap.model.resource import Address, Ids, Resource
    from bootstrap.spec.spec import Spec

T = TypeVar("T")


class Fate(Enum):
    """The fate of a resource when it is removed from the YAML, or on destroy."""

    DELETE = auto()
    RETAIN = auto()
    """It stays, and stays managed."""
    FORGET = auto()
    """It stays, and is no longer managed: `delete` removes our tags."""


@dataclass(frozen=True, slots=True)
class Context:
    """AWS, the reads of this plan, the ids, and `say`, which reports long waits."""

    aws: AwsApi
    inventory: Inventory
    ids: Ids
    last_applied: LastApplied | None = None
    say: Callable[[Address, str], None] = lambda _address, _text: None
    evidence: dict[Address, Resource] = field(default_factory=dict)
    """Records for `last_applied`, by which a kind can skip reads at the next plan."""

    def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """The result of `function(inventory, *arguments)`, read once per plan."""
        return self.inventory.read(function, *arguments)


@dataclass(frozen=True, slots=True)
class Observed:
    """What AWS has: managed resources, unmanaged ones, and those that could not be read.

    `adjusted` replaces wanted resources that depend on what exists; None drops one. `follows` adds to the order of
    resources of any kind.
    """

    have: Mapping[Address, Resource] = field(default_factory=dict)
    unmanaged: tuple[Unmanaged, ...] = ()
    inaccessible: tuple[Inaccessible, ...] = ()
    adjusted: Mapping[Address, Resource | None] = field(default_factory=dict)
    follows: Mapping[Address, frozenset[Address]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sides:
    """All wanted and all existing resources. Both are empty for the guards of a destroy."""

    want: Mapping[Address, Resource] = field(default_factory=dict)
    have: Mapping[Address, Resource] = field(default_factory=dict)


class Kind(ABC):
    """One sort of resource. `name` is the `kind` of its addresses."""

    name: ClassVar[str]
    observed_after: ClassVar[tuple[str, ...]] = ()
    """The kinds whose ids `observe` needs."""
    prefetch: ClassVar[tuple[Callable[[Inventory], object], ...]] = ()
    """Reads that start at once, in parallel: AWS's rates are per action."""
    on_omission: ClassVar[Fate] = Fate.DELETE
    on_destroy: ClassVar[Fate] = Fate.DELETE
    is_account: ClassVar[bool] = False
    id_pattern: ClassVar[str] = ""
    """A regular expression for its AWS ids; empty if no body refers to them."""
    harmless: ClassVar[frozenset[str]] = frozenset({"tags"})
    """Fields whose change alters nobody's permissions."""

    @abstractmethod
    def desired(self, spec: Spec) -> Iterable[Resource]:
        """Every resource of this kind that the YAML asks for."""

    @abstractmethod
    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        """Every resource of this kind in AWS; puts their ids into `context.ids`. `want` is of every kind."""

    def after_destroy(self, have: Resource, approvals: Collection[str]) -> Resource | None:
        """The resource as it is after a destroy; None if it is gone."""
        del approvals
        return have if self.on_destroy is Fate.RETAIN else None

    def guard(self, context: Context, change: Change, sides: Sides) -> Iterable[Blocker]:
        """Reasons to block a change. Makes no call."""
        del context, change, sides
        return ()

    def remarks(self, context: Context, change: Change, sides: Sides) -> Iterable[str]:
        """Facts about a change that its values do not show. Makes no call."""
        del context, change, sides
        return ()

    def inspect(self, context: Context, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        """Drift inside these resources that `observe` does not read. Only reads; may cost calls for each."""
        del context, have
        return ()

    def risk(self, change: Change) -> Risk:
        """How closely to review a change that has no blocker."""
        harmless = change.before is None or (change.after is not None and change.fields <= self.harmless)
        return Risk.LOW if harmless else Risk.MEDIUM

    def create(self, context: Context, want: Resource) -> None:
        """Create it, and put its id into `context.ids`."""
        raise NotImplementedError

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        raise NotImplementedError

    def delete(self, context: Context, have: Resource) -> None:
        """Delete it, or remove our tags from what is forgotten."""
        raise NotImplementedError

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        """AWS's answer to a call of these verbs on success; None for the recorded one, or if nothing reads it."""
        del call
        return None
