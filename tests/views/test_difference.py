"""The difference: the first byte that is wrong, and the first bit of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.views import Difference
from wsedu.views.difference import COLUMNS, first_difference

from . import MASK, SVG, assert_three_forms, read, words


def marks(picture: Difference) -> list[int]:
    """The columns that carry the mark of the first difference, one in each row of bytes."""
    rects = [r for r in read(picture.svg).iter(f"{SVG}rect") if r.get("class") == "wrong"]
    return [round((float(rect.get("x", "")) - 111) / 28) for rect in rects]


class TestSentence:
    @pytest.mark.parametrize(
        ("expected", "got", "sentence"),
        [
            (b"abc", b"abc", "The bytes are the same."),
            (b"", b"", "The bytes are the same."),
            (b"\x81", b"\x01", "byte 0: expected 81, got 01."),
            (b"a\x80", b"a\x81", "byte 1: expected 80, got 81."),
            (b"ab", b"aB", "byte 1: expected 62 b, got 42 B."),
            (b"abc", b"a", "Your bytes end at offset 1; 2 more were expected."),
            (b"abc", b"", "Your bytes end at offset 0; 3 more were expected."),
            (b"a", b"abc", "Your bytes go on at offset 1, where the end was expected."),
        ],
    )
    def test_names_byte_and_bit(self, expected: bytes, got: bytes, sentence: str) -> None:
        picture = Difference(expected, got)
        assert sentence in picture.text.splitlines()[0]
        assert sentence[:40] in words(picture.svg).splitlines()[0]
        assert_three_forms(picture)

    def test_names_the_field(self) -> None:
        assert "byte 2 (Host): expected" in Difference(b"abc", b"abd", "Host").text
        assert "at offset 2 (Host); 1 more" in Difference(b"abc", b"ab", "Host").text


class TestMark:
    @given(st.binary(max_size=200), st.binary(max_size=200))
    def test_stands_at_the_first_difference(self, expected: bytes, got: bytes) -> None:
        at = first_difference(expected, got)
        picture = Difference(expected, got)
        assert marks(picture) == ([] if at is None else [at % COLUMNS] * 2)
        if at is not None:
            assert expected[:at] == got[:at]
            assert expected[at : at + 1] != got[at : at + 1]
            start = at // COLUMNS * COLUMNS
            assert (
                f"{start:5}  expected  {expected[start : start + COLUMNS].hex(' ')}" in picture.text
            )
            assert f"got       {got[start : start + COLUMNS].hex(' ')}" in picture.text

    @given(st.binary(min_size=1, max_size=100), st.data())
    def test_bit_is_counted_from_the_left_as_in_the_figure(
        self, data: bytes, chance: st.DataObject
    ) -> None:
        at, bit = chance.draw(st.integers(0, len(data) - 1)), chance.draw(st.integers(0, 7))
        got = bytearray(data)
        got[at] ^= 0b1000_0000 >> bit
        said = Difference(data, bytes(got)).text
        assert f"byte {at}: " in said and f"is bit {bit}, counted from 0 at the left." in said
        assert f"In bits they are {data[at]:08b} and {got[at]:08b}:" in said

    def test_far_after_the_beginning(self) -> None:
        picture = Difference(bytes(10**6), bytes(10**6 - 1) + b"x")
        assert len(picture.svg) < 50_000
        assert marks(picture) == [(10**6 - 1) % COLUMNS] * 2


class TestFields:
    """The bytes of a frame have the colours and letters that they have everywhere."""

    EXPECTED = build_frame(Frame(Opcode.TEXT, b"Hello"), MASK, 16)

    @pytest.mark.parametrize("where", ["FIN", "payload length", "masking key", "payload"])
    def test_of_a_frame(self, where: str) -> None:
        picture = Difference(self.EXPECTED, self.EXPECTED[:-1] + b"x", where)
        shown = words(picture.svg)
        assert shown.count("FRO") == shown.count("ML") == 2
        for kind, count in (("extended", 2), ("key", 4), ("payload", 5)):
            assert picture.svg.count(f'class="f-{kind}"') == 2 * count + 1  # and the legend
        assert_three_forms(picture)

    def test_each_row_is_read_for_itself(self) -> None:
        """What came says 5 in the seven bits: its key begins two bytes earlier."""
        got = build_frame(Frame(Opcode.TEXT, b"Hello"), MASK)
        svg = Difference(self.EXPECTED, got, "payload length").svg
        assert svg.count('class="f-extended"') == 2 + 1
        assert svg.count('class="f-key"') == 2 * 4 + 1

    def test_of_a_close(self) -> None:
        close = build_frame(Frame(Opcode.CLOSE, b"\x03\xe8bye"))
        assert "f-payload" in drawn(Difference(close, close[:-1] + b"E", "reason"))

    @pytest.mark.parametrize("where", ["", "reason", "Host", "lane C"])
    def test_not_of_other_bytes(self, where: str) -> None:
        """An HTTP answer begins as a Close frame would: 48 is its opcode 8."""
        answer = b"HTTP/1.1 101 Switching Protocols\r\n"
        assert "f-" not in drawn(Difference(answer, answer.lower(), where))
        assert "f-" not in drawn(Difference(b"", b"x", where))


def drawn(picture: Difference) -> str:
    """The shapes without the stylesheet."""
    return picture.svg.partition("</style>")[2]
