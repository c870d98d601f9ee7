"""Frames: what they mean, how they are written, and every rule for a header."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol import KEY
from wsedu.protocol import (
    Frame,
    FrameHeader,
    Opcode,
    ProtocolError,
    Span,
    broken_rules,
    build_frame,
    check_header,
    cut_header,
    parse_header,
    read_layout,
    shortest_form,
)
from wsedu.protocol.frames import LengthForm, Role


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
        assert layout.header == parse_header(cut_header(before + written, len(before)) or b"")


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


class TestHeader:
    """What can be known before the payload has come."""

    def test_cut_at_the_right_place(self) -> None:
        for header, rest in (("8185", "37fa"), ("82fe0100", "37fa"), ("82ff" + "00" * 8, "aa")):
            written = bytes.fromhex(header)
            assert cut_header(bytes.fromhex(header + rest)) == written
            assert cut_header(b"??" + written, 2) == written
            for end in range(len(written)):
                assert cut_header(written[:end]) is None

    def test_size_counts_the_masking_key(self) -> None:
        def size(written: str) -> int:
            return parse_header(bytes.fromhex(written)).size

        assert [size("8200"), size("8280"), size("827e0000")] == [2, 6, 4]
        assert [size("82fe0000"), size("827f" + "00" * 8), size("82ff" + "00" * 8)] == [8, 10, 14]

    def test_64_bit_length_is_unsigned(self) -> None:
        assert parse_header(bytes.fromhex("827f" + "ff" * 8)).length == 2**64 - 1

    def test_shortest_form(self) -> None:
        forms = [shortest_form(n) for n in (0, 125, 126, 65535, 65536, 2**64 - 1)]
        assert forms == [7, 7, 16, 16, 64, 64]


LEGAL = FrameHeader(True, False, False, False, Opcode.BINARY, False, 5, 7)
PING = replace(LEGAL, opcode=Opcode.PING)


class TestRules:
    """5.1, 5.2 and 5.5, one by one."""

    @pytest.mark.parametrize("opcode", Opcode)
    def test_legal(self, opcode: Opcode) -> None:
        check_header(replace(LEGAL, opcode=opcode), "client")
        check_header(replace(LEGAL, opcode=opcode, masked=True), "server")
        for length in (126, 65535, 65536, 2**63 - 1):
            form = shortest_form(length)
            if opcode < 8:
                check_header(
                    replace(LEGAL, opcode=opcode, length=length, length_form=form), "client"
                )

    @pytest.mark.parametrize(
        ("header", "section", "field"),
        [
            (replace(LEGAL, rsv1=True), "5.2", "first_byte"),
            (replace(LEGAL, rsv2=True), "5.2", "first_byte"),
            (replace(LEGAL, rsv3=True), "5.2", "first_byte"),
            *((replace(LEGAL, opcode=n), "5.2", "first_byte") for n in (3, 4, 5, 6, 7)),
            *((replace(LEGAL, opcode=n), "5.2", "first_byte") for n in (11, 12, 13, 14, 15)),
            (replace(PING, fin=False), "5.5", "first_byte"),
            (replace(PING, length=126, length_form=16), "5.5", "second_byte"),
            (replace(LEGAL, length=2**63, length_form=64), "5.2", "extended_length"),
            (replace(LEGAL, length=125, length_form=16), "5.2", "extended_length"),
            (replace(LEGAL, length=65535, length_form=64), "5.2", "extended_length"),
        ],
    )
    @pytest.mark.parametrize("reader", ["client", "server"])
    def test_broken(self, reader: Role, header: FrameHeader, section: str, field: str) -> None:
        header = replace(header, masked=reader == "server")
        with pytest.raises(ProtocolError) as caught:
            check_header(header, reader)
        assert (caught.value.section, caught.value.close_code) == (section, 1002)
        assert [where for where, _error in broken_rules(header, reader)] == [field]

    def test_client_refuses_masked_frame(self) -> None:
        with pytest.raises(ProtocolError, match=r"server's frame must not be masked.*5\.1"):
            check_header(replace(LEGAL, masked=True), "client")

    def test_server_refuses_unmasked_frame(self) -> None:
        with pytest.raises(ProtocolError, match=r"client's frame must be masked.*5\.1"):
            check_header(LEGAL, "server")

    def test_rsv1_is_allowed_to_an_extension_and_the_others_are_not(self) -> None:
        check_header(replace(LEGAL, rsv1=True), "client", rsv1_allowed=True)
        with pytest.raises(ProtocolError):
            check_header(replace(LEGAL, rsv1=True, rsv2=True), "client", rsv1_allowed=True)

    def test_every_broken_rule_is_named_in_the_order_of_the_bytes(self) -> None:
        header = parse_header(bytes.fromhex("7fff8000000000000001"))
        assert [field for field, _error in broken_rules(header, "client")] == [
            *("first_byte", "first_byte", "first_byte"),
            *("second_byte", "second_byte"),
            "extended_length",
        ]


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


def check_any_bytes(data: bytes) -> None:
    layout = read_layout(data)
    if layout is None:
        assert data == b""
    elif layout.truncated is None:
        assert layout.to_bytes() == data[: layout.span.end]
    else:
        assert layout.span == Span(0, len(data))


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


@given(st.binary(max_size=40))
def test_any_bytes(data: bytes) -> None:
    check_any_bytes(data)


@given(any_frame, any_key, any_form)
def test_round_trip(frame: Frame, key: bytes | None, form: LengthForm | None) -> None:
    check_round_trip(frame, key, form)


@pytest.mark.long
@settings(max_examples=50_000)
@given(st.binary(max_size=40))
def test_any_bytes_long(data: bytes) -> None:
    check_any_bytes(data)


@pytest.mark.long
@settings(max_examples=50_000)
@given(any_frame, any_key, any_form)
def test_round_trip_long(frame: Frame, key: bytes | None, form: LengthForm | None) -> None:
    check_round_trip(frame, key, form)


def test_a_layout_tells_whether_the_frame_is_masked() -> None:
    assert read_layout(build_frame(Frame(Opcode.TEXT, b"x"), b"\x37\xfa\x21\x3d")).masked
    assert not read_layout(build_frame(Frame(Opcode.TEXT, b"x"))).masked


def test_a_payload_is_bytes() -> None:
    with pytest.raises(TypeError, match="payload of a frame is bytes, not str"):
        build_frame(Frame(Opcode.TEXT, "Hello"))  # type: ignore[arg-type]
