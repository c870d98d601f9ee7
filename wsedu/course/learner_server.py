"""The learner's own server: nine pieces, one loop, and a score.

How to think about it: the pieces know the protocol, the loop knows the network. The loop reads
until the empty line, lets ``check_request`` decide, and from then on gives all bytes that came to
``take_frames`` and each frame to ``answer``, which also says when to stop.

``score`` lets kosoku try the server: it holds the cases of Autobahn's test suite. A case passes
if what was exchanged and how it was closed are both right. ``REACHABLE`` names the cases that a
server can pass that knows no more than lessons 0 to 8.
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from IPython.display import display

from .._awaited import values_only
from ..live.background import SHORTEST, Background, Stopped
from ..live.tap import HOST, Tap
from ..recording import Recording
from ..views import Ladder
from ..words import _
from .pieces import mine, take

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PIECES = {
    "check_request": "02.3",
    "accept": "03.2",
    "encode_header": "04.2",
    "decode_header": "04.3",
    "mask": "05.2",
    "take_frames": "06.3",
    "close_frame": "07.2",
    "parse_close": "07.3",
    "answer": "08.2",
}


@values_only
def own_server(quiet: bool = False) -> Serve:
    """Your server, for ``Lab(server=own_server())``; it says which pieces are yours."""
    return put_together(gather(quiet))


def gather(quiet: bool = False) -> dict[str, Callable[..., Any]]:
    """The nine pieces by their names: yours, or the course's."""
    return {piece: (take if quiet else mine)(name) for piece, name in PIECES.items()}


def put_together(pieces: dict[str, Callable[..., Any]]) -> Serve:
    """The loop around the pieces; four are called here, and these call the other five."""
    check_request, accept = pieces["check_request"], pieces["accept"]
    take_frames, answer = pieces["take_frames"], pieces["answer"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            status, reason = check_request(request)
            if status != 101:
                writer.write(_refusal(status, reason))
                return
            writer.write(_switch(accept(_key(request))))
            stream, go_on = b"", True
            while go_on and (data := await reader.read(2**16)):
                frames, stream = take_frames(stream + data)
                for fin, opcode, payload in frames:
                    if go_on:  # nothing is answered after a Close
                        reply, go_on = answer(fin, opcode, payload)
                        writer.write(reply)
                await writer.drain()
            writer.write_eof()  # the server ends TCP first (7.1.1)
            while await reader.read(2**16):
                pass  # unread bytes would turn our end into a reset
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # the client has gone, or it sends a head without an end
        finally:
            writer.close()

    return serve


def _key(request: bytes) -> str:
    for line in request.decode("latin-1").split("\r\n"):
        name, _colon, value = line.partition(":")
        if name.lower() == "sec-websocket-key":
            return value.strip()
    raise ValueError("a request that was let in has a key")


def _switch(accept: str) -> bytes:
    lines = ("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    return _head(*lines, f"Sec-WebSocket-Accept: {accept}")


def _refusal(status: int, reason: str) -> bytes:
    """The reason stands in the body: words of the learner's own do not belong into a head."""
    body = f"{reason}\n".encode()
    lines = [f"{status} {HTTPStatus(status).phrase}", f"Content-Length: {len(body)}"]
    if status == HTTPStatus.UPGRADE_REQUIRED:
        lines += ["Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    return _head(*lines, "Connection: close") + body


def _head(*lines: str) -> bytes:
    return ("HTTP/1.1 " + "\r\n".join(lines) + "\r\n\r\n").encode()


class Running:
    """A server that runs behind a tap.

    port:   of the tap
    errors: what the server's function raised
    """

    def __init__(self, serve: Serve) -> None:
        self.errors: list[Exception] = []
        self._serve = serve
        # asyncio holds a task only weakly: one that waits for what nobody else knows of would be
        # collected as garbage, and its connection with it.
        self._tasks: set[asyncio.Task[Any] | None] = set()

    async def start(self) -> None:
        """Listen on two free ports: the server's, and the tap's before it."""
        self._server = await asyncio.start_server(self._connected, HOST, 0)
        self._tap = Tap(self._server.sockets[0].getsockname()[1])
        await self._tap.start()
        self.port = self._tap.port

    async def stop(self) -> None:
        """Stop listening."""
        self._server.close()
        await self._tap.close()

    @property
    def recording(self) -> Recording:
        """The newest connection."""
        return self._tap.logs[-1].recording() if self._tap.logs else Recording()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        try:
            result = self._serve(reader, writer)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            self.errors.append(error)
        except Stopped:
            self.errors.append(RuntimeError(_("it looped without an await, and was stopped")))
        finally:
            writer.close()
            self._tasks.discard(asyncio.current_task())


@contextmanager
def running(serve: Serve) -> Iterator[Running]:
    """Run a server in a thread of its own; it is not the current lab, and leaves that alone."""
    background = Background()
    server = Running(serve)
    try:
        background.call(server.start())
        yield server
    finally:
        with suppress(Exception):  # a server that never lets go of its loop cannot be told
            background.call(server.stop(), SHORTEST)
        background.close()


# The cases that need no more than lessons 0 to 8: no check that refuses a frame (lesson 9, with
# case 2.5 and groups 3, 4 and 5), no message put together before it is answered (10), and no
# UTF-8 that is looked at (11).
REACHABLE = tuple("1.* 2.* 6.1.* 6.2.* 6.5.* 6.7.* 6.9.* 6.11.* 6.22.* 6.23.* 7.*".split())
LATER = ("2.5", "6.11.5", "7.3.6")

SECONDS = 40  # for all of them; a server that passes needs less than one

KOSOKU = """
import asyncio, json, os, sys
from kosoku import FailureError, run_fuzzingclient

async def main(address, cases, left_out):
    try:
        return await run_fuzzingclient(address, cases, left_out, concurrency=16)
    except FailureError as failure:
        return failure.results

found = asyncio.run(main(*json.loads(sys.argv[1])))
found = [[case.case_id, case.passed, case.description, case.expectation] for case in found]
print(json.dumps(found), flush=True)
os._exit(0)  # the library's own threads may abort an ordinary exit
"""


@dataclass(frozen=True)
class Score:
    """How a server did.

    passed, count: of the cases that were tried
    failed:        the names of those that did not pass
    story:         what the first of these does, and what it expects
    recording:     its connection
    """

    passed: int
    count: int
    failed: tuple[str, ...] = ()
    story: str = ""
    recording: Recording | None = None

    def __str__(self) -> str:
        said = _("{passed} of {count} cases pass.").format(passed=self.passed, count=self.count)
        if self.failed:
            said += " " + _("The first that does not is {case}: {story}").format(
                case=self.failed[0], story=self.story
            )
        return said

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        """The sentence, and the bytes of the first failing case beneath it."""
        if self.recording is not None:
            display(Ladder(self.recording))
        return {"text/plain": str(self)}


@values_only
def score(serve: Serve, cases: Sequence[str] = REACHABLE) -> Score:
    """Let kosoku try a server: the cases within reach, or those that ``cases`` names.

    Raises ModuleNotFoundError if kosoku is not installed, and TimeoutError after ``SECONDS``.
    """
    if not kosoku_is_here():
        raise ModuleNotFoundError(
            _("The score needs kosoku, which tries a server's cases. Get it: pip install kosoku")
        )
    left_out = LATER if tuple(cases) == REACHABLE else ()
    with running(serve) as server:
        results = _try(server, cases, left_out)
        failed = [(case, story) for case, passed, story in results if not passed]
        # Each once more, alone: a busy machine may have spoilt it. The first that fails again is
        # the one to show, and its connection is the newest.
        while failed:
            server.errors.clear()
            ((case, passed, story),) = _try(server, [failed[0][0]], ())
            if not passed:
                break
            del failed[0]
        else:
            return Score(len(results), len(results))
        if server.errors:
            story = _("your server raised {error}").format(error=repr(server.errors[0])[:200])
        return Score(
            len(results) - len(failed),
            len(results),
            tuple(case for case, _story in failed),
            story,
            server.recording,
        )


def kosoku_is_here() -> bool:
    """Whether kosoku is installed."""
    return importlib.util.find_spec("kosoku") is not None


def _try(
    server: Running, cases: Sequence[str], left_out: Sequence[str]
) -> list[tuple[str, bool, str]]:
    """Each case, whether it passed, and its story."""
    told = json.dumps([f"ws://{HOST}:{server.port}/", list(cases), list(left_out)])
    try:
        run = subprocess.run(
            [sys.executable, "-c", KOSOKU, told],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(
            _("The cases were not through after {seconds} s.").format(seconds=SECONDS)
        ) from None
    return [
        (case, passed, " ".join(re.sub("<[^>]*>", " ", f"{description} {expectation}").split()))
        for case, passed, description, expectation in json.loads(run.stdout)
    ]
