"""The score of a server: how many cases of Autobahn's test suite it passes.

How to think about it: the library kosoku holds the cases and plays the client, in a process of its
own that says how each case ended. A case passes if what was exchanged and how it was closed are
both right. Where there is no kosoku, as in a browser, the course's own client plays the same list.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from IPython import get_ipython
from IPython.display import display

from .._awaited import values_only
from .._told import Told
from ..live.tap import HOST
from ..recording import Recording
from ..views import Ladder, Square, Squares
from ..words import _
from .cases import core, groups, title
from .playing import Played
from .runner import shorten
from .running import Running, Serve, running
from .stage import played

SECONDS = 60  # for all of them; a server that passes needs less than two
OFTEN = 0.1  # seconds from one picture to the next

KOSOKU = """
import asyncio, json, os, sys
from kosoku import FailureError, run_fuzzingclient

async def one(address, name, turn):
    async with turn:
        try:
            results = await run_fuzzingclient(address, [name])
        except FailureError as failure:
            results = failure.results
    for case in results:
        told = [case.case_id, case.passed, case.description, case.expectation]
        print(json.dumps(told), flush=True)

async def main(address, names):
    turn = asyncio.Semaphore(16)
    await asyncio.gather(*(one(address, name, turn) for name in names))

asyncio.run(main(*json.loads(sys.argv[1])))
os._exit(0)  # the library's own threads may abort an ordinary exit
"""


class NotRun(Told, RuntimeError):
    """kosoku has no result for a case."""


@dataclass(frozen=True)
class Score:
    """How a server did.

    passed, count: of the cases that were tried
    failed:        the names of those that did not pass
    story:         what the first of these does, and what it expects
    recording:     its connection
    note:          who has played the cases, if that was not kosoku
    """

    passed: int
    count: int
    failed: tuple[str, ...] = ()
    story: str = ""
    recording: Recording | None = None
    note: str = ""

    def __str__(self) -> str:
        said = _("{passed} of {count} cases pass.").format(passed=self.passed, count=self.count)
        if self.note:
            said += f" {self.note}"
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


Result = tuple[str, bool, str]  # the name of a case, whether it passed, and its story


@values_only
def score(serve: Serve, cases: Sequence[str] | None = None) -> Score:
    """Let kosoku try a server: the 247 cases of the suite's core, or those that ``cases`` names.

    In a notebook, a picture shows how far it is. Without kosoku, the course's own client plays the
    cases, and the score says so.

    Raises TimeoutError after ``SECONDS``, NotRun for a case that was not run, and TypeError for a
    wrong argument.
    """
    if not callable(serve):
        raise TypeError(
            _("The score is that of a server, a function, not of {value}.").format(
                value=shorten(serve)
            )
        )
    if isinstance(cases, str):
        raise TypeError(_("cases is a list of names: write [{name}].").format(name=shorten(cases)))
    cases = core() if cases is None else cases
    return (_score if kosoku_is_here() else _score_without_sockets)(serve, cases)


def _score(serve: Serve, cases: Sequence[str]) -> Score:
    with running(serve) as server, _picture(cases) as tell:
        results = _try(server, cases, tell)
        failed = [(case, story) for case, passed, story in results if not passed]
        # Each once more, alone: a busy machine may have spoilt it. The first that fails again is
        # the one to show, and its connection is the newest.
        while failed:
            server.errors.clear()
            ((case, passed, story),) = _try(server, [failed[0][0]], tell)
            if not passed:
                break
            del failed[0]
        else:
            return Score(len(results), len(results))
        if server.errors:
            story = _("your server raised {error}").format(error=shorten(server.errors[0], 200))
        # Without a handshake, kosoku has not begun with the case.
        story = story or _("the client could not open a WebSocket")
        return Score(
            len(results) - len(failed),
            len(results),
            tuple(case for case, _story in failed),
            story,
            server.recording,
        )


def _score_without_sockets(serve: Serve, cases: Sequence[str]) -> Score:
    note = _("The course's own client played Autobahn's list, without sockets.")
    for name in cases:
        if name not in core():
            raise NotRun(
                _("The course's own client does not know the case {case}.").format(case=name)
            )
    failed: list[Played] = []
    end = time.monotonic() + SECONDS
    with _picture(cases) as tell:
        for case in played(serve, cases):
            tell((case.name, not case.story, case.story))
            failed += [case] * bool(case.story)
            if time.monotonic() > end:
                raise _too_late()
    names = tuple(case.name for case in failed)
    passed = len(cases) - len(failed)
    if not failed:
        return Score(passed, len(cases), note=note)
    return Score(passed, len(cases), names, failed[0].story, failed[0].recording, note)


def kosoku_is_here() -> bool:
    """Whether kosoku is installed."""
    return importlib.util.find_spec("kosoku") is not None


@contextmanager
def _picture(cases: Sequence[str]) -> Iterator[Callable[[Result], None]]:
    """In a notebook, a square for each case; gives the function that tells how one has ended."""
    squares = {name: Square(name, "open") for name in cases}
    parts = [
        (title(group), [name for name in names if name in squares])
        for group, names in groups().items()
    ]

    def drawn() -> list[tuple[str, tuple[Square, ...]]]:
        return [(said, tuple(squares[name] for name in names)) for said, names in parts if names]

    if not hasattr(get_ipython(), "kernel"):
        yield lambda result: None
        return
    picture, last = Squares(drawn()), time.monotonic()
    handle = display(picture, display_id=True)

    def tell(result: Result) -> None:
        nonlocal last
        name, passed, story = result
        squares[name] = Square(name, "passed", "") if passed else Square(name, "failed", story)
        if time.monotonic() - last > OFTEN:
            picture.show(drawn())
            last = time.monotonic()

    try:
        yield tell
    finally:
        picture.show(drawn())
        handle.update(picture)  # what a notebook stores


def _try(server: Running, cases: Sequence[str], tell: Callable[[Result], None]) -> list[Result]:
    """How each case ended, in the order of ``cases``."""
    told = json.dumps([f"ws://{HOST}:{server.port}/", list(cases)])
    results: dict[str, Result] = {}
    late = threading.Event()
    with subprocess.Popen(
        [sys.executable, "-c", KOSOKU, told],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as kosoku:

        def stop() -> None:
            late.set()
            kosoku.kill()

        timer = threading.Timer(SECONDS, stop)
        timer.start()
        try:
            for line in kosoku.stdout or ():
                case, passed, description, expectation = json.loads(line)
                story = " ".join(re.sub("<[^>]*>", " ", f"{description} {expectation}").split())
                results[case] = (case, passed, story)
                tell(results[case])
        finally:
            timer.cancel()
            kosoku.kill()
    if late.is_set():
        raise _too_late()
    if missing := [case for case in cases if case not in results]:
        raise NotRun(_("kosoku did not run the case {case}.").format(case=missing[0]))
    return [results[case] for case in cases]


def _too_late() -> TimeoutError:
    return TimeoutError(_("The cases were not through after {seconds} s.").format(seconds=SECONDS))
