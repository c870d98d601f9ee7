"""The doctor is silent on healthy recordings: a guess without a reason would only mislead.

Most of them are made here, over loopback with the library ``websockets``. The others are those of
other libraries (see ``record``), and what lies in the repository already.
"""

import json
import random
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.protocol.closing import CloseCode, is_sendable
from wsedu.recording import Recording, dissect, find
from wsedu.recording.doctor import diagnose

from . import MASK, Wire, against_server, library, request

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
Client = Callable[[ClientConnection], Awaitable[None]]
Made = Callable[[], Recording]

HEALTHY: dict[str, Made] = {}


def echoes(*messages: str | bytes) -> Client:
    """A client that sends each message and waits for its echo."""

    async def client(connection: ClientConnection) -> None:
        for message in messages:
            await connection.send(message)
            assert await connection.recv() == message

    return client


# Sizes, with compression and without.

for size in (0, 1, 125, 126, 127, 1000, 65535, 65536):
    for compression in (None, "deflate"):
        for message in ("x" * size, bytes(i % 251 for i in range(size))):
            HEALTHY[f"{type(message).__name__} of {size}, {compression}"] = (
                lambda message=message, compression=compression: library(  # type: ignore[misc]
                    echoes(message), compression=compression
                )
            )

# Closing: every code that may be sent, by either side.

CODES = [int(code) for code in CloseCode if is_sendable(code)] + [3000, 3999, 4000, 4999]


def client_closes(code: int, reason: str = "") -> Client:
    async def client(connection: ClientConnection) -> None:
        await echoes("Hello")(connection)
        await connection.close(code, reason)

    return client


async def _waits(connection: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        await connection.recv()


def server_closes(code: int, reason: str = "") -> Callable[[ServerConnection], Awaitable[None]]:
    async def handler(connection: ServerConnection) -> None:
        await connection.close(code, reason)

    return handler


for code in CODES:
    HEALTHY[f"client closes with {code}"] = lambda code=code: library(client_closes(code))  # type: ignore[misc]
    HEALTHY[f"server closes with {code}"] = lambda code=code: library(  # type: ignore[misc]
        _waits, server_closes(code)
    )
for reason in ("bye", "x" * 123, "t\N{LATIN SMALL LETTER U WITH DIAERESIS}r zu"):
    HEALTHY[f"reason {reason[:9]}"] = lambda reason=reason: library(client_closes(1000, reason))  # type: ignore[misc]
    HEALTHY[f"server's reason {reason[:9]}"] = lambda reason=reason: library(  # type: ignore[misc]
        _waits, server_closes(1011, reason)
    )


async def _both_close(connection: ClientConnection) -> None:
    await connection.send("now")
    await connection.close()


async def _closes_on_a_word(connection: ServerConnection) -> None:
    await connection.recv()
    await connection.close(1001)


HEALTHY["both close"] = lambda: library(_both_close, _closes_on_a_word)


def says(*frames: Frame, key: bytes = MASK) -> Made:
    """A raw client that follows the rules, closes, and waits for the end."""

    async def script(wire: Wire) -> None:
        await wire.send(request())
        await wire.head()
        await wire.send(*(build_frame(frame, key) for frame in frames))
        await wire.send(build_frame(Frame(Opcode.CLOSE), key))
        await wire.end()

    return lambda: against_server(script)


HELLO = Frame(Opcode.TEXT, b"Hello")
HEALTHY["close without a code"] = says()
HEALTHY["a key of zeros"] = says(HELLO, key=bytes(4))
HEALTHY["a key of one byte"] = says(HELLO, key=b"aaaa")
HEALTHY["an unasked Pong"] = says(HELLO, Frame(Opcode.PONG, b"alive"), HELLO)
HEALTHY["a Close among fragments"] = says(Frame(Opcode.TEXT, b"Hel", fin=False))
for size in (0, 1, 125):
    HEALTHY[f"Ping of {size}"] = says(Frame(Opcode.PING, bytes(size)), HELLO)
for count in range(2, 8):
    inner = [Frame(Opcode.CONTINUATION, b"x" * count, fin=False)] * (count - 2)
    fragments = [Frame(Opcode.TEXT, b"", False), *inner, Frame(Opcode.CONTINUATION, b"y")]
    HEALTHY[f"{count} fragments"] = says(*fragments)
    HEALTHY[f"{count} fragments and Pings"] = says(
        *(each for frame in fragments for each in (frame, Frame(Opcode.PING, b"?")))
    )
EURO = "\N{EURO SIGN}".encode()
HEALTHY["a character in two fragments"] = says(
    Frame(Opcode.TEXT, EURO[:1], False), Frame(Opcode.CONTINUATION, EURO[1:])
)

# Compression, as it can be agreed on.


def deflate(client: dict[str, Any], server: dict[str, Any], *messages: str | bytes) -> Made:
    return lambda: library(
        echoes(*messages),
        client_options={"extensions": [ClientPerMessageDeflateFactory(**client)]},
        extensions=[ServerPerMessageDeflateFactory(**server)],
    )


STORY = "".join(f"line {n} of a story that repeats itself\n" for n in range(60))
for bits in range(9, 16):
    HEALTHY[f"server's window of {bits}"] = deflate(
        {"server_max_window_bits": bits}, {}, STORY, STORY
    )
    HEALTHY[f"client's window of {bits}"] = deflate(
        {"client_max_window_bits": True}, {"client_max_window_bits": bits}, STORY, STORY
    )
for side in ("client", "server"):
    HEALTHY[f"no context of the {side}"] = deflate(
        {f"{side}_no_context_takeover": True}, {}, STORY, "Hello", STORY
    )


async def _in_pieces(connection: ClientConnection) -> None:
    await connection.send([STORY[:100], STORY[100:900], "", STORY[900:]])
    assert await connection.recv() == STORY


HEALTHY["compressed fragments"] = lambda: library(_in_pieces, compression="deflate")

# Subprotocols.

for offered, spoken in (("chat", "chat"), ("chat", "other"), ("a b", "b")):
    HEALTHY[f"subprotocols {offered}, {spoken}"] = lambda offered=offered, spoken=spoken: library(  # type: ignore[misc]
        echoes("Hello"),
        client_options={"subprotocols": offered.split()},
        subprotocols=[spoken],
        select_subprotocol=lambda _, names: names[0] if names[0] == spoken else None,
    )

# What messages say.

TEXTS = [
    '{"a": [1, 2, {"b": null}]}',
    '"only a string"',
    '"a string with [brackets]"',
    "b'",
    "bytes are written b'so' in Python",
    "[object of desire]",
    "{'not': python",
    "[1, 2, 3]",
    "{}",
    "[]",
    "null",
    "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
    "<!doctype html><title>Hi</title>",
    "a\0b",
    "SEND\ndestination:/queue/a\n\nhello\0",
    "2",
    '{"type":"ping"}',
    "Grüße, Welt, Привет 😀",
    "%PDF-1.7 as text",
    "eyJhIjogMX0=",
    "\ufeffwith a mark",
    "a\r\nb\r\n",
    '{"a": 1}\n{"b": 2}\n',
]
for number, text in enumerate(TEXTS):
    HEALTHY[f"text {number}"] = lambda text=text: library(echoes(text))  # type: ignore[misc]
BYTES = [
    b"\x89PNG\r\n\x1a\n" + bytes(20),
    zlib.compress(b"Hello"),
    b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00",
    b"\x81",
    b"\x81\x05Hell",
    "Hello".encode("utf-16"),
    b"b'x'",
]
for number, data in enumerate(BYTES):
    HEALTHY[f"bytes {number}"] = lambda data=data: library(echoes(data))  # type: ignore[misc]
for seed in range(30):
    chance = random.Random(seed)
    messages = [chance.randbytes(chance.randrange(300)) for _ in range(20)]
    compression = ("deflate", None)[seed % 2]
    HEALTHY[f"chance {seed}"] = lambda m=messages, c=compression: library(  # type: ignore[misc]
        echoes(*m), compression=c
    )
    letters = ["".join(chance.choices("abc{}[]'\"\\:, 0é€😀\n", k=30)) for _ in range(20)]
    HEALTHY[f"letters by chance {seed}"] = lambda m=letters, c=compression: library(  # type: ignore[misc]
        echoes(*m), compression=c
    )


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(made, id=name, marks=[pytest.mark.slow] if "chance" in name else [])
        for name, made in HEALTHY.items()
    ],
)
def test_the_doctor_is_silent_on_a_healthy_recording(made: Made) -> None:
    recording = made()
    assert len(recording.events) > 4 and recording.ended
    diagnosis = diagnose(recording)
    assert not diagnosis, (diagnosis, recording.to_json())
    assert "Nothing in this recording" in str(diagnosis)


def test_there_are_two_hundred_of_them() -> None:
    assert len(HEALTHY) >= 200


# A recording that stops early, or begins late, proves nothing.


def cuts(recording: Recording) -> Iterator[Recording]:
    """The beginnings that end at the border of a frame; the rest, without its handshake."""
    for count in range(1, len(recording.events)):
        yield replace(recording, events=recording.events[:count])
    seen = dissect(recording)
    assert seen.switch is not None
    first = seen.units[seen.switch].arrived + 1
    for start in range(first, len(recording.events)):
        yield replace(recording, events=recording.events[start:], begins="frames")


@pytest.mark.parametrize(
    "name", ["3 fragments and Pings", "client closes with 1000", "server closes with 1001"]
)
def test_a_recording_that_stops_or_begins_in_the_middle_is_not_a_reason_to_speak(name: str) -> None:
    # Without its end: the two ends of TCP do not come at the same time.
    recording = HEALTHY[name]()
    events = tuple(event for event in recording.events if event.kind == "data")
    for part in cuts(replace(recording, events=events)):
        assert not diagnose(part), (diagnose(part), part.to_json())


# Other libraries.

LIBRARIES = json.loads((HERE / "recordings" / "libraries.json").read_text())


@pytest.mark.parametrize("number", range(len(LIBRARIES)))
def test_the_doctor_is_silent_on_other_libraries(number: int) -> None:
    entry = LIBRARIES[number]
    recording = Recording.from_json(json.dumps(entry["recording"]))
    assert not diagnose(recording), (entry["producer"], diagnose(recording))


def test_other_libraries_are_as_many_as_the_file_says() -> None:
    producers = {side for entry in LIBRARIES for side in entry["producer"].split(", ")}
    assert len(LIBRARIES) >= 40 and len(producers) >= 11


# What lies in the repository: the cause where something is wrong, and nothing elsewhere.

WRONG = {
    "talk.pcapng": ["client-unmasked"],
    "chromium_masked.json": ["server-masked"],
    "chromium_asks_login.json": ["status-401"],
    "chromium_fin.json": ["no-close"],
    "chromium_forbidden.json": ["origin-refused"],
    "chromium_foreign.json": ["origin-refused"],
    "chromium_protocol.json": ["subprotocol-not-answered"],
    "chromium_reset.json": ["reset"],
    "chromium_status.json": ["status-200"],
    "firefox_asks_login.json": ["status-401"],
    "firefox_fin.json": ["no-close"],
    "firefox_forbidden.json": ["origin-refused"],
    "firefox_foreign.json": ["origin-refused"],
    "firefox_reset.json": ["reset"],
    "firefox_status.json": ["status-200"],
    "decrypted.pcapng.gz": ["frame-before-101"],
    "lossy.pcapng.gz": ["bytes-missing"],
}
FILES = sorted(
    path
    for folder in ("notebooks/captures", "tests/recording/captures", "wsedu/live")
    for path in (ROOT / folder).glob("*.*")
    if path.suffix not in (".md", ".py", ".js", ".css") and "snaplen" not in path.name
)


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_the_doctor_knows_the_recordings_of_the_course(path: Path) -> None:
    found = [each.recording for each in find(path) if each.is_websocket]
    causes = [cause for each in found for cause in diagnose(each).causes[:1]]
    assert found and causes == WRONG.get(path.name, [])


LESSONS = json.loads((HERE / "recordings" / "lessons.json").read_text())


@pytest.mark.parametrize("number", range(len(LESSONS)))
def test_the_doctor_knows_what_the_lessons_recorded(number: int) -> None:
    """Half of what they record is broken on purpose; what is not has no cause."""
    entry = LESSONS[number]
    recording = Recording.from_json(json.dumps(entry["recording"]))
    expected = entry.get("cause")
    found = diagnose(recording)
    assert found.causes[:1] == ((expected,) if expected else ()), (entry["lesson"], found)
