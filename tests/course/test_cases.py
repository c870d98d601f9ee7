"""The cases of an exercise are complete: they find every mistake, and tell each from the others."""

import random
from collections import defaultdict

import pytest

from wsedu.course import judges, runner
from wsedu.course.catalogue import exercises
from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases

JUDGED = [exercise for exercise in exercises().values() if isinstance(exercise.judge, Cases)]


@pytest.mark.slow  # every mistake of every exercise runs
@pytest.mark.parametrize("exercise", JUDGED, ids=lambda exercise: exercise.name)
def test_every_mistake_is_wrong_in_a_fixed_case_and_differs_from_the_others(
    exercise: Exercise,
) -> None:
    judge = exercise.judge
    assert isinstance(judge, Cases)
    survivors, conflicts = [], defaultdict(set)
    rows = judges._rows_of(exercise, runner.Attempt(exercise.solution))
    for mistake, row in zip(exercise.mistakes, rows, strict=True):
        if not row.wrong:
            survivors.append(mistake.name)
        conflicts[row.keys].add(mistake.sentence)
    assert survivors == [], "give each of these mistakes a fixed case in which it is wrong"
    both = [sentences for sentences in conflicts.values() if len(sentences) > 1]
    assert both == [], "these do the same in every fixed case: give them a case that differs"


@pytest.mark.parametrize("exercise", JUDGED, ids=lambda exercise: exercise.name)
def test_fixed_cases_are_the_same_each_time(exercise: Exercise) -> None:
    judge = exercise.judge
    assert isinstance(judge, Cases)
    first = [repr(args) for args in judge.fixed(exercise)]
    random.seed(2)
    assert first == [repr(args) for args in judge.fixed(exercise)]
