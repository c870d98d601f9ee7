"""Begin an exercise or a lesson: ``.venv/bin/python scripts/new.py exercise 04 SLUG --stars 2``.

    new.py exercise LESSON SLUG --stars N [--kind function|letters] [--before SLUG]
    new.py lesson SLUG "Title"

What it makes runs at once, as an example. Each line that waits for your words says TODO, and
``tests/test_unfinished.py`` lists what is still missing.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import stale
from stale import ROOT, code_cell, notebook_text, prose_cell

from wsedu.course.catalogue import exercises, predictions, quizzes
from wsedu.course.lesson import Lesson

NAME = re.compile(r"[a-z]+(-[a-z]+)*")  # ids of cells are made of it
PACKAGE = ROOT / "exercises" / "wsedu_exercises"

# An exercise: what the files of its folder hold. NAME is its name, FUNCTION the same for Python.

FUNCTION = '''\
"""TODO: what the exercise asks for, in a line."""

from __future__ import annotations

import random

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args


def FUNCTION(data: bytes) -> int:
    """TODO: your solution. This example adds all bytes, and keeps the last eight bits."""
    total = 0
    for octet in data:
        total = (total + octet) % 256
    return total


def reference(data: bytes) -> int:
    """TODO: the right result by another way, such as a library: it finds your own mistakes."""
    return sum(data) & 255


def cases(chance: random.Random) -> list[Args]:
    """TODO: the borders, the shortest first, then random ones."""
    fixed = [b"", b"\\x01", b"\\xff", b"\\xff\\x01", b"\\x80\\x80\\x03"]
    drawn = [chance.randbytes(chance.randrange(1, 20)) for _case in range(how_many(20))]
    return [(data,) for data in fixed + drawn]


EXERCISE = Exercise(
    stars=STARS,
    judge=Cases(cases, reference, int, section="5.2"),  # TODO: the section of the RFC
    solution=FUNCTION,
)
'''

LETTERS = '''\
"""TODO: what the exercise asks for, in a line."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

EXERCISE = Exercise(
    stars=STARS,
    judge=Letters(section="5.2"),  # TODO: the section of the RFC
    solution={"A": 2, "B": True},  # TODO: your answers
)
'''

MEASURED = '''\
"""The right answers to NAME, from what they are about."""

from __future__ import annotations


def right() -> dict[str, object]:
    """TODO: compute or measure each answer, with a library or the lab; copy none of them."""
    return {"A": len(b"\\x81\\x05"), "B": 0x81 > 127}
'''

WORDS = """\
title = "TODO: a few words"
task = '''
TODO: what to write, in five sentences or fewer, and one example.
'''
passed = "TODO: one sentence for an answer that is right."
like = "TODO: what an answer is, to follow 'Return', such as: a number from 0 to 255"
reason = "TODO: why the solution is right."
hints = [
    "TODO: where to look. A question may do?",
    "TODO: what to use.",
    "TODO: nearly the solution.",
]
"""

LETTER_WORDS = """
[letters]  # said where no mistake fits
A = "TODO: what to look at again for A."
B = "TODO: what to look at again for B."
"""

CHANGES = {
    "function": """\
# TODO: your mistakes, three or more; forty are not too many. Each needs a sentence in en.toml.
no-end = [' % 256', '']
another-end = ['% 256', '% 255']
""",
    "letters": """\
# TODO: your mistakes, three or more
one-too-few = { A = 1 }
the-other-way-round = { B = false }
""",
}

MISTAKES = {
    "function": """
[mistakes]  # what the answer did, then what to do
no-end = "TODO: you return more than eight bits. Keep the last eight."
another-end = "TODO: you take the rest of 255. Eight bits have 256 values."
""",
    "letters": """
[mistakes]  # what the answer did, then what to do
one-too-few = "TODO: you counted one too few. Count the second byte, too."
the-other-way-round = "TODO: you took 0 for true. The bit is set if it is 1."
""",
}

# A lesson.

LESSON = """\
exercises = [
]

[objectives]  # what a learner can do afterwards, and what practises it
first-objective = ["STEM-first"]
second-objective = ["STEM-second"]
third-objective = ["STEM-first", "STEM-second"]

[misconceptions]  # the cell whose experiment shows otherwise
first-belief = "STEM-run"
second-belief = "STEM-see-bytes"
third-belief = "STEM-break"

[predictions]  # the option that the experiment shows, from 0
STEM-first = 1
STEM-second = 1
"""

LESSON_WORDS = """\
title = "TITLE"
able = "TODO: one line for the table of README.md"

[objectives]  # word for word as in the title cell
first-objective = "TODO: the first objective"
second-objective = "TODO: the second objective"
third-objective = "TODO: the third objective"

[misconceptions]  # what learners believe, in their words
first-belief = "TODO: the first belief"
second-belief = "TODO: the second belief"
third-belief = "TODO: the third belief"
"""
for which in ("first", "second"):
    LESSON_WORDS += f"""
[predictions.STEM-{which}]
question = "TODO: the {which} question, which an honest learner may get wrong"
options = [
    "TODO: an option",
    "TODO: the right option",
]
said = [
    "TODO: why this option is wrong.",
    "TODO: why this option is right.",
]
"""

LESSON_CELLS = """\
title: # TITLE

**30 minutes**, and 30 more for the [exercises](../../exercises/en/SLUG/NUMBER_exercises.ipynb).
TODO: which lessons you need, and what you should know.

You will be able to

1. TODO: the first objective;
2. TODO: the second objective;
3. TODO: the third objective.

The outputs that you see now are from our run. To make honest predictions, clear them first: \
**Edit → Clear Outputs of All Cells**.
---
start-about: ## Start

TODO: what the lesson begins with.
---
start= from wsedu import BytesAndFields, Lab, Ladder, dissect, predict, revisit
from wsedu.protocol import Frame, Opcode

lab = Lab(date="Thu, 01 Dec 2011 00:00:00 GMT")
peer = await lab.raw()
---
predict-about: ## Predict

TODO: the question.
---
predict-first= predict("STEM-first")
---
run-about: ## Run

TODO: what you do now.
---
run= await peer.send(Frame(Opcode.TEXT, b"Hello"))
await peer.receive()
---
recall-first= revisit("STEM-first")
---
see-about: ## See the bytes

TODO: what the picture shows.
---
see= Ladder(lab.recording)
---
see-bytes= BytesAndFields(dissect(lab.recording).find("frame")[0])
---
break-about: ## Break it

TODO: what you change, and the question.
---
predict-second= predict("STEM-second")
---
break= await peer.send(Frame(3, b"Hello"))
await peer.receive()
---
recall-second= revisit("STEM-second")
---
end= lab.close()
---
build: ## Build it

TODO: what the [exercises](../../exercises/en/SLUG/NUMBER_exercises.ipynb) build.
---
seen: ## What you saw

| you can now | it was shown in |
|---|---|
| TODO: the first objective | [Run](#Run) |
| TODO: the second objective | [See the bytes](#See-the-bytes) |
| TODO: the third objective | [Break it](#Break-it) |
---
read-more: ## Read more

TODO: sections of the RFC, with a line for each that says why.
---
roads: ## Roads not taken

TODO: what other designs chose, and why."""

EXERCISE_CELLS = """\
exercises-title: # Exercises: TITLE

**30 minutes.** These exercises belong to [the lesson](../../../notebooks/en/SLUG.ipynb). Each \
has a task, a cell for your answer, and a cell that checks it. Replace the dots (`...`) with your \
own code, run both cells, and change your answer as often as you like.

`hint("TODO")` gives three hints, one after another. `solution("TODO")` shows a right answer once \
you have tried. The course saves your work, so you may stop at any time. `progress()` shows what \
you have done, and `start_over("TODO")` begins an exercise again, without losing what you had.
---
exercises-start= from wsedu import check, hint, progress, solution, start_over
---
progress= progress()"""


def exercise(lesson: str, name: str, stars: int, kind: str, before: str | None) -> list[Path]:
    """Make the folder of an exercise, and enter it in its lesson; returns the new files."""
    found = lesson_named(lesson)
    if not NAME.fullmatch(name):
        sys.exit(f"{name} is not a name such as encode-header: small letters, and hyphens between.")
    if name in exercises() | predictions() | quizzes() or name in stale.COURSE.old:
        sys.exit(f"There is something called {name} already; take another name.")
    if before and before not in [other.name for other in found.exercises]:
        sys.exit(f"Lesson {found.number} has no exercise {before}.")
    folder = PACKAGE / folder_of(found) / name.replace("-", "_")
    letters = kind == "letters"
    words = WORDS + (LETTER_WORDS if letters else "") + MISTAKES[kind]
    files = {
        folder / "__init__.py": "",
        folder / "exercise.py": LETTERS if letters else FUNCTION,
        folder / "mistakes.toml": CHANGES[kind],
        folder / "en.toml": words,
    }
    if letters:
        files[ROOT / "tests/course/letters" / f"{folder.name}.py"] = MEASURED
    write(files, NAME=name, FUNCTION=folder.name, STARS=str(stars))
    enter(name, PACKAGE / folder_of(found) / "lesson.toml", before)
    if not found.exercises:  # the title names the first one
        path = stale.notebook_of(found)
        text = path.read_text(encoding="utf-8").replace('(\\"TODO\\")', f'(\\"{name}\\")')
        path.write_text(text, encoding="utf-8")
    return list(files)


def lesson(name: str, title: str) -> list[Path]:
    """Make the folder and the two notebooks of a lesson, the last of the course."""
    if not NAME.fullmatch(name):
        sys.exit(f"{name} is not a name such as frame-layout: small letters, and hyphens between.")
    folder = name.replace("-", "_")
    if (PACKAGE / folder).exists():
        sys.exit(f"There is a lesson {folder} already; take another name.")
    stem = name.partition("-")[0]
    if taken := [known for known in predictions() if known.partition("-")[0] == stem]:
        sys.exit(f"A lesson has {taken[0]}; take a name that does not begin with {stem}.")
    number = f"{len(stale.LESSONS):02}"
    facts = {"STEM": stem, "TITLE": title, "SLUG": f"{number}_{folder}", "NUMBER": number}
    files = {
        PACKAGE / folder / "__init__.py": "",
        PACKAGE / folder / "lesson.toml": LESSON,
        PACKAGE / folder / "en.toml": LESSON_WORDS.replace('"TITLE"', toml(title)),
        ROOT / "notebooks/en" / f"{number}_{folder}.ipynb": notebook(LESSON_CELLS, stem, facts),
        ROOT / "exercises/en" / f"{number}_{folder}" / f"{number}_exercises.ipynb": notebook(
            EXERCISE_CELLS, stem, facts
        ),
    }
    write(files, STEM=stem)
    enter(folder, PACKAGE / "course.toml")
    return list(files)


def lesson_named(said: str) -> Lesson:
    """The lesson of that number, folder, or file."""
    for found in stale.LESSONS:
        if said.replace("-", "_") in (found.number, found.slug, folder_of(found)):
            return found
    known = ", ".join(found.slug for found in stale.LESSONS)
    sys.exit(f"There is no lesson {said}; there are: {known}.")


def folder_of(lesson: Lesson) -> str:
    """The name of its folder in the package of exercises."""
    return lesson.slug.removeprefix(f"{lesson.number}_")


def notebook(cells: str, stem: str, facts: dict[str, str]) -> str:
    """A notebook out of its cells: ``name: prose`` or ``name= code``, with lines between."""
    for name, fact in facts.items():
        cells = cells.replace(name, fact)
    made = []
    for cell in cells.split("\n---\n"):
        head, mark, source = re.split(r"([:=]) ", cell, maxsplit=1)
        name = head if head.startswith("exercises-start") else f"{stem}-{head}"
        made.append(code_cell(name, source) if mark == "=" else prose_cell(name, source))
    another = json.loads(stale.notebook_of(stale.LESSONS[0]).read_text(encoding="utf-8"))
    return notebook_text(another | {"cells": made}).decode()


def toml(text: str) -> str:
    """A string as TOML writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write(files: dict[Path, str], **facts: str) -> None:
    """Write each file, with the facts in place of their names."""
    for path, text in files.items():
        for name, fact in facts.items():
            text = re.sub(rf"\b{name}\b", lambda _match, fact=fact: fact, text)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def enter(name: str, path: Path, before: str | None = None) -> None:
    """Put a name into the first list of a file: at its end, or before another."""
    text = path.read_text(encoding="utf-8")
    end = f'    "{before}",\n' if before else "\n]"
    at = text.index(end) + (0 if before else 1)
    path.write_text(f'{text[:at]}    "{name}",\n{text[at:]}', encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="new.py", description=__doc__.partition(":")[0])
    kinds = parser.add_subparsers(dest="what", required=True, metavar="exercise|lesson")
    one = kinds.add_parser("exercise", help="begin an exercise")
    one.add_argument("lesson", help="such as 04, or frame_layout")
    one.add_argument("name", metavar="SLUG", help="such as encode-header; the folder's name")
    one.add_argument("--stars", type=int, choices=(1, 2, 3, 4), required=True)
    one.add_argument("--kind", choices=("function", "letters"), default="function")
    one.add_argument("--before", metavar="SLUG", help="the exercise that comes after it")
    other = kinds.add_parser("lesson", help="begin a lesson, the last of the course")
    other.add_argument("name", metavar="SLUG", help="such as frame-layout")
    other.add_argument("title", help='such as "Frame layout"')
    told = parser.parse_args()
    if told.what == "exercise":
        made = exercise(told.lesson, told.name, told.stars, told.kind, told.before)
    else:
        made = lesson(told.name, told.title)
    for path in made:
        print(path.relative_to(ROOT))
    # In a process of its own, which finds what is new.
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "stale.py"), "--write"])
    name = told.name if told.what == "exercise" else told.name.replace("-", "_")
    print("Now write what the lines with TODO ask for, in the files at the top. This lists them:")
    print(f"python3 scripts/test.py tests/test_unfinished.py -k {name}")
    sys.exit(done.returncode)
