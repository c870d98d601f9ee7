"""Drawing: shapes whose text is only ever text, in colours that can be read."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wsedu.views import drawing
from wsedu.views.drawing import Drawing, clean, columns, fit, glyph, wrap
from wsedu.views.frame_colours import LOOKS

from . import SVG, items, read, words

LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})\b", palette))
    for palette in re.findall(r"\{(--paper[^}]*)\}", drawing.STYLE)
)
INKS = ["ink", "soft", "good", "bad", "accent"]
PAPERS = ["paper", "t-name", "t-value", "t-end", "t-word"]


def luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


class TestColours:
    def test_contrast_is_computed_as_wcag_does(self) -> None:
        assert contrast("#000000", "#ffffff") == pytest.approx(21)
        assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)

    @pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
    @pytest.mark.parametrize("ink", INKS)
    @pytest.mark.parametrize("paper", PAPERS)
    def test_text_can_be_read(self, palette: dict[str, str], ink: str, paper: str) -> None:
        assert contrast(palette[ink], palette[paper]) >= 4.5

    @pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
    def test_lines_can_be_seen(self, palette: dict[str, str]) -> None:
        assert contrast(palette["line"], palette["paper"]) >= 3

    def test_both_themes_name_the_same_roles(self) -> None:
        fields = {look.style for look in LOOKS.values()}
        assert set(LIGHT) == set(DARK) == {*INKS, *PAPERS, "line", *fields}

    def test_every_role_that_is_used_is_named(self) -> None:
        assert set(re.findall(r"var\(--([\w-]+)\)", drawing.STYLE)) == set(LIGHT)


class TestText:
    @given(st.text(st.characters(exclude_categories=[])))  # lone surrogates too
    @example("<script>alert(1)</script>")
    @example("]]>")
    @example("\"'>&")
    @example("\x00\u202e\u200f\ud800\ufffe")
    def test_is_data_at_every_place(self, text: str) -> None:
        picture = Drawing(text or "-")
        picture.text(0, 0, text)
        picture.row(0, 0, 20, [text, text], "mono")
        with picture.item("i", text or "-"):
            picture.rect(0, 0, 1, 1, "back")
        tree = read(picture.svg())
        shown = clean(text)
        assert tree.get("aria-label") == clean(text or "-")
        written = [element.text or "" for element in tree.iter() if element.tag != f"{SVG}style"]
        assert [text for text in written if text] == [shown] * 3 * bool(text)
        assert items(picture.svg()) == {"i": clean(text or "-")}

    @given(st.text(st.characters(exclude_categories=[])))
    def test_clean_keeps_the_length_and_shows_everything(self, text: str) -> None:
        cleaned = clean(text)
        assert len(cleaned) == len(text)
        assert cleaned.isprintable()
        assert all(a == b or b == "·" for a, b in zip(text, cleaned, strict=True))

    @given(st.text(), st.integers(10, 400))
    def test_fit_stays_inside_and_marks_what_is_cut(self, text: str, width: int) -> None:
        cut = fit(text, width)
        assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
        assert columns(cut) <= max(width / 7.2, 1)

    def test_a_wide_character_takes_the_room_of_two(self) -> None:
        assert [columns(text) for text in ("ab", "é→…", "漢字", "한ｗ🙂")] == [2, 3, 4, 6]
        assert fit("漢字" * 5, 10 * 7.2) == "漢字漢字…"
        assert fit("漢字" * 2 + "ab", 10 * 7.2) == "漢字漢字ab"

    @given(st.text("ab  "), st.integers(10, 400))
    def test_wrap_stays_inside_and_loses_no_word(self, text: str, width: int) -> None:
        lines = wrap(text, width)
        assert all(len(line) <= width / 6.4 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")

    def test_glyph_of_every_byte_is_short_and_visible(self) -> None:
        for byte in range(256):
            assert 1 <= len(glyph(byte)) <= 2
            assert glyph(byte).isprintable() and glyph(byte).strip()
        assert [glyph(byte) for byte in b"\r\n\0 A"] == [r"\r", r"\n", r"\0", "␣", "A"]


class TestSheet:
    def test_height_grows_with_what_is_drawn(self) -> None:
        picture = Drawing("a title")
        picture.rect(0, 300, 10, 20, "name")
        assert read(picture.svg()).get("viewBox") == "0 0 900 330"

    def test_items_light_up_together(self) -> None:
        picture = Drawing("a title")
        with picture.item("a", "the first", ["b"]):
            picture.text(0, 0, "A")
        with picture.item("b", "the second"):
            picture.text(0, 0, "B")
        (first, second) = read(picture.svg()).iter(f"{SVG}g")
        assert (first.get("data-lights"), second.get("data-lights")) == ("b", None)
        assert words(picture.svg()) == "A\nB"

    def test_an_item_says_what_a_click_does(self) -> None:
        picture = Drawing("a title")
        with picture.item("a", "FIN", act="fin", says_of="bit0"):
            picture.text(0, 0, "A")
        (item,) = read(picture.svg()).iter(f"{SVG}g")
        assert (item.get("data-act"), item.get("data-says-of")) == ("fin", "bit0")

    def test_style_is_well_formed_and_fetches_nothing(self) -> None:
        assert drawing.STYLE.count("{") == drawing.STYLE.count("}")
        assert "url(" not in drawing.STYLE and "@import" not in drawing.STYLE
        ElementTree.fromstring(f"<style>{drawing.STYLE}</style>")
