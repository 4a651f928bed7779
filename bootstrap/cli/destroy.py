"""The verb `destroy`."""

from __future__ import annotations

from typing import Final

from bootstrap.cli import console
from bootstrap.cli.connection import connect, total_logged
from bootstrap.cli.execution import Invocation, execute
from bootstrap.cli.load import load
from bootstrap.cli.lock import locked
from bootstrap.cli.options import HERE, Approve, Directory, ShowApiCalls, Yes
from bootstrap.cli.plan_output import print_plan
from bootstrap.cli.planning import plan_destruction
from bootstrap.cli.usage import examples

EXAMPLES: Final = examples(
    "destroy --approve destroy:example", "destroy --approve destroy:example --approve close:developer-alice"
)


def destroy(
    directory: Directory = HERE, approve: Approve = None, yes: Yes = False, show_api_calls: ShowApiCalls = False
) -> None:
    """Delete everything managed except the accounts.

    Deletes the baselines, policies and OUs that org-bootstrap manages. Accounts stay open: they move to the root and
    lose the tool's tags. Their secret entries keep their values. Close an account for good with `--approve close:KEY`.
    """
    spec = load(directory)
    invocation = Invocation("destroy", directory, frozenset(approve or ()), yes=yes)
    with connect(spec, emulated=False) as connection, total_logged(connection), locked(connection):
        planned = plan_destruction(spec, connection, invocation.approvals, show_api_calls=show_api_calls)
        if planned.plan:
            console.result("Accounts to forget stay open: they move to the root and lose the tool's tags.\n")
        nothing = "Nothing to do: nothing that org-bootstrap can delete or forget is left."
        print_plan(planned, summary="" if planned.plan else nothing)
        execute(planned, connection, invocation)
