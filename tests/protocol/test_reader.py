"""The frame reader: headers and their rules, any cut, and refusal before the payload."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol import KEY, three_ways
from wsedu.protocol import (
    Frame,
    FrameHeader,
    FrameReader,
    Opcode,
    ProtocolError,
    broken_rules,
    build_frame,
    check_header,
    mask,
    read_header,
    shortest_form,
)
from wsedu.protocol.frames import Role


class TestHeader:
    """What can be known before the payload has come."""

    def test_what_follows_the_header_changes_nothing(self) -> None:
        for written, rest, length in (
            ("8185", "37fa", 5),
            ("82fe0100", "37fa", 256),
            ("82ff" + "00" * 7 + "09", "aa", 9),
        ):
            header = read_header(bytes.fromhex(written))
            assert header is not None and header.length == length
            assert read_header(bytes.fromhex(written + rest)) == header
            assert read_header(b"??" + bytes.fromhex(written), 2) == header

    @pytest.mark.parametrize("written", ["8185", "82fe0100", "82ff" + "00" * 8])
    def test_a_header_is_read_when_its_last_byte_has_come(self, written: str) -> None:
        whole = bytes.fromhex(written)
        for end in range(len(whole)):
            assert read_header(whole[:end]) is None
            assert read_header(b"??" + whole[:end], 2) is None

    def test_size_counts_the_masking_key(self) -> None:
        def size(written: str) -> int:
            header = read_header(bytes.fromhex(written))
            assert header is not None
            return header.size

        assert [size("8200"), size("8280"), size("827e0000")] == [2, 6, 4]
        assert [size("82fe0000"), size("827f" + "00" * 8), size("82ff" + "00" * 8)] == [8, 10, 14]

    def test_64_bit_length_is_unsigned(self) -> None:
        header = read_header(bytes.fromhex("827f" + "ff" * 8))
        assert header is not None and header.length == 2**64 - 1


LEGAL = FrameHeader(True, False, False, False, Opcode.BINARY, False, 5, 7)
PING = LEGAL._replace(opcode=Opcode.PING)


class TestRules:
    """5.1, 5.2 and 5.5, one by one."""

    @pytest.mark.parametrize("opcode", Opcode)
    def test_legal(self, opcode: Opcode) -> None:
        check_header(LEGAL._replace(opcode=opcode), "client")
        check_header(LEGAL._replace(opcode=opcode, masked=True), "server")
        check_header(LEGAL._replace(opcode=opcode, length=125), "client")
        for length in (126, 65535, 65536, 2**63 - 1):
            form = shortest_form(length)
            if opcode < 8:
                check_header(
                    LEGAL._replace(opcode=opcode, length=length, length_form=form), "client"
                )

    @pytest.mark.parametrize(
        ("header", "section", "field"),
        [
            (LEGAL._replace(rsv1=True), "5.2", "first_byte"),
            (LEGAL._replace(rsv2=True), "5.2", "first_byte"),
            (LEGAL._replace(rsv3=True), "5.2", "first_byte"),
            *((LEGAL._replace(opcode=n), "5.2", "first_byte") for n in (3, 4, 5, 6, 7)),
            *((LEGAL._replace(opcode=n), "5.2", "first_byte") for n in (11, 12, 13, 14, 15)),
            (PING._replace(fin=False), "5.5", "first_byte"),
            (PING._replace(length=126, length_form=16), "5.5", "second_byte"),
            (LEGAL._replace(length=2**63, length_form=64), "5.2", "extended_length"),
            (LEGAL._replace(length=125, length_form=16), "5.2", "extended_length"),
            (LEGAL._replace(length=65535, length_form=64), "5.2", "extended_length"),
        ],
    )
    @pytest.mark.parametrize("reader", ["client", "server"])
    def test_broken(self, reader: Role, header: FrameHeader, section: str, field: str) -> None:
        header = header._replace(masked=reader == "server")
        with pytest.raises(ProtocolError) as caught:
            check_header(header, reader)
        assert (caught.value.section, caught.value.close_code) == (section, 1002)
        assert [where for where, _error in broken_rules(header, reader)] == [field]

    def test_client_refuses_masked_frame(self) -> None:
        with pytest.raises(ProtocolError, match=r"server's frame must not be masked.*5\.1"):
            check_header(LEGAL._replace(masked=True), "client")

    def test_server_refuses_unmasked_frame(self) -> None:
        with pytest.raises(ProtocolError, match=r"client's frame must be masked.*5\.1"):
            check_header(LEGAL, "server")

    def test_rsv1_is_allowed_to_an_extension_and_the_others_are_not(self) -> None:
        check_header(LEGAL._replace(rsv1=True), "client", rsv1_allowed=True)
        with pytest.raises(ProtocolError):
            check_header(LEGAL._replace(rsv1=True, rsv2=True), "client", rsv1_allowed=True)

    def test_every_broken_rule_is_named_in_the_order_of_the_bytes(self) -> None:
        header = read_header(bytes.fromhex("7fff8000000000000001"))
        assert header is not None
        assert [field for field, _error in broken_rules(header, "client")] == [
            *("first_byte", "first_byte", "first_byte"),
            *("second_byte", "second_byte"),
            "extended_length",
        ]


# Streams of frames.

FRAMES = [
    Frame(Opcode.TEXT, b"Hel", fin=False),
    Frame(Opcode.PING),
    Frame(Opcode.CONTINUATION, b"lo"),
    Frame(Opcode.BINARY, bytes(range(256)) * 3),
    Frame(Opcode.BINARY, bytes(70_000)),
    Frame(Opcode.CLOSE, b"\x03\xe8"),
]


def stream(frames: list[Frame], reader: Role) -> bytes:
    return b"".join(build_frame(f, KEY if reader == "server" else None) for f in frames)


@pytest.mark.parametrize("reader", ["client", "server"])
def test_any_cut_gives_the_same_frames(reader: Role) -> None:
    data = stream(FRAMES, reader)

    def new_feed() -> Callable[[bytes], list[Frame]]:
        frames = FrameReader(reader).frames
        return lambda chunk: list(frames(chunk))

    assert three_ways(data, new_feed) == FRAMES


def test_another_function_masks() -> None:
    reader = FrameReader("server", mask=mask)
    assert list(reader.frames(stream(FRAMES[:3], "server"))) == FRAMES[:3]


def test_pieces_of_one_frame() -> None:
    reader = FrameReader("server")
    data = build_frame(Frame(Opcode.TEXT, b"Hello"), KEY)
    found = [[tuple(p[1:]) for p in reader.receive(chunk)] for chunk in (data[:5], data[5:6])]
    assert found == [[], [(b"", True, False)]], "the header is enough for a first piece"
    assert [tuple(p[1:]) for p in reader.receive(data[6:9])] == [(b"Hel", False, False)]
    assert [tuple(p[1:]) for p in reader.receive(b"")] == []
    assert [tuple(p[1:]) for p in reader.receive(data[9:])] == [(b"lo", False, True)]


def test_pieces_that_are_not_taken_wait() -> None:
    reader = FrameReader("client")
    next(reader.receive(stream(FRAMES[:2], "client")))
    assert list(reader.frames(stream(FRAMES[2:3], "client"))) == FRAMES[1:3]


@pytest.mark.parametrize("reader", ["client", "server"])
def test_frames_before_the_broken_one_are_given(reader: Role) -> None:
    frames = FrameReader(reader).frames(stream([*FRAMES[:2], Frame(3)], reader))
    assert [next(frames), next(frames)] == FRAMES[:2]
    with pytest.raises(ProtocolError, match="0x3 is reserved"):
        next(frames)


def test_refused_at_the_header() -> None:
    reader = FrameReader("server")
    with pytest.raises(ProtocolError, match="reserved bit"):
        list(reader.receive(b"\xc1\x85"))  # neither key nor payload has come


def test_size_is_refused_before_key_and_payload() -> None:
    reader = FrameReader("server", max_size=1000)
    assert len(list(reader.frames(build_frame(Frame(2, bytes(1000)), KEY)))) == 1
    with pytest.raises(ProtocolError, match="announces 1001 bytes") as caught:
        list(reader.receive(bytes.fromhex("82fe03e9")))
    assert (caught.value.section, caught.value.close_code) == ("10.4", 1009)


def test_memory_does_not_depend_on_the_announced_length() -> None:
    reader = FrameReader("client")
    assert len(list(reader.receive(bytes.fromhex("827f7fffffffffffffff") + b"?"))) == 1
    for _ in range(100):
        assert sum(len(piece.payload) for piece in reader.receive(bytes(10_000))) == 10_000
    kept = [value for value in vars(reader).values() if isinstance(value, bytes | bytearray)]
    assert sum(map(sys.getsizeof, kept)) < 200


def check_cuts(frames: list[Frame], cuts: list[int], reader: Role) -> None:
    data = stream(frames, reader)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    r = FrameReader(reader)
    found = [
        frame
        for start, end in zip(places, places[1:], strict=False)
        for frame in r.frames(data[start:end])
    ]
    assert found == frames


no_bits = [st.just(False)] * 3
legal_frames = st.lists(
    st.builds(
        Frame,
        st.sampled_from((Opcode.CONTINUATION, Opcode.TEXT, Opcode.BINARY)),
        st.binary(max_size=200),
        st.booleans(),
        *no_bits,
    )
    | st.builds(
        Frame,
        st.sampled_from((Opcode.CLOSE, Opcode.PING, Opcode.PONG)),
        st.binary(max_size=125),
        st.just(True),
        *no_bits,
    )
)
any_cuts = st.lists(st.integers(0, 10**6), max_size=20)
roles: st.SearchStrategy[Role] = st.sampled_from(("client", "server"))


@given(legal_frames, any_cuts, roles)
def test_cuts(frames: list[Frame], cuts: list[int], reader: Role) -> None:
    check_cuts(frames, cuts, reader)


@pytest.mark.long
@settings(max_examples=50_000)
@given(legal_frames, any_cuts, roles)
def test_cuts_long(frames: list[Frame], cuts: list[int], reader: Role) -> None:
    check_cuts(frames, cuts, reader)
