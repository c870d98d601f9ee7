"""A whole WebSocket server, from top to bottom, in the order of RFC 6455.

How to think about it: fifteen functions know the protocol, and one loop knows the network. Each
function turns bytes into values or values into bytes; it opens no socket and waits for nothing.
Each is also the solution of an exercise, so it imports what it needs inside, and a learner can
paste it into a cell. ``Talk`` calls them in the order in which a client's bytes come, and the loop
at the end moves the bytes.
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


# Saying no: what may be wrong with a frame (5.2, 5.5, 7.4.1).


def validate(data: bytes) -> int | None:
    """The code to close with, as soon as the start of a client's frame breaks a rule (5.2, 5.5)."""
    if not data:
        return None
    opcode = data[0] & 15
    if data[0] & 0x70:  # a reserved bit, and no extension was agreed on
        return 1002
    if opcode not in (0, 1, 2, 8, 9, 10):
        return 1002
    if opcode >= 8 and data[0] < 128:  # a control frame in fragments
        return 1002
    if len(data) < 2:
        return None
    if data[1] < 128:  # not masked
        return 1002
    if opcode >= 8 and data[1] & 127 > 125:  # a control frame that is too long
        return 1002
    return None


def check_length(data: bytes, limit: int) -> int | None:
    """The code to close with, as soon as a frame's length breaks a rule or is over ``limit``."""
    if len(data) < 2:
        return None
    length, shortest, size = data[1] & 127, 0, 2
    if length == 126:
        shortest, size = 126, 4
    elif length == 127:
        shortest, size = 2**16, 10
    if len(data) < size:
        return None
    if size > 2:
        length = int.from_bytes(data[2:size], "big")
    if length < shortest or length >= 2**63:  # not the shortest form; the top bit is set (5.2)
        return 1002
    return 1009 if length > limit else None


# Messages (5.4, 5.6, 8.1).


def reassemble(frames: list[tuple[bool, int, bytes]]) -> tuple[int, bytes] | None:
    """The message that these data frames make, as (opcode, payload); None: it goes on (5.4).

    Raises ValueError if a frame cannot follow those before it.
    """
    for i, (_fin, opcode, _payload) in enumerate(frames):
        if i == 0 and opcode == 0:
            raise ValueError("a continuation of nothing")
        if i > 0 and opcode != 0:
            raise ValueError("a new message before the last one has ended")
    if not frames or not frames[-1][0]:
        return None
    return frames[0][1], b"".join(payload for _fin, _opcode, payload in frames)


def check_size(
    size: int, frames: int, length: int, most_bytes: int, most_frames: int
) -> int | None:
    """1009 if a next frame of ``length`` bytes makes a message too large (7.4.1).

    Of the message have come ``size`` bytes in ``frames`` frames.
    """
    if size + length > most_bytes or frames + 1 > most_frames:
        return 1009
    return None


def check_text(tail: bytes, data: bytes) -> bytes:
    """The bytes of an unfinished character at the end of ``tail + data``, at most three (8.1).

    Raises ValueError as soon as no text in UTF-8 begins like this.
    """
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    decoder.decode(tail + data)
    tail = decoder.getstate()[0]
    if b"\xed\xa0" <= tail <= b"\xed\xbf":  # half a surrogate: Python waits for its third byte
        raise ValueError("a surrogate")
    return tail


def check_close(payload: bytes) -> int | None:
    """The code to close with if a Close's payload breaks a rule (5.5.1, 7.4, 8.1)."""
    try:
        parse_close(payload[:2])
    except ValueError:
        return 1002
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        return 1007
    return None


# The loop.

MOST_BYTES = 2**24  # of a message; its frames may be as long as it is
MOST_FRAMES = 2**17  # of a message
TOGETHER = 64  # frames that are joined: each call of ``reassemble`` looks at all that there are


class Failed(Exception):
    """A client broke a rule; ``code`` says which kind (7.1.7)."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Talk:
    """A connection after its handshake: bytes come in, and the bytes that answer go out.

    pieces: functions by name. A server of the earlier lessons has fewer of them: what a missing
            piece would check is not checked, and without ``reassemble`` each frame is answered
            by itself.
    """

    def __init__(self, pieces: dict[str, Callable[..., Any]]) -> None:
        self.pieces = pieces
        self.over = False  # after a Close, in either direction
        self.stream = bytearray()  # what has come and is not answered yet
        self.frames: list[tuple[bool, int, bytes]] = []  # of the message that goes on
        self.size = self.count = 0  # its bytes and frames
        self.tail, self.checked = b"", 0  # of its text; bytes of the next frame that are checked

    def receive(self, data: bytes) -> bytes:
        """What to send because of these bytes."""
        self.stream += data
        reply = bytearray()
        try:
            while not self.over and (frame := self.next_frame()):
                reply += self.answer(*frame)
        except Failed as failed:
            self.over = True
            reply += self.pieces["close_frame"](failed.code, "")
        return bytes(reply)

    def next_frame(self) -> tuple[bool, int, bytes] | None:
        """Take the next frame; None if it is not complete. Fails as soon as a rule is broken."""
        start = bytes(self.stream[:14])  # no header is longer
        self.check("validate", start)
        self.check("check_length", start, MOST_BYTES)
        header = self.pieces["decode_header"](start)
        if header is None:
            return None
        _fin, opcode, _masked, length, size = header
        if opcode < 8:
            self.check("check_size", self.size, self.count, length, MOST_BYTES, MOST_FRAMES)
            if opcode == 1 or (self.frames and self.frames[0][1] == 1):
                self.check_text(size, length)
        if len(self.stream) < size + length:
            return None
        frames, _rest = self.pieces["take_frames"](bytes(self.stream[: size + length]))
        frame: tuple[bool, int, bytes] = frames[0]
        del self.stream[: size + length]
        self.checked = 0
        return frame

    def answer(self, fin: bool, opcode: int, payload: bytes) -> bytes:
        """What to send because of this frame."""
        if opcode == 8:
            self.check("check_close", payload)
        if opcode < 8 and "reassemble" in self.pieces:
            message = self.message((fin, opcode, payload))
            if message is None:
                return b""
            fin, (opcode, payload) = True, message
        reply: bytes
        reply, go_on = self.pieces["answer"](fin, opcode, payload)
        self.over = not go_on
        return reply

    def message(self, frame: tuple[bool, int, bytes]) -> tuple[int, bytes] | None:
        """The message that ends with this frame; None if it goes on."""
        self.frames.append(frame)
        self.size, self.count = self.size + len(frame[2]), self.count + 1
        message: tuple[int, bytes] | None
        try:
            message = self.pieces["reassemble"](self.frames)
        except ValueError:
            raise Failed(1002) from None
        if message:
            if self.tail:  # the text ends within a character
                raise Failed(1007)
            self.frames, self.size, self.count = [], 0, 0
        elif len(self.frames) == TOGETHER:
            payloads = b"".join(payload for _fin, _opcode, payload in self.frames)
            self.frames = [(False, self.frames[0][1], payloads)]
        return message

    def check(self, piece: str, *args: Any) -> None:
        """Fail if that piece says so."""
        if piece in self.pieces and (code := self.pieces[piece](*args)):
            raise Failed(code)

    def check_text(self, size: int, length: int) -> None:
        """Check what has come of the next frame's payload, even if it is not complete (8.1)."""
        if "check_text" not in self.pieces:
            return
        key, turn = bytes(self.stream[size - 4 : size]), self.checked % 4
        come = bytes(self.stream[size + self.checked : size + length])
        text = self.pieces["mask"](come, key[turn:] + key[:turn])
        self.checked += len(come)
        try:
            self.tail = self.pieces["check_text"](self.tail, text)
        except ValueError:
            raise Failed(1007) from None


def put_together(pieces: dict[str, Callable[..., Any]]) -> Serve:
    """The loop around the pieces: the handshake, then what the client says, then the end of TCP."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            status, reason = pieces["check_request"](request)
            if status != 101:
                writer.write(_refusal(status, reason))
                return
            writer.write(_switch(pieces["accept"](_key(request))))
            # From here on, both sides send frames.
            talk = Talk(pieces)
            while not talk.over and (data := await reader.read(2**16)):
                writer.write(talk.receive(data))
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
