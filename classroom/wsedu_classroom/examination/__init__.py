"""An examination: the exercises of the course, with other numbers, frozen in a file.

How to think about it: a seed draws numbers once. What was drawn is written into ``exam.json``: the
tasks, the right answers, the known wrong ones with their sentences, and the hidden cases. From then
on only this file counts, so the examination is the same next year, although the course changes.
``drawing`` draws, and ``frozen`` writes and reads. Here are the names that the notebook of an
examination imports: its ``check`` says only that an answer is kept. Where a teacher grades, the
same ``check`` judges.
"""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path
from typing import Any

__all__ = ["check", "hint", "progress", "solution", "start_over"]

_kept: dict[str, bool] = {}  # exercise -> whether there is an answer


def check(name: str, answer: Any) -> None:
    """Say that an answer is kept; judge it where a teacher grades.

    Where it is graded, the environment variables ``WSEDU_EXAM`` (the frozen file) and
    ``WSEDU_FORM`` say by what, and an answer that does not pass raises NotYet.
    """
    if file := os.environ.get("WSEDU_EXAM"):
        # Only here: a learner's kernel may lack the course, and with it the solutions.
        from wsedu.course import commands

        _lay_out(file, os.environ.get("WSEDU_FORM", ""))
        commands.check(name, answer, seed=0)  # the cases are frozen, so no seed changes them
        return
    _kept[name] = answered(answer)
    if _kept[name]:
        print(f"{name}: kept in this notebook. It is judged after the examination.")
    else:
        print(f"{name}: not attempted yet: the dots are still there.")


def answered(answer: Any) -> bool:
    """Whether an answer is more than the dots of a starter."""
    if isinstance(answer, dict):
        return not all(value is ... for value in answer.values())
    if callable(answer):
        code = getattr(answer, "__code__", None)
        return code is None or ... not in code.co_consts
    return answer is not ... and answer != ""


@functools.cache
def _lay_out(file: str, form: str) -> None:
    """Put the frozen exercises of a form in the place of the usual ones, in this process."""
    from wsedu.course.catalogue import exercises
    from wsedu.course.packages import current_name

    from .frozen import Examination, judged

    for question in Examination.read(Path(file)).forms[form]:
        with contextlib.suppress(LookupError):  # only its own check fails
            exercises()[str(current_name(question.exercise))] = judged(question)


def hint(name: str) -> None:
    """Say that there are no hints."""
    print("An examination has no hints.")


def solution(name: str) -> None:
    """Say that there are no solutions."""
    print("An examination shows no solutions.")


def start_over(name: str) -> None:
    """Say what to do instead."""
    print("In an examination, change your answer in its cell, and run its check again.")


def progress() -> None:
    """Name the exercises that have an answer, and those that do not."""
    kept = [name for name, there in _kept.items() if there]
    open_ = [name for name, there in _kept.items() if not there]
    print("Kept:", ", ".join(kept) or "nothing")
    if open_:
        print("Not attempted:", ", ".join(open_))
    print("Save the notebook, and hand in its file.")
