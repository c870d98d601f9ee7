"""docs/paths.md says what paths with real programs do to the bytes today."""

import sys
from pathlib import Path

import pytest

from . import paths

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whose a port is"),
]

COMMAND = "PYTHONPATH=$PWD:$PWD/exercises:$PWD/classroom .venv/bin/python -m tests.classroom.paths"


async def test_the_page_of_paths_says_what_is_measured(tmp_path: Path) -> None:
    assert COMMAND in (paths.__doc__ or "")
    with paths.all_ways(tmp_path) as ways:
        measured = await paths.page(ways)
    written = paths.PAGE.read_text(encoding="utf-8")
    assert written == measured, f"make it anew: {COMMAND}"
