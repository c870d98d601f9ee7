"""The closing stepper against recordings whose endings are known."""

import re
from itertools import pairwise

import pytest

from wsedu.protocol import (
    TRANSITIONS,
    Close,
    Frame,
    Opcode,
    State,
    Step,
    build_close,
    build_frame,
    build_request,
    build_response,
    make_key,
)
from wsedu.recording import Event, Recording
from wsedu.views import ClosingSteps
from wsedu.views.closing_steps import BOX, INTO_CLOSED, PANEL, PLACES, TALL

KEY = bytes.fromhex("37fa213d")
NONCE = make_key(b"the sample nonce")


def close(code: int | None = None, reason: str = "") -> Frame:
    return Frame(Opcode.CLOSE, build_close(Close(code, reason)))


def recording(*told: tuple[str, Frame | bytes | str], accept: str = NONCE) -> Recording:
    """After a handshake: frames, bytes, or the ends of TCP."""
    told = (
        ("client", build_request("example.com", "/", NONCE).to_bytes()),
        ("server", build_response(accept).to_bytes()),
        *told,
    )
    events = []
    for sender, what in told:
        if isinstance(what, str):
            events.append(Event(0.5, sender, what))  # type: ignore[arg-type]
            continue
        if isinstance(what, Frame):
            what = build_frame(what, KEY if sender == "client" else None)
        events.append(Event(0, sender, "data", what))  # type: ignore[arg-type]
    return Recording(tuple(events))


def end(picture: ClosingSteps) -> tuple[str, str]:
    """The last states and codes of client and server."""
    found = re.search(r"client: (.*?); server: (.*)$", str(picture).splitlines()[-1])
    assert found
    return found[1], found[2]


BOTH_END = (("server", "end"), ("client", "end"))


class TestEndings:
    def test_clean(self) -> None:
        shown = ClosingSteps(
            recording(("client", close(1000, "bye")), ("server", close(1000)), *BOTH_END)
        )
        assert end(shown) == ("CLOSED, code recorded: 1000",) * 2
        assert "client: CLOSE SENT; server: CLOSE RECEIVED" in str(shown)
        assert "client: CLOSE EXCHANGED; server: CLOSE EXCHANGED" in str(shown)
        assert 'Close (1000 "bye")' in str(shown)

    def test_without_a_code(self) -> None:
        shown = ClosingSteps(recording(("client", close()), ("server", close()), *BOTH_END))
        assert end(shown) == ("CLOSED, code recorded: 1005",) * 2

    @pytest.mark.parametrize("sender", ["client", "server"])
    def test_reset_of_tcp(self, sender: str) -> None:
        assert (
            end(ClosingSteps(recording((sender, "lost")))) == ("CLOSED, code recorded: 1006",) * 2
        )

    def test_half_an_end_closes_the_one_who_hears_of_it(self) -> None:
        shown = ClosingSteps(recording(("client", close(1000)), ("server", "end")))
        assert end(shown) == ("CLOSED, code recorded: 1006", "CLOSE RECEIVED")

    def test_a_broken_rule(self) -> None:
        bare = build_frame(Frame(Opcode.TEXT, b"Hello"))
        shown = ClosingSteps(recording(("client", bare), ("server", close(1002)), *BOTH_END))
        assert end(shown) == ("CLOSED, code recorded: 1002", "CLOSED, code recorded: 1006")
        assert "must be masked" in str(shown) and "server: FAILED" in str(shown)

    def test_a_close_after_giving_up_is_not_heard(self) -> None:
        text = Frame(Opcode.TEXT, b"\xff\xd8")
        story = (("client", text), ("server", close(1007)), ("client", close(1007)))
        shown = ClosingSteps(recording(*story, *BOTH_END))
        assert "The server ignores it" in str(shown)
        assert end(shown)[1] == "CLOSED, code recorded: 1006"

    def test_a_close_with_a_code_that_may_not_be_sent(self) -> None:
        bad = Frame(Opcode.CLOSE, (1006).to_bytes(2, "big"))
        shown = ClosingSteps(recording(("client", bad)))
        assert end(shown) == ("CLOSE SENT", "FAILED")

    def test_both_at_once_record_each_other(self) -> None:
        story = (("server", close(1001)), ("client", close(4000)))
        shown = ClosingSteps(recording(*story, *BOTH_END))
        assert end(shown) == ("CLOSED, code recorded: 1001", "CLOSED, code recorded: 4000")

    def test_a_wrong_accept_opens_nothing(self) -> None:
        shown = ClosingSteps(recording(*BOTH_END, accept=make_key(b"another nonce of"[:16])))
        assert "FAILED" in str(shown) and "OPEN;" not in str(shown)

    def test_a_refusal_opens_nothing(self) -> None:
        refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
        shown = ClosingSteps(Recording((Event(0, "server", "data", refusal),)))
        assert end(shown) == ("CONNECTING", "CONNECTING")

    def test_nothing_at_all(self) -> None:
        assert end(ClosingSteps(Recording())) == ("CONNECTING", "CONNECTING")


class TestPicture:
    def test_every_way_of_the_table_is_drawn_for_both(self) -> None:
        svg = ClosingSteps(recording()).svg
        for side in ("client", "server"):
            for state, step in TRANSITIONS:
                assert f'data-kind="{side}-{state.name}-{step.name}"' in svg, (state, step)
            for state in State:
                assert f'data-kind="{side}-{state.name}"' in svg

    def test_ways_into_closed_lead_from_box_to_box(self) -> None:
        """Each begins and ends at the border of a box, and crosses no other box."""
        assert {state for state, step in TRANSITIONS if step == Step.END_OF_TCP} == set(INTO_CLOSED)

        def inside(x: float, y: float, state: State, edge: float) -> bool:
            left, top = PLACES[state][0] - BOX / 2, PLACES[state][1] - TALL / 2
            across = left - edge <= x <= left + BOX + edge
            return across and top - edge <= y <= top + TALL + edge

        for state, corners in INTO_CLOSED.items():
            assert inside(*corners[0], state, 0) and not inside(*corners[0], state, -1)
            assert inside(*corners[-1], State.CLOSED, 0)
            assert not inside(*corners[-1], State.CLOSED, -1)
            for (x, y), (to_x, to_y) in pairwise(corners):
                assert (x == to_x) != (y == to_y), "straight"
                for part in range(101):
                    at = x + (to_x - x) * part / 100, y + (to_y - y) * part / 100
                    assert 0 < at[0] < PANEL["server"] - PANEL["client"]
                    others = set(State) - {state, State.CLOSED}
                    assert not any(inside(*at, other, 0) for other in others), (state, at)

    def test_the_way_that_was_taken_into_closed_is_a_thick_arrow(self) -> None:
        shown = ClosingSteps(recording(("client", close(1000)), ("server", close(1000)), *BOTH_END))
        last = shown.slots({"step": len(str(shown).splitlines()) - 1})
        taken = {
            name
            for name, style in last.items()
            if name.endswith("-END_OF_TCP.class") and style != "gone"
        }
        sides = ("client", "server")
        assert taken == {f"{side}-CLOSE_EXCHANGED-END_OF_TCP.class" for side in sides}

    def test_it_opens_on_its_first_step_and_paper_shows_the_last(self) -> None:
        shown = ClosingSteps(recording(("client", close()), ("server", close()), *BOTH_END))
        assert shown.state == {"step": 0}
        assert "0  TCP is connected" in shown.svg
        steps = len(str(shown).splitlines())
        data, _metadata = shown._repr_mimebundle_()
        assert f">{steps - 1}  " in data["image/svg+xml"]
        assert data["text/plain"] == str(shown)

    def test_no_two_boxes_overlap(self) -> None:
        assert set(PLACES) == set(State)
        places = list(PLACES.values())
        for number, (x, y) in enumerate(places):
            for other_x, other_y in places[:number]:
                assert abs(x - other_x) >= BOX or abs(y - other_y) > TALL

    def test_exactly_one_state_of_each_side_has_a_dot(self) -> None:
        shown = ClosingSteps(recording(("client", close()), ("server", close()), *BOTH_END))
        for step in range(len(str(shown).splitlines())):
            slots = shown.slots({"step": step})
            dots = [name for name, text in slots.items() if str(text).startswith("●")]
            assert len(dots) == 2

    def test_seconds_only_if_asked_for(self) -> None:
        story = recording(("server", "end"))
        assert "0.50 s" in str(ClosingSteps(story, times=True))
        assert "0.50 s" not in str(ClosingSteps(story))

    def test_words_tell_all_steps_wherever_the_slider_is(self) -> None:
        shown = ClosingSteps(recording(("client", close()), ("server", close()), *BOTH_END))
        before = str(shown)
        shown.state = {"step": 1}
        assert str(shown) == before

    def test_no_step_lies_outside_of_the_story(self) -> None:
        shown = ClosingSteps(recording(("server", "end")))
        for step, allowed in ((99, 2), (-1, 0)):
            shown.state = {"step": step}
            assert shown.state == {"step": allowed}

    def test_a_hostile_reason_stays_text_and_short(self) -> None:
        reason = "<script>" * 15
        shown = ClosingSteps(recording(("client", close(1000, reason))))
        assert "<script>" not in shown.svg and len(shown.svg) < 30_000

    def test_many_closes_stay_few_kilobytes(self) -> None:
        shown = ClosingSteps(recording(*[("client", close(1000))] * 500))
        assert len(shown.words["steps"]) < 30
