"""The HTTP server: it passes requests to moto, one at a time."""

from __future__ import annotations

import io
import logging
import socket
import struct
import threading
import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_api._internal import mock_random
from moto.organizations.models import organizations_backends
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from bootstrap.emulator import cloudformation, iam, options, organizations, other_services, services
from bootstrap.emulator.copying import Saved, copy_account, copy_backends, put_back
from bootstrap.emulator.gate.gate import Gate
from bootstrap.emulator.gate.request import Answer, Unanswered

if TYPE_CHECKING:
    from collections.abc import Mapping

# Their import patches moto, once in a process.
PATCHES = (cloudformation, iam, organizations, other_services, services)
LOG = logging.getLogger(__name__)


class Listener:
    """The server and the gate in front of moto."""

    def __init__(self, port: int) -> None:
        # moto iterates over dictionaries to which another request could write at the same time ("dictionary changed
        # size during iteration"). It is pure Python, which runs in one thread at a time anyway: answering one request
        # after the other costs no time, and makes each request atomic.
        self._lock = threading.RLock()
        self.gate = Gate(self._lock)
        self._server = _Server("127.0.0.1", port, self.gate)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.02},  # how often it checks for the shutdown
            daemon=True,
            name="emulator",
        )
        self.url = f"http://127.0.0.1:{self._server.port}"
        options.CURRENT.random = mock_random  # moto's source of ids

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._server.disconnect()
        self._thread.join()
        with self._lock:
            self.gate.reset()  # a call that still waits must not reach the next listener's AWS

    def reset(self) -> None:
        with self._lock:
            BackendDict.reset()
            reset_model_data()
            organizations_backends.master_accounts.clear()
            self.gate.reset()

    def save(self) -> Saved:
        """Raise RuntimeError while an operation is in progress: it cannot be copied."""
        with self._lock:
            options.CURRENT.scheduler.run_due()
            if options.CURRENT.scheduler.is_busy():
                message = "the AWS cannot be saved while an operation is in progress: wait, or advance its time"
                raise RuntimeError(message)
            backends, management = copy_backends()
            session = self.gate.session
            return Saved(backends, management, [*session.calls], deepcopy(session.chance), options.CURRENT.clock.now())

    def restore(self, saved: Saved) -> None:
        """Continue from there. The AWS is empty."""
        with self._lock:
            put_back(saved)
            self.gate.session.calls.extend(saved.calls)
            self.gate.session.chance = deepcopy(saved.chance)
            options.CURRENT.clock.advance(saved.now)

    def copy_account(self, account_id: str, texts: Mapping[str, str], templates: Mapping[str, str]) -> str:
        with self._lock:
            options.CURRENT.random.seed(f"{options.CURRENT.seed} copy {account_id} {sorted(texts.items())}")
            return copy_account(account_id, texts, templates)


class _Server(ThreadedWSGIServer):
    """Has a thread for each connection, and keeps the connections, so that it can close them when it stops."""

    def __init__(self, host: str, port: int, gate: Gate) -> None:
        """Raise OSError if the port cannot be bound; werkzeug itself would end the process."""
        with socket.create_server((host, port), backlog=self.request_queue_size) as listening:
            # Its handler calls this, and no WSGI application.
            application: Any = gate.answer
            super().__init__(host, port, application, handler=_Handler, fd=listening.fileno())
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def disconnect(self) -> None:
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client has closed it


class _Handler(WSGIRequestHandler):
    """Keeps connections open, which werkzeug's handler does not: each request saves a handshake and a thread."""

    protocol_version = "HTTP/1.1"

    def run_wsgi(self) -> None:
        self.environ = environ = self.make_environ()
        environ["wsgi.input"] = io.BytesIO(self._body(environ))
        answer_of: Any = self.server.app
        try:
            answer = answer_of(environ)
        except Unanswered:
            self._reset_connection()
            return
        except Exception:
            LOG.exception("%s %s", self.command, self.path)
            answer = Answer.made(500, "text/plain", "Internal Server Error")
        self._send(answer)

    def _reset_connection(self) -> None:
        """Close with RST instead of FIN, so that the client sees a broken connection."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())  # close() of the socket does nothing while its streams are open

    def _body(self, environ: dict[str, Any]) -> bytes:
        if environ.get("wsgi.input_terminated"):
            body: bytes = environ["wsgi.input"].read()
            return body
        return self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        body = b"" if self.command == "HEAD" else answer.body
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        # One write: before a second one, the kernel would wait for the client's acknowledgement.
        self._headers_buffer.append(b"\r\n" + body)
        self.flush_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: a test makes thousands of requests."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of an answer, by the clock of the profile."""
        now = time.time() if timestamp is None else timestamp
        return super().date_time_string(now + options.CURRENT.profile.clock_ahead_s)
