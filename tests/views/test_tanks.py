"""The tanks: levels in proportion to what was counted, and all moments in words."""

import pytest

from wsedu.views import Tanks
from wsedu.views.tanks import LEAST, MOST, TALL

from . import SVG, assert_three_forms, items, read, words

MOMENTS = {
    "2 sent": {"server": 0, "kernels": 0, "client": 2048},
    "9 sent": {"server": 1, "kernels": 3072, "client": 6144},
    "all read": {"server": 0, "kernels": 0, "client": 0},
}


def heights(picture: Tanks, step: int) -> list[float]:
    """How high the level of each tank is drawn."""
    picture.state = {"step": step}
    tree = read(picture.draw(picture.slots(picture.state)))
    drawn = {
        level.get("data-kind", "").partition("-")[0]: float(rect.get("height") or 0)
        for level in tree.iter(f"{SVG}g")
        if level.get("data-kind") and level.get("class") != "gone"
        for rect in level.iter(f"{SVG}rect")
    }
    return [drawn.get(f"level{number}", 0) for number in range(3)]


def test_text_says_every_moment() -> None:
    assert str(Tanks(MOMENTS)) == (
        "2 sent: server 0 KiB, kernels 0 KiB, client 2 KiB\n"
        "9 sent: server 0 KiB, kernels 3 KiB, client 6 KiB\n"
        "all read: server 0 KiB, kernels 0 KiB, client 0 KiB"
    )


def test_the_page_begins_with_the_first_moment_and_paper_shows_the_last() -> None:
    picture = Tanks(MOMENTS)
    data, _metadata = picture._repr_mimebundle_()
    assert data["text/plain"] == picture.text
    assert "all read" in words(data["image/svg+xml"])
    assert "2 sent" in words(picture.svg)


def test_all_levels_have_one_scale() -> None:
    picture = Tanks(MOMENTS)
    assert heights(picture, 0) == [0, 0, TALL / 3]
    assert heights(picture, 1) == [LEAST, TALL / 2, TALL], "a byte is seen"
    assert heights(picture, 2) == [0, 0, 0]


def test_a_tank_says_what_is_in_it_now() -> None:
    picture = Tanks(MOMENTS)
    assert items(picture.svg)["tank2"] == "client: 2 KiB"
    assert picture.slots({"step": 1})["tank1.says"] == "kernels: 3 KiB"


def test_one_moment_of_one_tank_has_three_forms() -> None:
    assert_three_forms(Tanks({"now": {"a": 1}}))


def test_empty_tanks_can_be_drawn() -> None:
    assert heights(Tanks(dict.fromkeys(MOMENTS, {"a": 0, "b": 0, "c": 0})), 1) == [0, 0, 0]


@pytest.mark.parametrize(
    ("moments", "said"),
    [
        ({}, "at least one moment"),
        ({"now": {}}, f"1 to {MOST} buffers, not 0"),
        ({"now": dict.fromkeys("abcde", 1)}, f"1 to {MOST} buffers, not 5"),
        (
            {"now": {"a": 1, "b": 2}, "then": {"b": 2, "a": 1}},
            "'then' must name the buffers of the first moment",
        ),
        ({"now": {"a": 1}, "then": {"a": -1}}, "'then' has fewer than 0 bytes"),
        ({"now": {"a": 0.5}}, "'now' has no number of bytes for 'a'"),
        ({"now": {"a": 10**400}}, "'now' has no number of bytes for 'a'"),
        ({str(n): {"a": n} for n in range(10_000)}, "at most 100 moments, not 10,000"),
    ],
)
def test_moments_that_cannot_be_compared_are_refused(
    moments: dict[str, dict[str, int]], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        Tanks(moments)


def test_as_many_moments_as_it_shows_take_little_room() -> None:
    picture = Tanks({str(n): dict.fromkeys("abcd", n) for n in range(100)})
    assert len(picture.svg) < 100_000
    assert len(picture.text) < 10_000


def test_what_is_not_a_dictionary_is_named() -> None:
    with pytest.raises(TypeError, match="dictionary of moments, not list"):
        Tanks([1])  # type: ignore[arg-type]
