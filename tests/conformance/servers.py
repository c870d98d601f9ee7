"""Servers that differ: right ones, those of the lessons, and some that break one rule each.

How to think about it: what the course's own client says of them is compared with kosoku. So there
is, for each group of cases, a server that fails some of it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as start_websockets
from websockets.exceptions import ConnectionClosed
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    Request,
    TextMessage,
)
from wsproto.utilities import RemoteProtocolError

from wsedu.course.learner_server import gather
from wsedu.course.running import Serve
from wsedu.live.echo_server import serve_echo
from wsedu.protocol import Opcode
from wsedu_exercises.server import (
    answer,
    check_text,
    close_frame,
    encode_header,
    put_together,
    validate,
)

HOST = "127.0.0.1"


async def with_websockets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The server of ``websockets``, in this very loop; what comes here is passed on to it."""

    async def echo(peer: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in peer:
                await peer.send(message)

    async with start_websockets(echo, HOST, 0, compression=None, max_size=2**24) as server:
        port = server.sockets[0].getsockname()[1]
        there, back = await asyncio.open_connection(HOST, port)
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()
    writer.close()


async def with_wsproto(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An echo server with ``wsproto``."""
    connection = WSConnection(ConnectionType.SERVER)
    parts: list[Any] = []
    try:
        while data := await reader.read(2**16):
            try:
                connection.receive_data(data)
                for event in connection.events():
                    match event:
                        case Request():
                            writer.write(connection.send(AcceptConnection()))
                        case Ping() | CloseConnection():
                            writer.write(connection.send(event.response()))
                        case TextMessage() | BytesMessage():
                            parts.append(event.data)
                            if event.message_finished:
                                whole = parts[0][:0].join(parts)
                                parts.clear()
                                writer.write(connection.send(type(event)(data=whole)))
                    if isinstance(event, CloseConnection):
                        return
            except RemoteProtocolError as error:
                if error.event_hint:
                    writer.write(connection.send(error.event_hint))
                return
    finally:
        writer.close()


def broken(**pieces: Callable[..., Any]) -> Serve:
    """The course's whole server with other pieces in the place of its own."""
    return put_together(gather(quiet=True) | pieces)


def until(exercise: str) -> Serve:
    """The learner's server as it is after this exercise."""
    return put_together(gather(exercise, quiet=True))


async def raises(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    raise ValueError


def ends_at_long_messages(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
    return (b"", False) if len(payload) > 2**15 else answer(fin, opcode, payload)


def ignores_pings(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
    return (b"", True) if opcode == Opcode.PING else answer(fin, opcode, payload)


def ignores_reserved_bits(start: bytes) -> int | None:
    return validate(bytes([start[0] & 0x8F]) + start[1:]) if start else None


def takes_reserved_opcodes(start: bytes) -> int | None:
    return validate(start) if start and start[0] & 15 in list(Opcode) else None


def ignores_reserved_opcodes(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
    return answer(fin, opcode, payload) if opcode in list(Opcode) else (b"", True)


def joins_anything(frames: list[tuple[bool, int, bytes]]) -> tuple[int, bytes] | None:
    return (frames[0][1] or 1, b"".join(frame[2] for frame in frames)) if frames[-1][0] else None


def returns_any_close(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
    if opcode != Opcode.CLOSE:
        return answer(fin, opcode, payload)
    return encode_header(True, opcode, len(payload)) + payload, False


def drops_at_a_close(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
    return (b"", False) if opcode == Opcode.CLOSE else answer(fin, opcode, payload)


def counts_to_ten(size: int, frames: int, length: int, *most: int) -> int | None:
    return 1009 if frames >= 10 else None


def closes_with_1011(code: int | None, reason: str) -> bytes:
    return close_frame(code and 1011, "")


def no_four_bytes(tail: bytes, data: bytes) -> bytes:
    if any(byte >= 0xF0 for byte in data):
        raise ValueError("a character of four bytes")
    return check_text(tail, data)


refuses_four_bytes = broken(check_text=no_four_bytes)

# Each with the groups of which it fails some cases.
BROKEN: dict[str, tuple[str, Serve]] = {
    "ends at long messages": ("1 10", broken(answer=ends_at_long_messages)),
    "ignores Pings": ("2 5", broken(answer=ignores_pings)),
    "ignores reserved bits": ("3", broken(validate=ignores_reserved_bits)),
    "ignores reserved opcodes": (
        "4",
        broken(validate=takes_reserved_opcodes, answer=ignores_reserved_opcodes),
    ),
    "joins anything": ("5", broken(reassemble=joins_anything)),
    "takes any text": ("6", broken(check_text=lambda tail, data: b"")),
    "returns any Close": (
        "7",
        broken(answer=returns_any_close, check_close=lambda payload: None),
    ),
    "counts to ten": ("6 10", broken(check_size=counts_to_ten)),
    "drops at a Close": ("1 2 5 6 7 10", broken(answer=drops_at_a_close)),
    "closes with 1011": ("2 3 4 5 6 7", broken(close_frame=closes_with_1011)),
}

SERVERS: dict[str, Serve] = {
    "echo server of the course": serve_echo,
    "whole server of the learner": broken(),
    "websockets": with_websockets,
    "wsproto": with_wsproto,
    "after lesson 08": until("own-server"),
    "after lesson 09": until("server-says-no"),
    "after lesson 10": until("server-joins-fragments"),
    "raises": raises,
    **{name: serve for name, (_groups, serve) in BROKEN.items()},
}
