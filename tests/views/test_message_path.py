"""The path of a message: which hop belongs to which step, and when it was."""

import pytest

from wsedu.views import MessagePath

from . import SVG, assert_three_forms, items, read, words

PATH = [
    (0.0, "client 1", "left"),
    (0.002, "left", "broker"),
    (0.0031, "broker", "right"),
    (0.003, "broker", "left"),
    (0.005, "left", "client 1"),
    (0.004, "right", "client 2"),
]
PLACES = ["client 1", "left", "broker", "right", "client 2"]


def test_hops_are_listed_step_by_step_in_the_order_of_the_columns() -> None:
    assert MessagePath(PATH, PLACES).text.splitlines() == [
        "The path of a message: 6 hops",
        "  1  client 1 → left: 0.0 ms",
        "  2  left → broker: 2.0 ms",
        "  3  broker → left: 3.0 ms",
        "  3  broker → right: 3.1 ms",
        "  4  left → client 1: 5.0 ms",
        "  4  right → client 2: 4.0 ms",
    ]


def test_order_does_not_depend_on_which_of_two_branches_was_faster() -> None:
    other = [(0.0032 if hop[1:] == ("broker", "left") else hop[0], *hop[1:]) for hop in PATH]
    lines = [MessagePath(hops, PLACES).text.split("\n") for hops in (PATH, other[::-1])]
    assert lines[1][3] == "  3  broker → left: 3.2 ms"
    ends = [[line.partition(":")[0] for line in of] for of in lines]
    assert ends[0] == ends[1]


def test_drawing_has_every_hop_with_its_time_and_every_place() -> None:
    picture = MessagePath(PATH, PLACES)
    assert_three_forms(picture)
    said = items(picture.svg)
    assert [said[f"place{n}"] for n in range(5)] == PLACES
    assert said["hop3"] == "broker to right, after 3.1 ms"
    written = words(picture.svg).splitlines()
    assert [word for word in written if word.startswith("step")] == [
        f"step {n}" for n in (1, 2, 3, 4)
    ]
    assert {"0.0 ms", "2.0 ms", "3.0 ms", "3.1 ms", "4.0 ms", "5.0 ms"} <= {*written}


def test_an_arrow_points_from_the_sender_to_the_receiver() -> None:
    picture = read(MessagePath([(0, "b", "a")], ["a", "b"]).svg)
    (arrow,) = [p.get("d") or "" for p in picture.iter(f"{SVG}path") if p.get("class") == "arrow"]
    start, end = map(float, arrow.removeprefix("M").replace(" ", "H").split("H")[::2])
    assert start > end


def test_a_place_lights_its_hops() -> None:
    groups = read(MessagePath(PATH, PLACES).svg).iter(f"{SVG}g")
    lights = {g.get("data-item"): (g.get("data-lights") or "").split() for g in groups}
    assert lights["place3"] == ["hop3", "hop5"]
    assert lights["hop3"] == ["place2", "place3"]


def test_places_that_are_not_named_follow_in_the_order_of_the_hops() -> None:
    picture = MessagePath(PATH, ["broker"])
    said = items(picture.svg)
    assert [said[f"place{n}"] for n in range(5)] == [
        "broker",
        "client 1",
        "left",
        "right",
        "client 2",
    ]


@pytest.mark.parametrize("count", [0, 1, 40, 41, 5000])
def test_any_number_of_hops_can_be_drawn(count: int) -> None:
    picture = MessagePath([(n, "a", "b") for n in range(count)])
    assert_three_forms(picture)
    assert len(picture.text.splitlines()) == count + 1
    assert ("more hops" in words(picture.svg)) == (count > 40)


def test_a_hop_to_itself_is_drawn() -> None:
    assert "a to a" in items(MessagePath([(0, "a", "a")]).svg)["hop0"]


def test_of_too_many_places_it_says_how_many() -> None:
    with pytest.raises(ValueError, match="at most 60 places, not 10,001"):
        MessagePath([(n, f"p{n}", f"p{n + 1}") for n in range(10_000)])
    assert_three_forms(MessagePath([(n, f"p{n}", f"p{n + 1}") for n in range(59)]))


def test_a_name_that_has_no_end_is_cut() -> None:
    picture = MessagePath([(0, "<script>" * 10**5, "b")])
    assert len(picture.svg) < 10_000 and len(picture.text) < 1000
    assert "<script>" not in picture.svg
    with pytest.raises(TypeError, match="text, not int"):
        MessagePath([(0, 1, 2)])  # type: ignore[list-item]
