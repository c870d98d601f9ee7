"""Layouts: which bytes each field of a frame has, whatever the bytes are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol import KEY
from wsedu.protocol import Frame, Opcode, Span, build_frame, read_layout


class TestPatientReading:
    """``read_layout`` takes any bytes."""

    def test_nothing_there(self) -> None:
        assert read_layout(b"") is None
        assert read_layout(b"\x81\x00", 2) is None

    def test_spans(self) -> None:
        layout = read_layout(b"??" + build_frame(Frame(2, bytes(300)), KEY) + b"??", 2)
        assert layout is not None
        assert (layout.first_byte, layout.second_byte) == (Span(2, 3), Span(3, 4))
        assert (layout.extended_length, layout.masking_key) == (Span(4, 6), Span(6, 10))
        assert layout.payload == Span(10, 310)
        assert layout.written == KEY * 75

    @pytest.mark.parametrize(
        ("cut", "truncated", "length", "key", "payload"),
        [
            (1, "second_byte", None, None, b""),
            (2, "extended_length", None, None, b""),
            (3, "extended_length", None, None, b""),
            (4, "masking_key", 126, None, b""),
            (7, "masking_key", 126, None, b""),
            (8, "payload", 126, KEY, b""),
            (10, "payload", 126, KEY, b"aa"),
        ],
    )
    def test_truncated(
        self, cut: int, truncated: str, length: int | None, key: bytes | None, payload: bytes
    ) -> None:
        layout = read_layout(build_frame(Frame(1, b"a" * 126, fin=False), KEY)[:cut])
        assert layout is not None
        assert (layout.truncated, layout.length, layout.mask_key) == (truncated, length, key)
        assert layout.frame == Frame(1, payload, fin=False)
        assert layout.span == Span(0, cut)
        assert (layout.header is None) == (length is None)
        with pytest.raises(ValueError, match=truncated):
            layout.to_bytes()

    def test_illegal_frame_has_a_layout_and_a_header_to_check(self) -> None:
        layout = read_layout(bytes.fromhex("7fff8000000000000001") + KEY + b"?")
        assert layout is not None and layout.header is not None
        assert (layout.frame.opcode, layout.length, layout.truncated) == (15, 2**63 + 1, "payload")


def test_a_layout_tells_whether_the_frame_is_masked() -> None:
    assert read_layout(build_frame(Frame(Opcode.TEXT, b"x"), b"\x37\xfa\x21\x3d")).masked
    assert not read_layout(build_frame(Frame(Opcode.TEXT, b"x"))).masked


def check_any_bytes(data: bytes) -> None:
    layout = read_layout(data)
    if layout is None:
        assert data == b""
    elif layout.truncated is None:
        assert layout.to_bytes() == data[: layout.span.end]
    else:
        assert layout.span == Span(0, len(data))


@given(st.binary(max_size=40))
def test_any_bytes(data: bytes) -> None:
    check_any_bytes(data)


@pytest.mark.long
@settings(max_examples=50_000)
@given(st.binary(max_size=40))
def test_any_bytes_long(data: bytes) -> None:
    check_any_bytes(data)
