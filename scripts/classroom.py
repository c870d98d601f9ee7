"""What a teacher does with a class: ``python3 scripts/classroom.py release 04_frame_layout``.

``release`` makes what learners get, and ``grade`` grades what they have handed in. The others make
what a teacher shows, prints or exports, draw an examination, or start the servers of a class.
TEACHING.md says more. Each runs in the course's own environment, with what it needs in it.
"""

import argparse
import os
import subprocess
import sys

from environment import ROOT, keep, prepare

ASSIGNMENTS = sorted(path.parent.name for path in (ROOT / "exercises" / "en").glob("*/*.ipynb"))
# Commands that are scripts of their own; the others are steps of grading.
OWN = ("editions", "handouts", "keys", "quiz")
# Commands that read their options themselves: words for the list, packages, and what runs.
FREE = {
    "exam": ("draw, freeze and grade an examination", ["class"], ["scripts/exam.py"]),
    "board": (
        "show who is stuck on what, while the class lasts",
        [],
        ["-m", "wsedu_classroom.board"],
    ),
    "hub": ("run a hub for a class on this machine", ["hub"], ["scripts/hub.py", "hub"]),
    "link": (
        "print the link that hands out the course on a hub",
        ["hub"],
        ["scripts/hub.py", "link"],
    ),
    "collect": (
        "fetch what learners did on the hub into the folder submitted",
        ["hub"],
        ["scripts/hub.py", "collect"],
    ),
}


def start(groups: list[str], words: list[str]) -> None:
    """Run Python with these words in the course's environment, and end as it ends."""
    line = [str(prepare(*groups)), *words]
    os.chdir(ROOT)
    keep()
    if os.name != "nt":
        os.execv(line[0], line)  # so that Ctrl-C ends that program itself
    try:
        sys.exit(subprocess.run(line).returncode)
    except KeyboardInterrupt:
        sys.exit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="classroom.py", description=__doc__.partition(":")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words in (
        ("release", "make what learners get, in the folder release"),
        ("grade", "grade what is in the folder submitted"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("assignment", nargs="+", choices=ASSIGNMENTS, metavar="ASSIGNMENT")
    export = commands.add_parser("export", help="write grades.csv anew, and fill other tables")
    export.add_argument("--moodle", metavar="FILE", help="fill the points into Moodle's table")
    export.add_argument("--canvas", metavar="FILE", help="fill the points into Canvas's table")
    export.add_argument("--assignment", choices=ASSIGNMENTS, help="only this one")
    export.add_argument("--column", help="the column of the table that gets its points")
    export.add_argument("--by", metavar="COLUMN", help="the column that names learners")
    export.add_argument("--names", metavar="FILE", help="a table: your name, the name in the table")
    keys = commands.add_parser("keys", help="make answer keys for printing, in build/keys")
    keys.add_argument("lesson", nargs="+", choices=[*ASSIGNMENTS, "all"], metavar="LESSON")
    quiz = commands.add_parser("quiz", help="make the quiz in build/quiz, or compare two tables")
    quiz.add_argument("--before", metavar="TABLE", help="the letters of the class before")
    quiz.add_argument("--after", metavar="TABLE", help="the letters of the class after")
    commands.add_parser("handouts", help="make handouts for printing, in build/handouts")
    commands.add_parser("editions", help="make the lessons for live coding, and the slides")
    for name, (words, _groups, _line) in FREE.items():
        commands.add_parser(name, help=words)
    if sys.argv[1:2] and sys.argv[1] in FREE:
        _words, groups, line = FREE[sys.argv[1]]
        brokers = ["world"] if "--broker" in " ".join(sys.argv) else []
        start(groups + brokers, [*line, *sys.argv[2:]])
    told = parser.parse_args()
    if told.command == "quiz" and bool(told.before) != bool(told.after):
        quiz.error("a comparison needs both tables: --before TABLE --after TABLE")
    if told.command in OWN:
        start(["class"], [f"scripts/{told.command}.py", *sys.argv[2:]])
    start(["class"], ["scripts/grade.py", *sys.argv[1:]])
