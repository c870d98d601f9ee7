"""Compressed messages: what websockets compressed is read, and what is damaged is said."""

import json
import random
import subprocess
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from wsedu.protocol import Binary, Frame, Opcode, Text, build_frame
from wsedu.recording import Dissection, Unit, dissect
from wsedu.recording.inflating import LIMIT, Inflater
from wsedu.views import BytesAndFields, Ladder

from . import ANSWER, REQUEST, assert_tiled, byte_by_byte, conversation
from .deflated import AGREEMENTS, conversation_of_websockets

KEY = bytes.fromhex("37fa213d")
TEXT, BINARY, MORE, PING = Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION, Opcode.PING
HELLO = bytes.fromhex("f248cdc9c90700")  # RFC 7692 7.2.3.1
AGAIN = bytes.fromhex("f200110000")  # 7.2.3.2: the same, by pointing back
OFFER = REQUEST[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"


def agreed(parameters: str = "") -> bytes:
    return (
        ANSWER[:-2] + f"Sec-WebSocket-Extensions: permessage-deflate{parameters}\r\n\r\n".encode()
    )


def seen(*frames: Frame, parameters: str = "", side: str = "server") -> Dissection:
    """These frames, sent after compression was agreed on."""
    key = KEY if side == "client" else None
    said = [(side, build_frame(frame, key)) for frame in frames]
    return dissect(conversation(("client", OFFER), ("server", agreed(parameters)), *said))


def heard(*frames: Frame, parameters: str = "", side: str = "server") -> tuple[Unit, ...]:
    return seen(*frames, parameters=parameters, side=side).find("frame")


def deflate(data: bytes, bits: int = 15) -> bytes:
    squeeze = zlib.compressobj(wbits=-bits)
    return (squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH))[:-4]


def compressed(data: bytes, bits: int = 15) -> Frame:
    return Frame(TEXT, deflate(data, bits), rsv1=True)


# Against the library.


@pytest.mark.parametrize("name", AGREEMENTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_message_of_websockets_is_read(name: str, seed: int) -> None:
    recording, said = conversation_of_websockets(seed, **AGREEMENTS[name])
    seen = dissect(recording)
    assert_tiled(seen)
    for side in ("client", "server"):
        assert [m for s, m in seen.messages if s == side] == [m for s, m in said if s == side]
    assert [problem.sentence for unit in seen.units for problem in unit.problems] == []
    assert any(unit.inflated for unit in seen.units)


def test_messages_are_the_same_byte_by_byte() -> None:
    recording, _said = conversation_of_websockets(7, count=9)
    assert dissect(byte_by_byte(recording)).messages == dissect(recording).messages


@pytest.mark.slow
@pytest.mark.parametrize("name", ["context takeover both ways", "windows of 12 bits"])
def test_wireshark_reads_the_same_texts(
    name: str,
    tshark: str,
    tmp_path: Path,
) -> None:
    recording, said = conversation_of_websockets(3, count=60, fragments=0, **AGREEMENTS[name])
    path = tmp_path / "talk.pcapng"
    recording.save(path)
    command = [tshark, "-r", str(path), "-T", "json", "-Y", "websocket"]
    command += ["-e", "websocket.payload.text"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    layers = [packet["_source"]["layers"] for packet in json.loads(done.stdout)]
    theirs = [text for layer in layers for text in layer.get("websocket.payload.text", [])]
    ours = [m.text for _side, m in dissect(recording).messages if isinstance(m, Text)]
    assert ours == [m.text for _side, m in said if isinstance(m, Text)]
    assert len(theirs) == len(ours) > 20
    for their, our in zip(theirs, ours, strict=True):
        # Of an empty message tshark 4.0 shows the compressed byte, which is 0.
        assert their == our or our and len(their) > 10_000 and our.startswith(their)


# What is shown.


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_compressed_message_shows_its_bytes_and_its_text(side: str) -> None:
    (unit,) = heard(Frame(TEXT, HELLO, rsv1=True), side=side)
    assert unit.message == Text("Hello") and not unit.problems
    assert unit.title == "text, compressed: Hello"
    assert "7 bytes of payload that inflate to 5 bytes" in unit.sentence
    payload = unit.fields[-1]
    assert payload.value == "inflated: Hello (compressed: 7 bytes)"
    assert "f2 48 cd c9 c9 07 00" in payload.meaning and payload.section == "RFC 7692 7.2.2"
    (rsv1,) = [part for part in unit.fields[0].parts if part.name == "RSV1"]
    assert (rsv1.value, rsv1.section) == ("1", "RFC 7692 6")
    assert "this message is compressed" in rsv1.meaning
    text = BytesAndFields(unit).text
    assert "inflated: Hello" in text and "this message is compressed" in text
    assert "text, compressed: Hello" in Ladder(seen(Frame(TEXT, HELLO, rsv1=True)).recording).text


def test_a_binary_message_is_shown_in_hexadecimal() -> None:
    (unit,) = heard(Frame(BINARY, deflate(b"\x01\x02"), rsv1=True))
    assert unit.message == Binary(b"\x01\x02")
    assert unit.title == "binary, compressed: 01 02"


def test_a_message_that_is_not_compressed_stays_as_it_is() -> None:
    (unit,) = heard(Frame(TEXT, b"plain"))
    assert unit.title == "text: plain" and unit.inflated is None
    assert unit.message == Text("plain")


def test_fragments_of_a_compressed_message_are_read_in_turn() -> None:
    units = heard(
        Frame(TEXT, HELLO[:3], fin=False, rsv1=True),
        Frame(PING),
        Frame(MORE, HELLO[3:5], fin=False),
        Frame(MORE, HELLO[5:]),
        Frame(TEXT, AGAIN, rsv1=True),
        Frame(TEXT, b"plain"),
    )
    assert [unit.message for unit in units[-3:]] == [Text("Hello"), Text("Hello"), Text("plain")]
    assert not any(unit.problems or unit.message for unit in units[:3])
    assert b"".join(unit.inflated.start for unit in units if unit.inflated) == b"HelloHello"
    assert "continuation, compressed" in units[2].title
    shown = [unit.fields[-1].value for unit in units if unit.kind == "frame" and unit.inflated]
    assert shown[0].endswith("(compressed: 3 bytes)")
    texts = [value.removeprefix("inflated: ").partition(" (")[0] for value in shown]
    assert "".join(texts[:3]) == 'He"ll""o"'


# The examples of 7.2.3, and what goes with them.


@pytest.mark.parametrize(
    "payload",
    [
        "f248cdc9c90700",  # one block
        "000500faff48656c6c6f00",  # a block without compression
        "f348cdc9c9070000",  # a block that is marked as the last
        "f248050000 00ffffcac9c90700",  # two blocks
    ],
)
def test_examples_of_the_rfc_are_read(payload: str) -> None:
    (unit,) = heard(Frame(TEXT, bytes.fromhex(payload), rsv1=True))
    assert unit.message == Text("Hello") and not unit.problems


def test_an_empty_message_is_read() -> None:
    (unit,) = heard(Frame(TEXT, b"\x00", rsv1=True))  # 7.2.3.6
    assert unit.message == Text("") and not unit.problems


def test_after_a_block_that_is_marked_as_the_last_the_context_stays() -> None:
    last, again = bytes.fromhex("f348cdc9c9070000"), AGAIN
    units = heard(Frame(TEXT, last, rsv1=True), Frame(TEXT, again, rsv1=True))
    assert [unit.message for unit in units] == [Text("Hello"), Text("Hello")]


# The context.


def test_without_context_takeover_a_message_may_not_point_back() -> None:
    hello, again = Frame(TEXT, HELLO, rsv1=True), Frame(TEXT, AGAIN, rsv1=True)
    kept = heard(hello, again)
    assert [unit.message for unit in kept] == [Text("Hello")] * 2
    first, second = heard(hello, again, parameters="; server_no_context_takeover")
    assert first.message == Text("Hello") and second.message is None
    (problem,) = second.problems
    assert "too far back" in problem.sentence and problem.section == "RFC 7692 7.2.2"


def test_each_direction_has_a_context_of_its_own() -> None:
    talk = conversation(
        ("client", OFFER),
        ("server", agreed()),
        ("server", build_frame(Frame(TEXT, HELLO, rsv1=True))),
        ("client", build_frame(Frame(TEXT, AGAIN, rsv1=True), KEY)),
        ("server", build_frame(Frame(TEXT, AGAIN, rsv1=True))),
    )
    one, two, three = dissect(talk).find("frame")
    assert (one.message, two.message, three.message) == (Text("Hello"), None, Text("Hello"))
    assert two.problems


def test_a_sender_that_points_back_further_than_agreed_is_named_and_read() -> None:
    chance = random.Random(5)
    block = chance.randbytes(3000).hex().encode()
    (unit,) = heard(compressed(block * 2), parameters="; server_max_window_bits=10")
    (problem,) = unit.problems
    assert "further than the 1,024 bytes" in problem.sentence
    assert problem.section == "RFC 7692 7.1.2"
    assert unit.message == Text((block * 2).decode())
    assert not heard(compressed(block * 2))[0].problems


@pytest.mark.parametrize("bits", range(9, 16))
def test_a_window_that_is_kept_is_not_a_problem(bits: int) -> None:
    chance = random.Random(bits)
    block = chance.randbytes(20_000).hex().encode()
    (unit,) = heard(
        compressed(block * 3, bits), parameters=f"; server_max_window_bits={bits}", side="server"
    )
    assert not unit.problems and unit.message == Text((block * 3).decode())


# RSV1 where it must not be.


def test_rsv1_without_an_agreement_is_a_reserved_bit() -> None:
    frame = build_frame(Frame(TEXT, HELLO, rsv1=True))
    (unit,) = dissect(conversation(("client", REQUEST), ("server", ANSWER + frame))).find("frame")
    assert "reserved bit" in unit.problems[0].sentence and unit.problems[0].section == "5.2"
    assert unit.inflated is None


@pytest.mark.parametrize("frame", [Frame(PING, rsv1=True), Frame(Opcode.CLOSE, rsv1=True)])
def test_rsv1_on_a_control_frame_is_a_problem(frame: Frame) -> None:
    (problem,) = heard(frame)[0].problems
    assert "control frame" in problem.sentence and "Close code 1002" in problem.sentence
    assert problem.section == "RFC 7692 6"


def test_rsv1_on_a_continuation_is_a_problem() -> None:
    units = heard(Frame(TEXT, HELLO[:3], fin=False, rsv1=True), Frame(MORE, HELLO[3:], rsv1=True))
    assert not units[0].problems
    assert "continuation" in units[1].problems[0].sentence
    assert units[1].problems[0].section == "RFC 7692 6"


@pytest.mark.parametrize("bits", [{"rsv2": True}, {"rsv3": True}])
def test_the_other_reserved_bits_have_no_meaning(bits: dict[str, bool]) -> None:
    (problem,) = heard(Frame(TEXT, HELLO, rsv1=True, **bits))[0].problems
    assert problem.section == "5.2"


# Damage.


def test_damage_is_said_and_plain_messages_go_on() -> None:
    units = heard(
        Frame(TEXT, HELLO, rsv1=True),
        Frame(TEXT, b"\xff" + HELLO, rsv1=True),
        Frame(TEXT, b"plain"),
        Frame(TEXT, AGAIN, rsv1=True),
        Frame(PING, b"x"),
    )
    (problem,) = units[1].problems
    assert "compressed bytes are damaged" in problem.sentence and "invalid" in problem.sentence
    assert problem.section == "RFC 7692 7.2.2"
    assert [unit.message for unit in units] == [Text("Hello"), None, Text("plain"), None, None]
    assert not any(unit.problems for unit in units[2:])
    assert "an earlier message of this side is damaged" in units[3].fields[-1].meaning
    assert "(not read)" in units[3].title


def test_without_context_takeover_damage_ends_with_its_message() -> None:
    units = heard(
        Frame(TEXT, b"\xff" + HELLO, fin=False, rsv1=True),
        Frame(MORE, HELLO),
        Frame(TEXT, HELLO, rsv1=True),
        parameters="; server_no_context_takeover",
    )
    assert len(units[0].problems) == 1 and not units[1].problems
    assert [unit.message for unit in units] == [None, None, Text("Hello")]


@pytest.mark.parametrize("cut", range(1, len(HELLO)))
def test_a_message_that_ends_too_early_is_a_problem(cut: int) -> None:
    (unit,) = heard(Frame(TEXT, HELLO[:cut], rsv1=True))
    assert unit.message is None and len(unit.problems) == 1
    assert unit.problems[0].section == "RFC 7692 7.2.2"


def test_inflated_text_must_be_utf8() -> None:
    (unit,) = heard(compressed(b"ab\xff"))
    assert "ff at offset 2" in unit.problems[0].sentence and "1007" in unit.problems[0].sentence


@pytest.mark.parametrize("first", [b"\xff" + HELLO, HELLO])
def test_the_order_of_frames_counts_in_compressed_messages_too(first: bytes) -> None:
    begins = Frame(TEXT, first, fin=False, rsv1=True)
    units = heard(begins, Frame(TEXT, b"other"))
    assert "has ended" in units[1].problems[0].sentence
    units = heard(begins, Frame(MORE, b"\x00"), Frame(MORE, b""))
    assert "no message has begun" in units[2].problems[0].sentence


# Bounds.


def test_of_a_long_message_only_the_beginning_is_kept() -> None:
    units = heard(compressed(b"a" * (LIMIT + 1)), compressed(b"a" * LIMIT))
    assert units[0].message is None and not units[0].problems
    assert "1,048,576 bytes" in units[0].fields[-1].meaning
    assert units[0].inflated is not None and units[0].inflated.size == LIMIT + 1
    assert units[0].title.startswith("text, compressed: aaa")
    assert units[1].message == Text("a" * LIMIT)


def test_of_a_long_message_the_window_is_checked_as_far_as_it_is_kept() -> None:
    (unit,) = heard(compressed(b"a" * (2 * LIMIT)), parameters="; server_max_window_bits=9")
    assert unit.message is None and not unit.problems
    assert unit.inflated is not None and unit.inflated.size == 2 * LIMIT


@pytest.mark.parametrize("parameters", ["", "; server_max_window_bits=9"])
@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"\xff", "invalid block type"), (b"\0\x63\0\x9c\xffHello", "ends too early")],
)
def test_data_that_is_damaged_or_unfinished_is_a_problem_in_any_window(
    data: bytes, problem: str, parameters: str
) -> None:
    (unit,) = heard(Frame(TEXT, data, rsv1=True), parameters=parameters)
    assert [found.sentence for found in unit.problems if problem in found.sentence]
    assert unit.message is None


def test_after_a_long_message_the_context_is_still_right() -> None:
    squeeze = zlib.compressobj(wbits=-15)
    parts = [b"ab" * LIMIT, b"the end of it", b"the end of it"]
    frames = []
    for part in parts:
        data = (squeeze.compress(part) + squeeze.flush(zlib.Z_SYNC_FLUSH))[:-4]
        frames.append(Frame(TEXT, data, rsv1=True))
    assert [unit.message for unit in heard(*frames)] == [
        None,
        Text("the end of it"),
        Text("the end of it"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["one bomb", "many bombs", "many ends", "many empty ones"])
def test_a_few_bytes_take_bounded_memory_and_time(kind: str) -> None:
    bomb = deflate(bytes(2**26))
    frames = {
        "one bomb": [Frame(BINARY, bomb * 8, rsv1=True)],
        "many bombs": [Frame(BINARY, deflate(bytes(2**20)), rsv1=True)] * 300,
        "many ends": [Frame(BINARY, b"\x03\x00" * 200_000 + b"\x00", rsv1=True)],
        "many empty ones": [Frame(BINARY, b"\x00", rsv1=True)] * 2000,
    }[kind]
    tracemalloc.start()
    begin = time.process_time()
    units = heard(*frames, parameters="; server_max_window_bits=9")
    took, (_now, most) = time.process_time() - begin, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 15  # far less without tracemalloc
    assert most < 2**26 + 2**24 + 16 * sum(len(frame.payload) for frame in frames)
    assert len(units) == len(frames)


def test_what_was_inflated_before_the_bound_is_there_and_the_rest_is_named() -> None:
    units = heard(*[Frame(BINARY, deflate(bytes(LIMIT)), rsv1=True)] * 80)
    read = [unit for unit in units if unit.message]
    assert read == list(units[: len(read)]) and 60 <= len(read) <= 64
    assert "more than is read here" in units[-1].fields[-1].meaning


@pytest.mark.slow
def test_random_streams_never_raise() -> None:
    chance = random.Random(16)
    for number in range(300):
        frames = []
        for _frame in range(chance.randrange(1, 6)):
            data = bytearray(deflate(chance.randbytes(chance.randrange(60)).hex().encode()))
            if data and chance.random() < 0.6:
                data[chance.randrange(len(data))] = chance.randrange(256)
            bits = [chance.random() < 0.5, chance.random() < 0.7]
            opcode = chance.choice([TEXT, BINARY, MORE, PING])
            frames.append(Frame(opcode, bytes(data), fin=bits[0], rsv1=bits[1]))
        extra = chance.choice(["", "; server_max_window_bits=8", "; server_no_context_takeover"])
        found = seen(*frames, parameters=extra, side=chance.choice(["client", "server"]))
        assert_tiled(found)
        if number % 10 == 0:
            Ladder(found.recording).close()
            for unit in found.units:
                BytesAndFields(unit).close()


def test_a_payload_may_come_in_any_pieces() -> None:
    chance = random.Random(3)
    data = chance.randbytes(50_000).hex().encode()
    payload = deflate(data)
    for _try in range(20):
        inflater = Inflater(15, True, len(payload))
        cuts = sorted(chance.randrange(len(payload)) for _cut in range(5))
        pieces = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
        found = b""
        for number, piece in enumerate(pieces):
            part, inflated, problems = inflater.take(piece, number == 5, None)  # type: ignore
            found += part
            assert inflated.lost is None and not problems
        assert found == data
