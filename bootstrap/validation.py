"""Everything that can be known to be wrong before AWS is asked: offline, and all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.errors import SpecError
from bootstrap.policy.check import check
from bootstrap.policy.compile import compile_policies
from bootstrap.policy.examine import examine
from bootstrap.policy.lockout import locked_out
from bootstrap.spec.load import load
from bootstrap.templates.baseline import Baselines
from bootstrap.templates.limits import check_template

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.spec.spec import Spec


def validate(directory: Path) -> Spec:
    """The YAML below `directory`, known to be sound. Raises SpecError with every problem."""
    spec = load(directory)
    policies = compile_policies(spec)
    problems = [*check(spec, policies), *examine(spec), *locked_out(spec, policies)]
    baselines = Baselines(spec)
    for account in spec.accounts.values():
        for template in baselines.of(account).values():
            problems += check_template(template, account)
    if problems:
        raise SpecError(problems)
    return spec
