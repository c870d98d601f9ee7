"""The teacher's page of wrong answers says what the checks say."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_page_is_up_to_date() -> None:
    packages = os.pathsep.join((str(ROOT), str(ROOT / "exercises")))
    made = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "wrong_answers.py")],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={"PYTHONPATH": packages, "PYTHONIOENCODING": "utf-8"},
    ).stdout
    page = (ROOT / "docs" / "wrong-answers.md").read_text(encoding="utf-8")
    assert page == made, "python scripts/wrong_answers.py > docs/wrong-answers.md"
