"""The raw client of a check: it sends bytes as they are, and reads what comes back.

How to think about it: it knows how a right server answers, and raises a ``Complaint`` at the first
thing that is not so. It waits by turns of the server's event loop, not by the clock alone: while a
busy machine gives the server no time, its patience does not run out.
"""

from __future__ import annotations

import random
import socket
import struct
from contextlib import suppress
from typing import Any

from ..live.background import TICK, Stuck
from ..live.guest_socket import connect
from ..live.tap import HOST
from ..protocol import (
    Frame,
    MessageHead,
    Opcode,
    build_frame,
    build_request,
    make_key,
    read_head,
    read_layout,
)
from ..recording import Recording
from .runner import shorten
from .running import Running

ACCEPTED = 101
LONGEST = 10  # seconds until a server must have taken what is sent
MOST = 2**22  # bytes that a client reads: the longest answer has less than 2**17


class Complaint(Exception):
    """What a client complains of.

    name:       of a sentence in the exercise's words
    section:    where to read on; empty: that of the exercise
    is_certain: whether it says all; else the server's bytes may say more
    facts:      what is filled into the sentence
    recording:  the connection that shows it
    error:      what the server raised before this client left, if it did
    """

    def __init__(
        self, name: str, section: str = "", /, *, is_certain: bool = False, **facts: Any
    ) -> None:
        super().__init__(name)
        self.name, self.section, self.is_certain, self.facts = name, section, is_certain, facts
        self.recording: Recording | None = None
        self.error: BaseException | None = None


class RawClient:
    """One connection to the server.

    port:  the client's own
    came:  all bytes that the server has sent
    ended: whether the server has ended its stream
    stuck: what to complain of if the server loops without an await
    """

    def __init__(self, server: Running, chance: random.Random, patience: float, stuck: str) -> None:
        self.socket = connect(server.port, LONGEST)
        self.port: int = self.socket.getsockname()[1]
        self.came, self.ended, self.stuck = b"", False, stuck
        self._read = 0  # how many of these bytes have been looked at
        self._begun: Frame | None = None  # a message that goes on, as far as it has come
        self._server, self._chance, self._patience = server, chance, patience

    # What it sends.

    def send(self, data: bytes) -> None:
        """Send bytes in one piece."""
        self.socket.settimeout(LONGEST)
        with suppress(OSError):  # the server has ended the connection: the next read will tell
            self.socket.sendall(data)

    def send_apart(self, *pieces: bytes) -> None:
        """Send pieces, each when the server has read the one before."""
        for piece in pieces:
            self.send(piece)
            self.turn()

    def frame(self, payload: bytes, opcode: int = Opcode.TEXT, fin: bool = True) -> bytes:
        """A frame as a client sends it, masked."""
        return build_frame(Frame(opcode, payload, fin), self._chance.randbytes(4))

    def request(self) -> bytes:
        """A request that breaks no rule."""
        return build_request(HOST, "/", make_key(self._chance.randbytes(16))).to_bytes()

    def open(self) -> None:
        """The opening handshake, with a server that has passed more difficult ones."""
        self.send(self.request())
        response = self.response()
        if response is None or response.status != ACCEPTED:
            raise Complaint("refuses-later")

    def end(self) -> None:
        """End this side's stream (TCP FIN); the other one goes on."""
        with suppress(OSError):  # the other side has reset the connection
            self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """End the connection with a reset (TCP RST)."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def leave(self) -> None:
        """End this side's stream, as a client that is content; the server's function ends."""
        if self.socket.fileno() >= 0:
            self.end()
            self.expect_task_ends("forgets-end")

    def close(self) -> None:
        """End the connection, if it has not ended yet."""
        self.socket.close()

    # What it reads.

    def turn(self) -> None:
        """Give the server time to read what was sent. Complains if it loops without an await."""
        try:
            self._server.turn()
        except Stuck:
            raise Complaint(self.stuck, is_certain=True) from None

    def more(self) -> bool:
        """Wait for more bytes; False if the server has ended its stream, or none come.

        Complains if they do not end.
        """
        if len(self.came) > MOST:
            raise Complaint("floods", is_certain=True, size=MOST // 2**20)
        self.socket.settimeout(TICK)
        for _look in range(self._looks()):
            if self.ended:
                return False
            try:
                data = self.socket.recv(2**18)
            except TimeoutError:
                self.turn()
                continue
            except OSError:  # a reset is an end as well
                data = b""
            if not data:
                self.turn()  # complains if that is the end of a server that looped
            self.came += data
            self.ended = not data
            return bool(data)
        return False

    def arrived(self) -> bytes:
        """The bytes that have come and were not looked at yet; does not wait for more."""
        self.turn()
        self.socket.setblocking(False)
        with suppress(OSError):
            self.came += self.socket.recv(2**18)
        return self.rest

    def response(self) -> MessageHead | None:
        """The next response, whole or as far as it came; None if nothing came."""
        while True:
            head = read_head(self.came, "response", self._read)
            if head.end is not None:
                self._read = head.end
                return head
            if not self.more():
                return head if self.came else None

    def next_frame(self) -> Frame | None:
        """The next whole frame; None if none comes."""
        while True:
            layout = read_layout(self.came, self._read)
            if layout is not None and layout.truncated is None:
                self._read = layout.span.end
                return layout.frame
            if self.more():
                continue
            if layout is None:
                return None
            if layout.length is None:
                raise Complaint("part-of-header", data=shorten(layout.written or self.rest))
            came = len(layout.frame.payload)
            raise Complaint("wrong-length", announced=layout.length, came=came)

    @property
    def rest(self) -> bytes:
        """The bytes that have come and belong to no whole frame."""
        return self.came[self._read :]

    def message(self) -> Frame | None:
        """The next message, put together as one frame, or the next control frame."""
        while frame := self.next_frame():
            if frame.opcode >= Opcode.CLOSE:
                return frame
            begun = self._begun or frame._replace(payload=b"")
            self._begun = begun._replace(payload=begun.payload + frame.payload)
            if frame.fin:
                message, self._begun = self._begun._replace(fin=True), None
                return message
        return None

    # What it expects.

    def expect(
        self,
        complaint: str,
        payload: bytes,
        opcode: int = Opcode.TEXT,
        different: str = "different",
    ) -> None:
        """The next message or control frame has this payload.

        complaint: if none comes
        different: if it has another payload
        """
        got = self.message()
        if got is None:
            raise Complaint(complaint, wanted=shorten(payload))
        if got.opcode == Opcode.CLOSE:
            code = int.from_bytes(got.payload[:2], "big") or "no code"
            raise Complaint("closes", code=code)
        if got.opcode != opcode:
            name = "ping-for-ping" if got.opcode == Opcode.PING else "opcode"
            raise Complaint(name, sent=opcode, got=int(got.opcode))
        if got.payload != payload:
            name = "pong-payload" if opcode == Opcode.PONG else different
            raise Complaint(name, wanted=shorten(payload), got=shorten(got.payload))

    def expect_all(self, complaint: str, *payloads: bytes, opcode: int = Opcode.TEXT) -> None:
        """These messages come; whatever comes instead, ``complaint`` says why."""
        for payload in payloads:
            try:
                self.expect(complaint, payload, opcode)
            except Complaint:
                raise Complaint(complaint, is_certain=True) from None

    def expect_nothing(self, complaint: str) -> None:
        """Nothing comes, as far as can be seen at once."""
        if self.arrived():
            raise Complaint(complaint, is_certain=True, data=shorten(self.rest))

    def expect_end(self, complaint: str) -> None:
        """The server ends its stream."""
        while self.more():
            pass
        if not self.ended:
            raise Complaint(complaint)

    def expect_task_ends(self, complaint: str) -> None:
        """The server's function ends, for this connection."""
        try:
            for _look in range(self._looks()):
                if self._server.has_ended(self.port, TICK):
                    return
        except Stuck:
            pass
        raise Complaint(complaint, is_certain=True)

    def _looks(self) -> int:
        """How often to look before patience runs out."""
        return max(1, round(self._patience / TICK))
