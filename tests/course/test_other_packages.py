"""A package of exercises that is not the course's is found, checked and shown as its own are.

``tests/other_package`` has such a package; here it is installed in a folder of its own, as pip
would do it. A program in a process of its own uses it: the list of packages is made only once.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wsedu.course.catalogue import exercises

ROOT = Path(__file__).parent.parent.parent
OTHER = ROOT / "tests" / "other_package"
NAME = "spare_time_exercises"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder in which the package is installed."""
    folder = tmp_path / "site"
    shutil.copytree(OTHER, folder)
    install(folder, NAME)
    return folder


def install(folder: Path, name: str) -> None:
    """Write what pip notes of a package: its name, and that it has exercises."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[wsedu.exercises]\n{name[:5]} = {name}\n")


def run(site: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(map(str, (site, ROOT, ROOT / "exercises")))
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def told(site: Path, program: str, **environment: str) -> Any:
    """The last line that a program prints, as JSON."""
    done = run(site, program, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


LEARN = """
import contextlib, io, json
from wsedu.course import check, commands, hint, progress, revisit, solution
from wsedu.course.catalogue import exercises, lessons
from wsedu.course.verdict import NotYet

shown, out = [], {}
commands.display = lambda thing: shown.append(getattr(thing, "text", ""))

def say(key, call, *args):
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(NotYet):
        call(*args)
    out[key] = " ".join(printed.getvalue().split())

exercise = exercises()["count-ones"]
say("wrong", check, "count-ones", lambda byte: 8 - byte.bit_count())
say("hint", hint, "count-ones")
say("revisit", revisit, "ones-in-ping")
say("right", check, "count-ones", exercise.solution)
say("solution", solution, "count-ones")
say("progress", progress)
out["sentences"] = {
    mistake.name: commands.judge("count-ones", mistake.answer, 1).sentence
    for mistake in exercise.mistakes
}
out["shown"] = shown[-1].splitlines()[-2:]
out["first"] = lessons()[0].slug
print(json.dumps(out))
"""


def test_exercise_is_checked_hinted_and_shown_with_its_own_number(site: Path) -> None:
    out = told(site, LEARN)
    assert out["wrong"].startswith("✘ spare 00.1: You count the zeros. Count the ones. (RFC 6455")
    assert out["hint"] == "Hint 1 of 3: How do you write a number in binary?"
    assert "What actually happened: Three. 0x89 is 10001001 in bits." in out["revisit"]
    assert out["right"] == "✔ spare 00.1: You count what is there. (RFC 6455 5.2)"
    assert out["solution"] == "Written in binary, a byte is a string of ones and zeros."
    assert (
        out["sentences"]["first-bit-only"] == "You look at the first bit only. Look at all eight."
    )
    assert [" ".join(line.split()) for line in out["shown"]] == [
        "spare 00 Reading bytes",
        "spare 00.1 ★ Count the ones: ✔ passed",
    ]
    assert out["first"] == "00_start_here", "the course's own lessons come first"


def test_words_are_those_of_the_language_and_english_where_there_are_none(site: Path) -> None:
    out = told(site, LEARN, WSEDU_LANGUAGE="ru")
    assert "Вы считаете нули. Считайте единицы." in out["wrong"]
    assert "Как записать число в двоичной системе?" in out["hint"]
    assert "Сосчитайте единицы" in out["shown"][-1]
    assert "You count what is there." in out["right"]


def test_two_exercises_with_one_name_are_an_error_that_names_both(site: Path) -> None:
    twin = site / "twin_exercises"
    shutil.copytree(site / NAME, twin)
    (twin / "course.toml").write_text('lessons = ["reading_bytes"]\nprefix = "twin "\n')
    install(site, "twin_exercises")
    done = run(site, "from wsedu.course.catalogue import exercises; exercises()")
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        "ValueError: two exercises are called 'count-ones': "
        "one of spare 00_reading_bytes, one of twin 00_reading_bytes"
    )


INSERT = """
import contextlib, io, json
from wsedu.course import commands, hint, mine, progress, solution
from wsedu.course.pieces import take

shown, out = [], {}
commands.display = lambda thing: shown.append(getattr(thing, "text", ""))

def said(call, *args):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        call(*args)
    return " ".join(printed.getvalue().split())

out["hint"] = said(hint, "04.2")
out["hint of the new one"] = said(hint, "read-first-byte")
out["mine"] = said(mine, "encode-header"), said(mine, "decode-header")
out["taken"] = take("04.2")(True, 1, 5).hex(), take("04.3")(b"old")
out["solution"] = said(solution, "decode-header")
progress()
out["shown"] = [" ".join(line.split()) for line in shown[-1].splitlines()]
print(json.dumps(out))
"""


@pytest.fixture
def longer(tmp_path: Path) -> Path:
    """The course with a lesson more before lesson 04, and with an exercise more as its first."""
    folder = tmp_path / "longer"
    package = folder / "wsedu_exercises"
    shutil.copytree(ROOT / "exercises" / "wsedu_exercises", package)
    shutil.copytree(OTHER / NAME / "reading_bytes", package / "reading_bytes")
    added = package / "frame_layout" / "read_first_byte"
    shutil.copytree(OTHER / NAME / "reading_bytes" / "count_ones", added)
    for path, old, new in (
        (package / "course.toml", '    "frame_layout"', '    "reading_bytes",\n    "frame_layout"'),
        (
            package / "frame_layout" / "lesson.toml",
            '    "read-header"',
            '    "read-first-byte",\n    "read-header"',
        ),
    ):
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_inserting_an_exercise_and_a_lesson_changes_nobodys_progress(
    longer: Path, tmp_path: Path
) -> None:
    """A learner's folder holds old numbers and names; both count for the same as before."""
    home = tmp_path / "home"
    (home / "pieces").mkdir(parents=True)
    lines = [
        {"what": "tried", "name": "04.2", "outcome": "not yet", "time": 1},
        {"what": "tried", "name": "04.2", "outcome": "passed", "time": 2},
        {"what": "hint", "name": "04.2", "time": 3},
        {"what": "hint", "name": "encode-header", "time": 4},
        {"what": "tried", "name": "decode-header", "outcome": "not yet", "time": 5},
        {"what": "tried", "name": "05.2", "outcome": "passed", "time": 6},
        {"what": "tried", "name": "03.1", "outcome": "passed", "time": 7},
        {"what": "reset", "name": "03.1", "time": 8},
    ]
    (home / "journal.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (home / "pieces" / "encode_header.py").write_text(
        "def encode_header(fin, opcode, length):\n    return b'mine'\n"
    )
    (home / "pieces" / "decode_header.py").write_text(
        "from __future__ import annotations\n\n"
        "from wsedu.course.workshop import take\n\n"
        "other = take('04.2')\n\n\n"
        "def decode_header(data):\n    return other(1, 2, 3).decode()\n"
    )
    out = told(longer, INSERT, WSEDU_HOME=str(home))
    shown = out["shown"]
    titles = {name: exercise.title for name, exercise in exercises().items()}
    assert shown[0].startswith(f"Passed: 2 of {len(titles) + 2} exercises")
    (at,) = [i for i, line in enumerate(shown) if line.startswith("05 ")]
    assert shown[at - 2 : at] == [
        "04 Reading bytes",
        "04.1 ★ Count the ones: ○ not attempted",
    ]
    assert shown[at + 1 : at + 6] == [
        "05.1 ★ Count the ones: ○ not attempted",
        f"05.2 ★ {titles['read-header']}: ○ not attempted",
        f"05.3 ★★ {titles['encode-header']}: ✔ passed",
        f"05.4 ★★ {titles['decode-header']}: ✘ not yet (tries: 1)",
        f"05.5 ★★★ {titles['minimal-length']}: ○ not attempted",
    ]
    assert [line for line in shown if "passed" in line] == [
        f"05.3 ★★ {titles['encode-header']}: ✔ passed",
        f"06.2 ★★ {titles['mask-payload']}: ✔ passed",
    ]
    assert (
        out["hint"].startswith("Hint 3 of 3: ")
        and exercises()["encode-header"].hints[2] in out["hint"]
    )
    assert out["hint of the new one"].startswith("Hint 1 of 3: ")
    assert out["mine"] == ["05.3 encode_header: yours", "05.4 decode_header: yours"]
    assert out["taken"] == [b"mine".hex(), "mine"], "a piece of an earlier edition asks for others"
    assert "Try first" not in out["solution"]
