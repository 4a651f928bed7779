"""Real AWS as far as a command can tell: its host names, TLS and all, with an embedded AWS behind them.

A proxy on loopback takes every connection to `*.amazonaws.com`, and shows a certificate that the command is
told to trust. Nothing leaves the machine: the proxy knows no other way on.
"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTS = ("*.us-east-1.amazonaws.com", "*.eu-west-1.amazonaws.com", "*.amazonaws.com")


@contextmanager
def real_aws(endpoint: str, folder: Path) -> Iterator[dict[str, str]]:
    """The variables with which a command finds the embedded AWS at `endpoint` where the real one is."""
    certificate = _certificate(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, tls, endpoint), daemon=True).start()
        try:
            yield {
                "HTTPS_PROXY": f"http://127.0.0.1:{listener.getsockname()[1]}",
                "AWS_CA_BUNDLE": str(certificate),
                "AWS_ACCESS_KEY_ID": "testing",
                "AWS_SECRET_ACCESS_KEY": "testing",
            }
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, tls: ssl.SSLContext, endpoint: str) -> None:
    with suppress(OSError):  # the listener was closed
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_answer, args=(connection, tls, endpoint), daemon=True).start()


def _answer(connection: socket.socket, tls: ssl.SSLContext, endpoint: str) -> None:
    asked = b""
    while not asked.endswith(b"\r\n\r\n"):
        asked += connection.recv(1)
    assert asked.startswith(b"CONNECT ")
    assert asked.split()[1].endswith(b".amazonaws.com:443")
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    url = urlsplit(endpoint)
    with (
        suppress(OSError),
        tls.wrap_socket(connection, server_side=True) as caller,
        socket.create_connection((url.hostname, url.port)) as aws,
    ):
        back = threading.Thread(target=_copy, args=(aws, caller), daemon=True)
        back.start()
        _copy(caller, aws)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def _certificate(folder: Path) -> Path:
    """One that vouches for itself, its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AWS of a test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "aws.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
