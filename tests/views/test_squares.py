"""A test suite at a glance: a square for each case."""

from wsedu.views import Square, Squares

from . import assert_three_forms, items, words

GROUPS = [
    ("reserved <bits>", (Square("3.1", "passed"), Square("3.2", "failed", "RSV2 & a text"))),
    ("UTF-8", tuple(Square(f"6.{number}", "open") for number in range(50))),
]


def test_three_forms() -> None:
    assert_three_forms(Squares(GROUPS))


def test_words_name_what_did_not_pass() -> None:
    assert Squares(GROUPS).text.splitlines() == [
        "1 of 52 cases pass; 50 have not run yet",
        "  reserved <bits>: 1 of 2; not passed: 3.2",
        "  UTF-8: 0 of 50",
    ]


def test_words_stop_naming_after_some() -> None:
    failed = tuple(Square(f"6.{number}", "failed") for number in range(12))
    text = Squares([("UTF-8", failed)]).text
    assert text.endswith("6.8, 6.9 …") and "6.10" not in text


def test_every_case_is_an_item_that_says_how_it_ended() -> None:
    svg = Squares(GROUPS).svg
    assert list(items(svg))[:3] == ["3.1", "3.2", "6.0"]
    assert items(svg)["3.2"] == "3.2: not passed. RSV2 & a text"
    assert items(svg)["6.0"] == "6.0: has not run yet"
    assert words(svg).count("✘") == 1, "colour alone would say too little"


def test_it_can_be_drawn_anew() -> None:
    picture = Squares(GROUPS)
    before = picture.svg
    picture.show([("UTF-8", (Square("6.0", "passed"),))])
    assert picture.svg != before and picture.text.startswith("1 of 1 cases pass\n")
