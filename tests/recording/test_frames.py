"""The quick way through plain frames finds what the way that reads every frame finds."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.protocol import Binary, Frame, Opcode, Text, build_frame
from wsedu.recording import Dissection, Event, Recording, Side, Unit, dissect, frames
from wsedu.recording.frames import plain_frames

from . import ANSWER, REQUEST, assert_tiled, conversation, seen_as
from .test_inflating import OFFER, agreed, compressed

KEY = bytes.fromhex("37fa213d")
CLIENT, SERVER = KEY, None  # the masking key with which each of them writes

# What can be in a stream; the first ones are plain.
PLAIN = [
    Frame(Opcode.TEXT, b"Hello"),
    Frame(Opcode.TEXT, "schön".encode()),
    Frame(Opcode.TEXT),
    Frame(Opcode.BINARY, bytes(range(126))),
    Frame(Opcode.PING, b"?"),
    Frame(Opcode.PONG),
]
OTHERS = [
    Frame(Opcode.TEXT, b"\xc3", fin=False),
    Frame(Opcode.CONTINUATION, b"\xb6", fin=False),
    Frame(Opcode.CONTINUATION, b"!"),
    Frame(Opcode.TEXT, b"\xff"),
    Frame(Opcode.TEXT, b"\xed\xa0\x80"),
    Frame(Opcode.CLOSE, b"\x03\xe8bye"),
    Frame(Opcode.CLOSE),
    Frame(Opcode.PING, bytes(126)),
    Frame(Opcode.PING, b"half", fin=False),
    Frame(3, b"reserved"),
    Frame(11),
    Frame(Opcode.TEXT, b"Hello", rsv2=True),
    Frame(Opcode.BINARY, b"not deflated", rsv1=True),
    compressed(b"Hello"),
]
written = st.builds(
    build_frame,
    st.sampled_from([*PLAIN, *PLAIN, *OTHERS]),
    st.sampled_from([CLIENT, CLIENT, SERVER]),
    st.sampled_from([None, None, None, 64]),
)


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Frames, one after the other; perhaps with a wrong byte, and perhaps cut off."""
    stream = bytearray(b"".join(draw(st.lists(written, max_size=6))))
    for _ in range(draw(st.integers(0, 2)) if stream else 0):
        # Near the beginning, where headers are.
        stream[draw(st.integers(0, min(len(stream) - 1, 60)))] = draw(st.integers(0, 255))
    return bytes(stream[: len(stream) - draw(st.integers(0, min(len(stream), 12)))])


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """A handshake and such streams, which TCP cut anywhere."""
    request, answer = draw(st.sampled_from([(REQUEST, ANSWER), (OFFER, agreed())]))
    said: list[tuple[Side, bytes]] = [("client", request)]
    if draw(st.booleans()):  # frames that do not wait for the 101
        said.append(("client", draw(streams())))
    said.append(("server", answer))
    for _ in range(draw(st.integers(1, 3))):
        side: Side = draw(st.sampled_from(["client", "server"]))
        stream = draw(streams())
        cuts = sorted(draw(st.sets(st.integers(0, len(stream)), max_size=5)))
        for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            said.append((side, stream[a:b]))
    return conversation(*(each for each in said if each[1]))


def read_each(recording: Recording) -> Dissection:
    """The same without the quick way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "_is_plain", lambda header, reader: False)
        return dissect(recording)


@given(recordings())
def test_both_ways_find_the_same(recording: Recording) -> None:
    quick, each = dissect(recording), read_each(recording)
    assert quick == each
    assert seen_as(quick.units) == seen_as(each.units)
    assert quick.messages == each.messages
    assert_tiled(quick)


@given(streams())
def test_both_ways_find_the_same_where_the_recording_begins_with_frames(stream: bytes) -> None:
    recording = Recording((Event(0.0, "client", "data", stream),), begins="frames")
    assert seen_as(dissect(recording).units) == seen_as(read_each(recording).units)


@pytest.mark.parametrize("frame", [*PLAIN, Frame(Opcode.BINARY, bytes(2**16))])
@pytest.mark.parametrize("reader", ["client", "server"])
def test_plain_frames_need_no_reading(frame: Frame, reader: Side) -> None:
    written = build_frame(frame, CLIENT if reader == "server" else SERVER)
    size = len(written)
    assert plain_frames(b"?" + written * 3, 1, reader) == (
        [1, 1 + size, 1 + 2 * size],
        1 + 3 * size,
    )
    assert plain_frames(written + written[:-1], 0, reader) == ([0], size)
    other: Side = "client" if reader == "server" else "server"
    assert plain_frames(written, 0, other) == ([], 0), "masked the wrong way"


@pytest.mark.parametrize("frame", OTHERS)
def test_all_others_do(frame: Frame) -> None:
    assert plain_frames(build_frame(frame, CLIENT), 0, "server") == ([], 0)
    longer = build_frame(Frame(Opcode.TEXT, b"Hello"), CLIENT, 16)
    assert plain_frames(longer, 0, "server") == ([], 0), "its length is too long for its form"


def units(*said: bytes) -> tuple[Unit, ...]:
    client = conversation(("client", REQUEST), ("server", ANSWER), *(("client", s) for s in said))
    return dissect(client).find("frame")


def test_a_frame_is_read_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    hello = build_frame(Frame(Opcode.TEXT, b"Hello"), CLIENT)
    found = units(hello, hello * 2)
    read: list[int] = []
    read_layout = frames.read_layout

    def count(stream: bytes, start: int) -> object:
        read.append(start - len(REQUEST))
        return read_layout(stream, start)

    monkeypatch.setattr(frames, "read_layout", count)
    assert [unit.arrived for unit in found] == [2, 3, 3]
    assert not any(unit.problems for unit in found)
    assert [unit.message for unit in found] == [Text("Hello")] * 3
    assert read == []
    assert found[1].title == found[1].title == "text: Hello" and found[1].data == hello
    assert read == [len(hello)]


def test_two_frames_are_equal_if_all_that_is_known_of_them_is() -> None:
    hello, bye = (build_frame(Frame(Opcode.TEXT, text), CLIENT) for text in (b"Hello", b"Good!"))
    assert units(hello) == units(hello)
    assert units(hello) != units(bye)
    assert units(hello, hello)[0] != units(hello, hello)[1]
    assert len({*units(hello, hello), *units(hello, hello)}) == 2
    with pytest.raises(AttributeError):
        units(hello)[0].arrived = 1  # type: ignore[misc]


def test_a_frame_can_be_copied_and_pickled() -> None:
    (unit,) = units(build_frame(Frame(Opcode.TEXT, b"Hello"), CLIENT))
    for other in (copy.copy(unit), copy.deepcopy(unit), pickle.loads(pickle.dumps(unit))):
        assert other == unit and other.title == "text: Hello"


def test_a_message_in_fragments_is_with_its_last_frame() -> None:
    parts = [Frame(Opcode.BINARY, b"a", fin=False), PLAIN[5], Frame(Opcode.CONTINUATION, b"b")]
    found = units(*(build_frame(part, CLIENT) for part in parts))
    assert [unit.message for unit in found] == [None, None, Binary(b"ab")]
