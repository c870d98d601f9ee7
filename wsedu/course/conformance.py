"""The score of a server: how many cases of Autobahn's test suite it passes.

How to think about it: the library kosoku holds the cases and plays the client. A case passes if
what was exchanged and how it was closed are both right.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from IPython.display import display

from .._awaited import values_only
from ..live.tap import HOST
from ..recording import Recording
from ..views import Ladder
from ..words import _
from .packages import offered
from .running import Running, Serve, running

SECONDS = 40  # for all of them; a server that passes needs less than one

KOSOKU = """
import asyncio, json, os, sys
from kosoku import FailureError, run_fuzzingclient

async def main(address, cases, left_out):
    try:
        return await run_fuzzingclient(address, cases, left_out, concurrency=16)
    except FailureError as failure:
        return failure.results

found = asyncio.run(main(*json.loads(sys.argv[1])))
found = [[case.case_id, case.passed, case.description, case.expectation] for case in found]
print(json.dumps(found), flush=True)
os._exit(0)  # the library's own threads may abort an ordinary exit
"""


@dataclass(frozen=True)
class Score:
    """How a server did.

    passed, count: of the cases that were tried
    failed:        the names of those that did not pass
    story:         what the first of these does, and what it expects
    recording:     its connection
    """

    passed: int
    count: int
    failed: tuple[str, ...] = ()
    story: str = ""
    recording: Recording | None = None

    def __str__(self) -> str:
        said = _("{passed} of {count} cases pass.").format(passed=self.passed, count=self.count)
        if self.failed:
            said += " " + _("The first that does not is {case}: {story}").format(
                case=self.failed[0], story=self.story
            )
        return said

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        """The sentence, and the bytes of the first failing case beneath it."""
        if self.recording is not None:
            display(Ladder(self.recording))
        return {"text/plain": str(self)}


@values_only
def score(serve: Serve, cases: Sequence[str] | None = None) -> Score:
    """Let kosoku try a server: the cases within reach, or those that ``cases`` names.

    Within reach is what the lessons so far have explained; the package of exercises says it.

    Raises ModuleNotFoundError if kosoku is not installed, and TimeoutError after ``SECONDS``.
    """
    if not kosoku_is_here():
        raise ModuleNotFoundError(
            _("The score needs kosoku, which tries a server's cases. Get it: pip install kosoku")
        )
    left_out: Sequence[str] = ()
    if cases is None:
        cases, left_out = offered("reachable"), offered("later")
    with running(serve) as server:
        results = _try(server, cases, left_out)
        failed = [(case, story) for case, passed, story in results if not passed]
        # Each once more, alone: a busy machine may have spoilt it. The first that fails again is
        # the one to show, and its connection is the newest.
        while failed:
            server.errors.clear()
            ((case, passed, story),) = _try(server, [failed[0][0]], ())
            if not passed:
                break
            del failed[0]
        else:
            return Score(len(results), len(results))
        if server.errors:
            story = _("your server raised {error}").format(error=repr(server.errors[0])[:200])
        return Score(
            len(results) - len(failed),
            len(results),
            tuple(case for case, _story in failed),
            story,
            server.recording,
        )


def kosoku_is_here() -> bool:
    """Whether kosoku is installed."""
    return importlib.util.find_spec("kosoku") is not None


def _try(
    server: Running, cases: Sequence[str], left_out: Sequence[str]
) -> list[tuple[str, bool, str]]:
    """Each case, whether it passed, and its story."""
    told = json.dumps([f"ws://{HOST}:{server.port}/", list(cases), list(left_out)])
    try:
        run = subprocess.run(
            [sys.executable, "-c", KOSOKU, told],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(
            _("The cases were not through after {seconds} s.").format(seconds=SECONDS)
        ) from None
    return [
        (case, passed, " ".join(re.sub("<[^>]*>", " ", f"{description} {expectation}").split()))
        for case, passed, description, expectation in json.loads(run.stdout)
    ]
