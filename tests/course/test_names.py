"""Names: what was called by a number once is still found by that number."""

import re
from pathlib import Path
from typing import Any

import pytest

from wsedu.course import check, hint, journal, mine, predict, quiz, revisit, solution, start_over
from wsedu.course.catalogue import exercises, predictions, quizzes
from wsedu.course.packages import current_name, packages
from wsedu.course.pieces import folder, take
from wsedu.course.verdict import NotYet

OLD = packages()[0].old
EXERCISES = [number for number, name in OLD.items() if name in exercises()]
PREDICTIONS = [number for number, name in OLD.items() if name in predictions()]
QUIZZES = [number for number, name in OLD.items() if name in quizzes()]
PIECES = [number for number in EXERCISES if exercises()[OLD[number]].piece]


def test_every_old_name_leads_to_one_thing_and_none_to_another_old_name() -> None:
    assert sorted(EXERCISES + PREDICTIONS + QUIZZES) == sorted(OLD)
    assert len(set(OLD.values())) == len(OLD)
    assert not set(OLD) & set(OLD.values())
    assert not set(OLD) & {*exercises(), *predictions(), *quizzes()}


def test_table_holds_what_the_earlier_edition_had() -> None:
    """It may grow; what a learner's folder holds never becomes unknown."""
    counts = (4, 5, 4, 5, 4, 4, 4, 4, 6)
    numbers = {f"{lesson:02}.{n + 1}" for lesson in range(9) for n in range(counts[lesson])}
    assert len(numbers) == 40 and numbers <= set(EXERCISES)
    assert len(PREDICTIONS) >= 44 and len(QUIZZES) >= 2 and len(PIECES) >= 9


@pytest.mark.parametrize("number", EXERCISES)
def test_old_number_of_an_exercise_works_in_every_command(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = exercises()[OLD[number]]
    with pytest.raises(NotYet, match=f"^{re.escape(exercise.number)}: not yet"):
        check(number, 7)
    hint(number)
    hint(exercise.name)
    solution(number)
    out = " ".join(capsys.readouterr().out.split())
    assert f"✘ {exercise.number}: " in out
    assert f"Hint 1 of 3: {exercise.hints[0]}"[:60] in out and "Hint 2 of 3: " in out
    assert "Try first" not in out
    assert [line["name"] for line in journal.read()] == [exercise.name] * 3
    start_over(number)
    assert journal.read("tried", exercise.name) == []
    assert exercise.number in capsys.readouterr().out


@pytest.mark.parametrize("number", PREDICTIONS)
def test_old_name_of_a_prediction_works(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    prediction = predictions()[OLD[number]]
    predict(number).chosen = prediction.right
    assert predict(prediction.name).chosen == prediction.right
    revisit(number)
    assert capsys.readouterr().out.startswith("You predicted it: ")


def test_choice_that_was_kept_under_an_old_name_is_known() -> None:
    journal.write("predicted", "04.jpeg", option=1)
    assert predict("frame-jpeg").chosen == 1


@pytest.mark.parametrize("number", QUIZZES)
def test_old_name_of_a_quiz_works(number: str) -> None:
    assert quiz(number).question == quizzes()[OLD[number]].question


@pytest.mark.parametrize("number", PIECES)
def test_old_number_of_a_piece_works_in_mine_and_take(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = exercises()[OLD[number]]
    assert mine(number).__code__ is take(number).__code__ is exercise.solution.__code__
    assert capsys.readouterr().out.startswith(f"{exercise.number} {exercise.piece}: borrowed")
    folder().mkdir(parents=True)
    (folder() / f"{exercise.piece}.py").write_text(
        f"from wsedu.course.workshop import take\n\nof_04_3 = take('04.3')\n\n\n"
        f"def {exercise.piece}(*args):\n    return 'mine'\n"
        if exercise.name != "decode-header"
        else f"def {exercise.piece}(*args):\n    return 'mine'\n"
    )
    assert mine(number)() == take(number)() == "mine"


def test_what_is_lent_under_an_old_number_does_not_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for lent, checked in (("04.2", "encode-header"), ("encode-header", "04.2"), ("04.2", "04.2")):
        with pytest.raises(NotYet, match="not attempted"):
            check(checked, mine(lent))


@pytest.mark.parametrize("name", ["04.99", "frame", "", None, 4.2, ["04.2"]])
def test_what_was_never_a_name_stays_what_it_is(name: Any) -> None:
    assert current_name(name) == name


def test_lessons_and_exercises_use_the_new_names(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    for path in (*root.glob("notebooks/en/*.ipynb"), *root.glob("exercises/en/*/*.ipynb")):
        text = path.read_text(encoding="utf-8").replace('\\"', '"')
        called = set(re.findall(r'\b(?:check|hint|mine|predict|quiz|revisit)\("([^"]+)"', text))
        assert called <= {*exercises(), *predictions(), *quizzes()}, path.name
