"""A whole WebSocket server, from top to bottom, in the order of RFC 6455.

How to think about it: nine functions know the protocol, and one loop knows the network. Each
function turns bytes into values or values into bytes; it opens no socket and waits for nothing.
Each is also the solution of an exercise, so it imports what it needs inside, and a learner can
paste it into a cell. The loop at the end reads bytes, calls the functions, and writes bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# The opening handshake (4.2).


def check_request(data: bytes) -> tuple[int, str]:
    """The status that a request gets, and why; 101 if it passes all checks (4.2.1)."""
    import base64

    first, *lines = data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value

    def words(name: str) -> list[str]:
        return [word.strip() for word in headers.get(name, "").lower().split(",")]

    if first.split(" ")[0] != "GET":
        return 405, "the method is not GET"
    if not first.endswith(" HTTP/1.1"):
        return 505, "the version of HTTP is not 1.1"
    if not headers.get("host") or "," in headers["host"]:
        return 400, "there is no Host, or more than one"
    if "upgrade" not in words("connection"):
        return 426, "Connection does not name Upgrade"
    if "websocket" not in words("upgrade"):
        return 426, "Upgrade does not name websocket"
    try:
        nonce = base64.b64decode(headers.get("sec-websocket-key", ""), validate=True)
    except ValueError:
        return 400, "the key is not Base64"
    if len(nonce) != 16:
        return 400, "the key is not 16 bytes"
    if headers.get("sec-websocket-version") != "13":
        return 426, "the version is not 13"
    return 101, "Switching Protocols"


def accept(key: str) -> str:
    """Sec-WebSocket-Accept for a key: SHA-1 of the key's text and the GUID, in Base64 (4.2.2)."""
    import base64
    import hashlib

    GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # 1.3
    digest = hashlib.sha1((key + GUID).encode()).digest()
    return base64.b64encode(digest).decode()


# Frames (5.2 to 5.4).


def encode_header(fin: bool, opcode: int, length: int) -> bytes:
    """A server's frame header, with the length in the shortest of its three forms (5.2)."""
    first = bytes([fin << 7 | opcode])
    if length < 126:
        return first + bytes([length])
    if length < 2**16:
        return first + bytes([126]) + length.to_bytes(2, "big")
    return first + bytes([127]) + length.to_bytes(8, "big")


def decode_header(data: bytes) -> tuple[bool, int, bool, int, int] | None:
    """FIN, opcode, MASK, length, and the size of the header with its key; None: too few bytes."""
    if len(data) < 2:
        return None
    length, size = data[1] & 127, 2
    if length == 126:
        size = 4
    elif length == 127:
        size = 10
    if len(data) < size:
        return None
    if size > 2:
        length = int.from_bytes(data[2:size], "big")
    masked = data[1] > 127
    return data[0] > 127, data[0] & 15, masked, length, size + 4 * masked


def mask(data: bytes, key: bytes) -> bytes:
    """Each byte XOR the key byte whose turn it is; a second time undoes the first (5.3)."""
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(data))


def take_frames(stream: bytes) -> tuple[list[tuple[bool, int, bytes]], bytes]:
    """The complete frames at the start, as (fin, opcode, unmasked payload), and the rest (6.2)."""
    frames = []
    while header := decode_header(stream):
        fin, opcode, masked, length, size = header
        if len(stream) < size + length:
            break
        payload = stream[size : size + length]
        if masked:
            payload = mask(payload, stream[size - 4 : size])
        frames.append((fin, opcode, payload))
        stream = stream[size + length :]
    return frames, stream


# Control frames (5.5).


def close_frame(code: int | None, reason: str) -> bytes:
    """A Close with a code and at most 123 bytes of reason, or with an empty payload (5.5.1)."""
    payload = b""
    if code is not None:
        short = reason.encode()[:123].decode(errors="ignore")
        payload = code.to_bytes(2, "big") + short.encode()
    return encode_header(True, 8, len(payload)) + payload


def parse_close(payload: bytes) -> tuple[int, str]:
    """The code and reason of a Close; 1005 if it has none; ValueError if it breaks a rule (7.4)."""
    if not payload:
        return 1005, ""
    if len(payload) < 2:
        raise ValueError("half a code")
    code = int.from_bytes(payload[:2], "big")
    if not (1000 <= code <= 1014 or 3000 <= code <= 4999) or code in (1004, 1005, 1006):
        raise ValueError("this code may not be sent")
    return code, payload[2:].decode()


def answer(fin: bool, opcode: int, payload: bytes) -> tuple[bytes, bool]:
    """The bytes that answer a frame, and whether the connection goes on (5.5)."""
    if opcode == 8:  # Close
        try:
            code, reason = parse_close(payload)
        except ValueError:
            return close_frame(1002, ""), False
        return close_frame(None if code == 1005 else code, reason), False
    if opcode == 10:  # Pong
        return b"", True
    if opcode == 9:  # Ping, which goes back as a Pong
        opcode = 10
    return encode_header(fin, opcode, len(payload)) + payload, True


# The loop.


def put_together(pieces: dict[str, Callable[..., Any]]) -> Serve:
    """The loop around the nine pieces: it calls four of them, and these call the other five."""
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
            # From here on, both sides send frames.
            rest, go_on = b"", True
            while go_on and (data := await reader.read(2**16)):
                frames, rest = take_frames(rest + data)
                for fin, opcode, payload in frames:
                    if go_on:  # what comes after a Close has no answer (1.4)
                        reply, go_on = answer(fin, opcode, payload)
                        writer.write(reply)
                await writer.drain()  # wait for a client that reads slowly
            writer.write_eof()  # the server ends TCP first (7.1.1)
            while await reader.read(2**16):
                pass  # unread bytes would turn the end of TCP into a reset
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # the client has gone, or its request has no end
        finally:
            writer.close()

    return serve


def _key(request: bytes) -> str:
    """The text of Sec-WebSocket-Key."""
    for line in request.decode("latin-1").split("\r\n"):
        name, _colon, value = line.partition(":")
        if name.lower() == "sec-websocket-key":
            return value.strip()
    raise ValueError("check_request accepted a request without a key")


def _switch(accept: str) -> bytes:
    """The response that accepts (4.2.2)."""
    lines = ("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    return _head(*lines, f"Sec-WebSocket-Accept: {accept}")


def _refusal(status: int, reason: str) -> bytes:
    """The response that refuses; the reason is in its body, where any text is allowed."""
    body = f"{reason}\n".encode()
    lines = [f"{status} {HTTPStatus(status).phrase}", f"Content-Length: {len(body)}"]
    if status == HTTPStatus.UPGRADE_REQUIRED:
        lines += ["Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    return _head(*lines, "Connection: close") + body


def _head(*lines: str) -> bytes:
    return ("HTTP/1.1 " + "\r\n".join(lines) + "\r\n\r\n").encode()
