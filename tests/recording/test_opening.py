"""Every kind of file is opened by its content; damaged ones raise our error, and never hang."""

import gzip
import io
import json
import random
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording, dissect, find, opening
from wsedu.recording.packets import CaptureError

from . import ANSWER, REQUEST, conversation
from .test_captures import several
from .test_flows import dump, flow
from .test_har import JSONL, attached, entry, har, message
from .wires import Wire, pcap

MASK = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), MASK)
BACK = build_frame(Frame(Opcode.TEXT, b"Hello"))
TALK = conversation(("client", REQUEST), ("server", ANSWER), ("client", HELLO), ("server", BACK))
HAR = har(entry([message("send", "Hello"), message("receive", "Hello")]))


def test_our_own_recordings_are_opened(tmp_path: Path) -> None:
    for recording in (TALK, Recording(TALK.events[2:], "a note", 3, "frames")):
        recording.save(tmp_path / "talk.json")
        assert Recording.open(tmp_path / "talk.json") == recording
        assert Recording.open(recording.to_json().encode()) == recording
        assert Recording.open(b"\xef\xbb\xbf" + recording.to_json().encode()) == recording
    (found,) = find(TALK.to_json().encode())
    assert str(found).endswith(" bytes of one connection")


def test_a_capture_is_opened_whatever_its_name(tmp_path: Path) -> None:
    TALK.save(tmp_path / "talk.pcapng")
    (tmp_path / "talk.har").write_bytes((tmp_path / "talk.pcapng").read_bytes())
    (tmp_path / "talk.gz").write_bytes(gzip.compress((tmp_path / "talk.pcapng").read_bytes()))
    (tmp_path / "z").write_bytes(zlib.compress((tmp_path / "talk.pcapng").read_bytes()))
    for name in ("talk.har", "talk.gz", "z"):
        assert Recording.open(tmp_path / name).events == TALK.events


def test_connections_of_a_capture_are_listed_and_chosen() -> None:
    found = find(several())
    assert [each.is_websocket for each in found] == [True] * 2 + [False] * 5
    with pytest.raises(ValueError, match="2 WebSocket connections; choose one by its number"):
        Recording.open(several())
    assert Recording.open(several(), connection=2) == found[1].recording
    assert Recording.open(several(), port=50000) == found[0].recording
    many = b"".join(dump(flow()) for _ in range(30))
    with pytest.raises(ValueError, match="30 WebSocket connections") as raised:
        Recording.open(many)
    assert str(raised.value).endswith("20: http://example.com:8000/chat: 2 messages\n…")


def test_a_capture_that_begins_later_is_read_as_frames_by_its_port() -> None:
    wire = Wire(opened=False)
    wire.send("client", HELLO)
    wire.send("server", BACK)
    recording = Recording.open(pcap(wire.packets), port=8811)
    assert recording.begins == "frames" and len(dissect(recording).messages) == 2
    other = Wire(opened=False)
    other.send("client", b"EHLO example.com\r\n")
    assert Recording.open(pcap(other.packets), port=8811).begins == "connection"


def test_a_har_is_opened_in_every_wrapping(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("har.har", har(attached("1f.jsonl")))
        archive.writestr("1f.jsonl", JSONL)
    assert len(dissect(Recording.open(packed.getvalue())).messages) == 2
    for content in (HAR, gzip.compress(HAR), zlib.compress(HAR), b"\n " + HAR):
        assert len(dissect(Recording.open(content)).messages) == 2
    utf_16 = HAR.decode().encode("utf-16")  # what PowerShell writes
    assert len(dissect(Recording.open(utf_16)).messages) == 2
    big = b"\xfe\xff" + HAR.decode().encode("utf-16-be")
    assert len(dissect(Recording.open(big)).messages) == 2
    # One that names a file which is not in the archive.
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("har.har", har(attached("other")))
    assert "which is not here" in Recording.open(packed.getvalue()).note


@pytest.mark.parametrize("url", ["wss://a/", "https://a:443/", "ws://a:443/", "x://a:443/"])
def test_the_port_of_an_address_may_be_left_out(url: str) -> None:
    made = entry([])
    made["request"]["url"] = url
    assert Recording.open(har(made), port=443).events
    for wrong in ("ws://a:99999/", "ws://[/"):
        made["request"]["url"] = wrong
        with pytest.raises(ValueError, match="seem to be 0"):
            Recording.open(har(made), port=443)


def test_hex_that_is_json_too_is_read() -> None:
    assert Recording.open(b"8100").sent_by("server") == b"\x81\0"
    assert Recording.open(b'"8100"').sent_by("server") == b"\x81\0"


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST", 1000)
    for content in (b"81 " * 400, gzip.compress(b"81 " * 400), zlib.compress(b"81 " * 400)):
        with pytest.raises(ValueError, match="is not a capture: cut out"):
            Recording.open(content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.har", b" " * 5000)
    with pytest.raises(ValueError, match="zip and is damaged or empty"):
        Recording.open(packed.getvalue())
    wire = Wire()
    for _ in range(30):
        wire.send("client", REQUEST)
    assert Recording.open(pcap(wire.packets)).events  # a capture may be larger


# Damage.


def seeds() -> list[bytes]:
    """One file of each kind."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("har.har", har(attached("1f.jsonl")))
        archive.writestr("1f.jsonl", JSONL)
    rows = "".join(
        f"{at:08x}  {HELLO[at : at + 4].hex(' ')}  |....|\n" for at in range(0, len(HELLO), 4)
    )
    wire = Wire()
    wire.send("client", REQUEST + HELLO)
    wire.send("server", ANSWER + BACK)
    return [
        TALK.to_json().encode(),
        pcap(wire.packets),
        gzip.compress(pcap(wire.packets)),
        several(),
        HAR,
        gzip.compress(HAR),
        zlib.compress(HAR),
        packed.getvalue(),
        JSONL,
        dump(flow()) + dump(flow(close_code=None)),
        rows.encode(),
        rows.replace("  |....|", "").encode(),
        repr(HELLO).encode(),
        str(list(HELLO)).encode(),
        json.dumps({"type": "Buffer", "data": list(HELLO)}).encode(),
        HELLO.hex(" ").encode(),
        b"<Buffer " + HELLO.hex(" ").encode() + b" ... 4 more bytes>",
        REQUEST + ANSWER + BACK,
        REQUEST.replace(b"\r\n", b"\n"),
        HELLO * 3,
    ]


def damaged(seed: bytes, chance: random.Random) -> bytes:
    content = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(content) + 1)
        size = chance.choice((1, 1, 2, 7, 40))
        kind = chance.randrange(5)
        if kind == 0:
            del content[at : at + size]
        elif kind == 1:
            content[at:at] = chance.randbytes(size)
        elif kind == 2:
            content[at : at + size] = bytes(
                chance.choice(b"0189afx[]{}\"'\\ \n\t,:*") for _ in range(size)
            )
        elif kind == 3:
            content = content[:at] or content
        else:
            content[at:at] = content[max(0, at - size) : at]
    return bytes(content)


@pytest.mark.slow
def test_a_thousand_damaged_files_raise_our_error_or_open() -> None:
    chance, files, opened = random.Random(6455), seeds(), 0
    slowest = 0.0
    for number in range(1000):
        content = damaged(files[number % len(files)], chance)
        start = time.process_time()
        try:
            for found in find(content):
                dissect(found.recording)
            opened += 1
        except ValueError as error:
            assert type(error) is not UnicodeDecodeError and str(error)
        slowest = max(slowest, time.process_time() - start)
    assert 200 < opened < 1000
    assert slowest < 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [b"a", b"81", b" ", b"'", b'"', b"\\", b"[", b"0x", b"1,", b"[1,", b"0000  81\n", b"*\n", b"\t"]
    + [b"> ", b"GET / HTTP/1.1\n", b"peer: 0\n", b"x= ", b"{", b"9:", b"=", b"\\x", b"10000001 "],
)
def test_a_long_file_of_one_kind_does_not_hang(piece: bytes) -> None:
    start = time.process_time()
    try:
        find(piece * (300_000 // len(piece)))
    except ValueError as error:
        assert len(str(error)) < 500
    assert time.process_time() - start < 10


def test_a_capture_of_one_direction_has_the_frames_of_the_server() -> None:
    wire = Wire()
    for data in (ANSWER, BACK, BACK):
        wire.send("server", data)
    (found,) = find(pcap(wire.packets))
    assert found.recording.begins == "response"
    units = dissect(found.recording).units
    assert [unit.kind for unit in units] == ["response", "frame", "frame"]
    assert [problem for unit in units for problem in unit.problems] == []


def test_a_list_of_recordings_is_a_file_of_connections() -> None:
    """As the tap writes them."""
    plain = conversation(("client", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
    talk = conversation(("client", REQUEST), ("server", ANSWER))
    both = f"[{plain.to_json()},{talk.to_json()}]".encode()
    assert [each.is_websocket for each in find(both)] == [False, True]
    assert [each.recording for each in find(both)] == [plain, talk]
    assert Recording.open(both) == talk
    # If none of them is a WebSocket, all are shown.
    assert [each.is_websocket for each in find(f"[{plain.to_json()}]".encode())] == [True]
    with pytest.raises(CaptureError):
        find(f"[{talk.to_json()}, 1]".encode())
    with pytest.raises(ValueError, match='"events" is missing'):
        find(b'[{"format": "wsedu recording", "version": 1}]')
