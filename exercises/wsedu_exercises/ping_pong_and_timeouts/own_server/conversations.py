"""The frames of the check: messages of every length and cut, Pings, Closes, and sudden ends.

How to think about it: each function is one client, and asks for one thing, the simple ones first.
A server may send a message back frame by frame or whole; what it must do beyond that is what the
tasks of lessons 04 to 08 ask for, and nothing more.
"""

from __future__ import annotations

import asyncio
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from wsedu.course.clients import Call
from wsedu.course.raw_client import Complaint, RawClient
from wsedu.live.tap import HOST
from wsedu.protocol import Opcode

# The complaint about each length.
LENGTHS = {
    "length-0": 0,
    "length-1": 1,
    "length-125": 125,
    "length-126": 126,
    "length-127": 127,
    "length-65535": 65535,
    "length-65536": 65536,
}
MANY = 12  # messages in one chunk
PINGS = {
    "no-pong": b"Hello",
    "no-second-pong": b"\x00\xff\xfe",
    "no-empty-pong": b"",
    "no-long-pong": b"\xff" * 125,
}
LIBRARY = 4  # times as much patience as a raw client has: it goes by the clock alone

# The payload of a Close, and the codes with which a server may answer it; none: an empty Close.
CLOSES: tuple[tuple[bytes, tuple[int | None, ...]], ...] = (
    (b"\x03\xe8", (1000,)),
    (b"\x03\xe9bye", (1001,)),
    (b"\x0b\xb8" + "Grüße".encode(), (3000,)),
    (b"\x0f\xa0" + b"r" * 123, (4000,)),
    (b"", (None, 1000)),
)
BAD_CLOSES: tuple[tuple[bytes, tuple[int | None, ...]], ...] = (
    (b"\x03\xed", (1002,)),
    (b"\x03\xe7", (1002,)),
    (b"\x03", (1002,)),
    (b"\x03\xe8\xff", (1002, 1007)),
)


def echoes(call: Call) -> None:
    """Several messages on one connection, text and binary."""
    with call.raw() as client:
        client.open()
        client.send(client.frame(b"Hello"))
        client.expect("no-echo", b"Hello")
        client.expect_nothing("says-too-much")
        client.send(client.frame("Grüße".encode()))
        client.expect("no-second-echo", "Grüße".encode())
        client.send(client.frame(b"\x00\xff\xfe", Opcode.BINARY))
        client.expect("no-binary-echo", b"\x00\xff\xfe", Opcode.BINARY)
        client.send(client.frame(b""))
        client.expect("no-empty-echo", b"")
        client.expect_nothing("says-too-much")


def waits_for_the_rest(call: Call) -> None:
    """A short frame that is cut anywhere."""
    with call.raw() as client:
        client.open()
        for cut in range(1, len(client.frame(b"Hello"))):
            _send_cut(client, client.frame(b"Hello"), cut)
            client.expect_all("two-chunks", b"Hello")
    with call.raw() as client:
        client.open()
        client.send_apart(*(bytes([byte]) for byte in client.frame(b"Hello")))
        client.expect_all("byte-by-byte", b"Hello")


def _send_cut(client: RawClient, frame: bytes, cut: int) -> None:
    client.send_apart(frame[:cut])
    client.expect_nothing("answers-half-a-frame")
    client.send(frame[cut:])


def answers_all_of_a_chunk(call: Call) -> None:
    """Frames that come together, the last one perhaps unfinished."""
    with call.raw() as client:
        client.open()
        messages = [f"message {number}".encode() for number in range(MANY)]
        frames = [client.frame(message) for message in messages]
        client.send(b"".join(frames))
        client.expect_all("one-chunk", *messages)
        client.send(frames[0] + frames[1][:5])
        client.expect_all("one-chunk", messages[0])
        client.expect_nothing("answers-half-a-frame")
        client.send(frames[1][5:])
        client.expect_all("two-chunks", messages[1])


def reads_every_length(call: Call) -> None:
    """Lengths at the borders of the three forms, and long headers that are cut."""
    for complaint, length in LENGTHS.items():
        with call.raw() as client:
            client.open()
            message = "".join(call.chance.choices("abcdefgh", k=length)).encode()
            client.send(client.frame(message, Opcode.BINARY))
            client.expect(complaint, message, Opcode.BINARY, complaint)
            client.expect_nothing("says-too-much")
    with call.raw() as client:
        client.open()
        for length, cuts in ((300, range(1, 9)), (66_000, (3, 9, 12))):
            message = call.chance.choice("abcdefgh").encode() * length
            for cut in cuts:
                _send_cut(client, client.frame(message), cut)
                client.expect_all("cut-long-header", message)


def reads_fragments(call: Call) -> None:
    """A message in several frames, with a Ping between them."""
    with call.raw() as client:
        client.open()
        pieces = [(b"Hel", 1, False), (b"", 0, False), (b"lo", 0, True)]
        client.send(b"".join(client.frame(*piece) for piece in pieces))
        client.expect("fragments", b"Hello")
        client.expect_nothing("says-too-much")
        client.send(client.frame(b"one, ", Opcode.TEXT, False))
        client.send(client.frame(b"between", Opcode.PING))
        client.expect("ping-between", b"between", Opcode.PONG)
        client.send(client.frame(b"two", Opcode.CONTINUATION))
        client.expect("fragments-with-ping", b"one, two")
        client.expect_nothing("says-too-much")


def answers_pings(call: Call) -> None:
    """Each Ping gets one Pong with the same payload, and a Pong gets nothing."""
    with call.raw() as client:
        client.open()
        for complaint, payload in PINGS.items():
            client.send(client.frame(payload, Opcode.PING))
            client.expect(complaint, payload, Opcode.PONG)
        client.expect_nothing("says-too-much")
        client.send(client.frame(b"unasked", Opcode.PONG))
        client.expect_nothing("answers-pong")
        client.send(client.frame(b"Hello"))
        client.expect("no-echo-after-pong", b"Hello")


def answers_a_close(call: Call) -> None:
    """A Close is answered once, with its code; then the server ends TCP, and its function ends."""
    for payload, codes in CLOSES:
        with call.raw() as client:
            client.open()
            client.send(client.frame(payload, Opcode.CLOSE))
            _expect_close(client, codes)
            client.expect_end("tcp-stays-open")
            client.end()
            client.expect_task_ends("never-ends")
    with call.raw() as client:
        client.open()
        close = client.frame(b"\x03\xe8", Opcode.CLOSE)
        client.send(client.frame(b"Hello") + close + client.frame(b"too late"))
        client.expect("message-before-close", b"Hello")
        _expect_close(client, (1000,))
        client.send(client.frame(b"too late", Opcode.PING) + close)
        client.expect_end("tcp-stays-open")
    for payload, codes in BAD_CLOSES:
        with call.raw() as client:
            client.open()
            client.send(client.frame(payload, Opcode.CLOSE))
            _expect_close(client, codes, "bad-close")


def _expect_close(
    client: RawClient, codes: tuple[int | None, ...], complaint: str = "close-code"
) -> None:
    got = client.message()
    if got is None:
        raise Complaint("close-not-answered")
    if got.opcode != Opcode.CLOSE:
        raise Complaint("close-not-answered", is_certain=True)
    code = int.from_bytes(got.payload[:2], "big") if got.payload else None
    if code not in codes:
        raise Complaint(complaint, got=code or "no code", wanted=codes[0] or "no code")


def notices_the_end(call: Call) -> None:
    """A client that ends its stream, or resets it, without a Close: the server's function ends."""
    for begun, complaint in (
        (b"", "forgets-end"),
        (b"\x81\x85\x01\x02", "forgets-end-in-frame"),
    ):
        with call.raw(complaint) as client:
            client.open()
            client.send(begun)
            client.turn()
            client.end()
            client.expect_end(complaint)
            client.expect_task_ends(complaint)
    with call.raw("forgets-end-in-request", reads=False) as client:
        client.send(client.request()[:40])
        client.end()
        client.expect_task_ends("forgets-end-in-request")
    with call.raw("forgets-reset") as client:
        client.open()
        client.reset()
        client.expect_task_ends("forgets-reset")


def keeps_clients_apart(call: Call) -> None:
    """Two clients at once, and a half frame of one while the other speaks."""
    with call.raw() as one:
        one.open()
        frame = one.frame(b"from the first client")
        one.send_apart(frame[:9])
        with call.raw() as other:
            other.send(other.request())
            if other.response() is None:
                raise Complaint("one-client-at-a-time")
            other.send(other.frame(b"from the second client"))
            other.expect_all("mixes-clients", b"from the second client")
            one.send(frame[9:])
            one.expect_all("mixes-clients", b"from the first client")
            other.expect_nothing("mixes-clients")


class LibraryClient:
    """The client of ``websockets``; ``port`` is its own once it has connected."""

    port = 0

    def leave(self) -> None:
        """It has closed."""

    close = leave

    @property
    def connection(self) -> type[ClientConnection]:
        """The library's connection; it notes its port, even if the handshake fails."""
        client = self

        class Noted(ClientConnection):
            def connection_made(self, transport: Any) -> None:
                client.port = transport.get_extra_info("sockname")[1]
                super().connection_made(transport)

        return Noted


def talks_to_the_library(call: Call) -> None:
    """A client of ``websockets``: the handshake, two echoes, a Ping, and the end."""
    call.server.errors.clear()
    with call.judged(LibraryClient()) as client:
        try:
            asyncio.run(_talk(client, LIBRARY * call.patience, call))
        except TimeoutError:
            raise Complaint("library-waits") from None
        except InvalidHandshake as error:
            raise Complaint("library-refuses", reason=error) from None
        except (ConnectionClosed, OSError, EOFError) as error:
            raise Complaint("library-ends", reason=error) from None


async def _talk(client: LibraryClient, patience: float, call: Call) -> None:
    async with connect(
        f"ws://{HOST}:{call.server.port}/",
        proxy=None,
        open_timeout=patience,
        close_timeout=patience,
        create_connection=client.connection,
    ) as connection:
        for message in ("Hello", call.chance.randbytes(300)):
            await connection.send(message)
            if await asyncio.wait_for(connection.recv(), patience) != message:
                raise Complaint("library-hears-another")
        pong = await connection.ping(call.chance.randbytes(4))
        if not (await asyncio.wait([asyncio.ensure_future(pong)], timeout=patience))[0]:
            raise Complaint("library-without-pong")
        await connection.close(1000)
        if (failed := connection.protocol.close_exc) and failed.rcvd is None:
            raise Complaint("library-ends", reason=failed)


CLIENTS = (
    echoes,
    waits_for_the_rest,
    answers_all_of_a_chunk,
    answers_pings,
    reads_every_length,
    reads_fragments,
    answers_a_close,
    notices_the_end,
    keeps_clients_apart,
    talks_to_the_library,
)
