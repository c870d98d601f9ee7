"""Write an answer key for printing: ``python3 scripts/classroom.py keys 04_frame_layout``.

How to think about it: nothing here is written for a key. The task, the solution, the reason, the
points and the mistakes come from the catalogue. Of the mistakes, the key has the first that the
author thought of; ``docs/wrong-answers.md`` has them all.
"""

import html
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from nbconvert.filters import markdown2html
from running import in_a_sentence, keep_private
from wsedu_classroom.paper import page

from wsedu.course.catalogue import lessons
from wsedu.course.commands import source_of
from wsedu.course.exercise import Exercise
from wsedu.course.lesson import Lesson
from wsedu.course.mistakes import kind_of

FOLDER = Path("build") / "keys"
MISTAKES = 6  # of an exercise; some have a hundred


def answer(exercise: Exercise) -> str:
    """The solution as HTML: code, or a list of letters."""
    if isinstance(exercise.solution, dict):
        rows = "".join(
            f"<tr><th>{html.escape(str(letter))}</th><td><code>{html.escape(repr(value))}</code>"
            "</td></tr>"
            for letter, value in exercise.solution.items()
        )
        return f"<table>{rows}</table>"
    source = exercise.solution if isinstance(exercise.solution, str) else source_of(exercise)
    return f"<pre>{html.escape(textwrap.dedent(source).strip())}</pre>"


def key_of(exercise: Exercise) -> Iterator[str]:
    """The parts of one exercise, as HTML."""
    title = f"{exercise.number} {exercise.title}"
    points = f"{exercise.stars} point{'s' * (exercise.stars > 1)}"
    yield f"<h2>{html.escape(title)} ({points})</h2>"
    yield markdown2html(exercise.words["task"])
    yield f"<h3>Solution</h3>{answer(exercise)}{markdown2html(exercise.reason)}"
    said = {kind_of(mistake.name): mistake.sentence for mistake in exercise.mistakes}
    some = list(said.values())[:MISTAKES]
    count = f"{len(some)} of {len(said)}" if len(said) > len(some) else "all"
    yield f"<h3>Mistakes that the check recognises ({count})</h3>"
    yield markdown2html("\n".join(f"* {sentence}" for sentence in some))


def key(lesson: Lesson) -> str:
    """The key of a lesson's exercises, as a page."""
    total = sum(exercise.stars for exercise in lesson.exercises)
    body = [f"<p>{len(lesson.exercises)} exercises, {total} points.</p>"]
    body += [part for exercise in lesson.exercises for part in key_of(exercise)]
    return page(f"{lesson.number} {lesson.title}: answers", "\n".join(body), teacher=True)


def main(names: list[str]) -> None:
    """Write the keys of these lessons; "all" means every lesson that has exercises."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for lesson in lessons():
        if lesson.exercises and ("all" in names or lesson.slug in names):
            path = FOLDER / f"{lesson.slug}.html"
            path.write_text(key(lesson), encoding="utf-8")
            print(path)


if __name__ == "__main__":
    keep_private()
    with in_a_sentence():
        main(sys.argv[1:])
