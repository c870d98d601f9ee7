"""Which frames make which message."""

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording, dissect
from wsedu.recording.events import Side
from wsedu.recording.grouping import Group, group

from . import ANSWER, REQUEST, conversation

KEY = bytes.fromhex("37fa213d")
TEXT, BINARY, MORE, CLOSE, PING = 1, 2, 0, Opcode.CLOSE, Opcode.PING


def wire(sender: Side, frame: Frame) -> bytes:
    return build_frame(frame, KEY if sender == "client" else None)


def grouped(*frames: tuple[Side, Frame], cut: int = 0) -> tuple[Group, ...]:
    """The groups of frames after a handshake; ``cut``: bytes missing at the end of the last."""
    said = [(sender, wire(sender, frame)) for sender, frame in frames]
    if cut:
        said[-1] = (said[-1][0], said[-1][1][:-cut])
    talk = conversation(("client", REQUEST), ("server", ANSWER), *said)
    return group(dissect(talk).find("frame"))


def one_side(*frames: Frame, cut: int = 0) -> list[tuple[tuple[int, ...], bool]]:
    found = grouped(*(("client", frame) for frame in frames), cut=cut)
    return [(each.frames, each.ended) for each in found]


def first(payload: bytes = b"Hel") -> Frame:
    return Frame(TEXT, payload, fin=False)


def test_a_frame_with_fin_is_a_message() -> None:
    assert one_side(Frame(TEXT, b"a"), Frame(BINARY, b"b")) == [((0,), True), ((1,), True)]


def test_a_control_frame_between_fragments_is_in_no_message() -> None:
    assert one_side(first(), Frame(PING), Frame(MORE, b"lo")) == [((0, 2), True)]


def test_the_two_sides_do_not_mix() -> None:
    found = grouped(
        ("client", first()),
        ("server", Frame(BINARY, b"", fin=False)),
        ("client", Frame(MORE, b"lo")),
        ("server", Frame(MORE)),
    )
    assert found == (Group("client", (0, 2), True), Group("server", (1, 3), True))


def test_a_message_without_its_last_fragment_has_not_ended() -> None:
    assert one_side(first(), Frame(MORE, b"lo", fin=False)) == [((0, 1), False)]


def test_a_last_fragment_that_has_not_come_whole_does_not_end_it() -> None:
    assert one_side(first(), Frame(MORE, b"lo"), cut=1) == [((0, 1), False)]


def test_a_continuation_of_nothing_is_in_no_message() -> None:
    assert one_side(Frame(MORE, b"lo")) == []


def test_a_message_inside_a_message_leaves_the_first_unfinished() -> None:
    assert one_side(first(), Frame(TEXT, b"lo"), Frame(MORE, b"lo")) == [((0,), False)]


@pytest.mark.parametrize("opcode", [3, 7, 11, 15])
def test_a_reserved_opcode_is_in_no_message(opcode: int) -> None:
    assert one_side(Frame(opcode, b"x")) == []


def test_a_frame_that_its_reader_refuses_ends_no_message() -> None:
    assert one_side(first(b"\xff"), Frame(MORE)) == [((0,), False)]
    assert one_side(Frame(TEXT, b"\xff")) == [((0,), False)]


def test_what_follows_a_close_is_in_no_message() -> None:
    assert one_side(first(), Frame(CLOSE), Frame(MORE, b"lo")) == [((0,), False)]
    assert one_side(Frame(CLOSE), Frame(TEXT, b"late")) == []


def test_nothing_makes_no_message() -> None:
    assert group(dissect(Recording()).find("frame")) == ()
