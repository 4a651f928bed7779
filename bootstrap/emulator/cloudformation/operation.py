"""How a function becomes an operation of moto's CloudFormation, and the parameters that operations share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from bootstrap.emulator.cloudformation.stack import Submission
from bootstrap.emulator.cloudformation.template import validation
from bootstrap.emulator.patching import adds, replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moto.core.responses import ActionContext

    from bootstrap.emulator.cloudformation.stack import Stack
    from bootstrap.emulator.cloudformation.stacks import Backend

    Ask = Callable[..., Any]
    """Gives the parameter of this name, or a default."""
    Operation = Callable[[Backend, Ask], dict[str, Any] | None]

Item = TypeVar("Item")
PAGE = 100  # ListStacks, DescribeStacks, ListStackResources and DescribeStackEvents take no size


class _Result(ActionResult):  # type: ignore[misc]
    """An answer with the names of the API model. moto's own looks each value up under half a dozen names."""

    def execute_result(self, context: ActionContext) -> tuple[int, dict[str, str], str]:
        serializer = context.serializer_class(
            operation_model=context.operation_model, value_picker=lambda asked: asked.obj.get(asked.key)
        )
        answer = serializer.serialize(self.result)
        return answer["status_code"], answer["headers"], answer["body"]


def operation(name: str, *, new: bool = False) -> Callable[[Operation], Operation]:
    """Make the decorated function answer the operation of this (snake_case) name. moto lacks a `new` one."""
    put = adds if new else replaces

    def register(answer: Operation) -> Operation:
        def respond(response: Any) -> ActionResult | EmptyResult:
            result = answer(response.cloudformation_backend, response._get_param)  # noqa: SLF001 (moto's way)
            return EmptyResult() if result is None else _Result(result)

        put(CloudFormationResponse, name)(respond)
        return answer

    return register


def page_of(name: str, items: Sequence[Item], described: Callable[[Item], object], ask: Ask) -> dict[str, Any]:
    """The page of described items that the NextToken of the request names, and the NextToken of the page after it."""
    token = ask("NextToken") or "0"
    if not token.isdigit():
        raise validation("NextToken is not valid.")
    end = int(token) + PAGE
    page = {name: [described(item) for item in items[int(token) : end]]}
    return {**page, "NextToken": str(end)} if end < len(items) else page


def submission_of(ask: Ask, stack: Stack | None) -> Submission:
    """The submission of the request, with the values that it leaves as they were."""
    had = stack.submission if stack else None
    tags = ask("Tags")
    return Submission(
        template=had.template if had and ask("UsePreviousTemplate") else ask("TemplateBody") or "",
        parameters={
            each["ParameterKey"]: (
                had.parameters[each["ParameterKey"]] if had and each.get("UsePreviousValue") else each["ParameterValue"]
            )
            for each in ask("Parameters", [])
        },
        # API reference, UpdateStack, Tags: "If you don't specify this parameter, CloudFormation doesn't
        # modify the stack's tags"; an empty list removes them.
        tags=had.tags if had and tags is None else {tag["Key"]: tag["Value"] for tag in tags or []},
        import_existing=bool(ask("ImportExistingResources")),
        # Each is identified by one value: its name or its ARN.
        imports={
            each["LogicalResourceId"]: next(iter(each["ResourceIdentifier"].values()))
            for each in ask("ResourcesToImport", [])
        },
        disable_rollback=bool(ask("DisableRollback")) or ask("OnFailure") == "DO_NOTHING",
    )


def configure(stack: Stack, ask: Ask) -> None:
    stack.role_arn = ask("RoleARN") or stack.role_arn
    stack.capabilities = ask("Capabilities") or stack.capabilities
