"""The plan of 500 developers, from a snapshot in which one developer is copied."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bootstrap import workflow
from bootstrap.aws.recording import RecordedCall
from bootstrap.engine.last_applied import LastApplied
from bootstrap.resources.registry import KINDS
from bootstrap.workflow.snapshot import make_snapshot, recorded_calls
from tests.render.example import FILE, asked, developer, tokens, with_causes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bootstrap.engine.review import PlanReview
    from bootstrap.workflow.snapshot import Snapshot
    from tests.render.example import Example


def five_hundred_accounts(example: Example) -> PlanReview:
    """500 developers get a larger budget and a narrower guardrail at once."""
    names = [f"d{number:03}" for number in range(498)]
    for name in names:
        example.write(f"account_specs/developers/{name}.yaml", developer(name, owner="bob@example.com"))
    assert example.snapshot
    example.snapshot = _with_more_like_bob(example.snapshot, names, _last_applied(example))
    # The copies are what AWS would have.
    assert not example.plan().plan
    example.edit(FILE, "monthly_usd: 50,", "monthly_usd: 60,")
    example.edit(FILE, '["t3.*", "t4g.*"]', '["t4g.*"]')
    review = example.plan().review
    assert with_causes(review) == asked(
        "update policy:ec2.instance-types@Workloads/Developers",
        *(f"update baseline:developer-{name}" for name in ("alice", "bob", *names)),
    )
    assert tokens(review) == ["accounts:500"]
    return review


def _last_applied(example: Example) -> str:
    """What is recorded once all that the YAML asks for was applied."""
    want = workflow.desire(example.spec(), KINDS)
    recorded = LastApplied().with_resources(want.values(), complete=True).shards()
    parameters = [{"Name": f"/org-bootstrap/applied/{name}", "Value": value} for name, value in recorded.items()]
    return json.dumps({"Parameters": parameters})


def _with_more_like_bob(snapshot: Snapshot, names: Iterable[str], parameters: str) -> Snapshot:
    """Applying so many takes more than a minute, so bob's entries are copied for each."""
    recorded = recorded_calls(snapshot, {})
    listed = next(made.answer for made in recorded if made.action == "organizations.ListAccounts")
    assert listed
    bob = next(account["Id"] for account in listed["Accounts"] if account["Name"] == "developer-bob")
    numbered = {f"{number:012}": name for number, name in enumerate(names)}

    def renamed(text: str, new: str) -> str:
        name = numbered[new]
        return text.replace(bob, new).replace("developer-bob", f"developer-{name}").replace("+bob@", f"+{name}@")

    def extended(items: list[Any]) -> list[Any]:
        about_bob = [text for text in map(json.dumps, items) if bob in text]
        return [*items, *(json.loads(renamed(text, new)) for text in about_bob for new in numbered)]

    calls: list[RecordedCall] = []
    for made in recorded:
        if made.action == "ssm.GetParametersByPath":
            calls.append(replace(made, answer=json.loads(parameters)))
        elif made.account == bob:
            text = json.dumps(asdict(made))
            calls += [made, *(RecordedCall(**json.loads(renamed(text, new))) for new in numbered)]
        else:
            answer = {
                field: extended(value) if isinstance(value, list) else value
                for field, value in (made.answer or {}).items()
            }
            calls.append(replace(made, answer=answer if made.answer else None))
    return make_snapshot(calls, snapshot.taken, snapshot.account)
