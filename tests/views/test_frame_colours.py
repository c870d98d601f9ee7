"""The fields of a frame: colours that differ for everybody, and the same letter everywhere."""

import itertools
import math

import pytest

from wsedu.protocol import Frame, Opcode, build_frame, read_header
from wsedu.protocol.frames import LengthForm
from wsedu.recording import Field, Unit
from wsedu.views import BytesAndFields
from wsedu.views.drawing import WIDTH, Drawing
from wsedu.views.frame_colours import LOOKS, STRIPES, fill, kinds_at, legend, letters

from . import ANSWER, HELLO, MASK, REQUEST, SVG, read, units, words
from .test_drawing import DARK, LIGHT, contrast

# How colours look to people without one kind of cone: Machado, Oliveira, Fernandes (2009),
# severity 1.0, for linear RGB. The first one is for everybody else.
EYES = {
    "most": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# Oklab (Ottosson 2020): linear RGB to cones, and their cube roots to lightness and two hues.
TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)

Vector = tuple[float, ...]


def times(matrix: tuple[Vector, ...], vector: Vector) -> Vector:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def seen(colour: str, eyes: tuple[Vector, ...]) -> Vector:
    """A colour as a point; the distance of two points is how much they differ."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    light = tuple(min(max(c, 0), 1) for c in times(eyes, linear))
    return times(TO_LAB, tuple(math.cbrt(c) for c in times(TO_CONES, light)))


def frame(data: bytes) -> Unit:
    return units(("client", REQUEST), ("server", ANSWER), ("client", data))[-1]


class TestColours:
    def test_the_distance_is_that_of_oklab(self) -> None:
        white = seen("#ffffff", EYES["most"])
        assert white == pytest.approx((1, 0, 0), abs=1e-3)
        red, green = seen("#ff0000", EYES["most"]), seen("#00ff00", EYES["most"])
        assert red == pytest.approx((0.628, 0.2249, 0.1258), abs=1e-3)
        assert math.dist(red, green) > 0.5

    @pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
    @pytest.mark.parametrize("eyes", EYES)
    def test_no_two_fields_look_the_same(self, palette: dict[str, str], eyes: str) -> None:
        """Side by side, 0.02 can just be noticed."""
        points = {kind: seen(palette[look.style], EYES[eyes]) for kind, look in LOOKS.items()}
        closest = min(
            (math.dist(points[one], points[other]), one, other)
            for one, other in itertools.combinations(points, 2)
        )
        assert closest[0] >= 0.07, closest

    @pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
    @pytest.mark.parametrize("kind", LOOKS)
    def test_the_ink_on_a_field_can_be_read(self, palette: dict[str, str], kind: str) -> None:
        assert contrast(palette["ink"], palette[LOOKS[kind].style]) >= 4.5


class TestTable:
    def test_each_field_has_a_letter_of_its_own(self) -> None:
        assert letters(LOOKS) == "FROMLEKP"

    def test_stripes_are_the_bits_of_two_bytes(self) -> None:
        assert [sum(bits for _kind, bits in row) for row in STRIPES] == [8, 8]

    @pytest.mark.parametrize("form", [7, 16, 64])
    @pytest.mark.parametrize("key", [None, MASK])
    def test_a_byte_belongs_to_the_fields_that_the_dissection_names(
        self, form: LengthForm, key: bytes | None
    ) -> None:
        data = build_frame(Frame(Opcode.BINARY, bytes(5)), key, form)
        header = read_header(data)
        unit = frame(data)
        parts = [part for field in unit.fields for part in field.parts or (field,)]
        for offset in range(len(data)):
            at = unit.span.start + offset
            wanted = dict.fromkeys(p.kind for p in parts if p.span.start <= at < p.span.end)
            assert kinds_at(header, offset) == tuple(wanted)

    def test_the_dissection_names_the_kind_of_every_field(self) -> None:
        def kinds(fields: tuple[Field, ...]) -> list[str]:
            return [kind for f in fields for kind in (f.kind, *kinds(f.parts)) if kind]

        unit = frame(HELLO)
        found = kinds(unit.fields)
        assert [*dict.fromkeys(found)] == [kind for kind in LOOKS if kind != "extended"]
        assert found.count("rsv") == 3


class TestShapes:
    def test_a_legend_names_letter_and_field_in_lines_that_fit(self) -> None:
        drawing = Drawing("a legend")
        assert legend(drawing, LOOKS, 400, 20) == 42
        shown = words(drawing.svg()).split("\n")
        assert shown[::2] == list("FROMLEKP")
        assert shown[1::2] == [look.name for look in LOOKS.values()]
        texts = list(read(drawing.svg()).iter(f"{SVG}text"))
        assert max(float(t.get("x") or 0) + 7 * len(t.text or "") for t in texts) < WIDTH

    def test_a_byte_of_several_fields_is_striped_by_their_bits(self) -> None:
        drawing = Drawing("a byte")
        fill(drawing, ("fin", "rsv", "opcode"), 0, 0, 80, 10)
        paths = list(read(drawing.svg()).iter(f"{SVG}path"))
        assert [path.get("class") for path in paths] == ["f-fin", "f-rsv", "f-opcode"]
        assert [path.get("d") for path in paths] == [
            "M0 0h10v10h-10z",
            "M10 0h30v10h-30z",
            "M40 0h40v10h-40z",
        ]


class TestBytesAndFields:
    def test_bits_bytes_and_badges_have_the_colours_of_their_fields(self) -> None:
        unit = frame(HELLO)
        items = {
            item.get("data-item"): [
                shape.get("class") or "" for shape in item if shape.tag != f"{SVG}text"
            ]
            for item in read(BytesAndFields(unit).svg).iter(f"{SVG}g")
        }
        first, second = ["f-fin", "f-rsv", "f-opcode"], ["f-mask", "f-length"]
        assert items["f0"] == ["back", *first, *first]  # badges, then the stripes of the byte
        assert items["f1"] == ["back", *second, *second]
        assert items["f2"] == ["back", "f-key", "f-key"]
        assert items["f3"] == ["back", "f-payload", "f-payload"]
        bits = [items[f"f{byte}p{i}"] for byte, count in ((0, 5), (1, 2)) for i in range(count)]
        assert bits == [
            ["f-fin"],
            ["f-rsv"],
            ["f-rsv"],
            ["f-rsv"],
            ["f-opcode"],
            ["f-mask"],
            ["f-length"],
        ]

    def test_the_payload_of_a_close_keeps_its_colour(self) -> None:
        close = build_frame(Frame(Opcode.CLOSE, b"\x03\xe8bye"), MASK)
        unit = frame(close)
        svg = BytesAndFields(unit).svg
        assert 'class="value"' not in svg and 'class="word"' not in svg
        assert svg.count('class="f-payload"') == 2
