"""The frame reader: any cut of the stream, and refusal before the payload."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol import KEY, three_ways
from wsedu.protocol import Frame, FrameReader, Opcode, ProtocolError, build_frame, mask
from wsedu.protocol.frames import Role

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


def test_pieces_that_nobody_takes_wait() -> None:
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
