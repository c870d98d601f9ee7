"""The matrix: the same events give the same matrix, in any order, repeated, and split."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from wsedu_classroom.board.matrix import WINDOW, Key, Matrix

EXERCISES, PREDICTIONS = ("encode-header", "mask"), ("close-code",)
tried = st.tuples(
    st.just("tried"),
    st.sampled_from(EXERCISES),
    st.sampled_from(
        [["passed", ""], ["not yet", "little-endian"], ["not yet", ""], ["raised", ""]]
    ),
)
others = st.one_of(
    st.tuples(st.sampled_from(["hint", "reset"]), st.sampled_from(EXERCISES), st.none()),
    st.tuples(st.just("predicted"), st.sampled_from(PREDICTIONS), st.integers(0, 3)),
    st.tuples(st.just("revisited"), st.sampled_from(PREDICTIONS), st.none()),
    st.tuples(st.just("other"), st.just(""), st.none()),
)
happenings = st.lists(st.one_of(tried, tried, others), max_size=12)


def entries_of(learner: str, happened: list[Any]) -> list[list[Any]]:
    return [["event", learner, n, 100.0 + n, *what] for n, what in enumerate(happened, 1)]


def matrix_of(entries: list[list[Any]]) -> Matrix:
    matrix = Matrix()
    for learner in ("ada", "bob"):
        matrix.apply(["hello", learner, learner.title(), 1.0])
    for entry in entries:
        matrix.apply(entry)
    return matrix


@given(st.data(), happenings, happenings)
def test_any_order_and_repetition_gives_the_same_matrix(
    data: st.DataObject, ada: list[Any], bob: list[Any]
) -> None:
    entries = entries_of("ada", ada) + entries_of("bob", bob)
    entries += [["here", "ada", "left", n, bool(n % 2), 5.0 + n] for n in range(1, 4)]
    entries += [["hello", "ada", f"Ada {n}", 2.0 + n] for n in range(3)]
    again = data.draw(st.lists(st.sampled_from(entries), max_size=9)) if entries else []
    mixed = data.draw(st.permutations(entries + again))
    assert matrix_of(mixed).state() == matrix_of(entries).state()
    assert (matrix_of(mixed).have("ada"), matrix_of(mixed).have("bob")) == (len(ada), len(bob))


@given(st.data(), happenings)
def test_a_process_that_starts_late_and_hears_parts_twice_has_the_same_matrix(
    data: st.DataObject, ada: list[Any]
) -> None:
    entries = entries_of("ada", ada)
    cut, back = (data.draw(st.integers(0, len(entries))) for _ in range(2))
    halves = entries[:cut] + entries[min(cut, back) :]
    assert matrix_of(halves).state() == matrix_of(entries).state()


@given(happenings)
def test_the_changes_alone_give_a_page_the_whole_matrix(ada: list[Any]) -> None:
    matrix, cells, choices = Matrix(), {}, {}
    matrix.apply(["hello", "ada", "Ada", 1.0])
    for entry in entries_of("ada", ada):
        for key in matrix.apply(entry):
            change = matrix.change(key)
            if key.part == "exercise":
                cells[change["exercise"]] = dict(change["cell"])
            else:
                choices[change["prediction"]] = list(change["choice"])
    (row,) = matrix.state()
    assert (row["cells"], row["choices"]) == (cells, choices)
    json.dumps(matrix.state())


def cell_after(*happened: Any) -> dict[str, Any]:
    matrix = matrix_of(entries_of("ada", list(happened)))
    return matrix.rows["ada"].cells["mask"]


NOT_YET = ("tried", "mask", ["not yet", "little-endian"])
PASSED = ("tried", "mask", ["passed", ""])


def test_a_cell_says_since_when_and_how_often_in_a_row() -> None:
    cell = cell_after(("hint", "mask", None), ("tried", "mask", ["raised", ""]), NOT_YET, NOT_YET)
    assert cell == {
        "state": "not yet",
        "tries": 3,
        "since": 102.0,
        "last": 104.0,
        "mistake": "little-endian",
        "times": 2,
        "hints": 1,
    }


def test_a_try_after_a_pass_begins_to_count_anew() -> None:
    assert cell_after(NOT_YET, PASSED)["tries"] == 2
    again = cell_after(NOT_YET, PASSED, NOT_YET)
    assert (again["tries"], again["since"], again["times"]) == (1, 103.0, 1)


def test_a_reset_empties_a_cell() -> None:
    cell = cell_after(NOT_YET, ("hint", "mask", None), ("reset", "mask", None))
    assert (cell["state"], cell["tries"], cell["hints"], cell["since"]) == ("open", 0, 0, None)


def test_a_choice_has_a_before_and_an_after() -> None:
    def choice(*happened: Any) -> Any:
        return matrix_of(entries_of("ada", list(happened))).rows["ada"].choices["close-code"]

    vote = [("predicted", "close-code", option) for option in (1, 2, 0)]
    assert choice(vote[0]) == [1, None, False, 101.0]
    assert choice(vote[0], vote[0]) == [1, 1, False, 102.0]
    assert choice(*vote, ("revisited", "close-code", None)) == [1, 0, True, 104.0]


def test_an_event_far_ahead_is_not_kept() -> None:
    matrix = Matrix()
    matrix.apply(["event", "ada", WINDOW + 1, 1.0, *PASSED])
    assert matrix.rows["ada"].early == {} and matrix.have("ada") == 0
    matrix.apply(["event", "ada", WINDOW, 1.0, *PASSED])
    assert list(matrix.rows["ada"].early) == [WINDOW]


def test_a_learner_is_here_while_any_process_has_a_connection() -> None:
    matrix = matrix_of([])
    assert matrix.apply(["here", "ada", "left", 1, True, 2.0]) == [Key("ada", "here")]
    assert matrix.apply(["here", "ada", "right", 1, True, 2.0]) == []
    assert matrix.apply(["gone", "left"]) == []
    assert matrix.change(Key("ada", "here")) == {"id": "ada", "nick": "Ada", "here": True}
    assert matrix.apply(["gone", "right"]) == [Key("ada", "here")]
    assert matrix.rows["ada"].seen == 2.0
    assert matrix.apply(["here", "ada", "right", 3, True, 4.0]) == [Key("ada", "here")]
    assert matrix.apply(["here", "ada", "right", 2, False, 3.0]) == []  # it is late


def test_the_newest_nickname_counts() -> None:
    matrix = matrix_of([["hello", "ada", "Countess", 3.0], ["hello", "ada", "Lovelace", 2.0]])
    assert matrix.rows["ada"].nick == "Countess"
