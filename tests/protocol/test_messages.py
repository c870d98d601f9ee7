"""Messages: fragments, control frames between them, UTF-8 at every byte, limits."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocol import three_ways, two_ways
from wsedu.protocol import (
    Binary,
    Frame,
    FrameReader,
    MessageReader,
    Opcode,
    ProtocolError,
    Text,
    build_frame,
    fragment,
)

TEXT, BINARY, CONTINUATION = Opcode.TEXT, Opcode.BINARY, Opcode.CONTINUATION
Found = Text | Binary | Frame | ProtocolError


def new_reader(**limits: int) -> Callable[[], Callable[[bytes], list[Found]]]:
    """A client's frame reader and message reader; an error is the last thing found."""

    def make() -> Callable[[bytes], list[Found]]:
        frames, messages, broken = FrameReader("client"), MessageReader(**limits), False

        def feed(data: bytes) -> list[Found]:
            nonlocal broken
            found: list[Found] = []
            try:
                for piece in () if broken else frames.receive(data):
                    message = messages.receive(piece)
                    found += [] if message is None else [message]
            except ProtocolError as error:
                broken = True
                found.append(error)
            return found

        return feed

    return make


def read(*frames: Frame, **limits: int) -> list[Found]:
    return three_ways(b"".join(map(build_frame, frames)), new_reader(**limits))


def refusal(*frames: Frame, **limits: int) -> tuple[list[Found], ProtocolError]:
    """What was found before the error, and the error; the same at every cut."""
    data = b"".join(map(build_frame, frames))
    *whole, error = new_reader(**limits)()(data)
    assert isinstance(error, ProtocolError)
    feed = new_reader(**limits)()
    *single, again = [found for octet in data for found in feed(bytes([octet]))]
    assert (single, str(again)) == (whole, str(error))
    return whole, error


class TestFragmentation:
    """5.4."""

    def test_single_frames(self) -> None:
        assert read(Frame(TEXT, b"Hello"), Frame(BINARY, b"\xff"), Frame(TEXT), Frame(BINARY)) == [
            *(Text("Hello"), Binary(b"\xff"), Text(""), Binary(b"")),
        ]

    @pytest.mark.parametrize("opcode", [TEXT, BINARY])
    @pytest.mark.parametrize("size", [1, 2, 3, 100])
    def test_fragments(self, opcode: int, size: int) -> None:
        message = "Привет, €1 🎉".encode()
        wanted = Text(message.decode()) if opcode == TEXT else Binary(message)
        assert read(*fragment(opcode, message, size), Frame(TEXT, b"next")) == [
            *(wanted, Text("next")),
        ]

    def test_empty_fragments(self) -> None:
        first, last = Frame(TEXT, fin=False), Frame(CONTINUATION)
        assert read(first, last) == [Text("")]
        assert read(first, Frame(CONTINUATION, b"a", fin=False), last) == [Text("a")]

    def test_control_frames_between_fragments(self) -> None:
        ping, close = Frame(Opcode.PING, b"between"), Frame(Opcode.CLOSE, b"\x03\xe8")
        frames = fragment(TEXT, "€".encode(), 1)
        assert read(frames[0], ping, frames[1], close, frames[2]) == [ping, close, Text("€")]

    def test_a_message_is_in_progress_until_its_last_fragment(self) -> None:
        frames, messages = FrameReader("client"), MessageReader()
        assert not messages.in_progress
        parts = [Frame(TEXT, b"a", fin=False), Frame(Opcode.PING), Frame(CONTINUATION, b"b")]
        for part, in_progress in zip(parts, (True, True, False), strict=True):
            for piece in frames.receive(build_frame(part)):
                messages.receive(piece)
            assert messages.in_progress is in_progress

    def test_message_inside_a_message(self) -> None:
        found, error = refusal(Frame(BINARY), Frame(TEXT, fin=False), Frame(BINARY))
        assert found == [Binary(b"")]
        assert (error.section, error.close_code) == ("5.4", 1002)

    def test_continuation_of_nothing(self) -> None:
        for before in ([], [Frame(TEXT)], fragment(TEXT, b"ab", 1)):
            _found, error = refusal(*before, Frame(CONTINUATION, b"?"))
            assert (error.section, error.close_code) == ("5.4", 1002)
            assert "no message has begun" in error.sentence

    def test_fragment(self) -> None:
        assert fragment(BINARY, b"abcde", 2) == [
            Frame(BINARY, b"ab", fin=False),
            Frame(CONTINUATION, b"cd", fin=False),
            Frame(CONTINUATION, b"e"),
        ]
        assert fragment(TEXT, b"", 2) == [Frame(TEXT)]
        assert fragment(TEXT, b"ab", 2) == [Frame(TEXT, b"ab")]

    @given(st.binary(), st.integers(1, 10))
    def test_round_trip(self, message: bytes, size: int) -> None:
        assert read(*fragment(BINARY, message, size)) == [Binary(message)]


class TestUtf8:
    """8.1."""

    @pytest.mark.parametrize(
        ("message", "offset"),
        [
            (b"\xff", 0),
            (b"abc\x80", 3),
            ("€".encode() + b"\xce\xce", 3),
            (b"a\xc0\xaf", 1),
            (b"\xed\xa0\x80", 0),
            (b"\xf4\x90\x80\x80", 0),
            ("€".encode()[:2], 0),
        ],
    )
    @pytest.mark.parametrize("size", [1, 2, 100])
    def test_refused(self, message: bytes, offset: int, size: int) -> None:
        data = b"".join(map(build_frame, fragment(TEXT, message, size)))
        (error,) = new_reader()()(data)
        assert isinstance(error, ProtocolError)
        assert (error.section, error.close_code) == ("8.1", 1007)
        assert f"at offset {offset}," in error.sentence
        refusal(*fragment(TEXT, message, size))

    def test_binary_may_be_anything(self) -> None:
        assert read(*fragment(BINARY, b"\xff\xfe\xed\xa0", 1)) == [Binary(b"\xff\xfe\xed\xa0")]

    @pytest.mark.slow
    def test_first_impossible_byte_of_every_text(self) -> None:
        """No shorter beginning could be refused, and no longer one is needed."""
        possible = {
            encoded[:end]
            for encoded in (chr(n).encode() for n in range(0x110000) if not 0xD800 <= n <= 0xDFFF)
            for end in range(1, len(encoded) + 1)
        }
        unfinished = {p for p in possible if len(p) < 4 and not _is_text(p)}
        for beginning in [b"", *sorted(unfinished)]:
            # Third and fourth bytes all have the same bounds, 80 to BF.
            for octet in range(256) if len(beginning) < 2 else (0x7F, 0x80, 0xBF, 0xC0):
                text = beginning + bytes([octet])
                assert _accepted(text) == (text in possible), text

    @pytest.mark.parametrize("after", [b"a", b""])
    def test_a_text_may_not_end_within_a_character(self, after: bytes) -> None:
        frames = fragment(TEXT, b"ab\xe2\x82", 3)
        _found, error = refusal(*frames, Frame(TEXT, after))
        assert error.sentence == (
            "A text message is not UTF-8: e2 82 at offset 2, unexpected end of data."
        )


def _is_text(data: bytes) -> bool:
    try:
        return bool(data.decode())
    except UnicodeDecodeError:
        return False


def _accepted(text: bytes) -> bool:
    """Whether a frame that begins with this text is still accepted, with more to come."""
    found = new_reader()()(build_frame(Frame(TEXT, text + b"?"))[:-1])
    return found == []


class TestLimits:
    """10.4."""

    def test_size_of_a_message(self) -> None:
        assert read(*fragment(BINARY, bytes(10), 4), max_size=10) == [Binary(bytes(10))]
        assert len(read(Frame(BINARY, bytes(10)), Frame(BINARY, bytes(10)), max_size=10)) == 2
        _found, error = refusal(*fragment(BINARY, bytes(11), 4), max_size=10)
        assert (error.section, error.close_code) == ("10.4", 1009)
        assert "takes 11 bytes or more" in error.sentence

    def test_size_is_refused_before_the_payload_has_come(self) -> None:
        first, second = fragment(BINARY, bytes(12), 6)
        header_only = build_frame(first) + build_frame(second)[:2]
        (error,) = new_reader(max_size=10)()(header_only)
        assert isinstance(error, ProtocolError) and error.close_code == 1009

    def test_control_frames_do_not_count(self) -> None:
        first, second = fragment(BINARY, bytes(10), 5)
        ping = Frame(Opcode.PING, bytes(100))
        found = read(first, ping, ping, second, max_size=10, max_fragments=2)
        assert found == [ping, ping, Binary(bytes(10))]

    def test_number_of_fragments(self) -> None:
        assert len(read(*fragment(TEXT, b"abc", 1) * 2, max_fragments=3)) == 2
        _found, error = refusal(*fragment(TEXT, b"abcd", 1), max_fragments=3)
        assert (error.section, error.close_code) == ("10.4", 1009)

    def test_empty_fragments_count(self) -> None:
        empty = Frame(CONTINUATION, fin=False)
        _found, error = refusal(Frame(TEXT, fin=False), *[empty] * 3, max_fragments=3)
        assert error.close_code == 1009


def test_any_cut_gives_the_same_messages() -> None:
    frames = [*fragment(TEXT, "Ω".encode() * 10, 3), *fragment(BINARY, bytes(400), 150)]
    assert two_ways(b"".join(map(build_frame, frames)), new_reader()) == [
        *(Text("Ω" * 10), Binary(bytes(400))),
    ]
