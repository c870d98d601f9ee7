"""The ladder: an arrow for everything that was said, and its bytes when it is selected."""

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, Recording, dissect
from wsedu.views import Ladder, bytes_and_fields
from wsedu.views.ladder import FIRST, LARGE, LAST, PAGE_FIRST, PAGE_LAST

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

    def test_switch_is_after_the_101(self) -> None:
        ladder = Ladder(SEEN)
        text = ladder.text.splitlines()
        (at,) = [i for i, line in enumerate(text) if "the protocol switches" in line]
        assert "101" in text[at - 2] and "text: Hello" in text[at + 1]
        assert "the protocol switches: HTTP above, WebSocket below" in words(ladder.svg)

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
            assert "77 more bytes are not in it" in shown
            assert "kept· from elsewhere" in shown

    def test_nothing_at_all(self) -> None:
        assert_three_forms(Ladder(Recording()))
        assert Ladder(Recording()).text.startswith("Nothing was recorded yet")


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


def many(count: int) -> Recording:
    """So many Pings, the handshake before them."""
    pings = [("server", b"\x89\x00")] * count
    return recording(("client", REQUEST), ("server", ANSWER), *pings)  # type: ignore[arg-type]


def names(ladder: Ladder) -> list[str]:
    """The arrows that the page has."""
    return [re.findall('data-item="(.+?)"', row)[0] for row in ladder.rows]


class TestInThePage:
    def test_a_short_one_is_an_ordinary_picture(self) -> None:
        ladder = Ladder(many(FIRST + LAST - 2))
        assert ladder.frame == "" and ladder.rows == ladder.tops == []

    @pytest.mark.parametrize("times", [False, True])
    def test_a_long_one_has_every_arrow(self, times: bool) -> None:
        ladder = Ladder(many(FIRST + LAST), times=times)
        assert names(ladder) == [f"u{number}" for number in range(FIRST + LAST + 2)]
        assert items(ladder.frame) == {}, "an arrow is in the page only when it can be seen"
        assert "not shown" in ladder.text and "not shown" not in words(ladder.frame)
        assert "the protocol switches" in words(ladder.frame)
        assert [(" s</text>" in row) for row in ladder.rows] == [times] * len(ladder.rows)
        assert " s\n" not in words(ladder.frame)
        assert f"{len(ladder.rows)} arrows" in ladder.hint

    def test_every_row_says_what_the_stored_one_says(self) -> None:
        ladder = Ladder(many(FIRST + LAST))
        stored = items(ladder.svg)
        shown = items(ladder.frame.replace("</svg>", "".join(ladder.rows) + "</svg>"))
        assert stored.items() <= shown.items() and len(stored) < len(shown)

    def test_every_row_knows_its_place(self) -> None:
        ladder = Ladder(replace(many(FIRST + LAST), note="kept"))
        places = [float(re.findall('<rect x="154" y="(.+?)"', row)[0]) for row in ladder.rows]
        assert ladder.tops == places == sorted(places)

    def test_what_does_not_go_to_the_page_is_said_there(self) -> None:
        ladder = Ladder(many(PAGE_FIRST + PAGE_LAST + 5))
        assert len(ladder.rows) == PAGE_FIRST + PAGE_LAST
        assert "… 7 arrows not shown …" in words(ladder.frame)
        assert names(ladder)[-1] == f"u{PAGE_FIRST + PAGE_LAST + 6}"

    def test_bytes_of_an_arrow_in_the_middle(self) -> None:
        ladder = Ladder(many(FIRST + LAST))
        ladder.selected = f"u{FIRST + 1}"
        assert "u61" not in items(ladder.svg)
        assert ladder.detail == bytes_and_fields.draw(dissect(many(FIRST)).units[FIRST + 1])


class Growing:
    """A recording that grows; whoever watches is told from another thread, as by a lab."""

    def __init__(self) -> None:
        self.recording = Recording()
        self.calls: list[Callable[[], object]] = []

    def watch(self, call: Callable[[], object]) -> Callable[[], None]:
        self.calls.append(call)
        return lambda: self.calls.remove(call)

    def grow(self, recording: Recording, times: int = 1) -> None:
        self.recording = recording
        for call in self.calls * times:
            thread = threading.Thread(target=call)
            thread.start()
            thread.join()


class Closed(Growing):
    def watch(self, call: Callable[[], object]) -> Callable[[], None]:
        raise RuntimeError("This lab is closed.")


class Clock:
    """As much of an event loop as a ladder needs, with a time that the test sets."""

    def __init__(self) -> None:
        self.now = 100.0
        self.calls: list[tuple[float, Any]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, *call: Any) -> Any:
        self.calls.append((when, call))
        return SimpleNamespace(cancel=lambda: None)


class TestInACell:
    """Where a loop runs, a page may ask."""

    @pytest.mark.anyio
    async def test_a_long_one_has_both_ends_until_the_page_asks(self) -> None:
        ladder, elsewhere = Ladder(many(300)), await asyncio.to_thread(Ladder, many(300))
        assert names(ladder) == list(items(ladder.svg)) and len(ladder.rows) == FIRST + LAST
        assert "… 222 arrows not shown …" in words(ladder.frame)
        assert ladder.hint.startswith("302 arrows")
        stored = ladder.svg, ladder.text
        ladder.whole = True
        for name in ("frame", "rows", "tops", "hint"):
            assert getattr(ladder, name) == getattr(elsewhere, name)
        assert stored == (ladder.svg, ladder.text) == (elsewhere.svg, elsewhere.text)

    @pytest.mark.anyio
    async def test_a_saved_page_has_the_whole(self, tmp_path: Path) -> None:
        ladder = Ladder(many(300))
        ladder.save_page(tmp_path / "page.html")
        assert 'data-item=\\"u150\\"' in (tmp_path / "page.html").read_text()
        assert len(ladder.rows) == 302

    @pytest.mark.anyio
    async def test_its_hint_says_how_many_arrows_the_page_can_get(self) -> None:
        ladder = Ladder(many(PAGE_FIRST + PAGE_LAST + 5))
        assert ladder.hint.startswith("12,000 arrows")

    @pytest.mark.anyio
    async def test_a_short_one_is_not_drawn_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        short, growing = Ladder(many(3)), Ladder(Growing())
        monkeypatch.setattr("wsedu.views.ladder._draw", None)
        short.whole = growing.whole = True
        assert short.frame == "" and short.rows == growing.rows == []


class TestGrowing:
    @pytest.mark.anyio
    async def test_an_arrow_comes_when_it_is_said(self) -> None:
        lab = Growing()
        ladder = Ladder(lab)
        assert ladder.frame and ladder.rows == []
        assert "Nothing was sent yet" in ladder.hint
        ladder.whole = True  # as the page does when it has painted
        drawn = asyncio.Event()
        threads: list[threading.Thread] = []

        def note(_change: object) -> None:
            threads.append(threading.current_thread())
            drawn.set()

        ladder.observe(note, "svg")
        for count in (0, 1, FIRST + LAST):
            lab.grow(many(count))
            await asyncio.wait_for(drawn.wait(), 5)
            drawn.clear()
            assert len(ladder.rows) == count + 2
            assert (ladder.svg, ladder.text) == (Ladder(many(count)).svg, Ladder(many(count)).text)
        assert set(threads) == {threading.main_thread()}
        ladder.close()

    @pytest.mark.anyio
    async def test_much_at_once_is_drawn_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lab = Growing()
        ladder = Ladder(lab)
        drawn = asyncio.Event()
        ladder.observe(lambda _change: drawn.set(), "svg")
        shown: list[Recording] = []
        show = ladder._show

        def count(recording: Recording) -> None:
            shown.append(recording)
            show(recording)

        monkeypatch.setattr(ladder, "_show", count)
        lab.grow(SEEN, times=50)
        await asyncio.wait_for(drawn.wait(), 5)
        assert shown == [SEEN]
        ladder.close()

    def test_it_rests_nine_times_as_long_as_it_draws(self) -> None:
        lab, clock = Growing(), Clock()
        ladder = Ladder(lab)
        ladder.observe(lambda _change: setattr(clock, "now", clock.now + 2), "svg")
        lab.recording = SEEN
        ladder._soon(clock)  # type: ignore[arg-type]
        ladder._soon(clock)  # type: ignore[arg-type]
        assert [when for when, _call in clock.calls] == [100], "at once, and only once"
        ladder._grow(clock)  # type: ignore[arg-type]
        ladder._soon(clock)  # type: ignore[arg-type]
        assert [when for when, _call in clock.calls] == [100, 102 + 9 * 2]

    @pytest.mark.anyio
    async def test_a_closed_one_follows_nothing(self) -> None:
        lab = Growing()
        ladder = Ladder(lab)
        assert len(lab.calls) == 1
        ladder.close()
        assert lab.calls == []

    @pytest.mark.anyio
    async def test_of_a_closed_lab_stands_still(self) -> None:
        lab = Closed()
        lab.recording = SEEN
        assert len(Ladder(lab).rows) == 3

    def test_where_no_loop_runs_it_stands_still(self) -> None:
        lab = Growing()
        lab.recording = SEEN
        ladder = Ladder(lab)
        assert lab.calls == [] and len(ladder.rows) == 3

    def test_what_is_stored_is_as_it_is_now(self) -> None:
        lab = Growing()
        ladder = Ladder(lab)
        lab.recording = SEEN
        assert_three_forms(ladder)
        assert ladder.svg == Ladder(SEEN).svg


class TestChunks:
    PARTS = (("client", REQUEST), ("server", ANSWER), ("client", HELLO[:2]), ("client", HELLO[2:5]))

    def test_what_came_in_pieces_says_so_and_has_ticks(self) -> None:
        torn = recording(*self.PARTS, ("client", HELLO[5:] + HELLO))
        said = f"It came in 3 TCP chunks (2 + 3 + {len(HELLO) - 5} bytes)."
        ladder = Ladder(torn)
        assert items(ladder.svg)["u2"].endswith(said) and ladder.text.count(said) == 1
        assert ladder.svg.count("v10") == Ladder(SEEN).svg.count("v10") + 3  # 2 ticks, an arrow

    def test_what_came_at_once_or_with_others_says_nothing(self) -> None:
        together = recording(("client", REQUEST), ("server", ANSWER), ("client", HELLO * 2))
        assert "chunks" not in Ladder(together).text + Ladder(SEEN).text

    def test_many_pieces_are_counted_not_drawn(self) -> None:
        single = [("client", bytes([byte])) for byte in REQUEST]
        ladder = Ladder(recording(*single))
        assert f"in {len(REQUEST)} TCP chunks (… bytes)" in ladder.text
        assert ladder.svg.count("v10") == 1

    def test_what_is_large_says_nothing(self) -> None:
        large = build_frame(Frame(Opcode.BINARY, bytes(LARGE)), b"abcd")
        halves = (("client", large[:9]), ("client", large[9:]))
        torn = recording(("client", REQUEST), ("server", ANSWER), *halves)
        assert "chunks" not in Ladder(torn).text


def test_a_ping_says_its_text_in_quotes_and_other_bytes_in_hexadecimal() -> None:
    said = recording(
        ("client", REQUEST),
        ("server", ANSWER),
        ("server", b"\x89\x05hello"),
        ("server", b"\x89\x02\x00\xff"),
        ("server", b"\x88\x05\x03\xe8bye"),
    )
    for form in (Ladder(said).text, words(Ladder(said).svg)):
        for label in ('ping: "hello"', "ping: 00 ff", 'close: 1000 "bye"'):
            assert label in form


def test_what_is_rebuilt_is_marked_in_every_form() -> None:
    mark = "rebuilt from a <HAR\x07>"
    rebuilt = Recording(tuple(replace(event, note=mark) for event in SEEN.events))
    picture = Ladder(rebuilt)
    assert picture.text.count("[rebuilt from a <HAR·>] ") == len(SEEN.events)
    assert all("[rebuilt from a <HAR·>]" in said for said in items(picture.svg).values())
    unit = dissect(rebuilt).units[-1]
    for form in (bytes_and_fields.describe(unit), words(bytes_and_fields.draw(unit))):
        assert "[rebuilt from a <HAR·>]" in form
