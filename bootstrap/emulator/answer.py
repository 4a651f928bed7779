"""An answer to an HTTP request, as a WSGI application gives it."""

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
    """The client gets no answer to this request: its connection breaks."""


@dataclass(slots=True)
class Answer:
    status: str = "500 Internal Server Error"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def of(cls, application: Application, environ: dict[str, Any]) -> Answer:
        """What the application answers, all of it."""
        answer = cls()
        written: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], error: object = None, /) -> Callable[[bytes], object]:
            if error is not None:
                LOG.error("the application failed while it answered: %s", error)
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
