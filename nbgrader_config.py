"""How nbgrader runs with this course; ``TEACHING.md`` says what to do with it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "scripts"))

import grader  # noqa: E402

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "websocket-byte-by-byte"
# What a learner opens is what nbgrader takes as its source.
c.CourseDirectory.source_directory = "exercises/en"
# One cell costs at most the points of its own exercise, whatever it does.
c.Autograde.autograde_preprocessors = grader.STEPS
c.Execute.raise_on_iopub_timeout = False
c.Execute.timeout = 20
c.Execute.extra_arguments = ["--log-level=ERROR"]
# A check cell that was deleted comes back.
c.OverwriteCells.add_missing_cells = True
