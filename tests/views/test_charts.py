"""The charts: the numbers that were given are all there, and nothing changes from run to run."""

import re
from xml.dom import minidom

from wsedu.protocol import Frame, Opcode
from wsedu.views import Comparison, RoundTrips

from .test_timeline import recording

COSTS = {"polling": (10, 1620, 0.5), "SSE": (1, 165, 0.0), "a <b> & c": (0, 0, 0.0)}


def texts(svg: str) -> list[str]:
    return [
        "".join(part.data for part in node.childNodes)
        for node in minidom.parseString(svg).getElementsByTagName("text")
    ]


def trips(*seconds: float | None) -> RoundTrips:
    """Pings, one each second, and their Pongs so much later; None for no Pong."""
    frames = []
    for number, later in enumerate(seconds):
        frames.append((float(number), "server", Frame(Opcode.PING, bytes([number]))))
        if later is not None:
            frames.append((number + later, "client", Frame(Opcode.PONG, bytes([number]))))
    return RoundTrips(recording(*frames))


class TestComparison:
    def test_every_number_and_name_is_written(self) -> None:
        written = texts(Comparison(COSTS).svg)
        for word in ("polling", "SSE", "a <b> & c", "10", "1,620", "165", "0.5"):
            assert word in written
        for title in ("requests", "bytes", "seconds until it arrives"):
            assert title in written

    def test_words(self) -> None:
        first = str(Comparison(COSTS)).splitlines()[0]
        assert first == "polling: requests 10, bytes 1,620, arrived after 0.5 s"

    def test_longer_bar_for_more(self) -> None:
        svg = Comparison({"less": (1, 1, 1), "more": (4, 2, 3)}).svg
        bars = re.findall(r'd="M ([\d.]+) [\d.]+ \nL ([\d.]+) [^"]*"[^/]*var\(--accent', svg)
        widths = [float(right) - float(left) for left, right in bars]
        assert round(widths[1] / widths[0]) == 4 and round(widths[3] / widths[2]) == 2
        assert round(widths[5] / widths[4]) == 3

    def test_a_number_of_no_bar_is_at_the_axis_even_if_all_are_zero(self) -> None:
        def last_label(delays: float) -> float:
            svg = Comparison({"one": (1, 10, delays), "two": (1, 20, 0.0)}).svg
            node = [n for n in minidom.parseString(svg).getElementsByTagName("text")][-2]
            place = re.search(r"translate\(([\d.]+)|x=\"([\d.]+)", node.toxml())
            assert place
            return float(place[1] or place[2])

        assert texts(Comparison({"two": (1, 20, 0.0)}).svg)[-2] == "0.0"
        assert abs(last_label(0.0) - last_label(5.0)) < 10

    def test_the_same_numbers_give_the_same_bytes(self) -> None:
        assert Comparison(COSTS).svg == Comparison(COSTS).svg


class TestRoundTrips:
    def test_words_have_hundredths_and_the_picture_tenths(self) -> None:
        shown = trips(0.104, 0.298)
        assert str(shown).splitlines()[1:] == ["  1: 0.10 s", "  2: 0.30 s"]
        assert {"0.1", "0.3", "1", "2"} <= set(texts(shown.svg))

    def test_a_few_hundredths_change_nothing_in_the_picture(self) -> None:
        assert trips(0.11, 0.31).svg == trips(0.09, 0.33).svg != trips(0.21, 0.31).svg

    def test_pings_without_a_pong_are_counted(self) -> None:
        assert "without a Pong: 2" in str(trips(0.1, None, None))
        assert "without" not in str(trips(0.1))

    def test_none_at_all(self) -> None:
        assert "Seconds from each Ping" in str(trips())

    def test_many_points_are_not_all_labelled(self) -> None:
        assert len(texts(trips(*[0.1] * 60).svg)) < 40


class TestBoth:
    def test_drawing_has_the_theme_and_no_style_for_others(self) -> None:
        for shown in (Comparison(COSTS), trips(0.1)):
            drawing = shown.svg.split("</style>", 1)[1]
            assert "var(--ink)" in drawing and "var(--accent)" in drawing
            assert "<style" not in drawing and not re.search(r"#0102\d\d", drawing)
            assert "aria-label=" in shown.svg
            assert "date" not in drawing.lower() and "matplotlib" not in drawing.lower()
