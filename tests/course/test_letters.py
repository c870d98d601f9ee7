"""The answers of exercises that are answered by letters: each is computed, or measured, here.

How to think about it: their folders hold data. So what is right is there, and here it is taken
from what it is about: a library, a server, a clock.
"""

from importlib import import_module

import pytest

from wsedu.course.catalogue import exercises
from wsedu.course.judges import Letters

BY_LETTERS = [exercise for exercise in exercises().values() if isinstance(exercise.judge, Letters)]


@pytest.mark.parametrize("exercise", BY_LETTERS, ids=lambda exercise: exercise.name)
def test_right_answers_are_what_the_real_thing_says(exercise) -> None:
    module = import_module(f"{__package__}.letters.{exercise.name.replace('-', '_')}")
    right = module.right()
    assert list(right) == list(exercise.solution)
    assert all(exercise.judge.same(right[letter], exercise.solution[letter]) for letter in right)
    kinds = {letter: type(answer) for letter, answer in right.items()}
    if not exercise.judge.fits:
        assert kinds == {letter: type(answer) for letter, answer in exercise.solution.items()}


def test_there_are_such_exercises() -> None:
    assert len(BY_LETTERS) >= 11
