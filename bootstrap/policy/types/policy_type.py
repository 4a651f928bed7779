"""The interface of a policy type: everything that differs from one type of organization policy to another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from bootstrap import facts
from bootstrap.policy.evaluate import PolicyDocument
from bootstrap.policy.language import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.facts import PolicyLimits
    from bootstrap.model.resource import Body
    from bootstrap.policy.parameters import Values
    from bootstrap.policy.placeholder_ids import PlaceholderIds
    from bootstrap.policy.types.required_permissions import RequiredPermission
    from bootstrap.spec.models import Guardrail
    from bootstrap.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Fault:
    """Something AWS would reject. `path` leads to it in the guardrail's file, e.g. `("statements", 0, "Principal")`."""

    message: str
    path: tuple[str | int, ...] = ()


class PolicyType(ABC):
    """One type of organization policy.

    A *body* is the content of a policy in normal form, as named parts: statements by their Sid, or the settings of a
    management policy. Equal policies have equal bodies, and a difference of two bodies names the part. Only the type
    looks inside a part. A type whose policies decide no requests (such as tag policies) implements the four abstract
    methods and nothing else.
    """

    name: ClassVar[str]
    """As in the API of Organizations, e.g. SERVICE_CONTROL_POLICY."""
    noun: ClassVar[str]
    """In a sentence, e.g. `service control policy`."""

    @property
    def plural(self) -> str:
        return self.noun.removesuffix("y") + "ies"

    @property
    def limits(self) -> PolicyLimits:
        return facts.POLICY_TYPES[self.name]

    @property
    def default_policy(self) -> str:
        """The AWS-managed policy that Organizations attaches to every target, or empty."""
        return self.limits.default

    # Body form

    @abstractmethod
    def compile(self, guardrail: Guardrail, values: Values) -> Body:
        """The body for one set of parameter values. Raises PolicyError."""

    @abstractmethod
    def document(self, body: Body) -> str:
        """The text sent to AWS, without white space: Organizations counts every character."""

    @abstractmethod
    def read(self, document: str) -> Body:
        """The body of a document read from AWS: the inverse of `document`."""

    # Grammar

    @abstractmethod
    def faults(self, body: Body) -> Iterator[Fault]:
        """Everything in a compiled body that AWS would reject as malformed."""

    # Evaluation

    def parse(self, name: str, body: Body) -> PolicyDocument:
        """The policy in the form that decides requests. Raises PolicyError for a body that cannot."""
        del name, body
        message = f"a {self.noun} neither allows nor denies requests"
        raise PolicyError(message)

    def default_document(self) -> PolicyDocument:
        """The default policy in the form that decides requests."""
        return PolicyDocument(self.default_policy, ())

    # Lock-out

    def required_permissions(self, spec: Spec, ids: PlaceholderIds) -> Iterable[RequiredPermission]:
        """The requests that no policy of this type may deny, or org-bootstrap could no longer manage the accounts."""
        del spec, ids
        return ()
