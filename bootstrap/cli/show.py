from __future__ import annotations

from bootstrap.cli import console
from bootstrap.cli.connection import connect, read
from bootstrap.cli.options import HERE, Directory, Emulated
from bootstrap.cli.planning import load
from bootstrap.render.tree import render_tree


def show(directory: Directory = HERE, emulated: Emulated = False) -> None:
    """Show the organization in AWS as a tree. Read-only."""
    from bootstrap.aws.inventory import Inventory
    from bootstrap.workflow.tree import tree as read_tree

    spec = load(directory)
    with connect(spec, emulated=emulated) as connection:
        tree = read(connection, lambda: read_tree(Inventory(connection.aws), spec.organization.name))
    console.result(render_tree(tree) if tree else "There is no organization yet.")
