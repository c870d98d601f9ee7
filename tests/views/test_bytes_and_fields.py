"""Bytes and fields: every byte is there, and so is every field."""

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Unit
from wsedu.views import BytesAndFields
from wsedu.views.bytes_and_fields import COLUMNS, FIELDS_SHOWN, PROBLEMS_SHOWN, ROWS_SHOWN

from . import ANSWER, HELLO, MASK, REQUEST, SVG, items, read, units, words

UNITS = units(("client", REQUEST), ("server", ANSWER), ("client", HELLO))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.kind)
class TestWhole:
    def test_text_has_every_field_with_all_it_says(self, unit: Unit) -> None:
        text = BytesAndFields(unit).text
        assert unit.sentence in text
        for field in unit.fields:
            data = unit.data[field.span.start - unit.span.start : field.span.end - unit.span.start]
            offset = field.span.start - unit.span.start
            assert f"\n{offset:5}  {data.hex(' ')}\n" in text
            for said in (field.name, field.value, field.meaning, field.section):
                assert said in text

    def test_drawing_has_every_byte(self, unit: Unit) -> None:
        cells = [
            "".join(tspan.itertext())
            for text in read(BytesAndFields(unit).svg).iter(f"{SVG}text")
            if text.get("class") == "mono small"
            for tspan in text.iter(f"{SVG}tspan")
        ]
        assert bytes.fromhex("".join(cells)) == unit.data

    def test_drawing_has_an_item_for_every_field_and_part(self, unit: Unit) -> None:
        said = items(BytesAndFields(unit).svg)
        wanted = []
        for number, field in enumerate(unit.fields):
            wanted += [f"f{number}", *(f"f{number}p{i}" for i in range(len(field.parts)))]
            assert field.name in said[f"f{number}"]
            for i, part in enumerate(field.parts):
                assert part.name in said[f"f{number}p{i}"]
        assert list(said) == wanted

    def test_drawing_writes_every_name_and_rule(self, unit: Unit) -> None:
        shown = words(BytesAndFields(unit).svg).replace("\n", " ")
        for field in unit.fields:
            assert field.name in shown
            assert field.section in shown


class TestSentences:
    def test_offsets_count_from_the_beginning_of_the_frame(self) -> None:
        picture = BytesAndFields(UNITS[2])
        said = items(picture.svg)
        assert said["f0"].startswith("byte 0: first byte: 1000 0001")
        assert said["f0"].endswith("[81]")
        assert said["f2"].startswith("bytes 2 to 5: masking key: 37 fa 21 3d")
        assert said["f2"].endswith("[37 fa 21 3d]")

    def test_the_place_in_the_stream_is_said_once_in_grey_with_a_label(self) -> None:
        """A request of 159 bytes came before the frame of 11."""
        picture = BytesAndFields(UNITS[2])
        where = "in the client's stream: bytes 159 to 169"
        assert picture.text.splitlines()[2] == where
        (shown,) = [t for t in read(picture.svg).iter(f"{SVG}text") if "159" in (t.text or "")]
        assert (shown.text, shown.get("class")) == (where, "small soft")

    def test_an_offset_of_seven_digits_stays_on_the_paper(self) -> None:
        large = build_frame(Frame(Opcode.BINARY, bytes(2**20)), MASK)
        unit = units(("client", REQUEST), ("server", ANSWER), ("client", large))[-1]
        svg = BytesAndFields(unit).svg
        offsets = [
            (float(text.get("x") or 0), text.text or "")
            for text in read(svg).iter(f"{SVG}text")
            if text.get("class") == "small mono soft"
        ]
        assert max(len(offset) for _x, offset in offsets) == 7
        assert all(x - 7.3 * len(offset) > 4 for x, offset in offsets)

    def test_a_byte_opens_into_its_bits(self) -> None:
        """All sixteen, numbered as in the figure of 5.2; each part lights up its byte."""
        picture = BytesAndFields(UNITS[2])
        drawing = read(picture.svg)
        bits = {
            item.get("data-item"): ["".join(row.itertext()) for row in item.iter(f"{SVG}text")]
            for item in drawing.iter(f"{SVG}g")
            if (item.get("data-item") or "")[:3] in ("f0p", "f1p")
        }
        assert bits == {
            "f0p0": ["0", "1", "FIN"],
            "f0p1": ["1", "0", "RSV1"],
            "f0p2": ["2", "0", "RSV2"],
            "f0p3": ["3", "0", "RSV3"],
            "f0p4": ["4567", "0001", "opcode: 0x1 text"],
            "f1p0": ["8", "1", "MASK"],
            "f1p1": ["9101112131415", "0000101", "payload length: 5"],
        }
        lit = {i.get("data-item"): i.get("data-lights") for i in drawing.iter(f"{SVG}g")}
        assert lit["f0p4"] == "f0" and lit["f1p1"] == "f1"
        assert "         opcode: 0x1 text — the kind of frame\n" in picture.text

    def test_problems_are_named(self) -> None:
        (unit,) = units(("client", REQUEST.replace(b"\r\n", b"\n")))
        picture = BytesAndFields(unit)
        assert picture.text.count("wrong: A line ends with LF alone") == len(unit.problems) == 7
        assert words(picture.svg).count("✘") == 4  # the first ones


class TestBounds:
    def test_long_field_shows_both_ends_and_says_so(self) -> None:
        value = bytes(range(97, 123)) * 10
        (unit,) = units(("client", b"GET / HTTP/1.1\r\nX: " + value + b"\r\n\r\n"))
        picture = BytesAndFields(unit)
        left_out = len(b"X: " + value + b"\r\n") - ROWS_SHOWN * COLUMNS
        assert f"… {left_out} bytes not shown …" in words(picture.svg)
        line = next(line for line in picture.text.splitlines() if "bytes not shown" in line)
        assert line.split("  ")[-1].startswith("58 3a 20 61 62 63")
        assert line.endswith("… 75 76 77 78 79 7a 0d 0a")

    def test_many_fields_are_all_in_the_text(self) -> None:
        lines = b"".join(b"X-%d: y\r\n" % n for n in range(100))
        (unit,) = units(("client", b"GET / HTTP/1.1\r\n" + lines + b"\r\n"))
        picture = BytesAndFields(unit)
        assert all(f"X-{n}: y" in picture.text for n in range(100))
        names = [name for name in items(picture.svg) if "p" not in name]
        assert len(names) == FIELDS_SHOWN
        assert f"… {102 - FIELDS_SHOWN} more fields …" in words(picture.svg)

    def test_many_problems_are_counted(self) -> None:
        (unit,) = units(("client", b"\n" * 5000))
        text = BytesAndFields(unit).text
        assert text.count("LF alone") == PROBLEMS_SHOWN
        assert f"wrong: {len(unit.problems) - PROBLEMS_SHOWN:,} more problems" in text
