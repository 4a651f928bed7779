"""The contract of a kind: one sort of resource, in one folder or file.

A kind turns the YAML into resources (`desired`), AWS into resources (`observe`), and a difference into API calls
(`create`, `update`, `delete`). What it does not have to decide is declared as data. The engine owns everything else:
diff, order, waits, parallel work, guards, reporting. It knows the word Kind, and no kind by name.

The rules that a kind keeps:

* `desired` is pure. `observe` and `inspect` only read; the client refuses anything else while planning.
* want and have are the same type: what `observe` returns after `create(want)` equals `want`.
* Every read goes through `Context.aws` or `Context.read`, so that a snapshot records it and a replay answers it.
* Bodies hold raw values; secrets are masked where a plan, snapshot, journal or error leaves the process.
* `create` may find its resource half-made or complete, left by a run that died. It must end with the resource as
  wanted, and never create a second one.
* After every write, a new run converges, wherever this one dies.
* A kind never sleeps (`AwsApi.until` waits), never prints (`Context.say`), and catches no unexpected error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from bootstrap.engine.plan import Risk
from bootstrap.model.diff import differences

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


class Verb(Enum):
    CREATE = auto()
    UPDATE = auto()
    DELETE = auto()


class Fate(Enum):
    """What happens to a resource whose line leaves the YAML, or when everything is destroyed."""

    DELETE = auto()
    RETAIN = auto()
    """It stays as it is, and stays managed."""
    FORGET = auto()
    """It stays in AWS and is no longer managed: `delete` takes our tags off."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a kind works with: AWS, the reads of this plan, the ids, and a way to report long waits."""

    aws: AwsApi
    inventory: Inventory
    ids: Ids
    last_applied: LastApplied | None = None
    """What the YAML said when it was last applied, if that is known."""
    say: Callable[[Address, str], None] = lambda _address, _text: None
    evidence: dict[Address, Resource] = field(default_factory=dict)
    """What a kind knows of AWS's state and wants to find in `last_applied` at the next plan, to save reads."""

    def read(self, function: Callable[..., T], *arguments: Any) -> T:
        """The result of `function(inventory, *arguments)`, read once per plan whoever asks."""
        return self.inventory.read(function, *arguments)


@dataclass(frozen=True, slots=True)
class Observed:
    """What AWS has: managed resources, unmanaged ones, and those that could not be read.

    `adjusted` replaces wanted resources by what they come to, given what there is; None drops one. `follows` is order
    that shows only now, for resources of any kind.
    """

    have: Mapping[Address, Resource] = field(default_factory=dict)
    unmanaged: tuple[Unmanaged, ...] = ()
    inaccessible: tuple[Inaccessible, ...] = ()
    adjusted: Mapping[Address, Resource | None] = field(default_factory=dict)
    follows: Mapping[Address, frozenset[Address]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sides:
    """All resources of every kind, as wanted and as they are. Both are empty where everything is destroyed."""

    want: Mapping[Address, Resource] = field(default_factory=dict)
    have: Mapping[Address, Resource] = field(default_factory=dict)


class Kind(ABC):
    """One sort of resource. `name` is the `kind` of its addresses."""

    name: ClassVar[str]
    observed_after: ClassVar[tuple[str, ...]] = ()
    """The kinds whose ids `observe` needs."""
    prefetch: ClassVar[tuple[Callable[[Inventory], object], ...]] = ()
    """Reads that start at once, side by side: AWS's rates are per action, so no read waits for another."""
    verbs: ClassVar[frozenset[Verb]] = frozenset(Verb)
    on_omission: ClassVar[Fate] = Fate.DELETE
    on_destroy: ClassVar[Fate] = Fate.DELETE
    is_account: ClassVar[bool] = False
    """Its resources are AWS accounts: the blast radius counts them."""
    id_pattern: ClassVar[str] = ""
    """How AWS's ids of it look, as a regular expression; empty where they stand in no body."""
    harmless: ClassVar[frozenset[str]] = frozenset({"tags"})
    """Fields whose change alters nobody's permissions."""

    @abstractmethod
    def desired(self, spec: Spec) -> Iterable[Resource]:
        """Every resource of this kind that the YAML asks for."""

    @abstractmethod
    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        """Every resource of this kind that AWS has, its id put into `context.ids`.

        `want` holds the wanted resources of every kind: what exists under a wanted identity is matched to it.
        Observing costs pages, not items.
        """

    def after_destroy(self, have: Resource, approvals: Collection[str]) -> Resource | None:
        """What remains of a resource once everything is destroyed: by default as `on_destroy` says."""
        del approvals
        return have if self.on_destroy is Fate.RETAIN else None

    def guard(self, context: Context, change: Change, sides: Sides) -> Iterable[Blocker]:
        """The reasons why this change must not happen, or not without an approval. Makes no call."""
        del context, change, sides
        return ()

    def remarks(self, context: Context, change: Change, sides: Sides) -> Iterable[str]:
        """Facts about a change that its values do not show. Makes no call."""
        del context, change, sides
        return ()

    def inspect(self, context: Context, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        """Drift inside these resources that observing them does not show. Only reads; may cost calls for each."""
        del context, have
        return ()

    def risk(self, change: Change) -> Risk:
        """How closely to review a change that has no blocker."""
        if change.before is None:
            return Risk.LOW
        if change.after is None:
            return Risk.MEDIUM
        fields = {difference.path[0] for difference in differences(change.before.body, change.after.body)}
        return Risk.LOW if fields <= self.harmless else Risk.MEDIUM

    def create(self, context: Context, want: Resource) -> None:
        """Create it, and put its id into `context.ids`."""
        raise NotImplementedError(f"{self.name} has no create: {context}, {want}")

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        """Change it in place."""
        raise NotImplementedError(f"{self.name} has no update: {context}, {have}, {want}")

    def delete(self, context: Context, have: Resource) -> None:
        """Delete it, or take our tags off what is forgotten."""
        raise NotImplementedError(f"{self.name} has no delete: {context}, {have}")

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        """The answer that AWS would give, if all goes well, to a call that one of the verbs makes: None for that of the
        snapshot, and for a write whose answer nothing reads.
        """
        del call
        return None
