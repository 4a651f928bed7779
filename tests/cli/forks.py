"""The command in a process of its own, without the second that it takes to load: the fork of one that loaded it all.

A test starts `stand_in.py` in the place of the command. It hands its words, folder, variables and streams to a server
(this module, run), which forks for each; it passes signals on, and ends as the fork has ended.
"""

from __future__ import annotations

import atexit
import gc
import marshal
import os
import pkgutil
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

REPOSITORY = Path(__file__).parents[2]
PART = 1 << 16


@cache
def folder() -> Path:
    """A folder for a PATH, with an `org-bootstrap` whose server ends with this process."""
    here = Path(tempfile.mkdtemp(prefix="forks-"))
    script = here / "org-bootstrap"
    script.write_text(f"#!{sys.executable} -IS\n{Path(__file__).with_name('stand_in.py').read_text('utf-8')}", "utf-8")
    script.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(here / "socket"))
        listener.listen(64)
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.forks", str(listener.fileno())],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )

    def end() -> None:
        server.communicate()
        for path in (script, here / "socket"):
            path.unlink()
        here.rmdir()

    atexit.register(end)
    return here


def command() -> tuple[str, ...]:
    """What a test starts, before the words of the command line."""
    return (sys.executable, "-IS", str(folder() / "org-bootstrap"))


def serve(listener: socket.socket) -> NoReturn:
    """Fork for whoever connects, until standard input ends."""
    load_all()
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [], 1)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:  # so that their time is counted as this process's
                pass
        if sys.stdin in ready:
            os._exit(0)
        if listener in ready:
            connection, _ = listener.accept()
            if not os.fork():
                listener.close()
                keep(connection)
            connection.close()


def load_all() -> None:
    """Every module, the models of AWS's services, and what checking the example leaves in caches."""
    import botocore.session  # noqa: PLC0415 (only the server needs it)

    import bootstrap  # noqa: PLC0415
    from tests import botocore_once  # noqa: PLC0415

    for module in pkgutil.walk_packages(bootstrap.__path__, "bootstrap."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    import_module("bootstrap.workflow.validate").validate(REPOSITORY)
    botocore_once.share()
    session = botocore.session.Session()
    for service in botocore_once.SERVICES:
        session.create_client(service, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
    gc.collect()
    gc.freeze()


def keep(connection: socket.socket) -> NoReturn:
    """Fork once more, for the command itself; pass on the signals that come, and tell how it ended."""
    request, streams, _, _ = socket.recv_fds(connection, PART, 3)
    length, _, request = request.partition(b"\n")
    while len(request) < int(length):
        request += connection.recv(PART)
    child = os.fork()
    if not child:
        connection.close()
        become(*marshal.loads(request), received=streams)  # noqa: S302 (from the stand-in)
    for stream in streams:
        os.close(stream)
    threading.Thread(target=pass_on, args=(connection, child), daemon=True).start()
    _, status = os.waitpid(child, 0)
    with suppress(OSError):  # nobody may be left to be told
        connection.send(marshal.dumps(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def pass_on(connection: socket.socket, child: int) -> None:
    with suppress(OSError):  # either of the two has ended
        while number := connection.recv(1):
            os.kill(child, number[0])
        os.kill(child, signal.SIGKILL)  # the stand-in was killed


def become(words: list[str], here: str, variables: dict[str, str], opened: list[int], received: list[int]) -> NoReturn:
    """Be the command, as far as it can tell."""
    os.chdir(here)
    os.environ.clear()
    os.environ.update(variables)
    random.seed()  # else each fork would draw the same
    given = dict(zip(opened, received, strict=True))
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if number in given:
            os.dup2(given[number], number)
            stream = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
        else:
            os.close(number)
            stream = None
        setattr(sys, name, stream)
    for number in received:
        os.close(number)
    if sys.stderr:
        sys.stderr.reconfigure(line_buffering=True, errors="backslashreplace")
    sys.argv = ["org-bootstrap", *words]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run()
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream:
            stream.flush()
    os._exit(code)


def run() -> int:
    """The exit code, as the interpreter would make it."""
    from bootstrap.cli import main  # noqa: PLC0415 (only the server needs it)

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else bool(end.code)
    except BaseException:  # noqa: BLE001 (as the interpreter does)
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
