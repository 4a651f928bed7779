"""All scenarios of the example organization: people edit its YAML, others change its AWS by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.render.aws_scenarios import (
    destroyed,
    drift,
    drift_and_asked,
    failed_half_way,
    first_bootstrap,
    left_alone,
    name_taken,
    unicode_names,
)
from tests.render.many_accounts import five_hundred_accounts
from tests.render.yaml_scenarios import (
    account_moved,
    account_renamed,
    approved,
    blocked,
    guardrail_moved,
    key_renamed,
    line_removed,
    narrowed,
    nothing_to_do,
    one_developer_added,
    ou_renamed,
    scp_edited,
    template_changed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.engine.review import PlanReview
    from tests.render.example import Example

SCENARIOS: Final[dict[str, Callable[[Example], PlanReview]]] = {
    scenario.__name__: scenario
    for scenario in (
        first_bootstrap,
        nothing_to_do,
        one_developer_added,
        scp_edited,
        guardrail_moved,
        account_moved,
        ou_renamed,
        account_renamed,
        key_renamed,
        line_removed,
        template_changed,
        narrowed,
        blocked,
        approved,
        name_taken,
        drift,
        drift_and_asked,
        left_alone,
        failed_half_way,
        five_hundred_accounts,
        unicode_names,
        destroyed,
    )
}
