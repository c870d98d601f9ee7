"""The checklist: every rule with what was found, tied to the lines it looks at."""

import pytest

from wsedu.recording import Unit
from wsedu.views import Checklist

from . import ANSWER, HELLO, REQUEST, SVG, assert_three_forms, items, read, units, words

GOOD_REQUEST, GOOD_ANSWER, FRAME = units(("client", REQUEST), ("server", ANSWER), ("client", HELLO))


def request(*changes: tuple[bytes, bytes]) -> Unit:
    data = REQUEST
    for old, new in changes:
        assert old in data
        data = data.replace(old, new)
    return units(("client", data))[0]


BAD_REQUEST = request((b"Version: 13", b"Version: 12"), (b"GET", b"PUT"))


@pytest.mark.parametrize("unit", [GOOD_REQUEST, GOOD_ANSWER, BAD_REQUEST])
class TestWhole:
    def test_text_has_every_rule_and_its_section(self, unit: Unit) -> None:
        lines = Checklist(unit).text.splitlines()
        assert len(lines) == len(unit.checks) + 2
        for check, line in zip(unit.checks, lines[1:-1], strict=True):
            mark = {True: "✔ holds", False: "✘ broken", None: "– absent"}[check.passed]
            assert line == f"  {mark} {check.requirement}: {check.found} ({check.section})"

    def test_drawing_has_every_rule_and_every_line(self, unit: Unit) -> None:
        said = items(Checklist(unit).svg)
        shown = words(Checklist(unit).svg).replace("\n", " ")
        assert list(said) == [
            *(f"line{i}" for i in range(len(unit.fields))),
            *(f"rule{n}" for n in range(len(unit.checks))),
        ]
        for n, check in enumerate(unit.checks):
            assert check.requirement in said[f"rule{n}"] and check.found in said[f"rule{n}"]
            assert check.requirement in shown and f"({check.section})" in shown

    def test_lines_light_the_rules_that_look_at_them(self, unit: Unit) -> None:
        lights = {
            g.get("data-item"): (g.get("data-lights") or "").split()
            for g in read(Checklist(unit).svg).iter(f"{SVG}g")
        }
        for n, check in enumerate(unit.checks):
            lit = [i for i in range(len(unit.fields)) if f"rule{n}" in lights[f"line{i}"]]
            assert len(lit) == len({span.start for span in check.spans})
            for i in lit:
                field = unit.fields[i].span
                assert any(field.start <= span.start < field.end for span in check.spans)


class TestVerdict:
    def test_nothing_broken(self) -> None:
        for unit in (GOOD_REQUEST, GOOD_ANSWER):
            assert "✔ Nothing is broken" in Checklist(unit).text
            assert "✔ Nothing is broken" in words(Checklist(unit).svg)

    def test_counts_what_is_broken(self) -> None:
        assert "✘ Broken: 2." in Checklist(BAD_REQUEST).text
        assert "✘ Broken: 2." in words(Checklist(BAD_REQUEST).svg)

    def test_broken_rule_has_a_line_of_its_own_style(self) -> None:
        styles = [path.get("class") for path in read(Checklist(BAD_REQUEST).svg).iter(f"{SVG}path")]
        assert styles.count("wrong") == 2
        good = [path.get("class") for path in read(Checklist(GOOD_REQUEST).svg).iter(f"{SVG}path")]
        assert good and "wrong" not in good

    def test_response_is_checked_against_its_own_request(self) -> None:
        other = request((b"dGhlIHNhbXBsZSBub25jZQ==", b"AAAAAAAAAAAAAAAAAAAAAA=="))
        answer = units(("client", other.data), ("server", ANSWER))[1]
        assert "✘ broken Sec-WebSocket-Accept answers the key" in Checklist(answer).text


def test_frame_has_no_checklist() -> None:
    with pytest.raises(ValueError, match="not frame"):
        Checklist(FRAME)


def test_many_lines_leave_the_drawing_readable() -> None:
    extra = b"".join(b"X-%d: y\r\n" % n for n in range(60))
    for unit in units(("client", REQUEST[:-2] + extra + b"\r\n"), ("server", ANSWER[:-2] + extra)):
        picture = Checklist(unit)
        assert_three_forms(picture)
        assert f"… {len(unit.fields) - 20} more lines …" in words(picture.svg)
        tops = [
            float(rect.get("y", ""))
            for g in read(picture.svg).iter(f"{SVG}g")
            if g.get("data-item", "").startswith("line")
            for rect in g.iter(f"{SVG}rect")
        ]
        assert all(b - a >= 25 for a, b in zip(tops, tops[1:], strict=False)), "lines overlap"
