"""The charts: the numbers that were given are all there, and nothing changes from run to run."""

import re

import pytest

from wsedu.protocol import Frame, Opcode
from wsedu.views import Comparison, Picture, RoundTrips
from wsedu.views.charts import COLUMNS, LARGEST, LEAST, WAYS

from . import SVG, assert_three_forms, items, read
from .test_timeline import recording

COSTS = {"polling": (10, 1620, 0.5), "SSE": (1, 165, 0.0), "a <b> & c": (0, 0, 0.0)}


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in read(svg).iter(f"{SVG}text")]


def bars(svg: str, side: str) -> dict[str, float]:
    """How long the bar of each item is; 0 if it has none."""
    found = {}
    for item in read(svg).iter(f"{SVG}g"):
        drawn = [rect.get(side) for rect in item.iter(f"{SVG}rect") if rect.get("class") != "back"]
        found[item.get("data-item") or ""] = float(*drawn) if drawn else 0.0
    return found


def trips(*seconds: float | None) -> RoundTrips:
    """Pings, one each second, and their Pongs so much later; None for no Pong."""
    frames = []
    for number, later in enumerate(seconds):
        payload = number.to_bytes(2, "big")
        frames.append((float(number), "server", Frame(Opcode.PING, payload)))
        if later is not None:
            frames.append((number + later, "client", Frame(Opcode.PONG, payload)))
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

    def test_a_bar_says_all_numbers_of_its_way_and_lights_them(self) -> None:
        shown = Comparison(COSTS)
        first, second, third = shown.text.splitlines()
        assert items(shown.svg) == {
            f"{at}-{row}": line
            for at in range(3)
            for row, line in enumerate((first, second, third))
        }
        (item,) = [g for g in read(shown.svg).iter() if g.get("data-item") == "1-2"]
        assert item.get("data-lights") == "0-2 1-2 2-2"

    def test_longer_bar_for_more(self) -> None:
        found = bars(Comparison({"less": (1, 1, 1), "more": (4, 2, 3)}).svg, "width")
        for at, times in enumerate((4, 2, 3)):
            assert found[f"{at}-1"] == pytest.approx(times * found[f"{at}-0"], abs=0.1)

    def test_only_zero_has_no_bar(self) -> None:
        found = bars(Comparison({"a": (0, 1, 0.0), "b": (0, 10**12, 1e-6)}).svg, "width")
        assert found["0-0"] == found["0-1"] == found["2-0"] == 0
        assert found["1-0"] == LEAST and found["1-1"] > 50 < found["2-1"]

    def test_numbers_of_one_kind_have_the_same_decimals(self) -> None:
        costs = {"a": (1, 1, 0.25), "b": (1, 2, 10), "c": (1, 3, 0.1 + 0.2)}
        written = texts(Comparison(costs).svg)
        assert {"0.25", "10.00", "0.30"} <= {*written} and {"1", "2", "3"} <= {*written}

    def test_the_greatest_number_is_written_in_full_and_leaves_room_for_its_bar(self) -> None:
        shown = Comparison({"a way with a long name " * 3: (LARGEST, LARGEST, LARGEST / 2**20)})
        assert texts(shown.svg).count(f"{LARGEST:,}") == 2
        assert min(bars(shown.svg, "width").values()) > 10

    def test_a_long_name_is_whole_in_the_words(self) -> None:
        name = "a way with a long name " * 3
        shown = Comparison({name: (1, 1, 1)})
        assert name in shown.text and name not in texts(shown.svg)

    @pytest.mark.parametrize("name", ["polling", "長輪詢と接続", "롱폴링" * 9])
    def test_a_bar_begins_after_the_name_of_its_way(self, name: str) -> None:
        picture = read(Comparison({name: (1, 2, 3.0)}).svg)
        bar = next(rect for rect in picture.iter(f"{SVG}rect") if rect.get("class") == "accent")
        drawn = next(
            text for text in picture.iter(f"{SVG}text") if text.get("class") == "mono small"
        )
        # Characters that are not ASCII are as wide as they are high: 12 pixels here.
        wide = sum(7.2 if char.isascii() else 12 for char in (drawn.text or "").rstrip("…"))
        assert float(drawn.get("x", 0)) + wide < float(bar.get("x", 0))

    def test_many_ways_are_bounded_and_counted(self) -> None:
        shown = Comparison({f"way {n}": (n, n, n) for n in range(WAYS + 5)})
        assert len(items(shown.svg)) == 3 * WAYS and "… 5 more …" in texts(shown.svg)
        assert len(str(shown).splitlines()) == WAYS + 5

    def test_nothing_to_compare(self) -> None:
        assert str(Comparison({})) in texts(Comparison({}).svg)

    @pytest.mark.parametrize("number", [-1, float("nan"), float("inf"), LARGEST * 2])
    @pytest.mark.parametrize("at", range(3))
    def test_what_cannot_have_been_counted_is_refused(self, number: float, at: int) -> None:
        cost = [1, 1, 1.0]
        cost[at] = number
        with pytest.raises(ValueError, match="'a' has .*, which cannot have been counted"):
            Comparison({"a": tuple(cost)})  # type: ignore[dict-item]


class TestRoundTrips:
    def test_words_have_hundredths_and_the_picture_tenths(self) -> None:
        shown = trips(0.104, 0.298)
        assert str(shown).splitlines()[1:] == ["  1: 0.10 s", "  2: 0.30 s"]
        assert {"0.1", "0.3", "1", "2"} <= set(texts(shown.svg))
        assert items(shown.svg) == {"p0": "Ping 1: 0.1 s", "p1": "Ping 2: 0.3 s"}

    def test_a_few_hundredths_change_nothing_in_the_picture(self) -> None:
        assert trips(0.11, 0.31).svg == trips(0.09, 0.33).svg != trips(0.21, 0.31).svg

    def test_higher_column_for_a_longer_trip(self) -> None:
        found = bars(trips(0.1, 0.4, 0, 200).svg, "height")
        assert found["p0"] == found["p1"] == LEAST and found["p2"] == 0
        found = bars(trips(0.1, 0.4).svg, "height")
        assert found["p1"] == pytest.approx(4 * found["p0"], abs=0.1)

    def test_pings_without_a_pong_are_counted_and_have_a_mark(self) -> None:
        shown = trips(0.1, None, None)
        assert "without a Pong: 2" in str(shown) and "  3: no Pong" in str(shown)
        assert texts(shown.svg).count("✘") == 2 and "✘ without a Pong: 2" in texts(shown.svg)
        assert items(shown.svg)["p2"] == "Ping 3: no Pong"
        assert "without" not in str(trips(0.1)) and "✘" not in trips(0.1).svg

    def test_no_pong_at_all(self) -> None:
        assert bars(trips(None, None).svg, "height") == {"p0": 0, "p1": 0}

    def test_none_at_all(self) -> None:
        first, second = str(trips()).splitlines()
        assert "Seconds from each Ping" in first and second.strip() in texts(trips().svg)

    def test_many_pings_share_columns_as_high_as_the_longest_trip(self) -> None:
        seconds: list[float | None] = [0.1] * 2 * COLUMNS
        seconds[7], seconds[8], seconds[10], seconds[11] = 0.9, None, None, None
        shown = trips(*seconds)
        said = items(shown.svg)
        assert len(said) == COLUMNS
        assert said["p0"] == "Pings 1 to 2: at most 0.1 s"
        assert said["p3"] == "Pings 7 to 8: at most 0.9 s"
        assert said["p4"] == "Pings 9 to 10: at most 0.1 s; without a Pong: 1"
        assert said["p5"] == "Pings 11 to 12: without a Pong: 2"
        found = bars(shown.svg, "height")
        assert found["p3"] == max(found.values()) == pytest.approx(9 * found["p0"], abs=0.1)
        assert len(str(shown).splitlines()) == 1 + 2 * COLUMNS

    def test_the_last_column_may_have_fewer_pings(self) -> None:
        assert (
            list(items(trips(*[0.1] * (2 * COLUMNS - 1)).svg).values())[-1]
            == f"Ping {2 * COLUMNS - 1}: 0.1 s"
        )

    @pytest.mark.parametrize("longest", [0.1, 0.3, 0.7, 2.5, 60, 3600.5])
    def test_the_scale_has_a_few_round_numbers(self, longest: float) -> None:
        anchored = [
            float(text.text or "")
            for text in read(trips(longest).svg).iter(f"{SVG}text")
            if text.get("text-anchor") == "end"
        ]
        assert 2 <= len(anchored) <= 5 and anchored[0] == 0 and anchored[-1] <= longest
        assert all(
            re.fullmatch(r"0*[125]0*", f"{mark:g}".replace(".", "")) for mark in anchored[1:2]
        )


class TestBoth:
    @pytest.mark.parametrize("shown", [Comparison(COSTS), trips(0.1, None)], ids=["costs", "trips"])
    def test_has_three_forms_that_stay_the_same(self, shown: Picture) -> None:
        assert_three_forms(shown)
        assert shown.svg in (Comparison(COSTS).svg, trips(0.1, None).svg)

    def test_a_telephone_has_room_for_them(self) -> None:
        for shown in (Comparison(COSTS), trips(0.1)):
            least = re.search(r"--least:(\d+)px", shown.svg)
            assert least and int(least[1]) <= 320
