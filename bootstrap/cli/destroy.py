from __future__ import annotations

from functools import partial

from bootstrap.cli import console
from bootstrap.cli.connection import read
from bootstrap.cli.lock import connect_to_write
from bootstrap.cli.options import HERE, Approve, Directory, ShowApiCalls, Yes
from bootstrap.cli.planning import load, plan_with, print_plan


def destroy(
    directory: Directory = HERE, approve: Approve = None, yes: Yes = False, show_api_calls: ShowApiCalls = False
) -> None:
    """Delete everything managed except the accounts.

    Deletes the baselines, policies and OUs that org-bootstrap manages. Accounts stay open: they move to the root and
    lose the tool's tags. Their secret entries keep their values. Close an account for good with `--approve close:KEY`.
    """
    from bootstrap import workflow
    from bootstrap.cli.execution import Invocation, execute
    from bootstrap.resources.organization.kind import OrganizationKind
    from bootstrap.resources.registry import KINDS

    spec = load(directory)
    invocation = Invocation("destroy", directory, frozenset(approve or ()), yes=yes)
    organization = next(iter(OrganizationKind().desired(spec)))
    make = partial(workflow.plan_destruction, organization, KINDS, approvals=invocation.approvals)
    with connect_to_write(spec) as connection:
        planned = read(connection, lambda: plan_with(make, connection.aws, show_api_calls=show_api_calls))
        if planned.plan:
            console.result("Accounts to forget stay open: they move to the root and lose the tool's tags.\n")
        nothing = "Nothing to do: nothing that org-bootstrap can delete or forget is left."
        print_plan(planned, summary="" if planned.plan else nothing)
        execute(planned, connection, invocation)
