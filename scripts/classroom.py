"""What a teacher does with the exercises: ``python3 scripts/classroom.py release 04_frame_layout``.

``release`` makes what learners get, ``grade`` grades what they have handed in, and ``editions``
makes the lessons for live coding and the slides. ``board`` shows a class's progress while it
lasts. TEACHING.md says more. Everything runs in the
course's own environment, with nbgrader in it.
"""

import argparse
import os
import subprocess
import sys

from environment import ROOT, prepare

ASSIGNMENTS = sorted(path.parent.name for path in (ROOT / "exercises" / "en").glob("*/*.ipynb"))

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="classroom.py", description=__doc__.partition(":")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words in (
        ("release", "make what learners get, in the folder release"),
        ("grade", "grade what is in the folder submitted"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("assignment", nargs="+", choices=ASSIGNMENTS, metavar="ASSIGNMENT")
    commands.add_parser("export", help="write grades.csv anew")
    commands.add_parser("editions", help="make the lessons for live coding, and the slides")
    commands.add_parser("board", help="show who is stuck on what, while the class lasts")
    if sys.argv[1:2] == ["board"]:  # it reads its options itself
        groups = ["world"] if "--broker" in " ".join(sys.argv) else []
        line = [str(prepare(*groups)), "-m", "wsedu_classroom.board", *sys.argv[2:]]
        if os.name != "nt":
            os.execv(line[0], line)  # so that Ctrl-C ends the board itself
        sys.exit(subprocess.run(line).returncode)
    told = parser.parse_args()
    script = ["editions.py"] if told.command == "editions" else ["grade.py", *sys.argv[1:]]
    line = [str(prepare("class")), str(ROOT / "scripts" / script[0]), *script[1:]]
    try:
        sys.exit(subprocess.run(line, cwd=ROOT).returncode)
    except KeyboardInterrupt:
        sys.exit(1)
