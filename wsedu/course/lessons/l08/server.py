"""08.6: the learner's own server, for real: clients talk to it, and kosoku counts."""

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

from ....live.tap import HOST
from ....protocol import Frame, Opcode, build_frame, build_request, make_key
from ....words import _
from ...exercise import Exercise, Slip, edited
from ...learner_server import (
    Running,
    gather,
    kosoku_is_here,
    own_server,
    put_together,
    running,
    score,
)
from ...runner import AnswerNoFunction, Attempt, shorten
from ...verdict import Verdict, not_yet

PATIENCE = 1  # seconds that a client waits for an answer
MORE = 4  # seconds that it waits when it tries again: the machine may have been busy


async def solution(reader, writer):
    """The nine pieces, yours where you have them; ``put_together??`` shows the loop."""
    await own_server(quiet=True)(reader, writer)


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """A library's client, a raw client, and then the cases within reach."""
    serve = attempt.answer
    if not callable(serve):
        raise AnswerNoFunction
    with running(serve) as server:
        for client in (_refused, _library, _raw):
            said = client(server, chance, PATIENCE)
            if said is not None:
                server.errors.clear()
                said = client(server, chance, MORE)
            if said is not None:
                return _explain(server, said)
    if not kosoku_is_here():
        return Verdict("passed", _("Clients are served. For the score: pip install kosoku"), "5; 7")
    try:
        reached = score(serve)
    except TimeoutError as error:
        return not_yet(str(error), "5.5")
    if reached.passed < reached.count:
        return not_yet(
            str(reached),
            "5.5",
            recording=reached.recording,
            case=_("Bytes of its connection: {data}").format(
                data=shorten(reached.recording and reached.recording.sent_by("server"), 200)
            ),
        )
    return Verdict("passed", _("Your server works. {score}").format(score=reached), "5; 7")


def _explain(server: Running, said: str) -> Verdict:
    # A connection that we have ended is no error of the server.
    errors = [error for error in server.errors if not isinstance(error, ConnectionError)]
    if errors:
        error = errors[0]
        said = _("Your server raised {name}: {error}").format(
            name=type(error).__name__, error=shorten(error, 200, write=str)
        )
    return not_yet(said, "4.2.2; 5", recording=server.recording)


def _refused(server: Running, chance: random.Random, patience: float) -> str | None:
    """A request that no server must let in."""
    request = build_request(HOST, "/", make_key(chance.randbytes(16))).to_bytes()
    with socket.create_connection((HOST, server.port), patience) as client:
        client.sendall(request.replace(b"Upgrade: websocket\r\n", b""))
        begin = time.monotonic()
        answer = _read(client, 12)
    if not answer and time.monotonic() - begin < patience / 2:
        return _("Your server ended the connection without a response.")
    if not answer:
        return _(
            "A request without Upgrade got no response in {seconds} s. Does your server wait for "
            "more, or loop without an await?"
        ).format(seconds=patience)
    if answer.startswith(b"HTTP/1.1 101"):
        return _(
            "Your server accepts a request without Upgrade. Check the status before you send 101."
        )
    if not answer.startswith(b"HTTP/1.1 4"):
        return _("Your server must refuse a request without Upgrade. It sent {answer}.").format(
            answer=shorten(answer)
        )
    return None


def _library(server: Running, chance: random.Random, patience: float) -> str | None:
    """A client of ``websockets``: the handshake, an echo, a Ping, and the end."""
    address = f"ws://{HOST}:{server.port}/"
    try:
        with connect(address, open_timeout=patience, close_timeout=patience) as client:
            for message in ("Hello", chance.randbytes(300)):
                client.send(message)
                if client.recv(patience) != message:
                    return _("Your server sent a different message back.")
            if not client.ping(chance.randbytes(4)).wait(patience):
                return _("A client sent a Ping, and no Pong with the same bytes came back.")
            client.close(1000)
            if client.protocol.close_rcvd is None:
                return _("A client closed, and your server sent no Close of its own.")
    except TimeoutError:
        return _("A client waited {seconds} s, and no answer came.").format(seconds=patience)
    except (InvalidHandshake, InvalidMessage, ConnectionError):
        return _(
            "A client refused your response to its handshake. Send a 101 with the right "
            "Sec-WebSocket-Accept."
        )
    except ConnectionClosed as closed:
        if closed.sent is not None and closed.sent.code == 1002:
            return _("A client gave up, because a frame of yours breaks a rule: {reason}.").format(
                reason=closed.sent.reason
            )
        return _("Your server ended the connection after a message. Go on until a Close comes.")
    return None


def _raw(server: Running, chance: random.Random, patience: float) -> str | None:
    """The raw client: a frame in two parts, two frames in one part, and the end of TCP."""
    hello = build_frame(Frame(Opcode.TEXT, b"Hello"), chance.randbytes(4))
    echo = build_frame(Frame(Opcode.TEXT, b"Hello"))
    bye = build_frame(Frame(Opcode.CLOSE, b"\x03\xe8"), chance.randbytes(4))
    with socket.create_connection((HOST, server.port), patience) as client:
        client.sendall(build_request(HOST, "/", make_key(chance.randbytes(16))).to_bytes())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            more = _read(client, 1)
            if not more:
                return _("Your 101 has no empty line at its end.")
            head += more
        cut = chance.randrange(1, len(hello))
        client.sendall(hello + hello[:cut])
        first = _read(client, len(echo))  # what came with it has been read now
        client.sendall(hello[cut:])
        if (first, _read(client, len(echo))) != (echo, echo):
            return _("A frame came in two chunks, and no echo came back. Keep what is unfinished.")
        client.sendall(hello + hello)
        if _read(client, 2 * len(echo)) != echo + echo:
            return _("Two frames came in one chunk, and your server did not answer both.")
        client.sendall(bye)
        if not _read(client, 4).startswith(b"\x88"):
            return _("The raw client sent a Close, and none came back.")
        try:
            while client.recv(2**12):
                pass
        except TimeoutError:
            return _("After both Closes the server ends TCP (7.1.1); yours keeps it open.")
        except OSError:
            pass  # it ended by a reset
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
    """The loop with a slip in it, around the pieces that there are."""
    build = edited(put_together, *edits)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await build(gather(quiet=True))(reader, writer)

    return serve


SLIPS = (
    Slip(
        "every request is let in",
        _server(("if status != 101:", "if False:")),
        _("Your server accepts a request without Upgrade. Check the status before you send 101."),
    ),
    Slip(
        "the key itself",
        _server(("accept(_key(request))", "_key(request)")),
        _(
            "A client refused your response to its handshake. Send a 101 with the right "
            "Sec-WebSocket-Accept."
        ),
    ),
    Slip(
        "one read is all",
        _server(("while go_on and (data :=", "if go_on and (data :=")),
        _("Your server ended the connection after a message. Go on until a Close comes."),
    ),
    Slip(
        "each read by itself",
        _server(("take_frames(stream + data)", "take_frames(data)")),
        _("A frame came in two chunks, and no echo came back. Keep what is unfinished."),
    ),
    Slip(
        "only the first frame",
        _server(("in frames:", "in frames[:1]:")),
        _("Two frames came in one chunk, and your server did not answer both."),
    ),
    Slip(
        "a Close is not answered",
        _server(("if go_on:", "if opcode != 8:")),
        _("A client closed, and your server sent no Close of its own."),
    ),
    Slip(
        "TCP stays open",
        _server(("writer.write_eof()", "await asyncio.Event().wait()")),
        _("After both Closes the server ends TCP (7.1.1); yours keeps it open."),
    ),
)

EXERCISE = Exercise(
    name="08.6",
    title=_("Your own server"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "The loop keeps what is not a whole frame yet, answers frame by frame, stops at a Close, "
        "and is the side that ends TCP. All else is in the pieces."
    ),
    hints=(
        _("own_server() puts your pieces together, and says which of them are yours."),
        _("put_together?? (wsedu.course.learner_server) shows the loop; write your own like it."),
        _("serve = own_server(), then check it; a case that fails shows what its peer said."),
    ),
    slips=SLIPS,
    seconds=60,
)
