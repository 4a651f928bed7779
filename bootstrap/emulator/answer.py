"""The answer of a WSGI application to one HTTP request."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse

    Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

LOG = logging.getLogger(__name__)


class Unanswered(Exception):  # noqa: N818 (named for what the client sees)
    """The connection breaks, and the client gets no answer."""


@dataclass(slots=True)
class Answer:
    status: str = "500 Internal Server Error"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def of(cls, application: Application, environ: dict[str, Any]) -> Answer:
        """Run the application, and collect its whole answer."""
        answer = cls()
        written: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], error: object = None, /) -> Callable[[bytes], object]:
            if error is not None:
                LOG.error("the application failed while answering: %s", error)
            answer.status, answer.headers = status, headers
            return written.append

        returned = b"".join(application(environ, start))
        answer.body = b"".join(written) + returned
        return answer

    @classmethod
    def made(cls, status: int, content_type: str, body: bytes, *headers: tuple[str, str]) -> Answer:
        return cls(f"{status} {HTTPStatus(status).phrase}", [("Content-Type", content_type), *headers], body)

    @property
    def code(self) -> int:
        return int(self.status[:3])
