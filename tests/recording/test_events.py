"""Events that are not bytes: what the tap held back, and what the lab did to the network."""

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, Recording, dissect
from wsedu.views import Ladder

from . import ANSWER, REQUEST

HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), bytes.fromhex("37fa213d"))
TALK = Recording(
    (
        Event(0.0, "client", "data", REQUEST),
        Event(0.1, "server", "data", ANSWER),
        Event(0.2, "client", "fault", note="the network breaks"),
        Event(0.3, "client", "held", HELLO),
        Event(0.4, "client", "fault", note="well again"),
        Event(0.5, "client", "data", HELLO),
    )
)


def test_they_are_saved_and_loaded() -> None:
    assert Recording.from_json(TALK.to_json()) == TALK


def test_held_bytes_are_not_in_the_stream() -> None:
    assert TALK.sent_by("client") == REQUEST + HELLO
    seen = dissect(TALK)
    (frame,) = seen.find("frame")
    assert TALK.events[frame.arrived].time == 0.5
    assert seen.messages[0][1].text == "Hello"


def test_held_secrets_are_covered() -> None:
    secret = REQUEST[:-2] + b"Cookie: opensesame\r\n\r\n"
    talk = Recording(
        (
            Event(0.0, "client", "held", secret),
            Event(0.1, "client", "data", secret),
            Event(0.2, "server", "data", ANSWER),
        )
    )
    covered = talk.with_secrets_covered()
    assert "opensesame" not in repr(covered)
    assert len(covered.events[0].data) == len(secret)
    assert covered.sent_by("server") == ANSWER


@pytest.mark.parametrize("cut", range(1, 28))
@pytest.mark.parametrize("held", [(True, True), (True, False), (False, True)])
def test_held_secret_is_covered_wherever_the_chunks_are_cut(
    cut: int, held: tuple[bool, bool]
) -> None:
    """Its name may stand in what was passed on, and its value in what is held, or the reverse."""
    lines = b"Cookie: id=QQZZQQ; b=QQZZQQ\r\n"
    start = len(REQUEST) - 2 + cut
    stream = REQUEST[:-2] + lines + b"\r\n"
    events = []
    for number, chunk in enumerate((stream[:start], stream[start:])):
        if held[number]:
            events.append(Event(number, "client", "held", chunk))
        events.append(Event(number, "client", "data", chunk))
    for count in range(len(events) + 1):  # at any moment
        covered = Recording(tuple(events[:count])).with_secrets_covered()
        said = b"".join(event.data for event in covered.events)
        assert b"QQ" not in said and b"ZZ" not in said
        assert [len(e.data) for e in covered.events] == [len(e.data) for e in events[:count]]


def test_the_ladder_shows_them() -> None:
    ladder = Ladder(TALK)
    lines = [line.strip() for line in ladder.text.splitlines()]
    assert "---- the network breaks ----" in lines
    assert "client → server  11 bytes, held on the way" in lines
    assert "the network breaks" in ladder.svg and "held on the way" in ladder.svg


def test_wireshark_is_not_shown_what_did_not_arrive() -> None:
    from wsedu.recording.pcapng import Talk, to_pcapng

    assert to_pcapng([Talk(TALK.events)]).count(HELLO) == 1
