"""Judge answers as the browser edition does; this file itself runs in Pyodide.

``given`` is JSON: {exercise: [mistake, ...]}, by their names. Where an exercise knows more mistakes
than these, it does not compare an answer with the others. The last line is JSON: a list of
sentences, one for each answer that is judged differently from the edition on your computer, and how
many were judged.
"""

import dataclasses
import gc
import json
import random

from wsedu.course import clients, judges, runner
from wsedu.course.catalogue import exercise_named

clients.PATIENCE = clients.MORE = 0.2  # it waits in vain for a wrong server
judges.TRIES = 0


def with_mistakes(name, mistakes):
    """An exercise that knows these mistakes alone."""
    exercise = exercise_named(name)
    return dataclasses.replace(exercise, wrong={key: exercise.wrong[key] for key in mistakes})


def verdict_on(exercise, answer, seed):
    return runner.run(
        lambda watched: exercise.judge(exercise, watched, random.Random(seed)),
        answer,
        exercise.seconds,
    )


asked = [with_mistakes(*item) for item in json.loads(given).items()]
answers = {
    (exercise, mistake): mistake.answer for exercise in asked for mistake in exercise.mistakes
}
gc.collect()
gc.freeze()  # each check of a wrong answer collects garbage, and need not look at all this

wrong = []
for exercise in asked:
    verdict = verdict_on(exercise, exercise.solution, 1)
    if not verdict.passed:
        wrong.append(f"{exercise.name}, the solution: {verdict.outcome}: {verdict.sentence}")
for (exercise, mistake), answer in answers.items():
    verdict = verdict_on(exercise, answer, 0)
    if (verdict.outcome, verdict.sentence) != ("not yet", mistake.sentence):
        wrong.append(f"{exercise.name}, {mistake.name}: {verdict.outcome}: {verdict.sentence}")

json.dumps([wrong, len(asked) + len(answers)])
