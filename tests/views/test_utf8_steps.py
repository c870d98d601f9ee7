"""The UTF-8 machine in a picture: steps, bits, borders, and the place of an error."""

from itertools import pairwise

import pytest

from wsedu.protocol.utf8 import NEXT, Utf8
from wsedu.views import Utf8Steps
from wsedu.views.utf8_steps import BOX, COLUMN, LEFT, LINES, LONGEST, PITCH, RIGHT, TALL, _corners

from . import assert_three_forms, items, words


def lines(*fragments: bytes | str) -> list[str]:
    return str(Utf8Steps(*fragments)).splitlines()


class TestSteps:
    def test_each_byte_is_a_step_and_the_end_is_the_last(self) -> None:
        assert lines("é!") == [
            "0  No byte has come.",
            "1  Byte 0, c3. Expected: 1 more byte. Code point: 00011.",
            "2  Byte 1, a9. A character is complete. "
            "Code point: 00011 101001 = U+00E9 é LATIN SMALL LETTER E WITH ACUTE. Text: é.",
            "3  Byte 2, 21. A character is complete. "
            "Code point: 0100001 = U+0021 ! EXCLAMATION MARK. Text: é!.",
            "4  The message ends. ✔ All of it is UTF-8. Text: é!.",
        ]

    @pytest.mark.parametrize("char", ["A", "я", "€", "👋", "\U0010ffff", "\ud7ff", "\x00"])
    def test_code_point_of_every_length_is_found(self, char: str) -> None:
        assert f"= U+{ord(char):04X}" in lines(char)[-2]

    @pytest.mark.parametrize(
        ("data", "step", "rule"),
        [
            ("80", 1, "none has begun"),
            ("41 c0 af", 2, "overlong"),
            ("e0 80 af", 2, "overlong"),
            ("ed a0 80", 2, "surrogates"),
            ("f4 90 80 80", 2, "above U+10FFFF"),
            ("ff", 1, "never occur"),
            ("e2 28", 2, "80 to bf is missing"),
            ("e2 82", 3, "in the middle of a character"),
        ],
    )
    def test_it_stops_at_the_first_wrong_byte_and_names_the_rule(
        self, data: str, step: int, rule: str
    ) -> None:
        shown = Utf8Steps(bytes.fromhex(data))
        last = str(shown).splitlines()[-1]
        assert last.startswith(f"{step}  ") and "✘ This is not UTF-8." in last and rule in last
        slots = shown.slots({"step": step})
        assert slots["refused.class"] == "value" and rule in slots["rule"]
        ends = step > len(bytes.fromhex(data))
        wrong = [name for name, style in slots.items() if style == "wrong"]
        assert wrong == ([] if ends else [f"at{step - 1}.class"])
        assert shown.controls[0]["max"] == step

    def test_fragments_change_no_step(self) -> None:
        assert lines(b"\xe2", b"\x82", b"\xac") == lines("€") == lines(b"", "€".encode())

    def test_exactly_one_box_has_a_dot(self) -> None:
        for data in ("Aя€👋".encode(), b"\xed\xa0\x80", b"\xf0\x9f"):
            shown = Utf8Steps(data)
            for step in range(shown.controls[0]["max"] + 1):
                slots = shown.slots({"step": step})
                dots = [name for name, text in slots.items() if text.startswith("●")]
                assert len(dots) == 1

    def test_a_text_with_half_a_surrogate_pair_is_what_a_browser_would_send(self) -> None:
        assert lines("\ud83d") == lines("\N{REPLACEMENT CHARACTER}")

    def test_what_has_no_room_is_refused(self) -> None:
        Utf8Steps("x" * LONGEST)
        with pytest.raises(ValueError, match=f"{LONGEST} bytes, not for {LONGEST + 1}"):
            Utf8Steps("x" * LONGEST, "x")
        with pytest.raises(TypeError):
            Utf8Steps(3)  # type: ignore[arg-type]


class TestPicture:
    def test_three_forms_and_paper_shows_the_last_step(self) -> None:
        shown = Utf8Steps("€")
        data, _metadata = shown._repr_mimebundle_()
        assert "The message ends." in data["image/svg+xml"]
        shown.state = {"step": 4}
        shown.svg = shown.draw(shown.slots(shown.state))
        assert_three_forms(shown)

    def test_bits_of_each_byte_are_split_into_marker_and_code_point(self) -> None:
        said = items(Utf8Steps(b"A\xe2\x82\xff").svg)
        assert said == {
            "b0": "byte 0, 41: marker 0, and 1000001",
            "b1": "byte 1, e2: marker 1110, and 0010",
            "b2": "byte 2, 82: marker 10, and 000010",
            "b3": "byte 3, ff: 11111111, no byte of UTF-8",
        }

    def test_a_byte_is_a_control_that_moves_the_slider(self) -> None:
        svg = Utf8Steps("Aя").svg
        assert [f'data-act="step={n}"' in svg for n in (1, 2, 3)] == [True] * 3

    def test_borders_of_fragments_are_drawn(self) -> None:
        assert "fragment" not in words(Utf8Steps("€").svg)
        drawn = words(Utf8Steps(b"\xe2", b"\x82\xac").svg).splitlines()
        assert {"a fragment begins, with its number", "1", "2"} <= set(drawn)

    def test_every_state_and_way_of_the_table_is_drawn(self) -> None:
        svg = Utf8Steps("€").svg
        for state, ranges in NEXT.items():
            assert f'data-kind="{state.name}"' in svg
            for low, high, then in ranges:
                assert f'data-kind="{state.name}-{then.name}"' in svg
                assert (f"{low:02x}" if low == high else f"{low:02x} – {high:02x}") in words(svg)

    def test_the_way_of_the_last_byte_alone_is_thick(self) -> None:
        slots = Utf8Steps("€").slots({"step": 2})
        thick = [name for name, style in slots.items() if "-" in name and style == ""]
        assert thick == ["TWO_MORE-ONE_MORE.class"]

    def test_ways_lead_from_box_to_box_and_through_no_other(self) -> None:
        top = 100.0

        def inside(x: float, y: float, state: Utf8) -> bool:
            if state == Utf8.START:
                return LEFT < x < RIGHT and abs(y - top - 3 * PITCH) < 3 * PITCH + TALL / 2
            left = COLUMN[3 if LINES[state] < 3 else 2 if LINES[state] < 6 else 1]
            return left < x < left + BOX and abs(y - top - PITCH * LINES[state]) < TALL / 2

        def touches(x: float, y: float, state: Utf8) -> bool:
            near = ((x + a, y + b) for a in (-1, 0, 1) for b in (-1, 0, 1))
            return not inside(x, y, state) and any(inside(*at, state) for at in near)

        for state, ranges in NEXT.items():
            for _low, _high, then in ranges:
                corners = _corners(state, then, top)
                assert touches(*corners[0], state) and touches(*corners[-1], then)
                for (x, y), (to_x, to_y) in pairwise(corners):
                    assert (x == to_x) != (y == to_y), "straight"
                    for part in range(101):
                        at = x + (to_x - x) * part / 100, y + (to_y - y) * part / 100
                        assert not any(inside(*at, other) for other in Utf8), (state, then, at)


def test_a_fragment_of_a_wrong_type_is_named() -> None:
    with pytest.raises(TypeError, match="takes bytes, not list"):
        Utf8Steps("a", [98])  # type: ignore[arg-type]
