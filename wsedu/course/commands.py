"""What a learner calls: predict and revisit, quiz, check, hint, solution, progress, start_over."""

from __future__ import annotations

import inspect
import os
import random
import secrets
import textwrap
from typing import Any

from IPython.display import Code, display

from .._awaited import no_coroutine, values_only
from ..views import Checklist, Difference, Ladder, Ordering, Progress, Question, Standing
from ..words import _
from . import class_link, journal, pieces, runner
from .catalogue import exercise_named, lessons, prediction_named, quiz_named
from .exercise import Exercise
from .lesson import Prediction
from .verdict import NotYet, Verdict


@values_only
def predict(name: str) -> Question:
    """Ask a question of the lesson; the choice is kept, and met again by ``revisit``."""
    prediction = prediction_named(name)
    options = [option for option, _said in prediction.options]
    question = Question(prediction.question, options, _predicted(prediction), _("Saved. Carry on."))
    question.observe(
        lambda change: journal.write("predicted", prediction.name, option=change["new"]), "chosen"
    )
    return question


@values_only
def revisit(name: str) -> None:
    """Say what was predicted, and what the experiment has shown."""
    prediction = prediction_named(name)
    chosen = _predicted(prediction)
    if chosen >= 0:
        journal.write("revisited", prediction.name)
    if chosen < 0:
        _say(_("You did not make a prediction. The question is above."), _happened(prediction))
    elif chosen == prediction.right:
        _say(_("You predicted it: {option}.").format(option=prediction.options[chosen][0]))
    else:
        option, said = prediction.options[chosen]
        _say(_("You predicted: {option}.").format(option=option), said)
        _say(_happened(prediction))
        return
    _say(prediction.options[prediction.right][1])


def _say(*sentences: str) -> None:
    """Print in lines that a notebook does not break inside of words."""
    print(textwrap.fill(" ".join(sentences), 80, break_on_hyphens=False))


def _happened(prediction: Prediction) -> str:
    return _("What actually happened: {option}.").format(
        option=prediction.options[prediction.right][0]
    )


def _predicted(prediction: Prediction) -> int:
    entries = journal.read("predicted", prediction.name)
    option = entries[-1].get("option", -1) if entries else -1
    known = isinstance(option, int) and 0 <= option < len(prediction.options)
    return option if known else -1


@values_only
def quiz(name: str) -> Ordering:
    """Steps to put in order; each wrong place is named at once."""
    asked = quiz_named(name)
    steps, places, says = zip(*asked.steps, strict=True)
    return Ordering(asked.question, steps, places, says, asked.done)


# Else whoever deletes a cell, or stumbles in it, would have the points for the course's work.
_LENT = Verdict(
    "not attempted",
    _("This function is the one that mine(...) gave you. Run the cell with your own, then check."),
)
_OURS = Verdict(
    "not attempted",
    _("This function is the course's own, imported. Write yours, then check."),
)


def judge(name: str, answer: Any, seed: int | None = None) -> Verdict:
    """The verdict about an answer, without showing or keeping anything."""
    exercise = exercise_named(name)
    chance = random.Random(seed)
    return runner.run(
        lambda watched: exercise.judge(exercise, watched, chance), answer, exercise.seconds
    )


def check(name: str, answer: Any, *, seed: int | None = None) -> None:
    """Judge an answer to the exercise ``name``, and show the verdict.

    Passed, it returns nothing; otherwise it raises NotYet, which a grader counts. The cases
    are partly random: ``seed`` repeats those of an earlier check, which named it.
    """
    no_coroutine("check", name, seed)
    exercise = exercise_named(name)
    name = exercise.name  # it may have been called by an older one
    seed = secrets.randbelow(10**6) if seed is None else seed
    if pieces.is_lent(answer, name):
        verdict = _LENT
    elif str(getattr(answer, "__module__", "")).startswith("wsedu.protocol"):
        verdict = _OURS
    else:
        verdict = judge(name, answer, seed)
    if verdict.outcome not in ("not attempted", "not judged"):
        journal.write("tried", name, outcome=verdict.outcome, mistake=verdict.mistake)
    elif verdict.outcome == "not judged":
        journal.write("unjudged", name)
    mark = {"passed": "✔", "not yet": "✘", "raised": "✘"}.get(verdict.outcome, "○")
    rule = verdict.section if verdict.section.startswith("RFC") else f"RFC 6455 {verdict.section}"
    section = f" ({rule})" if verdict.section else ""
    _say(f"{mark} {exercise.number}: {verdict.sentence}{section}")
    if verdict.case:
        print(f"  {verdict.case}")
    if verdict.expected is not None and verdict.got is not None:
        display(Difference(verdict.expected, verdict.got, verdict.where))
    elif verdict.message is not None:
        display(Checklist(verdict.message))
    elif verdict.recording is not None:
        display(Ladder(verdict.recording))
    if verdict.passed and exercise.piece:
        print("  " + pieces.keep(exercise.piece, answer))
    class_link.mention()
    if not verdict.passed:
        words = {
            "not yet": (_("{number}: not yet."), _("hint('{name}') helps.")),
            "raised": (_("{number}: raised."), _("Fix that, and run this cell again.")),
            "not attempted": (
                _("{number}: not attempted."),
                _("Put your answer in place of the dots, and run this cell again."),
            ),
            "not judged": (
                _("{number}: not judged."),
                _("Where it is installed, restart the kernel and run this cell again."),
            ),
        }
        outcome, then = words[verdict.outcome]
        if callable(answer) and verdict.outcome != "not attempted":  # else nothing is random
            then += " " + _("The same cases again: check('{name}', {answer}, seed={seed})")
        called = getattr(answer, "__name__", "")
        called = called if called.isidentifier() else "..."  # a lambda has no name to call it by
        raise NotYet(
            outcome.format(number=exercise.number),
            then.format(name=name, answer=called, seed=seed),
        )


@values_only
def hint(name: str) -> None:
    """Print the next of three hints; when all are known, say so and print the last one again."""
    exercise = exercise_named(name)
    known, count = len(journal.read("hint", exercise.name)), len(exercise.hints)
    journal.write("hint", exercise.name)
    number = min(known + 1, count)
    said = _("Hint {number} of {count}: {hint}")
    if known >= count:
        said = _("There are no more hints. Hint {number} of {count} again: {hint}")
    _say(said.format(number=number, count=count, hint=exercise.hints[number - 1]))


@values_only
def solution(name: str) -> None:
    """Show a right answer and why it is right: after an honest try, or to a teacher.

    A try is a check of an answer that was yours. A teacher sets the environment variable
    ``WSEDU_TEACHER`` to 1.
    """
    exercise = exercise_named(name)
    tries = journal.read("tried", exercise.name) or journal.read("unjudged", exercise.name)
    if not tries and os.environ.get("WSEDU_TEACHER") != "1":
        print(_("Try first: check an answer of your own once, then ask again."))
        return
    display(Code(source_of(exercise), language="python"))
    _say(exercise.reason)


def source_of(exercise: Exercise) -> str:
    """The solution as a learner would write it."""
    if callable(exercise.solution):
        return inspect.getsource(exercise.solution)
    if isinstance(exercise.solution, str):
        return f'"""\n{exercise.solution}"""'
    return repr(exercise.solution)


def progress() -> None:
    """Show what is done and what is open, unless nbgrader grades: it has one notebook alone."""
    if journal.is_graded():
        print(_("While nbgrader grades, progress is not shown."))
        return
    tried = journal.read("tried")

    def standing(exercise: Exercise) -> Standing:
        outcomes = [line.get("outcome") for line in tried if line["name"] == exercise.name]
        state: Any = "passed" if "passed" in outcomes else "not yet" if outcomes else "open"
        return Standing(exercise.number, exercise.title, exercise.stars, state, len(outcomes))

    display(
        Progress(
            (f"{lesson.number} {lesson.title}", tuple(map(standing, lesson.exercises)))
            for lesson in lessons()
            if lesson.exercises
        )
    )
    if journal.is_kept():
        print(_("Kept in {folder}").format(folder=journal.home()))
    else:
        print(_("Not kept: {folder} cannot be written.").format(folder=journal.home()))


@values_only
def start_over(name: str) -> None:
    """Begin an exercise again: no try, no hint; what was built is put aside, never deleted."""
    exercise = exercise_named(name)
    try:
        with pieces.put_aside(exercise.piece) as copy:
            journal.write_now("reset", exercise.name)
    except OSError as error:
        print(
            _("{name} stays as it is: nothing can be written in {folder} ({error}).").format(
                name=exercise.number, folder=journal.home(), error=error.strerror or error
            )
        )
        return
    said = ""
    if copy:
        said = _("What you had built is put aside as pieces/{copy}.").format(copy=copy.name)
    print(
        _("{name} begins again. Your cell stays as it is: put the dots back yourself.").format(
            name=exercise.number
        ),
        said,
    )
