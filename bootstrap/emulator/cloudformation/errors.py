"""The errors of CloudFormation."""

from __future__ import annotations

from moto.cloudformation.exceptions import CloudFormationError


def validation(message: str) -> Exception:
    return error("ValidationError", message)


def error(code: str, message: str) -> Exception:
    made: Exception = CloudFormationError(code, message)
    return made


def no_stack(name: str) -> Exception:
    return validation(f"Stack with id {name} does not exist")


class ResourceError(Exception):
    """A resource could not be created, changed or deleted. The message becomes its status reason."""
