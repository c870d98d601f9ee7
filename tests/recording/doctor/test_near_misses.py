"""What looks like the sign of a cause, and is none, or that of another one.

These are written by hand: no program has to be that unlucky for the doctor to be careful.
"""

import gzip
import zlib
from dataclasses import replace

import pytest

from tests.recording import ANSWER, REQUEST, conversation
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, Recording, Side, diagnose, dissect
from wsedu.recording.events import EventKind

MASK = bytes.fromhex("37fa213d")
TLS = b"\x17\x03\x03\x00\x10" + bytes(16)
CLOSE, PING, PONG, TEXT = Opcode.CLOSE, Opcode.PING, Opcode.PONG, Opcode.TEXT
BAD = build_frame(Frame(TEXT, b"Hello"))  # a client has to mask
VERSION = b"Sec-WebSocket-Version: 13\r\n"
PAGE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HOST = REQUEST.partition(b"Host: ")[2].partition(b"\r\n")[0]
UNASKED = REQUEST.replace(b"Upgrade: w", b"Sec-WebSocket-Protocol: chat\r\nUpgrade: w")


def frame(opcode: int, payload: bytes = b"", **bits: bool) -> bytes:
    """A frame of the server."""
    return build_frame(Frame(opcode, payload, **bits))


def from_client(opcode: int, payload: bytes = b"") -> bytes:
    return build_frame(Frame(opcode, payload), MASK)


def refusal(status: int, body: bytes = b"", line: str = "Server: x") -> bytes:
    head = f"HTTP/1.1 {status} No\r\n{line}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def seen(*said: tuple[Side, bytes], ends: str = "", begins: str = "connection") -> Recording:
    """What was said, all of it at once; ``ends``: the sides that end TCP then, in this order."""
    sides: dict[str, Side] = {"c": "client", "s": "server"}
    events = [Event(0.0, side, "data", data) for side, data in said]
    events += [Event(0.0, sides[letter], "end") for letter in ends]
    return Recording(tuple(events), begins=begins)  # type: ignore[arg-type]


def opened(*said: tuple[Side, bytes], ends: str = "") -> Recording:
    return seen(("client", REQUEST), ("server", ANSWER), *said, ends=ends)


def ended_later(recording: Recording, side: Side) -> Recording:
    """The same, and a second later a side ends TCP."""
    return replace(recording, events=(*recording.events, Event(1.0, side, "end")))


NEAR = {
    "TLS on both sides": (seen(("client", TLS), ("server", TLS), ends="cs"), "encrypted"),
    "text that may go on": (seen(("client", b"Hello")), ""),
    "a banner for a client that is silent": (seen(("server", b"SSH-2.0-x\r\n"), ends="sc"), ""),
    "an unfinished 101": (seen(("client", REQUEST), ("server", ANSWER[:-2])), ""),
    "an unfinished old handshake": (
        seen(("client", b"GET / HTTP/1.1\r\nSec-WebSocket-Key1: 1\r\n"), ends="c"),
        "hixie-76",
    ),
    "a version and nothing else": (
        seen(("client", b"GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Version: 13\r\n\r\n")),
        "upgrade-missing",
    ),
    "a page of the server itself that is forbidden": (
        seen(
            ("client", REQUEST.replace(b"\r\n\r\n", b"\r\nOrigin: http://" + HOST + b"\r\n\r\n")),
            ("server", b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        ),
        "status-403",
    ),
    "a request that may go on": (seen(("client", REQUEST[:100])), ""),
    "a wrong key in a request that may go on": (
        seen(("client", b"GET / HTTP/1.1\r\nSec-WebSocket-Key: abcd\r\n")),
        "key-length",
    ),
    "a wrong version in a request that may go on": (
        seen(("client", b"GET / HTTP/1.1\r\nSec-WebSocket-Version: 8\r\n")),
        "version-wrong",
    ),
    "a 101 that may go on": (seen(("client", REQUEST), ("server", ANSWER[:40])), ""),
    "a version that is there twice": (
        seen(("client", REQUEST.replace(VERSION, 2 * VERSION)), ("server", refusal(400))),
        "status-400",
    ),
    "a page first, and then no response": (
        seen(("client", PAGE), ("server", refusal(200)), ("client", REQUEST), ends="sc"),
        "closed-without-response",
    ),
    "a frame that does not wait for the refusal": (
        seen(("client", REQUEST), ("client", from_client(TEXT, b"Hi")), ("server", refusal(403))),
        "status-403",
    ),
    "an ordinary request": (
        seen(("client", b"GET / HTTP/1.1\r\n\r\n"), ("server", b"HTTP/1.1 200 OK\r\n\r\nHi")),
        "",
    ),
    "a subprotocol that is not answered, and the server ends": (
        seen(("client", UNASKED), ("server", ANSWER), ends="sc"),
        "no-close",
    ),
    # Ends.
    "a Pong that came": (
        opened(
            ("server", frame(PING, b"a")),
            ("client", from_client(PONG, b"a")),
            ("server", frame(CLOSE, b"\x03\xf3")),
            ("client", from_client(CLOSE, b"\x03\xf3")),
            ends="sc",
        ),
        "",
    ),
    "a Pong that had no time": (opened(("server", frame(PING, b"a")), ends="sc"), "no-close"),
    "a Pong that had time": (
        ended_later(opened(("server", frame(PING, b"a"))), "server"),
        "ping-unanswered",
    ),
    "a wrong Pong, and the end at once": (
        opened(("server", frame(PING, b"a")), ("client", from_client(PONG, b"b")), ends="sc"),
        "pong-wrong",
    ),
    "a Pong that is cut": (
        opened(("server", frame(PING, b"a")), ("client", from_client(PONG, b"a")[:-1]), ends="sc"),
        "no-close",
    ),
    "a Pong that is late, and answers the Ping before": (
        opened(
            ("server", frame(PING, b"a")),
            ("server", frame(PING, b"b")),
            ("client", from_client(PONG, b"a")),
            ("server", frame(CLOSE, b"\x03\xf3no Pong came")),
            ends="s",
        ),
        "ping-unanswered",
    ),
    "a reason with ping inside of a word": (
        opened(
            ("server", frame(PING, b"a")),
            ("server", frame(CLOSE, b"\x03\xe9stopping")),
            ("client", from_client(CLOSE, b"\x03\xe9")),
            ends="sc",
        ),
        "",
    ),
    "a handler that fails just after a Ping": (
        opened(
            ("client", from_client(TEXT, b"Hi")),
            ("server", frame(PING, b"a")),
            ("server", frame(CLOSE, b"\x03\xf3")),
            ("client", from_client(CLOSE, b"\x03\xf3")),
            ends="sc",
        ),
        "handler-failed",
    ),
    "a Ping after 1011": (
        opened(("server", frame(CLOSE, b"\x03\xf3")), ("server", frame(PING))),
        "data-after-close",
    ),
    "a Close whose answer had no time": (opened(("server", frame(CLOSE)), ends="sc"), ""),
    # Lengths.
    "a length of 126 that is right": (
        opened(
            ("server", frame(Opcode.BINARY, b"x" * 124 + b"\x81\x00")[:-2]),
            ("server", b"\x81\x00"),
            ("server", b"\x83\x00"),
        ),
        "reserved-opcode",
    ),
    "a length that may be right": (
        opened(("server", b"\x82\x07Hello"), ("server", b"\x81\x00"), ("server", b"\x83\x00")),
        "reserved-opcode",
    ),
    "characters that do not fit": (
        opened(("server", b"\x81\x02abcd"), ("server", b"\x83\x00")),
        "length-too-short",
    ),
    "nothing to wrap": (
        opened(("server", frame(TEXT, b"x" * 200)), ("server", b"\x83" * (2**17 + 5))),
        "reserved-opcode",
    ),
    # Payloads.
    "MessagePack that begins like a frame": (
        opened(("server", frame(Opcode.BINARY, b"\x81\xa3msg\xd9\x22" + b"x" * 34))),
        "",
    ),
    "a number that begins like a Close": (
        opened(("server", frame(Opcode.BINARY, b"\x88\x02\x00\x01"))),
        "",
    ),
    "not UTF-8, and no Close": (opened(("server", frame(TEXT, b"\xfe\x01\x81\x8d"))), "not-utf8"),
    "not UTF-8, and another Close": (
        opened(
            ("server", frame(TEXT, b"\xfe\x01\x81\x8d")),
            ("client", from_client(CLOSE, b"\x03\xe8")),
        ),
        "not-utf8",
    ),
    "a character that the fragment before has begun": (
        opened(("server", frame(TEXT, b"\xc3", fin=False)), ("server", frame(0, b"abc"))),
        "not-utf8",
    ),
    "a message in one that began before the recording": (
        seen(
            ("server", frame(0, b"lo", fin=False)),
            ("server", frame(TEXT, b"Hello")),
            begins="frames",
        ),
        "message-in-message",
    ),
    "a reserved bit without a handshake": (
        seen(("server", frame(TEXT, b"a", rsv2=True)), begins="frames"),
        "reserved-bit",
    ),
    "a Ping of Engine.IO as the client leaves": (
        opened(
            ("server", frame(TEXT, b'0{"sid":"a"}')),
            ("server", frame(TEXT, b"2")),
            ("client", from_client(CLOSE)),
            ("server", frame(CLOSE)),
            ends="sc",
        ),
        "",
    ),
    "1,001 messages": (opened(*[("server", frame(TEXT, b"a"))] * 1001), ""),
}


@pytest.mark.parametrize(("recording", "cause"), NEAR.values(), ids=NEAR)
def test_near_misses_are_not_named(recording: Recording, cause: str) -> None:
    found = diagnose(recording)
    assert found.causes[:1] == ((cause,) if cause else ()), found


# What servers say in a 400 when Upgrade or Connection did not arrive: aiohttp 3.14, tornado 6.6,
# ws 8, websockets 17.4, gorilla/websocket 1.5; and what they say for other reasons.

BODIES = {
    'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".': True,
    'Can "Upgrade" only to "WebSocket".': True,
    "Invalid Upgrade header": True,
    "Failed to open a WebSocket connection: invalid Connection header: close.": True,
    "websocket: the client is not using the websocket protocol: "
    "'upgrade' token not found in 'Connection' header": True,
    "Failed to open a WebSocket connection: missing Sec-WebSocket-Key header.": False,
    "no connection to the database": False,
    "": False,
}


@pytest.mark.parametrize(("body", "lost"), BODIES.items(), ids=range(len(BODIES)))
def test_what_a_server_says_tells_whether_upgrade_was_lost(body: str, lost: bool) -> None:
    head = f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    found = diagnose(seen(("client", REQUEST), ("server", head.encode())))
    assert found.causes[0] == ("upgrade-did-not-arrive" if lost else "status-400")


def test_the_response_is_quoted_and_not_the_page_before_it() -> None:
    no = refusal(403, b"not you")
    page = refusal(200, b"Hello")
    found = diagnose(
        seen(("client", PAGE), ("server", page), ("client", REQUEST), ("server", no), ends="sc")
    )
    assert 'says: "not you"' in str(found)


@pytest.mark.parametrize(
    ("line", "body", "quoted"),
    [
        ("Transfer-Encoding: chunked", b"4\r\nnot \r\n3\r\nyou\r\n0\r\n\r\n", 'says: "not you"'),
        ("Content-Encoding: gzip", gzip.compress(b"not you", mtime=0), ""),
    ],
    ids=["in chunks", "compressed"],
)
def test_what_a_body_holds_is_quoted(line: str, body: bytes, quoted: str) -> None:
    head = f"HTTP/1.1 403 No\r\n{line}\r\n\r\n".encode()
    said = str(diagnose(seen(("client", REQUEST), ("server", head + body), ends="sc")))
    assert quoted in said and ("says:" in said) == bool(quoted)


def test_the_extension_that_was_not_offered_is_named() -> None:
    line = b"Sec-WebSocket-Extensions: permessage-deflate"
    asked, answered = (head.replace(b"\r\n\r\n", b"\r\n" + line) for head in (REQUEST, ANSWER))
    end = b"\r\n\r\n"
    found = diagnose(seen(("client", asked + end), ("server", answered + b", x-other" + end)))
    assert found.causes[0] == "extension-not-offered"
    assert "the extension x-other, " in str(found)


def test_the_message_that_was_too_big_is_the_largest_one() -> None:
    large, small = from_client(TEXT, b"x" * 2**17), from_client(TEXT, b"Hi")
    too_big = frame(CLOSE, b"\x03\xf1")
    found = diagnose(opened(("client", large + small), ("server", too_big), ends="sc"))
    assert found.causes == ("too-big",) and "131,072 bytes" in str(found)


def test_a_compressed_message_is_as_big_as_what_it_inflates_to() -> None:
    line = b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    asked, answered = (head.replace(b"\r\n\r\n", line) for head in (REQUEST, ANSWER))
    compress = zlib.compressobj(wbits=-15)
    written = compress.compress(b"x" * 2**17) + compress.flush(zlib.Z_SYNC_FLUSH)
    sent = build_frame(Frame(TEXT, written.removesuffix(b"\0\0\xff\xff"), rsv1=True), MASK)
    close = frame(CLOSE, b"\x03\xf1")
    found = diagnose(
        seen(("client", asked), ("server", answered), ("client", sent), ("server", close))
    )
    assert found.causes == ("too-big",) and "131,072 bytes" in str(found)


# Bytes that are missing: what is not in the recording may have been sent.

ENGINE = opened(
    ("server", frame(TEXT, b'0{"sid":"a"}')),
    ("server", frame(TEXT, b"2")),
    ("server", frame(CLOSE, b"\x03\xe8")),
    ("client", from_client(CLOSE, b"\x03\xe8")),
)
GAPS = {
    "request-not-ended": seen(("client", REQUEST[:100]), ends="cs"),
    "response-no-connection": seen(("client", REQUEST), ("server", ANSWER[:60]), ends="cs"),
    "subprotocol-not-answered": seen(("client", UNASKED), ("server", ANSWER), ends="cs"),
    "engine-ping-unanswered": ENGINE,
}


@pytest.mark.parametrize(("cause", "recording"), GAPS.items(), ids=GAPS)
def test_what_is_not_there_counts_only_if_no_bytes_are_missing(
    cause: str, recording: Recording
) -> None:
    assert cause in diagnose(recording).causes
    assert not diagnose(Recording(recording.events, dropped=100))


# A few bytes that were copied: nothing says that the connection ended.

COPIED = {
    "81 fe 05 00 37 fa 21 3d 7f 9f 4d 51 58": "length-little-endian",
    "81 85 48 65 6c 6c 6f": "mask-bit-without-key",
    "81 05 48 65 6c 6c 6f": "",
    "81 07 48 65 6c 6c 6f": "",
    "81 85 37 fa 21 3d 7f 9f 4d 51 58": "",
    "81 85 37 fa 21 3d 7f 9f": "",
    # Four bytes can be read by chance.
    "81 84 37 fa 21 3d 76 56 21 3d": "not-utf8",
    "88 02 e8 03": "close-code-little-endian",
    "81 85 37 fa 21 3d 48 65 6c 6c 6f": "masked-not",
    "81 85 37 fa 21 3d 23 25 26 3d 3e": "not-utf8",
}


@pytest.mark.parametrize(("copied", "cause"), COPIED.items(), ids=COPIED)
def test_a_few_copied_bytes_have_a_diagnosis_too(copied: str, cause: str) -> None:
    found = diagnose(Recording.open(copied.encode()))
    assert found.causes[:1] == ((cause,) if cause else ()), found


def test_a_key_that_was_not_sent_cannot_be_answered_wrongly() -> None:
    asked = REQUEST.replace(b"Sec-WebSocket-Key: ", b"X-Key: ")
    assert diagnose(seen(("client", asked), ("server", ANSWER))).causes == ()


def test_a_whole_frame_before_missing_bytes_is_not_a_reason_to_speak() -> None:
    whole = opened(("server", frame(TEXT, b"Hello")))
    assert not diagnose(Recording(whole.events, dropped=1000))
    cut = opened(("server", frame(TEXT, b"Hello")[:-1]))
    assert diagnose(Recording(cut.events, dropped=1000)).causes == ("bytes-missing",)


@pytest.mark.parametrize("kind", ["end", "lost"])
def test_an_end_after_missing_bytes_is_not_a_reason_to_speak(kind: EventKind) -> None:
    whole = opened(("server", frame(TEXT, b"Hello")))
    assert not diagnose(Recording((*whole.events, Event(0.0, "server", kind)), dropped=1000))


def test_what_the_lab_did_after_the_end_is_not_a_cause() -> None:
    recording = opened(("server", frame(TEXT, b"Hello")), ends="sc")
    fault = Event(0.0, "client", "fault", note="the lab was closed")
    assert diagnose(Recording((*recording.events, fault))).causes == ("no-close",)


def test_a_network_that_only_delays_is_not_a_cause() -> None:
    (*before, end, other) = opened(("server", frame(TEXT, b"Hello")), ends="sc").events
    fault = Event(0.0, "client", "fault", note="the lab breaks the network: cut=8")
    events = (*before[:2], fault, *before[2:], end, other)
    assert diagnose(Recording(events)).causes == ("no-close",)


def test_a_close_without_a_body_is_its_own_evidence() -> None:
    recording = opened(("server", frame(CLOSE)), ends="")
    events = (*recording.events, Event(9.0, "server", "end"))
    (found,) = diagnose(Recording(events)).findings
    assert found.cause == "close-unanswered" and found.evidence[0].data == b"\x88\x00"


def test_a_recording_and_its_dissection_have_one_diagnosis() -> None:
    recording = conversation(("client", REQUEST), ("server", ANSWER), ("client", BAD))
    assert diagnose(dissect(recording)) == diagnose(recording)
    assert repr(diagnose(recording)) == str(diagnose(recording))
    assert "Nothing in this recording" in str(diagnose(Recording()))


EVIL = b"\x1b]0;x\x07\x9b2J"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"GET", b"G" + EVIL),
        (b"Version: 13", b"Version: 1" + EVIL),
        (b"Upgrade: w", b"Sec-WebSocket-Protocol: a" + EVIL + b", a" + EVIL + b"\r\nUpgrade: w"),
        (b"/chat", b"/" + EVIL),
        (b"Host: ", b"Origin: " + EVIL + b"\r\nHost: "),
    ],
)
@pytest.mark.parametrize("status", [b"403 No", b"404 No" + EVIL, b"499 No" + EVIL])
def test_what_came_over_the_wire_cannot_move_a_cursor(
    old: bytes, new: bytes, status: bytes
) -> None:
    refusal = b"HTTP/1.1 " + status + b"\r\nContent-Length: 9\r\n\r\nx" + EVIL
    recording = seen(("client", REQUEST.replace(old, new, 1)), ("server", refusal), ends="sc")
    for found in diagnose(recording).findings:
        assert str(found).replace("\n", "").isprintable()
