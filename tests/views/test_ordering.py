"""Steps to put in order: as a widget, and as a list that does not give the order away."""

import pytest

from wsedu.course import quiz
from wsedu.course.catalogue import lessons, quizzes
from wsedu.views import Ordering

QUIZZES = quizzes()


def ask() -> Ordering:
    return Ordering("In which order?", ["b", "c", "a"], [1, 2, 0], ["B!", "C!", "A!"], "Right.")


def test_forms_are_widget_text_and_markdown() -> None:
    data, _metadata = ask()._repr_mimebundle_()
    assert data["text/plain"] == data["text/markdown"]
    assert "image/svg+xml" not in data
    assert ask().text == "In which order?\n\n- A: b\n- B: c\n- C: a"


@pytest.mark.parametrize("places", [[0, 1], [0, 1, 1], [1, 2, 3]])
def test_impossible_places_are_named(places: list[int]) -> None:
    with pytest.raises(ValueError, match="each step needs a place of its own"):
        Ordering("?", ["a", "b", "c"], places, ["", "", ""], "")


@pytest.mark.parametrize("name", QUIZZES)
def test_quizzes_are_not_solved_at_first_and_say_something_of_each_step(name: str) -> None:
    places = quiz(name).places
    assert all(place != number for number, place in enumerate(places))
    assert all(says.endswith(".") for says in quiz(name).says)
    assert sum(name in {each.name for each in lesson.quizzes} for lesson in lessons()) == 1


def test_unknown_quiz_is_told_what_looks_like_it() -> None:
    with pytest.raises(ValueError, match=r"no quiz 'handshake'. Did you mean 'handshake-order'"):
        quiz("handshake")
