"""Hex dumps of real tools are read as the bytes that went in; what does not count up is refused."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording, dissect, find
from wsedu.recording.hexdump import read_dump
from wsedu.recording.packets import CaptureError

from ..chromium import empty_page
from . import ANSWER, REQUEST

MASK = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), MASK)
CAPTURES = Path(__file__).parent / "captures"
DATA = {
    "one frame": HELLO,
    "three lines": HELLO * 4,
    "repeated lines": build_frame(Frame(Opcode.BINARY, bytes(500))) + HELLO,
    "characters that look like hex": build_frame(Frame(Opcode.TEXT, b"deadbeef cafe 1234" * 20)),
    "signs of other forms": build_frame(Frame(Opcode.TEXT, b"|>< 0x00: * |.|" * 9)),
    "chance": build_frame(Frame(Opcode.BINARY, random.Random(6455).randbytes(333)), MASK),
}
TOOLS = [
    *("xxd", "xxd -u -c 8", "xxd -g 1", "xxd -g 4", "xxd -c 5", "xxd -c 32", "xxd -a", "xxd -g 0"),
    *("xxd -e", "xxd -b", "xxd -p", "xxd -i", "hexdump", "hexdump -C", "hexdump -b", "hexdump -v"),
    *("od", "od -A x -t x1", "od -A x -t x1z", "od -t x1", "od -A d -t x1", "od -t u1", "od -b"),
    *("od -x", "od -v -t x1", "base64"),
]


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def sent(recording: Recording) -> bytes:
    return b"".join(event.data for event in recording.events)


@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
@pytest.mark.parametrize("command", TOOLS)
def test_what_a_tool_prints_is_read_back(command: str, data: bytes) -> None:
    name, *options = command.split()
    dump = subprocess.run(
        [program(name), *options], input=data, capture_output=True, check=True, timeout=60
    ).stdout
    recording = Recording.open(dump)
    assert sent(recording) == data
    swapped = command in ("hexdump", "hexdump -v", "od", "od -x", "xxd -e")
    assert ("words, with their bytes swapped" in recording.note) is swapped


# The same without the tools.


@pytest.mark.parametrize(
    "dump",
    [
        "0000  81 85 37 fa 21 3d 7f 9f 4d 51 58                  ..7.!=..MQX",
        "0000: 81 85 37 fa 21 3d 7f 9f 4d 51 58                ..7.!=..MQX",
        "00000000: 8185 37fa 213d 7f9f 4d51 58              ..7.!=..MQX",
        "00000000  81 85 37 fa 21 3d 7f 9f  4d 51 58                 |..7.!=..MQX|\n0000000b\n",
        "0000000 8581 fa37 3d21 9f7f 514d 0058\n000000b\n",
        "0000000 102601 175067 036441 117577 050515 000130\n0000013\n",
        "\t0x0000:  8185 37fa 213d 7f9f 4d51 58             ..7.!=..MQX",
        "0000  81 85 37 fa 21 3d 7f 9f   ..7.!=..\n0008  4d 51 58   MQX\n\n",
        "0000  81 85 37 fa 21 3d 7f 9f  4d 51 58",  # no characters to compare with
        "0000  81 85 37 fa 21 3d 7f 9f 4d 51 58  different",
        "0000 81 85 37 fa 21 3d 7f 9f 4d 51 58 nothing",
        "00000000: 00110111 11111010\n00000002: 00100001 00111101",
    ],
)
def test_a_dump_in_any_form_is_read(dump: str) -> None:
    found = read_dump(dump)
    assert found
    ((side, data),), _notes = found
    assert side is None and data in (HELLO, MASK)


def test_repeated_lines_are_filled_up() -> None:
    found = read_dump("0000  82 30 00 00\n0004  00 00 00 00\n*\n0030  00 00\n")
    assert found and found[0] == [(None, b"\x82\x30" + bytes(48))]


@pytest.mark.parametrize(
    "dump",
    [
        "0000  81 85 37 fa\n0005  21 3d",
        "0000  81 85 37 fa\n0003  21 3d",
        "0000  81 85\n0002  zz",
        "0000  81 85 37 fa\n*\n0002  21 3d\n",
        "0000  81 85\n0002  11 22\n*\nffffffff  00\n",
        "0000  8185 3\n0004  21",
        "0000  81 85 37 fa\nffg\n0000  81 85\n0010 zz",
        "00000000: 8185 37fa21\n00000003: 37",
    ],
)
def test_offsets_that_do_not_count_up_are_refused(dump: str) -> None:
    with pytest.raises(CaptureError, match="do not count up"):
        read_dump(dump)


@pytest.mark.parametrize(
    "text", ["", "hello", "000 hello", "0001  81 85", "81 85 37", "*", "Frame (3 bytes):", "0000"]
)
def test_other_text_is_not_a_dump(text: str) -> None:
    assert read_dump(text) is None


# Dumps that say who sent what.


def test_curl_says_who_sent_what() -> None:
    trace = (
        "== Info: Connected to 127.0.0.1\n"
        "=> Send header, 5 bytes (0x5)\n0000: 47 45 54 20 2f                GET /\n"
        "<= Recv header, 4 bytes (0x4)\n0000: 48 54 54 50                   HTTP\n"
        "<= Recv data, 7 bytes (0x7)\n0000: 81 05 48 65 6c 6c 6f          ..Hello\n"
        "== Info: Closing connection\n"
    )
    found = read_dump(trace)
    assert found and found[0] == [
        ("client", b"GET /"),
        ("server", b"HTTP"),
        ("server", b"\x81\x05Hello"),
    ]


def test_curl_is_read() -> None:
    with empty_page() as url:
        trace = subprocess.run(
            [program("curl"), "-s", "--noproxy", "*", "--trace", "-", url, "-o", "/dev/null"],
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
    (found,) = find(trace)
    seen = dissect(found.recording)
    assert [unit.kind for unit in seen.units][:2] == ["request", "response"]
    assert found.recording.sent_by("server").endswith(b"<!doctype html><title>page</title>")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["lo", "any_dumpcap", "any_tcpdump", "ipv6", "bridge", "decrypted"]
)
def test_packets_that_tshark_prints_are_taken_apart(name: str) -> None:
    (path,) = CAPTURES.glob(f"{name}.*")
    dump = subprocess.run(
        [program("tshark"), "-r", str(path), "-x"], capture_output=True, check=True, timeout=60
    ).stdout
    (expected,), (found,) = find(path), find(dump)
    for side in ("client", "server"):
        assert found.recording.sent_by(side) == expected.recording.sent_by(side)


@pytest.mark.parametrize("mode", ["hex", "raw", "yaml"])
@pytest.mark.parametrize("name", ["lo", "ipv6", pytest.param("lossy", marks=pytest.mark.slow)])
def test_a_stream_that_tshark_follows_is_read(name: str, mode: str) -> None:
    (path,) = CAPTURES.glob(f"{name}.*")
    dump = subprocess.run(
        [program("tshark"), "-r", str(path), "-q", "-z", f"follow,tcp,{mode},0"],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    (expected,), (found,) = find(path), find(dump)
    for side in ("client", "server"):
        assert found.recording.sent_by(side) == expected.recording.sent_by(side)
    assert bool(found.recording.dropped) is (name == "lossy")


def test_a_followed_stream_is_read_without_the_tool() -> None:
    dump = (
        "Follow: tcp,hex\nNode 0: 127.0.0.1:1\nNode 1: 127.0.0.1:2\n"
        "00000000  47 45 54 20 2f                                    GET /\n"
        "\t00000000  48 54 54 50                                       HTTP\n"
        "00000005  81 85 37 fa 21 3d 7f 9f  4d 51 58                 ..7.!=.. MQX\n"
    )
    found = read_dump(dump)
    assert found and found[0] == [("client", b"GET /"), ("server", b"HTTP"), ("client", HELLO)]


def test_what_tshark_derives_from_packets_is_left_out() -> None:
    dump = (
        "Frame (2 bytes):\n0000  81 85   ..\n\nUnmasked data (5 bytes):\n"
        "0000  48 65 6c 6c 6f   Hello\n\n0000  88 00   ..\n"
    )
    found = read_dump(dump)
    assert found and [data for _, data in found[0]] == [b"\x81\x85", b"\x88\0"]
    found = read_dump("Unmasked data (5 bytes):\n0000  48 65 6c 6c 6f   Hello\n")
    assert found and found[0] == [(None, b"Hello")]


def test_offsets_that_do_not_count_are_told_with_the_first_line() -> None:
    with pytest.raises(CaptureError, match='at "81 85": copy it again'):
        read_dump("0000  81 85\n0009  37 fa\n0010  21\n")


def test_an_offset_of_0_begins_another_dump() -> None:
    found = read_dump("0000  81 05 48 65 6c 6c 6f   ..Hello\n0000  88 00   ..\n")
    assert found and [data for _, data in found[0]] == [b"\x81\x05Hello", b"\x88\0"]


def test_a_handshake_in_hex_is_read() -> None:
    recording = Recording.open((REQUEST + ANSWER).hex(" ").encode())
    assert (recording.sent_by("client"), recording.sent_by("server")) == (REQUEST, ANSWER)
