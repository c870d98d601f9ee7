"""What a teacher does with the exercises: ``python3 scripts/classroom.py release 04_frame_layout``.

``release`` makes what learners get, ``grade`` grades what they have handed in, and the other
commands make what a teacher shows, prints or exports. TEACHING.md says more. Everything runs in the
course's own environment, with nbgrader in it.
"""

import argparse
import subprocess
import sys

from environment import ROOT, prepare

ASSIGNMENTS = sorted(path.parent.name for path in (ROOT / "exercises" / "en").glob("*/*.ipynb"))
# Commands that are scripts of their own; the others are steps of grading.
OWN = ("editions", "exam", "handouts", "keys", "quiz")

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
    keys = commands.add_parser("keys", help="make answer keys for printing, in build/keys")
    keys.add_argument("lesson", nargs="+", choices=[*ASSIGNMENTS, "all"], metavar="LESSON")
    quiz = commands.add_parser("quiz", help="make the quiz in build/quiz, or compare two tables")
    quiz.add_argument("--before", metavar="TABLE", help="the letters of the class before")
    quiz.add_argument("--after", metavar="TABLE", help="the letters of the class after")
    commands.add_parser("handouts", help="make handouts for printing, in build/handouts")
    commands.add_parser("editions", help="make the lessons for live coding, and the slides")
    exam = commands.add_parser("exam", help="draw, freeze and grade an examination", add_help=False)
    exam.add_argument("words", nargs=argparse.REMAINDER)
    told = parser.parse_args()
    if told.command == "quiz" and bool(told.before) != bool(told.after):
        quiz.error("a comparison needs both tables: --before TABLE --after TABLE")
    if told.command in OWN:
        script = [f"{told.command}.py", *sys.argv[2:]]
    else:
        script = ["grade.py", *sys.argv[1:]]
    line = [str(prepare("class")), str(ROOT / "scripts" / script[0]), *script[1:]]
    try:
        sys.exit(subprocess.run(line, cwd=ROOT).returncode)
    except KeyboardInterrupt:
        sys.exit(1)
