"""The picture of what is done: every exercise, its state in a sign, a colour and a word."""

from wsedu.views import Progress, Standing

from . import assert_three_forms, items, words

LESSONS = [
    (
        "04 Frame <layout>",
        (
            Standing("04.1", "Read a header", 1, "passed", 2),
            Standing("04.2", "Write the header", 2, "not yet", 3),
            Standing("04.3", "Read the header", 3, "open", 0),
        ),
    ),
    ("05 Masking", (Standing("05.1", "Unmask", 1, "passed", 1),)),
]


def test_three_forms() -> None:
    assert_three_forms(Progress(LESSONS))


def test_words_are_complete() -> None:
    assert Progress(LESSONS).text.splitlines() == [
        "Passed: 2 of 4 exercises, 2 of 7 stars",
        "04 Frame <layout>",
        "  04.1 ★    Read a header: ✔ passed",
        "  04.2 ★★   Write the header: ✘ not yet (tries: 3)",
        "  04.3 ★★★  Read the header: ○ not attempted",
        "05 Masking",
        "  05.1 ★    Unmask: ✔ passed",
    ]


def test_every_exercise_is_an_item_with_its_sign() -> None:
    picture = Progress(LESSONS)
    assert list(items(picture.svg)) == [
        "04.1",
        "04.2",
        "04.3",
        "05.1",
    ]
    shown = words(picture.svg)
    for sign in ("✔ 04.1", "✘ 04.2", "○ 04.3", "✔ 05.1", "04 Frame <layout>"):
        assert sign in shown


def test_nothing_at_all() -> None:
    assert Progress([]).text == "Passed: 0 of 0 exercises, 0 of 0 stars"
