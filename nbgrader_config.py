"""How nbgrader runs with this course; ``TEACHING.md`` says what to do with it."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "websocket-byte-by-byte"
# What a learner opens is what nbgrader takes as its source.
c.CourseDirectory.source_directory = "exercises/en"
# "Serve for ever" in a cell takes that cell's points, not the whole submission.
c.Execute.raise_on_iopub_timeout = False
c.Execute.timeout = 60
# A check cell that was deleted comes back.
c.OverwriteCells.add_missing_cells = True
