"""Answers, right and wrong, judged by the Python of the browser edition.

The judges are the same as on your computer, where other tests try all mistakes. What may differ
here is what an answer calls: the parts of Python, and the loop of asyncio. So each solution is
tried, and each mistake that uses a name which no answer before it uses. Of each exercise at least
one mistake is tried, and four if its answers are async. With ``WSEDU_ALL_ANSWERS`` set all 6,600
are tried, which takes ten minutes.
"""

import inspect
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from wsedu.course.catalogue import exercises
from wsedu.course.exercise import Exercise
from wsedu.course.texts import Texts

from .pyodide import in_pyodide

ALL = bool(os.environ.get("WSEDU_ALL_ANSWERS"))
PARTS = 2 if ALL else 1  # that run beside each other
# Those that a real program judges cannot be judged in a page, and say so.
JUDGED = [one for one in exercises().values() if not isinstance(one.judge, Texts)]


def names_in(code: CodeType) -> set[str]:
    """What it calls, and what the functions in it call."""
    inner = (names_in(part) for part in code.co_consts if isinstance(part, CodeType))
    return set(code.co_names).union(*inner)


def names_of(answer: Any) -> set[str]:
    """The names of other things that an answer uses; none if it is a dict of letters."""
    return names_in(answer.__code__) if inspect.isfunction(answer) else set()


def chosen(asked: Iterable[Exercise]) -> dict[str, list[str]]:
    """The mistakes of each exercise that may be judged differently here, by their names."""
    found: dict[str, list[str]] = {}
    known = set[str]().union(*(names_of(exercise.solution) for exercise in asked))
    for exercise in asked:
        names = [mistake.name for mistake in exercise.mistakes]
        spread = 4 if inspect.iscoroutinefunction(exercise.solution) else 1
        tried = set(names[:: max(1, len(names) // spread)])
        for mistake in exercise.mistakes:
            used = names_of(mistake.answer)
            if ALL or not used <= known:
                tried.add(mistake.name)
                known |= used
        found[exercise.name] = [name for name in names if name in tried]
    return found


@pytest.mark.slow
def test_answers_are_judged_as_in_the_edition_on_your_computer(built_site: Path) -> None:
    mistakes = chosen(JUDGED)
    assert all(mistakes.values())

    def part(number: int) -> Any:
        some = dict([*mistakes.items()][number::PARTS])
        return in_pyodide(built_site, "answers_in_pyodide.py", some)

    with ThreadPoolExecutor() as pool:
        said = list(pool.map(part, range(PARTS)))
    wrong = [line for lines, _count in said for line in lines]
    assert not wrong, "\n".join(wrong)
    judged = sum(count for _lines, count in said)
    assert judged == len(JUDGED) + sum(map(len, mistakes.values()))


@pytest.mark.slow
def test_an_answer_that_does_not_end_is_stopped_and_python_goes_on(built_site: Path) -> None:
    said = in_pyodide(built_site, "endless_in_pyodide.py")
    outcome, sentence, *_times = said.pop("server")
    assert (outcome, sentence) == (
        "not yet",
        "Your server loops without an await, so it can read nothing more.",
    )
    assert "your server raised SystemExit" in said.pop("ends")[1]
    assert said.pop("echo")[0] == "still here"
    for answer, (outcome, sentence, seconds, limit) in said.items():
        assert outcome == "raised", answer
        assert sentence.startswith(f"Your answer did not finish within {limit} s."), answer
        assert seconds < limit + 5, f"{answer} was stopped after {seconds} s"


def test_the_pure_rooms_need_nothing_but_python(built_site: Path) -> None:
    warned, accept, titles, said = in_pyodide(built_site, "bare_in_pyodide.py", packages=())
    assert warned == [
        "Missing here: websockets, IPython, anywidget. "
        "Only wsedu.protocol and wsedu.recording work."
    ]
    assert accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert titles == ["GET / HTTP/1.1", "HTTP/1.1 101 Yes", "text: Hello"]
    assert "websockets" in said
