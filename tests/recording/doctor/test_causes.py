"""Each cause has a recording that shows it, made here for real, and the doctor names it first."""

import asyncio
import base64
import gzip
import hashlib
import json
import ssl
import struct
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from wsedu.live import Lab
from wsedu.live.peer import Peer
from wsedu.protocol import GUID, Frame, Opcode, accept_key, build_frame
from wsedu.recording import Recording
from wsedu.recording.doctor import diagnose
from wsedu.recording.doctor.accepts import wrong_ways
from wsedu.recording.doctor.responses import KEY_OF_THE_RFC
from wsedu.words.sentences import SENTENCES

from . import (
    KEY,
    MASK,
    Wire,
    against_client,
    against_server,
    answers,
    asks,
    library,
    raw,
    request,
    says,
    switching,
)

TEXT, BINARY, CONTINUATION = Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION


def masked(frame: Frame, key: bytes = MASK) -> bytes:
    return build_frame(frame, key)


def hello(fin: bool = True, opcode: int = TEXT) -> bytes:
    return masked(Frame(opcode, b"Hello", fin))


def without(line: str, data: bytes | None = None) -> bytes:
    """The request without the header line that begins so."""
    lines = (request() if data is None else data).decode().split("\r\n")
    return "\r\n".join(each for each in lines if not each.startswith(line)).encode()


def replaced(old: str, new: str) -> bytes:
    assert old.encode() in request()
    return request().replace(old.encode(), new.encode())


def deflated(text: bytes, bits: int = -15) -> bytes:
    compress = zlib.compressobj(wbits=bits)
    return (compress.compress(text) + compress.flush(zlib.Z_SYNC_FLUSH)).removesuffix(
        b"\x00\x00\xff\xff"
    )


def header(first: int, second: int, extended: bytes = b"", key: bytes = MASK) -> bytes:
    return bytes([first, second]) + extended + key


def xored(data: bytes, key: bytes = MASK) -> bytes:
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(data))


Made = Callable[[], Recording]
CASES: list[tuple[str, Made]] = []


def case(cause: str, made: Made) -> None:
    CASES.append((cause, made))


# The client's first bytes.


def client_hello() -> bytes:
    """What a real client of TLS begins with."""
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.create_default_context()
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(received, sent, server_hostname="example.com").do_handshake()
    return sent.read()


for cause, data in {
    "tls-to-plain": client_hello(),
    "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
    "proxy-line": b"PROXY TCP4 192.0.2.1 192.0.2.2 51234 80\r\n" + request(),
    "hixie-76": b"GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nUpgrade: WebSocket\r\n"
    b"Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nOrigin: http://example.com\r\n\r\n^n:ds[4U",
    "other-protocol": b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00",
    "frame-first": hello(),
    "text-first": b'{"hello": 1}\n',
    # The request.
    "request-lf": request().replace(b"\r\n", b"\n"),
    "request-malformed": replaced("Upgrade: websocket", "Upgrade : websocket"),
    "request-not-ended": request().removesuffix(b"\r\n"),
    "request-method": replaced("GET ", "POST "),
    "request-http-1-0": replaced("HTTP/1.1", "HTTP/1.0"),
    "upgrade-missing": replaced("Upgrade: websocket", "Upgrade: web-socket"),
    "connection-missing": replaced("Connection: Upgrade", "Connection: keep-alive"),
    "proxy-dropped-upgrade": replaced("Connection: Upgrade", "Connection: close").replace(
        b"Upgrade: websocket\r\n", b""
    ),
    "key-missing": without("Sec-WebSocket-Key"),
    "key-twice": replaced("Sec-WebSocket-Key:", f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Key:"),
    "key-not-base64": replaced(KEY, "not Base64 at all"),
    "key-in-hex": replaced(KEY, b"0123456789abcdef".hex()),
    "key-length": replaced(KEY, "SGVsbG8sIHdvcmxkIQ=="),
    "version-missing": without("Sec-WebSocket-Version"),
    "version-wrong": replaced("Version: 13", "Version: 8"),
    "request-body": replaced("Upgrade: w", "Content-Length: 2\r\nUpgrade: w") + b"{}",
    # Other ways to ask.
    "plain-request": b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
}.items():
    case(cause, lambda data=data: against_server(asks(data, leave=True)))  # type: ignore[misc]
case(
    "other-protocol", lambda: against_server(asks(b"CONNECT\naccept-version:1.2\n\n\0", leave=True))
)
case(
    "proxy-line",
    lambda: against_server(
        asks(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12) + request(), leave=True)
    ),
)


def refuses(response: str, body: str = "", **lines: str) -> bytes:
    head = [f"HTTP/1.1 {response}", *(f"{n.replace('_', '-')}: {v}" for n, v in lines.items())]
    return "\r\n".join(
        [*head, f"Content-Length: {len(body)}", "Connection: close", "", body]
    ).encode()


# The library is too strict for these on its own, so another server refuses them.
for cause, data in {
    "host-missing": without("Host"),
    "target-fragment": request("/chat#room"),
    "subprotocol-twice": request(subprotocols=("chat", "chat")),
}.items():
    answer = refuses("400 Bad Request")
    case(
        cause,
        lambda data=data, answer=answer: raw(answers(lambda _: answer, leave=True), asks(data)),
    )  # type: ignore[misc]

# What servers and proxies answer to a right request.
for cause, response in {
    "status-200": refuses("200 OK", "<html><title>Welcome</title></html>"),
    "status-301": refuses("301 Moved Permanently", Location="https://example.com/chat"),
    "status-302": refuses("302 Found", Location="/login"),
    "status-400": refuses("400 Bad Request", "no room named"),
    "status-401": refuses("401 Unauthorized", WWW_Authenticate='Basic realm="chat"'),
    "status-403": refuses("403 Forbidden", "token expired"),
    "status-404": refuses("404 Not Found", Server="nginx"),
    "status-405": refuses("405 Method Not Allowed", Allow="POST"),
    "status-407": refuses("407 Proxy Authentication Required"),
    "status-426": refuses("426 Upgrade Required", Sec_WebSocket_Version="13"),
    "status-429": refuses("429 Too Many Requests", Retry_After="30"),
    "status-500": refuses("500 Internal Server Error", "Traceback"),
    "status-502": refuses("502 Bad Gateway", "<html><title>502 Bad Gateway</title></html>"),
    "status-503": refuses("503 Service Unavailable"),
    "status-504": refuses("504 Gateway Time-out"),
    "refused": refuses("418 I'm a teapot"),
    "cached-response": refuses("200 OK", "page", X_Cache="HIT from example", Age="12"),
    "upgrade-did-not-arrive": refuses("400 Bad Request", "missing Upgrade header", Server="nginx"),
    "socket-io-refuses": b"",
    "server-sent-events": refuses("200 OK", "data: 1\n\n", Content_Type="text/event-stream"),
    "long-polling": refuses("200 OK", '0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"]}'),
    "plain-to-tls": refuses("400 Bad Request", "The plain HTTP request was sent to HTTPS port"),
    "other-service": b"220 mail.example.com ESMTP\r\n",
    "closed-without-response": b"",
}.items():
    if cause == "socket-io-refuses":
        continue
    case(cause, lambda response=response: against_client(answers(lambda _: response, leave=True)))  # type: ignore[misc]
case(
    "plain-to-tls",
    lambda: against_client(answers(lambda _: b"\x15\x03\x03\x00\x02\x02\x46", leave=True)),
)
case(
    "origin-refused",
    lambda: against_server(
        asks(request(origin="https://example.net")), origins=["https://example.com"]
    ),
)
case(
    "socket-io-refuses",
    lambda: raw(
        answers(
            lambda _: refuses("400 Bad Request", '{"code":0,"message":"Transport unknown"}'),
            leave=True,
        ),
        asks(request("/socket.io/")),
    ),
)


async def _echoes_bytes(wire: Wire) -> None:
    await wire.send(await wire.head())


case("tcp-echo", lambda: against_client(_echoes_bytes))


async def _silent(wire: Wire) -> None:
    await wire.end()


case("no-response", lambda: against_client(_silent, open_timeout=0.02))

# The 101.


def _accept(make: Callable[[str], str]) -> Made:
    return lambda: against_client(answers(lambda key: switching(key, accept=make(key))))


def sha1(text: str | bytes) -> bytes:
    return hashlib.sha1(text if isinstance(text, bytes) else text.encode()).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


for cause, make in {
    "accept-key-cr": lambda key: accept_key(key + "\r"),
    "accept-key-lf": lambda key: accept_key(key + "\n"),
    "accept-key-crlf": lambda key: accept_key(key + "\r\n"),
    "accept-key-space": lambda key: accept_key(" " + key),
    "accept-key-nul": lambda key: accept_key(key + "\0"),
    "accept-key-decoded": lambda key: b64(sha1(base64.b64decode(key) + GUID.encode())),
    "accept-key-lower": lambda key: accept_key(key.lower()),
    "accept-key-no-padding": lambda key: accept_key(key.rstrip("=")),
    "accept-key-quoted": lambda key: accept_key(f'"{key}"'),
    "accept-key-line": lambda key: accept_key(f"Sec-WebSocket-Key: {key}"),
    "accept-key-empty": lambda key: accept_key(""),
    "accept-guid-none": lambda key: b64(sha1(key)),
    "accept-guid-first": lambda key: b64(sha1(GUID + key)),
    "accept-guid-lower": lambda key: b64(sha1(key + GUID.lower())),
    "accept-guid-no-dashes": lambda key: b64(sha1(key + GUID.replace("-", ""))),
    "accept-guid-line-end": lambda key: b64(sha1(key + GUID + "\n")),
    "accept-guid-nul": lambda key: b64(sha1(key + GUID + "\0")),
    "accept-guid-space": lambda key: b64(sha1(key + " " + GUID)),
    "accept-guid-letter": lambda key: b64(sha1(key + GUID.replace("C5AB", "5AB"))),
    "accept-hash-sha256": lambda key: b64(hashlib.sha256((key + GUID).encode()).digest()),
    "accept-hash-sha512": lambda key: b64(hashlib.sha512((key + GUID).encode()).digest()),
    "accept-hash-md5": lambda key: b64(hashlib.md5((key + GUID).encode()).digest()),
    "accept-hash-none": lambda key: b64((key + GUID).encode()),
    "accept-text-hex": lambda key: sha1(key + GUID).hex(),
    "accept-text-hex-upper": lambda key: sha1(key + GUID).hex().upper(),
    "accept-text-base64-of-hex": lambda key: b64(sha1(key + GUID).hex().encode()),
    "accept-text-no-padding": lambda key: accept_key(key).rstrip("="),
    "accept-text-repr": lambda key: f"b'{accept_key(key)}'",
    "accept-is-the-key": lambda key: key,
    "accept-copied": lambda key: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "unknown-accept": lambda key: accept_key("another key"),
}.items():
    case(cause, _accept(make))


def _url_safe(key: str) -> bytes:
    assert "+" in accept_key(key)
    return switching(key, accept=accept_key(key).replace("+", "-"))


case("accept-text-url-safe", lambda: raw(answers(_url_safe, leave=True), asks(request())))
# Two steps went wrong: both are named.
case("accept-hash-md5", _accept(lambda key: hashlib.md5((key + GUID).encode()).hexdigest()))
case("accept-key-decoded", _accept(lambda key: b64(sha1(base64.b64decode(key)))))


def _head(*lines: str, end: str = "\r\n") -> Callable[[str], bytes]:
    """A 101 of these lines, in which ACCEPT stands for the right one."""
    return lambda key: (end.join(lines) + end * 2).replace("ACCEPT", accept_key(key)).encode()


STATUS, UPGRADE, CONNECTION = (
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
)
ACCEPT = "Sec-WebSocket-Accept: ACCEPT"
HELLO_BACK = build_frame(Frame(TEXT, b"Hello"))
for cause, make_head in {
    "response-lf": _head(STATUS, UPGRADE, CONNECTION, ACCEPT, end="\n"),
    "response-http-1-0": _head("HTTP/1.0 101 Switching Protocols", UPGRADE, CONNECTION, ACCEPT),
    "response-no-upgrade": _head(STATUS, CONNECTION, ACCEPT),
    "response-wrong-upgrade": _head(STATUS, "Upgrade: h2c", CONNECTION, ACCEPT),
    "response-no-connection": _head(STATUS, UPGRADE, ACCEPT),
    "accept-missing": _head(STATUS, UPGRADE, CONNECTION),
    "accept-ends-the-head": lambda key: (
        _head(STATUS, UPGRADE, CONNECTION, f"{ACCEPT}\n")(key)[:-2] + b"Date: today\r\n\r\n"
    ),
    "extension-not-offered": _head(
        STATUS, UPGRADE, CONNECTION, ACCEPT, "Sec-WebSocket-Extensions: permessage-deflate"
    ),
    "subprotocol-not-asked": _head(
        STATUS, UPGRADE, CONNECTION, ACCEPT, "Sec-WebSocket-Protocol: chat"
    ),
}.items():
    case(cause, lambda make_head=make_head: against_client(answers(make_head)))  # type: ignore[misc]

case(
    "response-not-ended",
    lambda: against_client(answers(lambda key: switching(key)[:-2], HELLO_BACK, leave=True)),
)
case(
    "extension-parameters",
    lambda: against_client(
        answers(
            lambda key: switching(key, "Sec-WebSocket-Extensions: permessage-deflate; level=9")
        ),
        compression="deflate",
    ),
)
case(
    "subprotocol-list",
    lambda: against_client(
        answers(lambda key: switching(key, "Sec-WebSocket-Protocol: chat, superchat")),
        subprotocols=["chat", "superchat"],
    ),
)
case(
    "body-after-101",
    lambda: against_client(
        answers(lambda key: switching(key, "Content-Length: 13") + b'{"hello": 1}\n')
    ),
)
# "HT" reads as a Close frame of 84 bytes: the library says nothing before all of them are there.
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>Chat</title>" + bytes(60)
case("http-after-101", lambda: against_client(answers(switching, PAGE)))
case("text-after-101", lambda: against_client(answers(switching, b"Welcome to the chat!")))
case("text-after-101", lambda: against_server(says(b"Hello, server!\n")))
case("second-handshake", lambda: against_server(says(request())))


async def _browser_that_leaves(wire: Wire) -> None:
    """Browsers fail the connection when none of their subprotocols was chosen (WHATWG)."""
    await wire.send(request(subprotocols=("chat",)))
    await wire.head()


case("subprotocol-not-answered", lambda: against_server(_browser_that_leaves))

# Lengths.

LONG, LONGER = b"x" * 300, b"y" * 70_000
for cause, chunks in {
    "length-little-endian": [header(0x81, 0xFE, struct.pack("<H", 300)) + xored(LONG)],
    "length-126": [header(0x81, 0x80 | 126) + xored(b"z" * 126)],
    "length-of-four-bytes": [header(0x82, 0xFF, struct.pack(">I", len(LONGER))) + xored(LONGER)],
    "length-not-minimal": [header(0x81, 0xFE, b"\0\5") + xored(b"Hello")],
    "mask-bit-without-key": [b"\x81\x85Hello"],
    "length-counts-header": [header(0x81, 0x80 | 11) + xored(b"Hello")],
    "length-counts-key": [header(0x81, 0x80 | 9) + xored(b"Hello")],
    "length-counts-characters": [header(0x81, 0x80 | 5) + xored("Grüße".encode())],
    "length-wrapped": [header(0x82, 0xFE, struct.pack(">H", 70_000 % 2**16)) + xored(LONGER)],
    "length-too-short": [header(0x81, 0x80 | 3) + xored(b"Hel") + b"7\xfa" + hello()],
    "frame-cut": [header(0x81, 0xFE, struct.pack(">H", 1000)) + xored(b"Hello")],
}.items():
    case(cause, lambda chunks=chunks: against_server(says(*chunks, leave=True)))  # type: ignore[misc]
for cause, chunk in {
    "length-little-endian": b"\x81\x7e" + struct.pack("<H", 300) + LONG,
    "length-126": b"\x81\x7f" + b"z" * 127,
    "length-counts-header": b"\x81\x07Hello",
    "length-counts-characters": b"\x81\x02" + "😀".encode(),
    "mask-bit-without-key": b"\x81\x85Hello",
}.items():
    case(cause, lambda chunk=chunk: against_client(answers(switching, chunk, leave=True)))  # type: ignore[misc]
case(
    "length-counts-header",
    lambda: against_server(says(header(0x81, 0x80 | 11) + xored(b"Hello"), hello(), leave=True)),
)

# Frames of a client, and what the library's server does about them.

for cause, chunks in {
    "client-unmasked": [build_frame(Frame(TEXT, b"Hello"))],
    "masked-not": [header(0x81, 0x8B) + b'{"room": 1}'],
    "masked-rotated": [header(0x81, 0x85) + xored(b"Hello", MASK[1:] + MASK[:1])],
    "masked-reversed": [header(0x81, 0x85) + xored(b"Hello", MASK[::-1])],
    "masked-first": [header(0x81, 0x85) + xored(b"Hello", MASK[:1] * 4)],
    "masked-four": [header(0x81, 0x8B) + xored(b"Hell") + b"o there"],
    "deflate-not-agreed": [masked(Frame(TEXT, deflated(b"Hello, hello, hello"), rsv1=True))],
    "reserved-bit": [masked(Frame(TEXT, b"Hello", rsv2=True))],
    "reserved-opcode": [masked(Frame(3, b"Hello"))],
    "control-fragment": [masked(Frame(Opcode.PING, b"hi", fin=False))],
    "control-too-long": [masked(Frame(Opcode.PING, bytes(126)))],
    "continuation-first": [hello(opcode=CONTINUATION)],
    "fin-too-early": [hello(False), hello(opcode=CONTINUATION), hello(opcode=CONTINUATION)],
    "first-fragment-has-fin": [hello(), hello(opcode=CONTINUATION)],
    "opcode-repeated": [hello(False), hello(True)],
    "message-in-message": [hello(False), hello(opcode=BINARY), hello(opcode=CONTINUATION)],
    # Payloads.
    "binary-as-text": [masked(Frame(TEXT, b"\x89PNG\r\n\x1a\n" + bytes(8)))],
    "rsv1-missing": [masked(Frame(TEXT, deflated(b"Hello, hello, hello")))],
    "utf-16": [masked(Frame(TEXT, "Hello".encode("utf-16")))],
    "character-cut": [
        masked(Frame(TEXT, "Gr\N{LATIN SMALL LETTER U WITH DIAERESIS}".encode()[:-1]))
    ],
    "latin-1": [masked(Frame(TEXT, "Schöne Grüße".encode("latin-1")))],
    "not-utf8": [masked(Frame(TEXT, b"\x01\x02\xfe\xff\x80\x81\x8d\x8f"))],
    "close-code-never-sent": [masked(Frame(Opcode.CLOSE, b"\x03\xee"))],
    "close-code-as-text": [masked(Frame(Opcode.CLOSE, b"1000"))],
    "close-without-code": [masked(Frame(Opcode.CLOSE, b"bye"))],
    "close-code-little-endian": [masked(Frame(Opcode.CLOSE, b"\xe8\x03"))],
    "close-code-reserved": [masked(Frame(Opcode.CLOSE, b"\x07\xd0"))],
    "close-one-byte": [masked(Frame(Opcode.CLOSE, b"\x03"))],
    "close-reason-not-utf8": [masked(Frame(Opcode.CLOSE, b"\x03\xe8\xff"))],
    "data-after-close": [masked(Frame(Opcode.CLOSE, b"\x03\xe8")) + hello()],
}.items():
    case(cause, lambda chunks=chunks: against_server(says(*chunks)))  # type: ignore[misc]
for cause, frame in {
    "server-masked": build_frame(Frame(TEXT, b"Hello"), MASK),
    "reserved-opcode": build_frame(Frame(0xB, b"Hello")),
    "reserved-bit": build_frame(Frame(BINARY, b"\xff\xff", rsv1=True, rsv3=True)),
    "control-too-long": build_frame(Frame(Opcode.CLOSE, b"\x03\xe8" + b"x" * 130)),
    "close-code-little-endian": build_frame(Frame(Opcode.CLOSE, b"\xe9\x03")),
}.items():
    case(cause, lambda frame=frame: against_client(answers(switching, frame)))  # type: ignore[misc]

DEFLATE = "permessage-deflate; client_no_context_takeover; client_max_window_bits=9"
twice = zlib.compressobj(wbits=-15)
ONE = twice.compress(b"Hello, world, hello") + twice.flush(zlib.Z_SYNC_FLUSH)
OTHER = twice.compress(b"Hello, world, hello") + twice.flush(zlib.Z_SYNC_FLUSH)
FAR = (
    bytes(i * i % 251 for i in range(200))
    + b"far away " * 90
    + bytes(i * i % 251 for i in range(200))
)
for cause, frames in {
    "rsv1-on-control": [Frame(Opcode.PING, b"hi", rsv1=True)],
    "rsv1-on-continuation": [
        Frame(TEXT, deflated(b"Hello")[:3], False, True),
        Frame(CONTINUATION, deflated(b"Hello")[3:], rsv1=True),
    ],
    "deflate-zlib-header": [Frame(TEXT, zlib.compress(b"Hello"), rsv1=True)],
    "deflate-gzip-header": [Frame(TEXT, gzip.compress(b"Hello", mtime=0), rsv1=True)],
    "rsv1-on-plain": [Frame(TEXT, b"Hello", rsv1=True)],
    "context-taken-over": [Frame(TEXT, ONE[:-4], rsv1=True), Frame(TEXT, OTHER[:-4], rsv1=True)],
    "window-too-large": [Frame(BINARY, deflated(FAR), rsv1=True)],
    "deflate-damaged": [Frame(TEXT, b"\xff\xfe\xfd\xfc", rsv1=True)],
}.items():
    chunks = [masked(frame) for frame in frames]
    case(
        cause,
        lambda chunks=chunks: against_server(
            says(*chunks, extensions=DEFLATE, leave=True), compression="deflate"
        ),
    )  # type: ignore[misc]


case(
    "context-taken-over",
    lambda: against_client(
        answers(
            lambda key: switching(
                key,
                "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",
            ),
            build_frame(Frame(TEXT, ONE[:-4], rsv1=True)),
            build_frame(Frame(TEXT, OTHER[:-4], rsv1=True)),
        ),
        compression="deflate",
    ),
)


async def _before_101(wire: Wire) -> None:
    """A server that thinks for a while, and a client that does not wait."""
    await wire.send(request() + hello())
    await wire.head()
    await wire.read(7)
    await wire.send(masked(Frame(Opcode.CLOSE, b"\x03\xe8")))
    await wire.end()


case("frame-before-101", lambda: against_server(_before_101))


async def _masked_echo(wire: Wire) -> None:
    await wire.send(switching(await wire.key()))
    first, second = await wire.read(2)
    payload = (await wire.read((second & 0x7F) + 4))[4:]
    await wire.send(build_frame(Frame(first & 15, payload)))
    await wire.end()


async def _sends_a_text(connection) -> None:  # type: ignore[no-untyped-def]
    await connection.send("Hello, echo")
    await connection.recv()


case("echo-still-masked", lambda: against_client(_masked_echo, _sends_a_text))

# The end.


async def _answers_nothing(wire: Wire) -> None:
    await wire.send(request())
    await wire.head()
    await wire.end()


async def _pong_of_its_own(wire: Wire) -> None:
    await wire.send(request())
    await wire.head()
    await wire.read(2)
    await wire.send(masked(Frame(Opcode.PONG, b"alive")))
    await wire.end()


def _then(make: Callable[[Wire], None]) -> Callable[[Wire], object]:
    async def script(wire: Wire) -> None:
        await wire.send(request())
        await wire.head()
        await wire.send(hello())
        await wire.read(7)
        make(wire)

    return script


async def _closes(connection) -> None:  # type: ignore[no-untyped-def]
    await connection.close()


async def _raises(connection) -> None:  # type: ignore[no-untyped-def]
    await connection.recv()
    raise ValueError("no such room")


async def _read_close(wire: Wire) -> None:
    await wire.send(request())
    await wire.head()
    await wire.read(4)


KEEPALIVE = {"ping_interval": 0.02, "ping_timeout": 0.02}
case("ping-unanswered", lambda: against_server(_answers_nothing, **KEEPALIVE))
case("pong-wrong", lambda: against_server(_pong_of_its_own, **KEEPALIVE))
case("close-unanswered", lambda: against_server(_answers_nothing, _closes, close_timeout=0.06))
case("close-answered-by-fin", lambda: against_server(_read_close, _closes))


async def _resets_on_close(wire: Wire) -> None:
    await _read_close(wire)
    wire.rst()


case("close-answered-by-rst", lambda: against_server(_resets_on_close, _closes))
case("no-close", lambda: against_server(_then(Wire.fin)))
case("reset", lambda: against_server(_then(Wire.rst)))
case("too-big", lambda: against_server(says(masked(Frame(TEXT, bytes(2000)))), max_size=1000))
case(
    "too-big",
    lambda: against_server(
        says(masked(Frame(TEXT, bytes(900), False)), masked(Frame(CONTINUATION, bytes(900)))),
        max_size=1000,
    ),
)

# Messages.


def _message(text: str | bytes) -> Made:
    async def client(connection) -> None:  # type: ignore[no-untyped-def]
        await connection.send(text)
        await connection.recv()

    return lambda: library(client)


class Room:
    pass


for cause, text in {
    "bytes-as-text": str(b"Hello \xff 'you'"),
    "object-object": "[object Object]",
    "python-object": str(Room()),
    "python-dict": str({"room": None, "open": True}),
    "json-twice": json.dumps(json.dumps({"room": 1})),
    "nul-at-the-end": '{"room": 1}\0',
    "frame-in-a-message": build_frame(Frame(Opcode.PING)),
    "utf-16": "Hello".encode("utf-16-le").decode(),
}.items():
    case(cause, _message(text))


# What the lab itself sees.


def _in_a_lab(break_it: Callable[[Lab, Peer], Awaitable[None]], **options: Any) -> Made:
    async def run() -> Recording:
        lab = Lab(**options)
        try:
            peer = await lab.raw()
            await break_it(lab, peer)
            await lab.until(lambda seen: seen.ended)
            return lab.recording
        finally:
            lab.close()

    return lambda: asyncio.run(run())


async def _send_hello(_lab: Lab, peer: Peer) -> None:
    await peer.send(hello())
    await peer.live()
    await peer.close()


async def _drop(lab: Lab, _peer: Peer) -> None:
    await lab.drop()


async def _black_hole(lab: Lab, peer: Peer) -> None:
    await lab.fault(hold=True)
    await peer.send(hello())
    await lab.until(lambda seen: any(event.kind == "held" for event in seen.events))
    await lab.drop()
    await lab.fault()  # what is held waits for a better network, also after the end


async def _raises_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(switching(KEY_OF_THE_RFC))
    await reader.read(1)
    raise KeyError("room")


case("handler-failed", _in_a_lab(_send_hello, handler=_raises))
case("server-failed", _in_a_lab(_send_hello, server=_raises_at_once))
case("network-failed", _in_a_lab(_drop))
case("network-failed", _in_a_lab(_black_hole))


# And now, what the doctor says.


@pytest.mark.parametrize(
    ("cause", "made"), CASES, ids=[f"{number}-{cause}" for number, (cause, _) in enumerate(CASES)]
)
def test_the_doctor_names_the_cause_first(cause: str, made: Made) -> None:
    recording = made()
    diagnosis = diagnose(recording)
    assert diagnosis.causes[:1] == (cause,), (diagnosis, recording.to_json())
    first = diagnosis.findings[0]
    for each in first.evidence:
        start, end = each.span.start, each.span.end
        assert recording.sent_by(each.side)[start:end] == each.data != b""
    assert str(diagnosis).startswith(first.sentence) and 1 <= len(first.said) <= 3


OTHERS = json.loads((Path(__file__).parent / "recordings" / "others.json").read_text())


def test_every_cause_has_a_recording() -> None:
    """The others are sentences that go with a cause, and one that has a capture of its own."""
    causes = {id.removeprefix("doctor.") for id in SENTENCES if id.startswith("doctor.")}
    beside = {"nothing", "evidence", "evidence-masked", "it-says", "closed-with"}
    made = {cause for cause, _made in CASES}
    others = {entry.get("cause") for entry in OTHERS}
    assert causes - beside - made - others == {"bytes-missing"}  # see test_healthy
    assert made - causes == set()
    assert len(made) >= 160


def test_two_wrong_steps_of_the_accept_are_named() -> None:
    wrong = b64(hashlib.sha256((KEY + GUID.lower()).encode()).digest())
    assert wrong_ways(KEY, wrong) == ("guid-lower", "hash-sha256")
    assert wrong_ways(KEY, accept_key(KEY)) == ()
    assert wrong_ways("a", "x") == ()
