"""What a plan comes to in a few characters, and how just that plan is asked for where no file can go."""

from __future__ import annotations

import hashlib
import shlex
from typing import TYPE_CHECKING

from bootstrap.difference import canonical
from bootstrap.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.model import Address, Json, Resource
    from bootstrap.proposal import Proposal


def digest(proposal: Proposal) -> str:
    """What a comment may carry in place of the file: of the changes, whose they are, which accounts they touch, what is
    lost and what is usual; of the YAML, and of what was selected; of what was observed.

    E-mails are hidden in it, so that a plan from a snapshot that hides them has the same.
    """
    whose, refusals = proposal.whose, (*proposal.refusals, *proposal.consented)
    parts: list[list[Json]] = [
        [[str(change.address), change.action.value, *change.bodies] for change in proposal.plan.changes],
        list(proposal.touched),
        [[refusal.token, *refusal.loses] for refusal in refusals if refusal.loses],
    ]
    told = [sorted((hide(item, whose.account) for item in part), key=canonical) for part in parts]
    bound = fingerprint([whose.name, whose.id, whose.account, *told, dict(proposal.safety)])
    asked = fingerprint([proposal.specs, list(proposal.only)])
    short = (value.removeprefix("sha256:") for value in (bound, asked, proposal.observed))
    changes, specs, observed = short
    return f"{changes[:32]}-{specs[:16]}-{observed[:16]}"


def command_to_apply(proposal: Proposal) -> str:
    """What is typed to have just this plan applied, where no file can go. Empty for a plan that is refused."""
    if proposal.refusals or not proposal.plan:
        return ""
    return shlex.join(["org-bootstrap", "apply", "--expect", digest(proposal), *as_typed(proposal)])


def as_typed(proposal: Proposal) -> list[str]:
    """The options that the plan was made with."""
    narrowed = [part for one in proposal.only for part in ("--only", one)]
    consents = [part for one in proposal.consented for part in ("--allow", one.token)]
    return [*narrowed, *consents]


def fingerprint(value: Json) -> str:
    return "sha256:" + hashlib.sha256(canonical(value).encode()).hexdigest()


def fingerprint_of(resources: Mapping[Address, Resource]) -> str:
    """Of the bodies of resources, whatever their order."""
    return fingerprint({str(address): resource.body for address, resource in resources.items()})
