"""Bytes as people copy them from programs: each form is read as the bytes that it stands for."""

import json
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.recording import Recording
from wsedu.recording.hextext import read_json, read_text
from wsedu.recording.packets import CaptureError

S = bytes.fromhex("818537fa213d7f9f4d5158")
BACK = b"\x81\x05Hello"
BITS = " ".join(f"{byte:08b}" for byte in S)


def bytes_of(text: str) -> bytes | None:
    found = read_text(text)
    return None if found is None else b"".join(data for _, data in found[0])


FORMS = {
    "81 85 37 fa 21 3d 7f 9f 4d 51 58": S,
    "81:85:37:fa:21:3d:7f:9f:4d:51:58": S,
    "81-85-37-FA-21-3D-7F-9F-4D-51-58": S,
    "818537fa213d7f9f4d5158": S,
    "818537fa\n213d7f9f\n4d5158\n": S,
    '"818537fa213d7f9f4d5158"': S,
    "0x81, 0x85, 0x37,0xfa,0x21,0x3d,0x7f,0x9f,0x4d,0x51,0x58": S,
    "0x81 0x85 0x37 0xfa 0x21 0x3d 0x7f 0x9f 0x4d 0x51 0x58": S,
    "0x818537fa213d7f9f4d5158": S,
    "81, 85, 37, fa, 21, 3d, 7f, 9f, 4d, 51, 58": S,
    "81, 05, 48, 65": b"\x81\x05He",
    r"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58": S,
    repr(S): S,
    f"frame = {S!r}": S,
    repr(bytearray(S)): S,
    "(b'\\x81\\x857\\xfa'\n b'!=\\x7f\\x9fMQX')": S,
    "b'\\x81\\x05Hello'": BACK,
    "b'Hello'": b"Hello",
    r"'\x81\x05\110e\154\x6c\o'": BACK,
    r'"\x81\a\t\"\e\r\n\0"': b'\x81\x07\t"\x1b\r\n\0',
    '"\\x81\\x85\\x37\\xfa\\x21\\x3d\\x7f\\x9f" \\\n"\\x4d\\x51\\x58"': S,
    '"\\x81\\\nA"': b"\x81A",
    '$1 = "\\201\\2057\\372!=\\177\\237MQX"': S,
    "unsigned char bytes[] = {0x81, 0x85, 0x37,\n0xfa, 0x21};": S[:5],
    "[]byte{0x81, 0x5, 0x48, 0x65, 0x6c, 0x6c, 0x6f,\n}": BACK,
    "new Uint8Array([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);": BACK,
    "0x555555558010 <f>:\t0x81\t0x85\t0x37\t0xfa\n0x555555558014 <f+4>:\t0x21": S[:5],
    "<Buffer 81 85 37 fa 21 3d 7f 9f 4d 51 58>": S,
    "ArrayBuffer {\n  [Uint8Contents]: <81 05 48 65 6c 6c 6f>,\n  byteLength: 7\n}": BACK,
    "Uint8Array(11) [\n  129, 133,  55, 250, 33,\n   61, 127, 159,  77, 81,\n   88\n]": S,
    "129,133,55,250,33,61,127,159,77,81,88": S,
    "129, 5, 72, 101, 108, 108, 111": BACK,
    "{-127, 5, 72, 101, 108, 108, 111}": BACK,
    "gYU3+iE9f59NUVg=": S,
    BITS: S,
}


@pytest.mark.parametrize(("text", "data"), FORMS.items(), ids=range(len(FORMS)))
def test_a_form_is_read_as_its_bytes(text: str, data: bytes) -> None:
    assert bytes_of(text) == data
    assert bytes_of(f"\ufeff\r\n{text}\n") == data


@given(st.binary(min_size=1, max_size=60))
def test_what_python_prints_is_read_back(data: bytes) -> None:
    for text in (repr(b"\x81" + data), repr(bytearray(b"\x81" + data)), (b"\x81" + data).hex(":")):
        assert bytes_of(text) == b"\x81" + data
    written = ", ".join(f"{byte:#x}" for byte in data)
    assert bytes_of(written) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        '"hello"',
        '""',
        '"\\x81',
        '"\\x81" + x',
        "b'\\x81 \u0394'",
        "81 8",
        "129, 300, 5",
        "129, 0x81",
        "129 133",
        "function f() { return 1 }",
        "(81, x)",
        "[1, 2] and [3]",
        "] 1, 2 [",
        "<Buffer >",
        "<Buffer xy>",
        "AAAA====",
        "helloworldhello=",
        "HelloWorldFrame0",
        "abcdefghi",
        "peer: 0\n data: !!binary |\n  A\n",
        "x" * 300 + "[1, 2]",
        "[1, 2]" + ")" * 30,
    ],
)
def test_other_text_stands_for_no_bytes(text: str) -> None:
    assert bytes_of(text) is None


def test_words_that_may_be_swapped_are_asked_about() -> None:
    with pytest.raises(CaptureError, match='swapped in words, "8581"'):
        read_text("8581 fa37 3d21 9f7f 514d 0058")
    assert bytes_of("8185 37fa 213d 7f9f 4d51 58") == S


def test_what_a_program_left_out_is_counted() -> None:
    for text, count in (
        ("<Buffer 81 85 ... 10 more bytes>", 10),
        ("Uint8Array(120) [ 129, 133, ... 20 more items ]", 20),
    ):
        found = read_text(text)
        assert found and found[0] == [(None, S[:2])]
        assert str(found[1][0]).startswith(f"The program that printed the bytes left out {count} ")


@pytest.mark.parametrize(
    "content",
    [
        [129, 133],
        {"type": "Buffer", "data": [129, 133]},
        {"0": 129, "1": 133},
        [-127, -123],
    ],
)
def test_json_of_bytes_is_read(content: Any) -> None:
    assert read_json(content) == ([(None, S[:2])], [])
    assert Recording.open(json.dumps(content).encode()).sent_by("client") == S[:2]


@pytest.mark.parametrize("content", [[], {}, [256], ["a"], [True], {"a": 1}, {"type": "Buffer"}, 3])
def test_other_json_stands_for_no_bytes(content: Any) -> None:
    assert read_json(content) is None


def test_socat_says_who_sent_what() -> None:
    heading = "2026/11/27 02:04:37.000493083  length={} from=206 to=216"
    text = (
        f"> {heading.format(11)}\n 81 85 37 fa 21 3d 7f 9f  ..7.!=..\n 4d 51 58   MQX\n--\n"
        f"< {heading.format(7)}\n 81 05 48 65 6c 6c 6f\n--\n"
    )
    assert read_text(text) == ([("client", S), ("server", BACK)], [])
    with pytest.raises(CaptureError, match="do not count up"):
        read_text(text.replace("length=11", "length=12"))


def test_a_stream_that_wireshark_follows_is_read() -> None:
    raw = (
        "====\nFollow: tcp,raw\nFilter: tcp.stream eq 0\nNode 0: a\n818537fa\n\t8105\n213d\n====\n"
    )
    expected = [("client", S[:4]), ("server", BACK[:2]), ("client", S[4:6])]
    assert read_text(raw) == (expected, [])
    yaml = (
        "peers:\n  - peer: 0\n    host: 127.0.0.1\npackets:\n"
        "  - packet: 1\n    peer: 0\n    index: 0\n"
        "    data: !!binary |\n      gYU3+iE9\n      f59NUVg=\n"
        "  - packet: 2\n    peer: 1\n    data: !!binary |\n      gQVIZWxsbw==\n"
    )
    assert read_text(yaml) == ([("client", S), ("server", BACK)], [])


def test_what_node_prints_is_read() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    made = f"Buffer.from('{S.hex()}', 'hex')"
    for code in (made, f"new Uint8Array({made})", f"JSON.stringify({made})", f"[...{made}] + ''"):
        printed = subprocess.run(
            [node, "-e", f"console.log({code})"], capture_output=True, check=True, timeout=60
        ).stdout
        assert Recording.open(printed).sent_by("client") == S
