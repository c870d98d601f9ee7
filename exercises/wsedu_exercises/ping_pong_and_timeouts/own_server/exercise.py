"""The learner's own server: two clients talk to it, and kosoku counts the cases that it passes."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import random
import socket
import time
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.sync.client import connect

from wsedu.course.clients import Clients, Said
from wsedu.course.conformance import kosoku_is_here, score
from wsedu.course.exercise import Exercise
from wsedu.course.learner_server import gather, own_server
from wsedu.course.mistakes import Patch
from wsedu.course.runner import shorten
from wsedu.course.running import Running, Serve
from wsedu.course.verdict import Verdict, not_yet
from wsedu.live.tap import HOST
from wsedu.protocol import Frame, Opcode, build_frame, build_request, make_key

from ...server import put_together


async def serve(reader, writer):
    """The nine pieces, yours where you have them; ``put_together??`` shows the loop."""
    await own_server(quiet=True)(reader, writer)


def _refused(server: Running, chance: random.Random, patience: float) -> Said:
    """A request without Upgrade, which the server must refuse."""
    request = build_request(HOST, "/", make_key(chance.randbytes(16))).to_bytes()
    with socket.create_connection((HOST, server.port), patience) as client:
        client.sendall(request.replace(b"Upgrade: websocket\r\n", b""))
        begin = time.monotonic()
        response = _read(client, 12)
    if not response and time.monotonic() - begin < patience / 2:
        return ("no-response", {})
    if not response:
        return ("silent", {"seconds": patience})
    if response.startswith(b"HTTP/1.1 101"):
        return ("accepts", {})
    if not response.startswith(b"HTTP/1.1 4"):
        return ("refuse", {"response": shorten(response)})
    return None


def _library(server: Running, chance: random.Random, patience: float) -> Said:
    """A client of ``websockets``: the handshake, two echoes, a Ping, and the end."""
    address = f"ws://{HOST}:{server.port}/"
    try:
        with connect(address, open_timeout=patience, close_timeout=patience) as client:
            for message in ("Hello", chance.randbytes(300)):
                client.send(message)
                if client.recv(patience) != message:
                    return ("different", {})
            if not client.ping(chance.randbytes(4)).wait(patience):
                return ("pong", {})
            client.close(1000)
            if client.protocol.close_rcvd is None:
                return ("close", {})
    except TimeoutError:
        return ("waited", {"seconds": patience})
    except (InvalidHandshake, InvalidMessage, ConnectionError):
        return ("accept", {})
    except ConnectionClosed as closed:
        if closed.sent is not None and closed.sent.code == 1002:
            return ("rule", {"reason": closed.sent.reason})
        return ("ended", {})
    return None


def _raw(server: Running, chance: random.Random, patience: float) -> Said:
    """The raw client: a frame in two chunks, two frames in one chunk, and the end of TCP."""
    hello = build_frame(Frame(Opcode.TEXT, b"Hello"), chance.randbytes(4))
    echo = build_frame(Frame(Opcode.TEXT, b"Hello"))
    bye = build_frame(Frame(Opcode.CLOSE, b"\x03\xe8"), chance.randbytes(4))
    with socket.create_connection((HOST, server.port), patience) as client:
        client.sendall(build_request(HOST, "/", make_key(chance.randbytes(16))).to_bytes())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = _read(client, 1)
            if not more:
                return ("empty-line", {})
            head += more
        cut = chance.randrange(1, len(hello))
        client.sendall(hello + hello[:cut])
        first = _read(client, len(echo))  # so the server has read what came with it
        client.sendall(hello[cut:])
        if (first, _read(client, len(echo))) != (echo, echo):
            return ("chunks", {})
        client.sendall(hello + hello)
        if _read(client, 2 * len(echo)) != echo + echo:
            return ("both", {})
        client.sendall(bye)
        if not _read(client, 4).startswith(b"\x88"):
            return ("raw-close", {})
        try:
            while client.recv(2**12):
                pass
        except TimeoutError:
            return ("tcp", {})
        except OSError:
            pass  # a reset ends TCP as well
    return None


def _read(client: socket.socket, count: int) -> bytes:
    """``count`` bytes, or fewer if no more come in time."""
    data = b""
    try:
        while len(data) < count and (more := client.recv(count - len(data))):
            data += more
    except OSError:
        pass
    return data


def _server(*edits: tuple[str, str]) -> Any:
    """The loop with a mistake in it, around the learner's pieces."""
    build = Patch(edits).applied_to(put_together)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await build(gather(quiet=True))(reader, writer)

    return serve


def conformance(exercise: Exercise, serve: Serve) -> Verdict:
    """The verdict of the conformance cases; without kosoku, the two clients decide."""
    if not kosoku_is_here():
        return Verdict("passed", exercise.words.say("no-kosoku"), "5; 7")
    try:
        reached = score(serve)
    except TimeoutError as error:
        return not_yet(str(error), "5.5")
    if reached.passed == reached.count:
        return Verdict("passed", exercise.words["passed"].format(score=reached), "5; 7")
    sent = reached.recording and reached.recording.sent_by("server")
    case = exercise.words.say("bytes", data=shorten(sent, 200))
    return not_yet(str(reached), "5.5", recording=reached.recording, case=case)


EXERCISE = Exercise(
    stars=3,
    judge=Clients(
        clients=(_refused, _library, _raw),
        section="4.2.2; 5",
        then=conformance,
    ),
    solution=serve,
    wrong={
        "accepts-everything": _server(("if status != 101:", "if False:")),
        "key-as-accept": _server(("accept(_key(request))", "_key(request)")),
        "one-read": _server(("while go_on and (data :=", "if go_on and (data :=")),
        "rest-dropped": _server(("take_frames(rest + data)", "take_frames(data)")),
        "first-only": _server(("in frames:", "in frames[:1]:")),
        "close-not-answered": _server(("if go_on:", "if opcode != 8:")),
        "tcp-stays-open": _server(("writer.write_eof()", "await asyncio.Event().wait()")),
    },
    seconds=60,
)
