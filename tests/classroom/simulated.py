"""A class that was never taught: plausible learners, from a seed, and players for them.

How to think about it: each learner has a pace and a skill. They go through the lessons, choose at
each prediction, talk, choose again, and try each exercise until it passes or they give up. A wrong
try has a mistake of the catalogue, and some mistakes are far more common than others, as in a real
class. ``simulate`` makes the journals; ``Players`` sends them over real sockets.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException
from wsedu_classroom.board.course import Course, installed

NAMES = (
    "ada alan anita barbara betty claude dennis donald edsger emmy frances fred grace guido hedy "
    "ivan jean joan karen katherine ken leslie linus margaret mary niklaus peter radia rosalind "
    "shafi sophie sue tim tony vint"
).split()
# Nicknames that are hard to show: long, right to left, combining, markup, quotes, signs.
HARD = (
    "W" * 30,
    "\u05e9\u05dc\u05d5\u05dd 123",
    "\u0645\u0631\u062d\u0628\u0627",
    "a" + "\u0301\u0323\u0308" * 9,
    "<b>bold</b>",
    '"&amp;" \'',
    "\u2718 3",
    "\u26a1\U0001f9d1\u200b"[:2],
    "\u3042\u304b\u308a",
)


@dataclass(frozen=True)
class Happening:
    """Something that a learner did: ``at`` seconds after the class began, and the event."""

    at: float
    learner: str
    event: dict[str, Any]


@dataclass(frozen=True)
class SimulatedClass:
    """Nicknames by the learners' ids, what happened in order, and the seconds that were played."""

    nicks: dict[str, str]
    happenings: Sequence[Happening]
    seconds: float
    leavers: frozenset[str] = frozenset()


def simulate(
    seed: int = 1,
    learners: int = 300,
    lessons: Sequence[str] = ("03", "04"),
    minutes: float = 50,
    hard: bool = True,
    course: Course | None = None,
) -> SimulatedClass:
    """The same class for the same seed.

    lessons: the numbers of those that the class goes through
    hard:    whether the first learners have nicknames that are hard to show
    """
    chance = random.Random(seed)
    plan = [one for one in (course or installed()).lessons if one["number"] in lessons]
    common = {
        exercise["name"]: chance.sample(
            sorted(exercise["mistakes"]), min(4, len(exercise["mistakes"]))
        )
        for lesson in plan
        for exercise in lesson["exercises"]
    }
    nicks: dict[str, str] = {}
    found: list[Happening] = []
    leavers = set()
    for number in range(learners):
        name = NAMES[number % len(NAMES)]
        nick = (
            HARD[number] if hard and number < len(HARD) else f"{name}{number // len(NAMES) or ''}"
        )
        learner = f"sim-{number:05}"
        nicks[learner] = nick
        end = 60 * minutes
        if chance.random() < 0.06:
            leavers.add(learner)
            end *= chance.random()
        story = _story(chance, plan, common)
        found += [Happening(at, learner, event) for at, event in story if at < end]
    found.sort(key=lambda happening: happening.at)
    return SimulatedClass(nicks, found, 60 * minutes, frozenset(leavers))


def _story(
    chance: random.Random, plan: Sequence[dict[str, Any]], common: dict[str, list[str]]
) -> Iterator[tuple[float, dict[str, Any]]]:
    pace, skill = chance.lognormvariate(0, 0.3), chance.betavariate(4, 2)
    now = chance.uniform(0, 90)
    for lesson in plan:
        for prediction in lesson["predictions"]:
            now += pace * chance.uniform(20, 60)
            yield from _chosen(chance, now, prediction, skill)
            now += pace * chance.uniform(60, 120)
            if chance.random() < 0.6:
                yield from _chosen(chance, now, prediction, (1 + 2 * skill) / 3)
                now += pace * 20
            yield now, {"what": "revisited", "name": prediction["name"]}
        for exercise in lesson["exercises"]:
            for wait, event in _tries(chance, exercise, common[exercise["name"]], skill):
                now += pace * wait
                yield now, event | {"name": exercise["name"]}


def _chosen(
    chance: random.Random, now: float, prediction: dict[str, Any], skill: float
) -> Iterator[tuple[float, dict[str, Any]]]:
    right, options = prediction["right"], range(len(prediction["options"]))
    wrong = [option for option in options if option != right]
    option = right if chance.random() < 0.8 * skill else chance.choice([*wrong, wrong[0], wrong[0]])
    yield now, {"what": "predicted", "name": prediction["name"], "option": option}


def _tries(
    chance: random.Random, exercise: dict[str, Any], common: list[str], skill: float
) -> Iterator[tuple[float, dict[str, Any]]]:
    """Waits in seconds, and events, until it passes or the learner gives up."""
    mistake = ""
    for tries in range(1, 10):
        wait = chance.uniform(40, 90) * exercise["stars"] if tries == 1 else chance.uniform(20, 150)
        if chance.random() < skill / (0.6 + 0.4 * exercise["stars"]):
            yield wait, {"what": "tried", "outcome": "passed", "mistake": ""}
            return
        if chance.random() < 0.15:
            yield wait, {"what": "tried", "outcome": "raised", "mistake": ""}
            continue
        if not mistake or chance.random() < 0.5:
            weights = [6, 3, 2, 1][: len(common)]
            known = common and chance.random() < 0.75
            mistake = chance.choices(common, weights)[0] if known else ""
        yield wait, {"what": "tried", "outcome": "not yet", "mistake": mistake}
        if tries > 1 and chance.random() < 0.3:
            yield 5, {"what": "hint"}


@dataclass
class _Player:
    """One learner: their journal, how much of it the board has, and the socket."""

    nick: str
    journal: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    have: int = 0
    leaves: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Players:
    """The learners of a class on real sockets, each with a connection that opens again by itself.

    url:   where learners connect, such as "ws://127.0.0.1:8000/TOKEN/learner"
    clock: seconds since 1970
    """

    def __init__(self, url: str, nicks: dict[str, str], clock: Callable[[], float]) -> None:
        self._url, self._clock = url, clock
        self._players = {learner: _Player(nick) for learner, nick in nicks.items()}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._changed = threading.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    def __enter__(self) -> Players:
        self._thread.start()
        self._do(self._begin())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _begin(self) -> None:
        for learner in self._players:
            self._tasks.append(asyncio.create_task(self._play(learner)))

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def write(self, happenings: Sequence[Happening], start: float) -> None:
        """Add to the journals what happened, and let the players send it.

        start: when the class began, by the clock
        """

        async def add() -> None:
            for happening in happenings:
                player = self._players[happening.learner]
                player.journal.append((start + happening.at, happening.event))
                player.news.set()

        self._do(add())

    def leave(self, learners: Sequence[str]) -> None:
        """These close their connections, when the board has their events, and stay away."""

        async def go() -> None:
            for learner in learners:
                self._players[learner].leaves = True
                self._players[learner].news.set()

        self._do(go())

    def wait_until_all_is_known(self, timeout: float = 60) -> None:
        """Return when the board has acknowledged everything; TimeoutError if it does not."""

        def known() -> bool:
            return all(one.have == len(one.journal) for one in self._players.values())

        with self._changed:
            if not self._changed.wait_for(known, timeout):
                raise TimeoutError("the board has not acknowledged all events")

    async def _play(self, learner: str) -> None:
        player, pause = self._players[learner], 0.05
        while not player.leaves:
            with suppress(OSError, InvalidHandshake, WebSocketException):
                async with connect(self._url, compression=None, proxy=None) as socket:
                    await socket.send(json.dumps({"hello": player.nick, "learner": learner}))
                    sent = await self._hear(player, socket)
                    pause = 0.05
                    await self._send_and_hear(player, socket, sent)
            if not player.leaves:  # a board that has begun anew has nothing yet
                player.have = -1
            await asyncio.sleep(pause * (0.5 + random.random()))
            pause = min(2 * pause, 2)

    async def _hear(self, player: _Player, socket: ClientConnection) -> int:
        have: int = json.loads(await socket.recv())["have"]
        with self._changed:
            player.have = have
            self._changed.notify_all()
        player.news.set()
        return have

    async def _send_and_hear(self, player: _Player, socket: ClientConnection, sent: int) -> None:
        async def hear() -> None:
            while True:
                await self._hear(player, socket)

        hearing = asyncio.create_task(hear())
        hearing.add_done_callback(lambda _: player.news.set())
        try:
            while not hearing.done():
                await player.news.wait()
                player.news.clear()
                for n, (at, event) in enumerate(player.journal[sent:], sent + 1):
                    ago = max(0.0, round(self._clock() - at, 3))
                    await socket.send(json.dumps({"n": n, **event, "ago": ago}))
                    sent = n
                if player.leaves and player.have == len(player.journal):
                    return
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
