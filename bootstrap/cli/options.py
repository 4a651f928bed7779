"""The options that several verbs share, each described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Directory: TypeAlias = Annotated[
    Path, typer.Option("--dir", "-C", help="The folder that holds account_specs/, scps/ and secrets_layout/.")
]
InSandbox: TypeAlias = Annotated[
    bool, typer.Option("--sandbox", help="Use an embedded, empty AWS of this command's own.")
]
Allow: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="TOKEN", help="Consent to what a refusal names. Repeat for several."),
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before applying (for CI).")]
