"""Where the course's own client meets a server without sockets, case by case.

How to think about it: each case has an event loop, a clock and a network of its own, all of them in
memory. Nothing waits in real time: where all wait, the clock jumps. So what a server does in one
case, however wrong, ends with that case.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import replace
from functools import partial

from .._stopping import EXITS, Stopped, end_tasks, raise_in, watching
from ..live.background import TICK
from ..live.guest import IN_BROWSER, GuestLoop, aside, stop_long_turn
from ..live.memory import HOST, Network
from ..recording import Recording
from ..words import _
from .playing import Played, play
from .runner import OFTEN, shorten
from .running import Looped, Serve, looped, serve_one
from .script import Script
from .virtual_time import VirtualTimeLoop

LONGEST = 2  # seconds for which a server may compute in one case, unless it has looped before
SHORTEST = 0.25  # seconds that it has even then
STOPS = 10  # how often a server that does not let go is stopped, before its thread is left alone
LOOPS = 40  # cases in which a server is stopped, before the others are given up


def played(serve: Serve, cases: Sequence[str]) -> Iterator[Played]:
    """Play these cases, one after another; raises KeyError for one that is not on the list."""
    loops = 0
    for case in map(Script, cases):
        if loops == LOOPS:
            said = _("not played, because your server looped without an await in {count} cases")
            yield Played(case.name, said.format(count=loops), Recording())
            continue
        errors: list[BaseException] = []
        seconds = max(SHORTEST, LONGEST / (loops + 1))
        result = (_here if IN_BROWSER else _in_thread)(serve, case, errors, seconds)
        loops += any(isinstance(error, Looped) for error in errors)
        if result.story and errors:
            said = _("your server raised {error}").format(error=shorten(errors[0], 200))
            result = replace(result, story=said)
        yield result


def _in_thread(serve: Serve, case: Script, errors: list[BaseException], seconds: float) -> Played:
    """Play a case in a thread, which is stopped if the server computes for too long."""
    outcome: Future[Played] = Future()

    def work() -> None:
        try:
            outcome.set_result(_play(serve, case, errors, seconds))
        except BaseException as error:
            outcome.set_exception(error)

    thread = threading.Thread(target=work, name="wsedu case", daemon=True)
    thread.start()
    looks = 0
    while not wait([outcome], TICK).done:
        looks += 1
        if (late := looks - seconds / TICK) > 0:
            raise_in(thread, Stopped)
        if late > STOPS:
            errors.append(Looped(_("it does not let itself be stopped")))
            return Played(case.name, str(errors[-1]), Recording())
    return outcome.result()


def _here(serve: Serve, case: Script, errors: list[BaseException], seconds: float) -> Played:
    """The same where there are no threads: Python itself watches how long a turn takes."""
    looks = itertools.cycle(range(OFTEN))

    def look(_code: object) -> None:
        if not next(looks):
            stop_long_turn()

    with aside(), watching(look):
        return _play(serve, case, errors, seconds)


def _play(serve: Serve, case: Script, errors: list[BaseException], seconds: float) -> Played:
    loop = VirtualTimeLoop()
    Network().install(loop)
    loop.set_exception_handler(lambda *_: None)
    if isinstance(loop, GuestLoop):
        loop.longest = seconds
    result = Played(case.name, _("it did not end"), Recording())
    try:
        result = loop.run_until_complete(_meet(serve, case, errors))
    except Stopped:
        errors.append(looped())
    except EXITS as error:
        errors.append(error)
    for tidy_up in (partial(end_tasks, loop), loop.close):
        with suppress(Stopped):
            tidy_up()
    return result


async def _meet(serve: Serve, case: Script, errors: list[BaseException]) -> Played:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_one(serve, reader, writer, errors)

    server = await asyncio.start_server(connected, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    return await play(case, *await asyncio.open_connection(HOST, port))
