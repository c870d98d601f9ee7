"""Judge answers as the browser edition does; this file itself runs in Pyodide.

``given`` is JSON: a list of names of exercises, and how many mistakes of each are tried (0: all).
The last line is JSON: a list of sentences, one for each answer that is judged differently from the
edition on your computer, and how many were judged.
"""

import json

from wsedu.course import clients, judges
from wsedu.course.catalogue import exercise_named
from wsedu.course.commands import judge

names, count = json.loads(given)
clients.PATIENCE = clients.MORE = 0.2  # it waits in vain for a wrong server
judges.TRIES = 0
wrong, judged = [], 0


def some(mistakes):
    """So many of them, evenly spread."""
    step = max(1, len(mistakes) // count) if count else 1
    return mistakes[::step]


for name in names:
    exercise = exercise_named(name)
    verdict = judge(name, exercise.solution, 1)
    judged += 1
    if not verdict.passed:
        wrong.append(f"{name}, the solution: {verdict.outcome}: {verdict.sentence}")
    for mistake in some(exercise.mistakes):
        verdict = judge(name, mistake.answer, 0)
        judged += 1
        if (verdict.outcome, verdict.sentence) != ("not yet", mistake.sentence):
            wrong.append(f"{name}, {mistake.name}: {verdict.outcome}: {verdict.sentence}")

json.dumps([wrong, judged])
