"""The errors of Organizations, with their Reason where the API model has one."""

from __future__ import annotations

from moto.organizations.exceptions import OrganizationsClientError


def error(code: str, message: str, reason: str | None = None) -> Exception:
    """The exception that moto turns into the answer. `reason` becomes `Reason` in its body."""
    made: Exception = OrganizationsClientError(code, message)
    if reason is not None:
        made.Reason = reason  # type: ignore[attr-defined]
    return made


def constraint(reason: str, message: str) -> Exception:
    return error("ConstraintViolationException", message, reason)


def invalid(reason: str, message: str) -> Exception:
    return error("InvalidInputException", message, reason)


def not_in_use() -> Exception:
    return error("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")


def access_denied(operation: str) -> Exception:
    return error("AccessDeniedException", f"You don't have permissions to perform {operation}.")
