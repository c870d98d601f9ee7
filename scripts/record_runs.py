"""Record what the lessons do with real programs: ``.venv/bin/python scripts/record_runs.py``.

A lesson whose component is missing shows these runs (``wsedu/live/kept_runs.py``). All of them are
made anew: every component has to be here.
"""

import os
import sys

import execute
from stale import ROOT

from wsedu.live.kept_runs import RECORD, RUNS
from wsedu.live.programs import COMPONENTS, find

if __name__ == "__main__":
    if missing := [name for name in COMPONENTS if find(name) is None]:
        sys.exit(f"missing here: {', '.join(missing)}")
    for path in RUNS.glob("*.json"):
        path.unlink()
    os.environ[RECORD] = "1"
    for path in sorted((ROOT / "notebooks" / "en").glob("*.ipynb")):
        if "@needs(" in path.read_text(encoding="utf-8"):
            execute.execute(path)
