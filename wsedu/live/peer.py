"""A peer that does what you say and nothing else: the raw client, and the raw server.

A library keeps the rules for you. A raw peer sends the bytes it is given, whatever they are,
answers nothing by itself, and shows every frame that comes. ``live`` makes it answer like a
library, or badly: late, wrongly, never.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Literal, TypeVar, get_args

from .._awaited import no_coroutine
from ..protocol import (
    Frame,
    MessageHead,
    Opcode,
    build_frame,
    build_request,
    build_response,
    make_key,
    read_head,
    read_layout,
)
from ..protocol.http import Kind
from ..words import _
from .tap import HOST, tear_down

T = TypeVar("T")
Manners = Literal["at once", "late", "wrong", "never"]

MASK_KEY = bytes.fromhex("37fa213d")  # the key of 5.7, so that masked bytes are recognised
LONGEST_HEADER = 14  # bytes of a frame before its payload
NONCE = b"the sample nonce"  # the key of 1.3 is its Base64


class Peer:
    """One end of a connection, of which you say every byte.

    role: "client" or "server"
    """

    def __init__(
        self,
        role: Literal["client", "server"],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        wait: Callable[[Coroutine[Any, Any, Any]], Awaitable[Any]],
    ) -> None:
        self.role = role
        self._reader, self._writer, self._wait = reader, writer, wait
        self._unread = bytearray()

    async def send(self, data: bytes | Frame) -> None:
        """Send bytes as they are; a frame is written as this role must, a client's masked."""
        if isinstance(data, Frame):
            data = build_frame(data, MASK_KEY if self.role == "client" else None)
        only_bytes(data)
        await self._wait(self._send(data))

    async def receive(self, seconds: float = 5) -> Frame | None:
        """The next frame, legal or not, or None when the other side has ended.

        Raises TimeoutError after ``seconds``.
        """
        frame: Frame | None = await self._wait(self._in_time(self._receive, seconds))
        return frame

    async def live(
        self,
        pings: Manners = "at once",
        closes: Manners = "at once",
        late: float = 1,
        seconds: float = 30,
    ) -> list[Frame]:
        """Read frames until the other side ends, answer as told, and return what came.

        pings:  how Pings are answered; "wrong" is another payload
        closes: how a Close is answered; "wrong" is another code
        late:   seconds that "late" waits
        """
        for manners in (pings, closes):
            if manners not in get_args(Manners):
                known = ", ".join(map(repr, get_args(Manners)))
                raise ValueError(f"pings and closes are one of {known}, not {manners!r}")
        frames: list[Frame] = await self._wait(
            self._in_time(lambda: self._live(pings, closes, late), seconds)
        )
        return frames

    async def close(self) -> None:
        """End our stream (TCP FIN)."""
        await self._wait(self._end(self._writer.close))

    async def abort(self) -> None:
        """Tear the connection down (TCP RST)."""
        await self._wait(self._end(lambda: tear_down(self._writer)))

    async def shake_hands(self) -> None:
        """Do the opening handshake, with the nonce of 1.3 as a client; nothing is checked."""
        await self._wait(self._in_time(self._shake_hands, 5))

    # What follows runs in the lab's own loop.

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _end(self, how: Callable[[], None]) -> None:
        how()

    async def _in_time(self, work: Callable[[], Coroutine[Any, Any, T]], seconds: float) -> T:
        try:
            return await asyncio.wait_for(work(), seconds)
        except TimeoutError:
            raise TimeoutError(
                _("The other side said nothing more for {seconds} s.").format(seconds=seconds)
            ) from None

    async def _shake_hands(self) -> None:
        if self.role == "client":
            await self._send(build_request(HOST, "/raw", make_key(NONCE)).to_bytes())
        head = await self._read_head()
        if self.role == "server":
            keys = head.find("Sec-WebSocket-Key")
            await self._send(build_response(keys[0].value.text if keys else "").to_bytes())

    async def _read_head(self) -> MessageHead:
        kind: Kind = "response" if self.role == "client" else "request"
        while (head := read_head(bytes(self._unread), kind)).end is None:
            if not await self._read_more():
                raise ConnectionError(_("The other side ended before its handshake was complete."))
        del self._unread[: head.end]
        return head

    async def _receive(self) -> Frame | None:
        while (begun := read_layout(bytes(self._unread[:LONGEST_HEADER]))) is None or (
            header := begun.header
        ) is None:
            if not await self._read_more():
                return None
        end = header.size + header.length
        while len(self._unread) < end:
            if not await self._read_more():
                return None
        layout = read_layout(bytes(self._unread[:end]))
        del self._unread[:end]
        return layout.frame if layout else None

    async def _read_more(self) -> bool:
        try:
            data = await self._reader.read(2**16)
        except OSError:
            return False
        self._unread += data
        return bool(data)

    async def _live(self, pings: Manners, closes: Manners, late: float) -> list[Frame]:
        frames = []
        while frame := await self._receive():
            frames.append(frame)
            answers = {Opcode.PING: (Opcode.PONG, pings), Opcode.CLOSE: (Opcode.CLOSE, closes)}
            if frame.opcode not in answers:
                continue
            opcode, manners = answers[Opcode(frame.opcode)]
            if manners == "never":
                continue
            if manners == "late":
                await asyncio.sleep(late)
            payload = frame.payload
            if manners == "wrong":
                payload = b"wrong" if opcode == Opcode.PONG else (4000).to_bytes(2, "big")
            key = MASK_KEY if self.role == "client" else None
            with contextlib.suppress(OSError):
                await self._send(build_frame(Frame(opcode, payload), key))
        return frames


def only_bytes(data: object) -> None:
    """Raise TypeError, in words for a learner, for what is not bytes."""
    no_coroutine("the wire", data)
    if not isinstance(data, bytes):
        raise TypeError(
            _("The wire takes bytes, not {type}; write b'...' or .encode().").format(
                type=type(data).__name__
            )
        )
