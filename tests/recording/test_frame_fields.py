"""Frames in words: their fields, bit by bit, and one sentence each."""

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Unit, dissect

from . import ANSWER, REQUEST, assert_tiled, conversation

MASK = bytes.fromhex("37fa213d")


def frame_of(side: str, written: bytes) -> Unit:
    """The only frame that this side sent, after an opening handshake."""
    hello = [("client", REQUEST), ("server", ANSWER)]
    seen = dissect(conversation(*hello, (side, written)))  # type: ignore[arg-type]
    assert_tiled(seen)
    (unit,) = seen.find("frame")
    assert (unit.sender, unit.data) == (side, written)
    return unit


class TestBaseFraming:
    def test_fields_of_a_masked_frame(self) -> None:
        """The example of 5.7."""
        unit = frame_of("client", bytes.fromhex("818537fa213d7f9f4d5158"))
        assert [(field.name, field.value) for field in unit.fields] == [
            ("first byte", "1000 0001"),
            ("second byte", "1000 0101"),
            ("masking key", "37 fa 21 3d"),
            ("payload", "Hello"),
        ]
        assert unit.title == "text: Hello"
        assert unit.sentence == "A text frame: a whole message, 5 bytes of payload, masked."
        assert not unit.problems

    def test_fields_of_an_unmasked_frame(self) -> None:
        unit = frame_of("server", bytes.fromhex("810548656c6c6f"))
        assert [field.name for field in unit.fields] == ["first byte", "second byte", "payload"]
        assert unit.sentence == "A text frame: a whole message, 5 bytes of payload, not masked."
        assert not unit.problems

    def test_bits_in_the_order_of_the_figure(self) -> None:
        first, second = frame_of("client", b"\xb9\x80" + MASK).fields[:2]
        assert [(part.name, part.value) for part in (*first.parts, *second.parts)] == [
            ("FIN", "1"),
            ("RSV1", "0"),
            ("RSV2", "1"),
            ("RSV3", "1"),
            ("opcode", "0x9 ping"),
            ("MASK", "1"),
            ("payload length", "0"),
        ]

    @pytest.mark.parametrize(
        ("length", "bytes_of_length", "seven"),
        [
            (125, 0, "125"),
            (126, 2, "126: see the next 2 bytes"),
            (65536, 8, "127: see the next 8 bytes"),
        ],
    )
    def test_extended_length(self, length: int, bytes_of_length: int, seven: str) -> None:
        unit = frame_of("server", build_frame(Frame(Opcode.BINARY, bytes(length))))
        assert unit.fields[1].parts[1].value == seven
        says = f"in the next {bytes_of_length} bytes" if bytes_of_length else "the length itself"
        assert says in unit.fields[1].parts[1].meaning
        extended = [field for field in unit.fields if field.name == "extended payload length"]
        assert [len(field.span) for field in extended] == [bytes_of_length] * bool(bytes_of_length)
        assert [field.value for field in extended] == [f"{length:,}"] * bool(bytes_of_length)

    @pytest.mark.parametrize(
        ("frame", "title", "words"),
        [
            (Frame(Opcode.TEXT, b"a", fin=False), "text (goes on): a", "a fragment; more follows"),
            (Frame(Opcode.CONTINUATION, b"", fin=False), "continuation (goes on)", "more follows"),
            (Frame(Opcode.CONTINUATION), "continuation", "the last fragment"),
            (Frame(Opcode.BINARY, b"\x00\xff"), "binary: 00 ff", "a whole message"),
            (Frame(Opcode.PING, b"hi"), 'ping: "hi"', "a control frame"),
            (Frame(Opcode.PING, b"68 69"), 'ping: "68 69"', "a control frame"),
            (Frame(Opcode.PING, b"\x00\x01hi"), "ping: 00 01 68 69", "a control frame"),
            (Frame(Opcode.PING, "é…".encode()), 'ping: "é…"', "a control frame"),
            (Frame(Opcode.PONG, b"hi\xff"), "pong: 68 69 ff", "a control frame"),
            (Frame(Opcode.PONG, b"still there?"), 'pong: "still there?"', "a control frame"),
            (Frame(Opcode.PONG, b"a\nb"), "pong: 61 0a 62", "a control frame"),
            (Frame(Opcode.PONG, "\u202eab".encode()), "pong: e2 80 ae 61 62", "a control frame"),
            (Frame(Opcode.PONG), "pong", "a control frame"),
            (Frame(Opcode.CLOSE), "close: no code", "a control frame"),
            (Frame(Opcode.CLOSE, b"\x03"), "close: 03", "a control frame"),
            (Frame(Opcode.CLOSE, b"\x03\xe8bye"), 'close: 1000 "bye"', "a control frame"),
            (Frame(Opcode.CLOSE, b"\x03\xe8\xff\xd8"), "close: 1000 ff d8", "a control frame"),
            (Frame(Opcode.CLOSE, b"\x03\xe8ff d8"), 'close: 1000 "ff d8"', "a control frame"),
            (Frame(0x3), "reserved opcode 0x3", "a whole message"),
        ],
    )
    def test_title_and_sentence(self, frame: Frame, title: str, words: str) -> None:
        unit = frame_of("client", build_frame(frame, MASK))
        assert unit.title == title
        assert words in unit.sentence

    def test_long_text_is_marked_as_cut(self) -> None:
        for letter in "aé€𝄞":
            unit = frame_of("client", build_frame(Frame(Opcode.TEXT, letter.encode() * 999), MASK))
            assert unit.title == f"text: {letter * 40}…"
            assert unit.fields[-1].value == f"{letter * 200}…"

    @pytest.mark.parametrize("letter", "aé€𝄞")
    def test_a_long_payload_of_a_ping_is_cut_after_its_quotes(self, letter: str) -> None:
        """Longer than a Ping may be, so that the cut can fall into a character."""
        for length in (39, 40, 41, 400):
            payload = letter.encode() * length
            unit = frame_of("client", build_frame(Frame(Opcode.PING, payload), MASK))
            more = " …" if length > 40 else ""
            assert unit.title == f'ping: "{letter * min(length, 40)}"{more}'
        unit = frame_of("client", build_frame(Frame(Opcode.PING, bytes(50)), MASK))
        assert unit.title == "ping: " + "00 " * 13 + "…"
        half = frame_of("client", build_frame(Frame(Opcode.PING, letter.encode() + b"\xe2"), MASK))
        assert half.title == f"ping: {(letter.encode() + bytes([0xE2])).hex(' ')}"

    def test_text_that_is_not_utf8(self) -> None:
        assert frame_of("client", build_frame(Frame(1, b"a\xffb"), MASK)).title == "text: a\ufffdb"


class TestTruncated:
    """A frame of 14 header bytes, cut after each of them."""

    WHOLE = build_frame(Frame(Opcode.BINARY, bytes(300)), MASK, length_form=64)
    PLACES = ["second byte"] + ["extended payload length"] * 8
    PLACES += ["masking key"] * 4 + ["payload"] * 300

    @pytest.mark.parametrize("size", [*range(1, 18), len(WHOLE) - 1])
    def test_says_where_it_ends(self, size: int) -> None:
        unit = frame_of("client", self.WHOLE[:size])
        assert unit.layout is not None and unit.layout.truncated is not None
        came = f" It announces 300 bytes of payload, and {max(0, size - 14)} came."
        assert unit.sentence == (
            f"A frame that has not arrived whole: it ends in its {self.PLACES[size - 1]}."
            + (came if size >= 10 else "")
        )


class TestIllegal:
    """A broken rule is named, at the byte that breaks it."""

    @pytest.mark.parametrize(
        ("side", "written", "sentence", "field", "section"),
        [
            ("client", b"\x81\x01a", "A client's frame must be masked.", 1, "5.1"),
            ("server", b"\x81\x81" + MASK + b"a", "A server's frame must not be masked.", 1, "5.1"),
            ("server", b"\xa1\x00", "A reserved bit is set", 0, "5.2"),
            ("server", b"\x83\x00", "Opcode 0x3 is reserved.", 0, "5.2"),
            ("server", b"\x09\x00", "its FIN bit must be 1", 0, "5.5"),
            ("server", b"\x89\x7e\x00\x7e" + bytes(126), "125 bytes at most", 1, "5.5"),
            ("server", b"\x82\x7e\x00\x01a", "fewer would do", 2, "5.2"),
            ("server", b"\x82\x7f" + b"\xff" * 8, "first bit of a 64-bit length", 2, "5.2"),
        ],
    )
    def test_named(
        self, side: str, written: bytes, sentence: str, field: int, section: str
    ) -> None:
        unit = frame_of(side, written)
        (problem, *_more) = unit.problems
        assert sentence in problem.sentence
        assert problem.section == section
        assert problem.span == unit.fields[field].span

    def test_the_same_frames_from_the_other_side_are_fine(self) -> None:
        assert not frame_of("server", b"\x81\x01a").problems
        assert not frame_of("client", b"\x81\x81" + MASK + b"a").problems
