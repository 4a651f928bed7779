"""From the YAML to a printed plan, for every verb that needs one of these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from bootstrap.cli import console
from bootstrap.cli.options import HERE, Format, command
from bootstrap.model.errors import BootstrapError, SpecError

if TYPE_CHECKING:
    from bootstrap.aws.api import AwsApi
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Planned


def load(directory: Path) -> Spec:
    """The validated YAML of a folder. Raises BootstrapError without the folder, SpecError with every problem."""
    from bootstrap.workflow.validate import validate

    if not directory.exists():
        hint = f"create it with: {command('init', HERE, str(directory))}"
        raise BootstrapError(f"folder {directory} does not exist", hint=hint)
    if not directory.is_dir():
        hint = "pass the folder that contains account_specs/, scps/ and secrets_layout/"
        raise BootstrapError(f"{directory} is not a folder", hint=hint)
    with console.heartbeat(lambda: "still validating the YAML"), located(directory):
        return validate(directory)


@contextmanager
def located(directory: Path) -> Iterator[None]:
    """Name files relative to the working directory, so that an editor can open them."""
    try:
        yield
    except SpecError as error:
        raise SpecError([replace(p, file=(directory / p.file).as_posix()) for p in error.problems]) from error


class Request:
    """The part of a plan that is known before AWS is read.

    `approvals` are the tokens given now, `reviewed` those of the reviewed plan that is applied. Raises BootstrapError
    for a target that is not in the YAML.
    """

    def __init__(
        self,
        spec: Spec,
        *,
        approvals: Collection[str] | None = None,
        targets: Collection[str] | None = None,
        reviewed: Collection[str] = (),
        show_api_calls: bool = False,
    ) -> None:
        from bootstrap import workflow
        from bootstrap.engine.blast_radius import Limits
        from bootstrap.resources.registry import KINDS
        from bootstrap.workflow.targets import find_targets

        self.want = workflow.desire(spec, KINDS)
        self._show_api_calls = show_api_calls
        self._plan = partial(
            workflow.plan,
            self.want,
            KINDS,
            approvals=frozenset(approvals or ()),
            reviewed=frozenset(reviewed),
            limits=Limits(**spec.organization.safety.model_dump()),
            targets=find_targets(targets or (), spec),
        )

    def plan(self, aws: AwsApi) -> Planned:
        return plan_with(self._plan, aws, show_api_calls=self._show_api_calls)


def plan_with(make: Callable[[AwsApi], Planned], aws: AwsApi, *, show_api_calls: bool) -> Planned:
    """The plan that `make` makes of an AWS, with the API calls of each change if they are asked for."""
    from bootstrap import workflow
    from bootstrap.aws.recording import Recorder
    from bootstrap.resources.registry import KINDS

    if not show_api_calls:
        return make(aws)
    recorder = Recorder(aws)
    return workflow.simulate(make(recorder), KINDS, recorder.calls)


def print_plan(planned: Planned, form: Format = Format.TEXT, *, summary: str = "") -> None:
    """The plan in a format. `summary` replaces its own last line."""
    match form:
        case Format.TEXT:
            from bootstrap.render.text import render_text

            text = render_text(planned.review, summary=summary, width=console.width())
        case Format.MARKDOWN:
            from bootstrap.render.markdown import render_markdown

            text = render_markdown(planned.review, summary=summary)
        case Format.JSON:
            from bootstrap import planfile

            text = planfile.text(planfile.describe(planned.review))
        case Format.HTML:
            from bootstrap.render.html.page import render_html

            text = render_html(planned.review, summary=summary)
        case _:
            assert_never(form)
    console.result(text.rstrip("\n"))
