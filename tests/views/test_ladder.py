"""The ladder: an arrow for everything that was said, and its bytes when it is selected."""

from dataclasses import replace

import pytest

from wsedu.recording import Event, Recording, dissect
from wsedu.views import Ladder, bytes_and_fields
from wsedu.views.ladder import FIRST, LAST

from . import ANSWER, HELLO, REQUEST, assert_three_forms, items, recording, words

SEEN = recording(("client", REQUEST), ("server", ANSWER), ("client", HELLO))


class TestArrows:
    def test_one_for_each_unit(self) -> None:
        said = items(Ladder(SEEN).svg)
        assert list(said) == ["u0", "u1", "u2"]
        for name, unit in zip(said, dissect(SEEN).units, strict=True):
            assert said[name] == f"{unit.title}. {unit.sentence}"

    def test_text_says_the_same(self) -> None:
        text = Ladder(SEEN).text.splitlines()
        assert text[0] == f"One TCP connection, {len(REQUEST + ANSWER + HELLO)} bytes"
        for unit in dissect(SEEN).units:
            way = "client → server" if unit.sender == "client" else "server → client"
            at = text.index(f"  {way}  {unit.title}")
            assert text[at + 1].strip() == unit.sentence

    def test_switch_stands_behind_the_101(self) -> None:
        ladder = Ladder(SEEN)
        text = ladder.text.splitlines()
        (at,) = [i for i, line in enumerate(text) if "the protocol switches" in line]
        assert "101" in text[at - 2] and "text: Hello" in text[at + 1]
        assert "the protocol switches: above HTTP, below WebSocket" in words(ladder.svg)

    def test_no_switch_without_a_101(self) -> None:
        ladder = Ladder(recording(("client", REQUEST)))
        assert "switches" not in ladder.text + words(ladder.svg)

    @pytest.mark.parametrize(("kind", "word"), [("end", "FIN"), ("lost", "RST")])
    def test_end_of_a_side(self, kind: str, word: str) -> None:
        ending = replace(SEEN, events=(*SEEN.events, Event(3, "server", kind)))  # type: ignore[arg-type]
        ladder = Ladder(ending)
        assert word in ladder.text.splitlines()[-1]
        assert word in items(ladder.svg)["e3"]

    def test_times_only_when_wanted(self) -> None:
        assert "0.25 s" not in Ladder(SEEN).text + words(Ladder(SEEN).svg)
        timed = Ladder(SEEN, times=True)
        assert "0.25 s" in timed.text and "0.25 s" in words(timed.svg)

    def test_problem_has_a_mark(self) -> None:
        assert "✘" in words(Ladder(recording(("client", REQUEST.replace(b"\r", b"")))).svg)
        assert "✘" not in words(Ladder(SEEN).svg)

    def test_what_is_not_in_it_is_said(self) -> None:
        ladder = Ladder(replace(SEEN, dropped=77, note="kept\x1b from elsewhere"))
        for shown in (ladder.text, words(ladder.svg)):
            assert "77 bytes more are not in it" in shown
            assert "kept· from elsewhere" in shown

    def test_nothing_at_all(self) -> None:
        assert_three_forms(Ladder(Recording()))


class TestManyArrows:
    def test_both_ends_and_the_switch_are_shown(self) -> None:
        ask, page = b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        said = [
            (side, data) for _n in range(50) for side, data in (("client", ask), ("server", page))
        ]
        said += [("client", REQUEST), ("server", ANSWER), *[("client", HELLO)] * 100]
        ladder = Ladder(recording(*said))  # type: ignore[arg-type]
        shown = [*range(FIRST), 101, *range(202 - LAST, 202)]
        assert list(items(ladder.svg)) == [f"u{number}" for number in shown]
        for text in (ladder.text, words(ladder.svg)):
            assert "… 41 arrows not shown …" in text
            assert f"… {202 - LAST - 102} arrows not shown …" in text
            assert "the protocol switches" in text
        assert_three_forms(ladder)

    def test_as_many_as_there_is_room_for_are_all_shown(self) -> None:
        frames = [("server", b"\x89\x00")] * (FIRST + LAST - 2)
        ladder = Ladder(recording(("client", REQUEST), ("server", ANSWER), *frames))  # type: ignore[arg-type]
        assert len(items(ladder.svg)) == FIRST + LAST
        assert "not shown" not in ladder.text


class TestSelection:
    def test_opens_the_bytes_of_the_arrow(self) -> None:
        ladder = Ladder(SEEN)
        assert ladder.detail == ""
        ladder.selected = "u1"
        assert ladder.detail == bytes_and_fields.draw(dissect(SEEN).units[1])
        ladder.selected = "u2"
        assert "masking key" in words(ladder.detail)

    @pytest.mark.parametrize(
        "name", ["", "u", "u3", "u-1", "1", "u01", "u²", "u" + "9" * 5000, "e3", "elsewhere"]
    )
    def test_of_something_unknown_shows_nothing(self, name: str) -> None:
        ladder = Ladder(SEEN)
        ladder.selected = "u1"
        ladder.selected = name
        assert ladder.detail == ""
