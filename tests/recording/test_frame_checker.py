"""Frames in their order: messages, wrong places, and what comes after the end."""

import pytest

from wsedu.protocol import Binary, Close, Frame, Opcode, Text, build_close, build_frame
from wsedu.recording import Event, Recording, Unit, dissect

from . import ANSWER, REQUEST, conversation

KEY = bytes.fromhex("37fa213d")
TEXT, MORE, CLOSE, PING = Opcode.TEXT, Opcode.CONTINUATION, Opcode.CLOSE, Opcode.PING


def heard(*frames: Frame, side: str = "client", answer: bytes = ANSWER) -> tuple[Unit, ...]:
    """The units of these frames, sent by one side after a handshake."""
    key = KEY if side == "client" else None
    said = [(side, build_frame(frame, key)) for frame in frames]
    return dissect(conversation(("client", REQUEST), ("server", answer), *said)).find("frame")


def sentences(units: tuple[Unit, ...]) -> list[str]:
    return [unit.problems[0].sentence if unit.problems else "" for unit in units]


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_message_ends_with_its_last_fragment(side: str) -> None:
    units = heard(
        Frame(TEXT, b"Hel", fin=False),
        Frame(PING),
        Frame(MORE, b"lo"),
        Frame(2, b"\xff"),
        side=side,
    )
    assert [unit.message for unit in units] == [None, None, Text("Hello"), Binary(b"\xff")]
    assert sentences(units) == [""] * 4


def test_the_messages_of_both_sides_are_listed() -> None:
    seen = dissect(
        conversation(
            ("client", REQUEST),
            ("server", ANSWER),
            ("client", build_frame(Frame(TEXT, b"one"), KEY)),
            ("server", build_frame(Frame(TEXT, b"two"))),
        )
    )
    assert seen.messages == (("client", Text("one")), ("server", Text("two")))


@pytest.mark.parametrize(
    ("frames", "words", "section", "code"),
    [
        ([Frame(MORE, b"x")], "no message has begun", "5.4", 1002),
        ([Frame(TEXT, b"x", fin=False), Frame(TEXT, b"y")], "has ended", "5.4", 1002),
        ([Frame(TEXT, b"\xff")], "not UTF-8", "8.1", 1007),
        ([Frame(CLOSE, b"\x03")], "one byte", "5.5.1", 1002),
        ([Frame(CLOSE, (1006).to_bytes(2, "big"))], "1006", "7.4", 1002),
        ([Frame(PING, b"", fin=False)], "must be whole", "5.5", 1002),
        ([Frame(TEXT, b"", rsv1=True)], "reserved bit", "5.2", 1002),
    ],
)
def test_what_is_wrong_is_said_with_its_close_code(
    frames: list[Frame], words: str, section: str, code: int
) -> None:
    (problem,) = heard(*frames)[-1].problems
    assert words in problem.sentence and f"Close code {code}." in problem.sentence
    assert problem.section == section


def midway(*frames: Frame) -> tuple[Unit, ...]:
    """The units of these frames of a server, in a recording that begins with them."""
    written = b"".join(map(build_frame, frames))
    return dissect(Recording((Event(0.0, "server", "data", written),), begins="frames")).units


HELLO, END = Frame(TEXT, b"Hello"), Frame(MORE, b"lo")


@pytest.mark.parametrize("before", [(), (Frame(PING),), (Frame(MORE, b"l", fin=False),)])
def test_a_recording_may_begin_in_the_middle_of_a_message(before: tuple[Frame, ...]) -> None:
    units = midway(*before, END, HELLO)
    assert sentences(units) == [""] * len(units)
    assert [unit.message for unit in units if unit.message] == [Text("Hello")]


@pytest.mark.parametrize("before", [(HELLO,), (END,), (HELLO, Frame(PING))])
def test_only_its_first_message_may_lack_its_start(before: tuple[Frame, ...]) -> None:
    assert "no message has begun" in sentences(midway(*before, END))[-1]


def test_after_an_error_no_frame_counts() -> None:
    first, second = heard(Frame(TEXT, b"\xff"), Frame(TEXT, b"fine"))
    assert second.message is None
    assert "reads no further" in second.problems[0].sentence


def test_after_a_close_no_frame_counts() -> None:
    close, second = heard(Frame(CLOSE, build_close(Close(1000))), Frame(TEXT, b"late"))
    assert close.problems == () and second.message is None
    assert "Close frame came before" in second.problems[0].sentence
    (code,) = close.fields[-1].parts
    assert (code.name, code.value) == ("close code", "1000")


def test_a_reason_has_a_field_of_its_own() -> None:
    (close,) = heard(Frame(CLOSE, build_close(Close(4000, "app bye"))), side="server")
    code, reason = close.fields[-1].parts
    assert (code.value, reason.value) == ("4000", '"app bye"')


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x81\x7f\x00", "must be masked"),
        (b"\x81\x7e", "must be masked"),
        (b"\xf1", "reserved bit"),
        (b"\x89\xfe\x00", "125 bytes at most"),
        (b"\x83\xff\x00\x00", "Opcode 0x3 is reserved"),
    ],
)
def test_what_has_come_of_a_header_is_judged_before_its_length_is_there(
    data: bytes, words: str
) -> None:
    seen = dissect(conversation(("client", REQUEST), ("server", ANSWER), ("client", data)))
    (unit,) = seen.find("frame")
    assert words in unit.problems[0].sentence


@pytest.mark.parametrize("data", [b"\x81", b"\x81\xff\x00", b"\x81\xfe\x00", b"\x82\xfe"])
def test_a_header_that_is_legal_so_far_is_not_a_problem(data: bytes) -> None:
    seen = dissect(conversation(("client", REQUEST), ("server", ANSWER), ("client", data)))
    assert seen.find("frame")[0].problems == ()


def test_a_frame_that_is_cut_off_is_judged_by_its_header_only() -> None:
    data = build_frame(Frame(TEXT, b"\xff\xff"))[:-1]
    seen = dissect(conversation(("client", REQUEST), ("server", ANSWER), ("client", data)))
    (unit,) = seen.find("frame")
    assert unit.layout.truncated == "payload" and unit.message is None
    assert "must be masked" in unit.problems[0].sentence
