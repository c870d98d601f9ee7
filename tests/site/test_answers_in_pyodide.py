"""Answers, right and wrong, judged by the Python of the browser edition.

Each solution is tried, and some mistakes of each exercise: all 6,000 would take ten minutes. With
``WSEDU_ALL_ANSWERS`` set they are tried, too.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from wsedu.course.catalogue import exercises
from wsedu.course.texts import Texts

from .pyodide import in_pyodide

MISTAKES = 0 if os.environ.get("WSEDU_ALL_ANSWERS") else 4  # of each exercise; 0 is all
PARTS = 2  # that run beside each other
# Those that a real program judges cannot be judged in a page, and say so.
NAMES = [name for name, exercise in exercises().items() if not isinstance(exercise.judge, Texts)]


@pytest.mark.slow
def test_answers_are_judged_as_in_the_edition_on_your_computer(built_site: Path) -> None:
    def part(number: int) -> Any:
        return in_pyodide(built_site, "answers_in_pyodide.py", [NAMES[number::PARTS], MISTAKES])

    with ThreadPoolExecutor() as pool:
        said = list(pool.map(part, range(PARTS)))
    wrong = [line for lines, _count in said for line in lines]
    assert not wrong, "\n".join(wrong)
    assert sum(count for _lines, count in said) >= len(NAMES) * (1 + max(MISTAKES, 3))


@pytest.mark.slow
def test_an_answer_that_does_not_end_is_stopped_and_python_goes_on(
    built_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REAL_TIME", "1")
    said = in_pyodide(built_site, "endless_in_pyodide.py")
    outcome, sentence, *_times = said.pop("server")
    assert (outcome, sentence) == (
        "not yet",
        "Your server loops without an await, so it can read nothing more.",
    )
    assert "your server raised SystemExit" in said.pop("ends")[1]
    assert said.pop("echo")[0] == "still here"
    assert said["loops"][-1] == 5
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
