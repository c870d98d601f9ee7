"""The course's own client for the cases of Autobahn's list, over any pair of asyncio streams.

How to think about it: it does what the script of a case says, and takes what comes back. A case
passes if these are the answers of a right server, and if the connection is closed as it should be.
If not, a sentence says what should have come. Like kosoku, the client does not mind how the
server's own frames are written: with a masking key, or with a longer form of a length.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from ..protocol import Frame, Opcode, build_frame, build_request, make_key, read_head, read_layout
from ..recording import Event, Recording, Side
from ..recording.events import EventKind
from ..words import _
from .script import KEY, WAIT, Script

HANDSHAKE = 2  # seconds for it
CLOSING = 10  # seconds for the server's Close, where a case says nothing
PAUSE = 1  # seconds without a word, where a case asks for that
TURNS = 3  # of the loop, from one piece to the next: the server then reads them apart
MOST = 2**22  # bytes that the client reads: the longest answer has less than 2**19
SHOWN = 3  # frames that a sentence shows
SHORT = 20  # bytes of a payload that it shows
NONCE = b"the sample nonce"
CLOSE = build_frame(Frame(Opcode.CLOSE, b"\x03\xe8"), KEY)


@dataclass(frozen=True)
class Played:
    """How a case ended; ``story`` says what went wrong, and is empty if nothing did."""

    name: str
    story: str
    recording: Recording


class Flooded(Exception):
    """The server sends more than any answer needs."""


@dataclass
class Client:
    """One connection, and what has been seen on it.

    came:   messages, Pings and Pongs, in order; and the waits in which the server did not close
    begins: the side that began to close
    closed: whether the server has sent a Close
    code:   the code in it; None if it had none
    ended:  whether the server has ended TCP, or sent what is not a frame
    events: every byte, for a recording
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    came: list[Frame] = field(default_factory=list)
    begins: Side | None = None
    closed: bool = False
    code: int | None = None
    ended: bool = False
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._unread = b""
        self._message: list[Frame] = []  # what has come of one that goes on
        self._size = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come that matters."""
        return self.closed or self.ended

    def note(self, sender: Side, kind: EventKind, data: bytes = b"") -> None:
        """Write down what happened."""
        self.events.append(Event(self._loop.time() - self._began, sender, kind, data))

    # What it sends.

    def send(self, data: bytes) -> None:
        """Send these bytes."""
        self.note("client", "data", data)
        self.writer.write(data)

    async def send_all(self, script: Script) -> None:
        """Do what the script says, as long as the connection is open."""
        for step in script.steps:
            if step is None:
                await self.listen(PAUSE)
                if self.is_over:
                    return
                if script.breaks:
                    self.came.append(WAIT)
                continue
            size = script.pieces or len(step)
            for start in range(0, len(step), size):
                self.send(step[start : start + size])
                for _turn in range(TURNS if script.pieces is not None else 0):
                    await asyncio.sleep(0)
        if script.closes:
            self.begins = "client"

    # What it reads.

    async def shake_hands(self) -> bool:
        """The opening handshake; whether the server has switched protocols."""
        self.send(build_request("127.0.0.1", "/", make_key(NONCE)).to_bytes())
        with suppress(TimeoutError):
            async with asyncio.timeout(HANDSHAKE):
                while not self.ended:
                    await self._read()
                    head = read_head(self._unread, "response")
                    if head.end is not None:
                        self._unread = self._unread[head.end :]
                        return head.status == 101
        return False

    async def listen(self, seconds: float | None, enough: Callable[[], bool] | None = None) -> None:
        """Take what comes until it is enough, nothing more can come, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.is_over and not (enough and enough()):
                    if frame := self._next_frame():
                        self._take(frame)
                    elif not self.ended:
                        await self._read()

    async def _read(self) -> None:
        """Wait for the next bytes, or for the end of TCP, with or without a reset."""
        end: EventKind = "end"
        try:
            data = await self.reader.read(2**16)
        except OSError:
            data, end = b"", "lost"
        self.ended = not data
        self.note("server", "data" if data else end, data)
        self._unread += data
        self._size += len(data)
        if self._size > MOST:
            raise Flooded

    def _next_frame(self) -> Frame | None:
        """The next frame among what has come, if it is complete."""
        layout = read_layout(self._unread)
        if layout is None or layout.truncated not in (None, "payload"):
            return None
        self.ended = not isinstance(layout.frame.opcode, Opcode)
        if self.ended or layout.truncated:
            return None
        self._unread = self._unread[layout.span.end :]
        return layout.frame

    def _take(self, frame: Frame) -> None:
        if frame.opcode == Opcode.CLOSE:
            self.begins, self.closed = self.begins or "server", True
            self.code = int.from_bytes(frame.payload[:2], "big") if frame.payload[1:] else None
            if self.begins == "server":
                self.send(build_frame(frame, KEY))
        elif frame.opcode in (Opcode.PING, Opcode.PONG):
            self.came.append(frame)
            if frame.opcode == Opcode.PING:
                self.send(build_frame(Frame(Opcode.PONG, frame.payload), KEY))
        elif self._message or frame.opcode != Opcode.CONTINUATION:
            self._message.append(frame)
            if frame.fin:
                payload = b"".join(part.payload for part in self._message)
                self.came.append(self._message[0]._replace(payload=payload, fin=True))
                self._message.clear()


async def play(
    script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Played:
    """Play a case with the server at the other end, and close the streams."""
    client = Client(reader, writer)
    try:
        story = await _play(script, client)
    except Flooded:
        story = _("The server sent more than {size} MiB.").format(size=MOST // 2**20)
    finally:
        client.note("client", "end")
        writer.close()
    return Played(script.name, story, Recording(tuple(client.events)))


async def _play(script: Script, client: Client) -> str:
    """What is wrong; empty if nothing is."""
    if not await client.shake_hands():
        return _("the client could not open a WebSocket")
    await client.send_all(script)
    with suppress(TimeoutError):
        async with asyncio.timeout(script.within or script.after + CLOSING):
            if not script.breaks and not script.closes:
                seconds = script.after if script.within is None else None
                await client.listen(seconds, lambda: client.came == script.strict)
                if not client.is_over:
                    client.begins = "client"
                    client.send(CLOSE)
            await client.listen(None)
    wrong = script.codes and (_wrong_answers(script, client) or _wrong_end(script, client))
    if not wrong:
        return ""
    sent = _("The client sends {frames}.")
    if script.breaks:
        sent = _("The client sends {frames}, which breaks a rule.")
    return f"{sent.format(frames=_listed(script.frames))} {wrong}"


def _wrong_answers(script: Script, client: Client) -> str:
    if client.came in (script.strict, script.lenient):
        return ""
    if WAIT in script.strict and WAIT not in client.came:
        return _("The first part of the text is valid: the server should wait for the rest.")
    return _("It should get {right}, and got {came}.").format(
        right=_listed(script.strict), came=_listed(client.came)
    )


def _wrong_end(script: Script, client: Client) -> str:
    if script.breaks and not client.is_over:
        said = _("Then the server should close with {codes}, or end TCP, and it does neither.")
    elif not script.breaks and not client.closed:
        said = _("The server does not answer its Close.")
    elif client.code is not None and client.code not in script.codes:
        said = _("Then the server should close with {codes}, and it closes with {code}.")
    else:
        return ""
    codes = _(" or ").join(str(code) for code in script.codes)
    return said.format(codes=codes, code=client.code)


def _listed(frames: list[Frame]) -> str:
    """A few of the frames, in words."""
    shown = [_written(frame) for frame in frames if frame is not WAIT]
    more = ["…"] if len(shown) > SHOWN else []
    return ", ".join(shown[:SHOWN] + more) or _("nothing")


def _written(frame: Frame) -> str:
    size = len(frame.payload)
    if size <= SHORT:
        return repr(frame)
    return repr(frame._replace(payload=b"")).replace("b''", _("{size} bytes").format(size=size))
