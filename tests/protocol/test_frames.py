"""Frames: what they mean, and how they are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol import KEY
from wsedu.protocol import (
    Frame,
    Opcode,
    Span,
    build_frame,
    read_header,
    read_layout,
    shortest_form,
)
from wsedu.protocol.frames import LengthForm


def prove(
    written: bytes, frame: Frame, key: bytes | None = None, form: LengthForm | None = None
) -> None:
    """These bytes mean this frame, and this frame is written in these bytes."""
    assert build_frame(frame, key, form) == written
    for before, after in ((b"", b""), (b"\x00" * 7, b"\xff\xff")):
        layout = read_layout(before + written + after, len(before))
        assert layout is not None
        assert layout.frame == frame
        assert layout.mask_key == key
        assert layout.length == len(frame.payload)
        assert layout.length_form == form or form is None
        assert layout.truncated is None
        assert layout.span == Span(len(before), len(before) + len(written))
        assert layout.to_bytes() == written
        assert layout.header == read_header(before + written, len(before))


class TestExamples:
    """The examples of 5.7."""

    def test_server_sends_unmasked_text(self) -> None:
        prove(bytes.fromhex("8105") + b"Hello", Frame(Opcode.TEXT, b"Hello"))

    def test_client_sends_masked_text(self) -> None:
        prove(bytes.fromhex("818537fa213d7f9f4d5158"), Frame(Opcode.TEXT, b"Hello"), KEY)

    def test_fragmented_text(self) -> None:
        prove(bytes.fromhex("0103") + b"Hel", Frame(Opcode.TEXT, b"Hel", fin=False))
        prove(bytes.fromhex("8002") + b"lo", Frame(Opcode.CONTINUATION, b"lo"))

    def test_server_sends_unmasked_ping(self) -> None:
        prove(bytes.fromhex("8905") + b"Hello", Frame(Opcode.PING, b"Hello"))

    def test_client_sends_masked_pong(self) -> None:
        prove(bytes.fromhex("8a8537fa213d7f9f4d5158"), Frame(Opcode.PONG, b"Hello"), KEY)

    def test_256_bytes(self) -> None:
        prove(bytes.fromhex("827e0100") + bytes(256), Frame(Opcode.BINARY, bytes(256)))

    def test_64_kib(self) -> None:
        payload = bytes(2**16)
        prove(bytes.fromhex("827f0000000000010000") + payload, Frame(Opcode.BINARY, payload))


class TestWriting:
    """5.2, the figure."""

    @pytest.mark.parametrize(
        ("size", "header"),
        [
            (0, "8200"),
            (125, "827d"),
            (126, "827e007e"),
            (65535, "827effff"),
            (65536, "827f0000000000010000"),
        ],
    )
    def test_shortest_length_by_default(self, size: int, header: str) -> None:
        prove(bytes.fromhex(header) + bytes(size), Frame(Opcode.BINARY, bytes(size)))

    def test_longer_forms_when_asked(self) -> None:
        prove(bytes.fromhex("827e000161"), Frame(Opcode.BINARY, b"a"), form=16)
        prove(bytes.fromhex("827f000000000000000161"), Frame(Opcode.BINARY, b"a"), form=64)
        prove(bytes.fromhex("82fe0001") + KEY + b"V", Frame(Opcode.BINARY, b"a"), KEY, 16)

    def test_shortest_form(self) -> None:
        forms = [shortest_form(n) for n in (0, 125, 126, 65535, 65536, 2**64 - 1)]
        assert forms == [7, 7, 16, 16, 64, 64]

    def test_every_bit_of_the_first_byte(self) -> None:
        assert build_frame(Frame(0, fin=False, rsv1=True))[0] == 0b0100_0000
        assert build_frame(Frame(0, fin=False, rsv2=True))[0] == 0b0010_0000
        assert build_frame(Frame(0, fin=False, rsv3=True))[0] == 0b0001_0000
        prove(b"\xff\x00", Frame(0xF, rsv1=True, rsv2=True, rsv3=True))

    @pytest.mark.parametrize(
        ("frame", "key", "form"),
        [
            (Frame(16), None, None),
            (Frame(-1), None, None),
            (Frame(2, bytes(126)), None, 7),
            (Frame(2, bytes(65536)), None, 16),
            (Frame(2), b"abc", None),
            (Frame(2), b"abcde", None),
        ],
    )
    def test_what_cannot_be_written(
        self, frame: Frame, key: bytes | None, form: LengthForm | None
    ) -> None:
        with pytest.raises(ValueError):
            build_frame(frame, key, form)

    def test_same_meaning_written_differently(self) -> None:
        frame = Frame(Opcode.TEXT, b"Hello")
        layouts = [read_layout(build_frame(frame, key, 16)) for key in (None, KEY, bytes(4))]
        assert {layout.frame for layout in layouts if layout} == {frame}
        assert len({layout.to_bytes() for layout in layouts if layout}) == 3


def check_round_trip(frame: Frame, key: bytes | None, form: LengthForm | None) -> None:
    if form is None or len(frame.payload) <= (125 if form == 7 else 65535):
        prove(build_frame(frame, key, form), frame, key, form)


any_frame = st.builds(
    Frame,
    st.integers(0, 15),
    st.binary(max_size=300),
    *(st.booleans(),) * 4,
)
any_key = st.none() | st.binary(min_size=4, max_size=4)
any_form = st.sampled_from((None, 7, 16, 64))


@given(any_frame, any_key, any_form)
def test_round_trip(frame: Frame, key: bytes | None, form: LengthForm | None) -> None:
    check_round_trip(frame, key, form)


@pytest.mark.long
@settings(max_examples=50_000)
@given(any_frame, any_key, any_form)
def test_round_trip_long(frame: Frame, key: bytes | None, form: LengthForm | None) -> None:
    check_round_trip(frame, key, form)


def test_a_payload_is_bytes() -> None:
    with pytest.raises(TypeError, match="payload of a frame is bytes, not str"):
        build_frame(Frame(Opcode.TEXT, "Hello"))  # type: ignore[arg-type]


class TestPrinting:
    @pytest.mark.parametrize(
        ("frame", "shown"),
        [
            (Frame(Opcode.TEXT, b"Hello"), "Frame(TEXT, b'Hello')"),
            (Frame(Opcode.CLOSE), "Frame(CLOSE, b'')"),
            (Frame(Opcode.TEXT, b"Hel", fin=False), "Frame(TEXT, b'Hel', fin=False)"),
            (Frame(0x3, rsv1=True, rsv3=True), "Frame(0x3, b'', rsv1=True, rsv3=True)"),
            (Frame(Opcode.BINARY, b"a" * 40), f"Frame(BINARY, b'{'a' * 40}')"),
            (Frame(Opcode.BINARY, b"a" * 4096), f"Frame(BINARY, b'{'a' * 40}'… 4,096 bytes)"),
        ],
    )
    def test_a_frame_is_one_short_line(self, frame: Frame, shown: str) -> None:
        assert repr(frame) == shown
        assert f"{[frame]}" == f"[{shown}]"

    def test_a_number_that_is_a_known_opcode_is_named_like_it_when_read(self) -> None:
        layout = read_layout(build_frame(Frame(1, b"Hello")))
        assert layout is not None and repr(layout.frame) == "Frame(TEXT, b'Hello')"
