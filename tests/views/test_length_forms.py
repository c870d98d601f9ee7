"""The three forms of a length: the very bytes of real headers, each field in its column."""

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Side, Unit
from wsedu.views import LengthForms
from wsedu.views.length_forms import MOST

from . import ANSWER, MASK, REQUEST, SVG, assert_three_forms, items, read, units


def frames(*sizes: int, sender: Side = "client") -> list[Unit]:
    key = MASK if sender == "client" else None
    said = [(sender, build_frame(Frame(Opcode.BINARY, bytes(size)), key)) for size in sizes]
    return list(units(("client", REQUEST), ("server", ANSWER), *said)[2:])


def cells(picture: LengthForms, name: str) -> list[tuple[float, str, str]]:
    """The bytes of one item: where each begins, its letters, its hex digits."""
    (item,) = [g for g in read(picture.svg).iter(f"{SVG}g") if g.get("data-item") == name]
    texts = list(item.iter(f"{SVG}text"))
    return [
        (float(letter.get("x") or 0), letter.text or "", byte.text or "")
        for letter, byte in zip(texts[::2], texts[1::2], strict=True)
    ]


class TestForms:
    def test_text_says_how_each_length_is_written(self) -> None:
        text = LengthForms(frames(125, 126, 65536)).text
        assert text.splitlines() == [
            "from the client: header of 6 bytes, payload of 125",
            "  FRO 82 | ML fd | K 37 fa 21 3d",
            "  L is 1111101, which is 125: the length itself",
            "from the client: header of 8 bytes, payload of 126",
            "  FRO 82 | ML fe | E 00 7e | K 37 fa 21 3d",
            "  L is 1111110, which is 126: the length is in the next 2 bytes, 00 7e = 126",
            "from the client: header of 14 bytes, payload of 65,536",
            "  FRO 82 | ML ff | E 00 00 00 00 00 01 00 00 | K 37 fa 21 3d",
            "  L is 1111111, which is 127: the length is in the next 8 bytes, "
            "00 00 00 00 00 01 00 00 = 65,536",
        ]

    def test_three_forms_of_the_picture(self) -> None:
        assert_three_forms(LengthForms(frames(0, 126, 65536)))
        assert_three_forms(LengthForms(frames(3, 65535, sender="server")))

    def test_a_field_stands_in_the_same_column_in_every_row(self) -> None:
        picture = LengthForms(frames(125, 126, 65536))
        for field in ("fin", "mask", "key", "payload"):
            columns = {tuple(x for x, *_ in cells(picture, f"r{row}-{field}")) for row in range(3)}
            assert len(columns) == 1, field
        two, eight = cells(picture, "r1-extended"), cells(picture, "r2-extended")
        assert [x for x, *_ in eight[:2]] == [x for x, *_ in two]
        assert "r0-extended" not in items(picture.svg)
        assert [(letter, byte) for _x, letter, byte in two] == [("E", "00"), ("E", "7e")]
        assert eight[-1][0] < cells(picture, "r2-key")[0][0] < cells(picture, "r2-payload")[0][0]

    def test_a_field_lights_up_with_the_same_field_of_the_others(self) -> None:
        picture = LengthForms([*frames(126, 5), *frames(126, sender="server")])
        lights = {
            g.get("data-item"): g.get("data-lights") for g in read(picture.svg).iter(f"{SVG}g")
        }
        assert lights["r0-key"] == "r0-key r1-key"
        assert lights["r0-extended"] == "r0-extended r2-extended"
        assert items(picture.svg)["r0-mask"] == "MASK, payload length: fe"


class TestRefused:
    @pytest.mark.parametrize("count", [0, MOST + 1])
    def test_none_and_too_many(self, count: int) -> None:
        with pytest.raises(ValueError, match=f"1 to {MOST} frames"):
            LengthForms(frames(5) * count)

    def test_what_has_no_whole_header(self) -> None:
        request, _answer, half = units(
            ("client", REQUEST), ("server", ANSWER), ("client", b"\x82\xff\0\0")
        )
        for unit in (request, half):
            with pytest.raises(ValueError, match="whole header"):
                LengthForms([unit])
