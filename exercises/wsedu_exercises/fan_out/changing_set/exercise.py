"""Broadcast over a set of clients that come and go while the server waits."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Did, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten

from ...played import is_generator, judged, outcome
from ..clients import NEVER, Client
from ..runs import compared, is_endless


async def broadcast(clients, message):
    """Walk over a copy of the set; a client that has left is no reason to stop."""
    import websockets

    count = 0
    for client in list(clients):
        try:
            await client.send(message)
            count += 1
        except websockets.ConnectionClosed:
            pass
    return count


@dataclass(frozen=True)
class Visitor:
    """A client, and when it comes and goes.

    joins, leaves: seconds; NEVER for one that stays
    noticed:       seconds until its handler takes it out of the set, after it has left
    """

    name: str
    reads: float = 1
    joins: float = 0
    leaves: float = NEVER
    clean: bool = True
    noticed: float = 0

    def __repr__(self) -> str:
        said = self.name
        if self.reads != 1:
            said += f" reads for {self.reads:g} s"
        if self.joins:
            said += f" joins at {self.joins:g} s"
        if self.leaves < NEVER:
            said += f" {'leaves' if self.clean else 'vanishes'} at {self.leaves:g} s"
        if self.noticed:
            said += f" and is in the set until {self.leaves + self.noticed:g} s"
        return said


class Scene(tuple):  # type: ignore[type-arg]
    """Visitors."""

    def __repr__(self) -> str:
        return f"<clients: {', '.join(map(repr, self)) or 'none'}>"

    def __deepcopy__(self, memo: object) -> Scene:
        return self


class Run(NamedTuple):
    """What each client received, and what else the answer did.

    begun:  whether it began to send
    inside: the clients in the set afterwards that are connected
    should: those that should be
    """

    had: dict[str, list[Any]]
    begun: bool
    inside: list[str]
    should: list[str]
    returned: Any


def played(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a set that changes by a script."""

    async def watched(scene: Scene, message: Any) -> Any:
        loop, clients = asyncio.get_running_loop(), set[Client]()
        visitors = [
            (one, Client(one.name, one.reads, one.leaves, one.clean), one.leaves + one.noticed)
            for one in scene
        ]
        for visitor, client, removed in visitors:
            if visitor.joins:
                loop.call_later(visitor.joins, clients.add, client)
            else:
                clients.add(client)
            loop.call_later(removed, clients.discard, client)
        returned = await outcome(lambda: function(clients, message), 100)
        if returned is ... or is_generator(returned):
            return returned
        return Run(
            {visitor.name: client.had for visitor, client, _removed in visitors},
            any(client.begun for _visitor, client, _removed in visitors),
            sorted(client.name for client in clients if client.is_open),
            sorted(
                visitor.name
                for visitor, client, _removed in visitors
                if visitor.joins <= client.now and client.is_open
            ),
            returned,
        )

    return watched


def _reached(scene: Scene) -> set[str]:
    """The clients that must have the message: they are there from the first to the last."""
    return {one.name for one in scene if not one.joins and one.leaves == NEVER}


def nearest(args: Args, got: Any) -> Run:
    """The right run that sends to the same clients that leave: whether it can is a race."""
    scene, message = args
    reached = _reached(scene)
    if not isinstance(got, Run):  # it raised an error
        got = Run({}, False, [], sorted(reached), None)
    had = {
        one.name: [message] * (one.name in reached or bool(not one.joins and got.had.get(one.name)))
        for one in scene
    }
    return Run(had, got.begun, got.should, got.should, sum(map(len, had.values())))


def reference(scene: Scene, message: Any) -> Run:
    """The right run, if no client that leaves receives the message."""
    return nearest((scene, message), None)


def _right(args: Args, got: Run) -> bool:
    return type(got.returned) is int and got == nearest(args, got)


def cases(chance: random.Random) -> list[Args]:
    """A set that stays as it is; then clients that leave, vanish and join, early and late."""
    ann, bob, cem, dee = (Visitor(name) for name in ("Ann", "Bob", "Cem", "Dee"))
    scenes = [
        (ann, bob),
        (ann,),
        (),
        (ann, bob, cem, dee),
        # One leaves while another one reads.
        (ann, bob, Visitor("Cem", leaves=0.5)),
        (ann, Visitor("Bob", leaves=0.5), cem),
        (ann, Visitor("Bob", leaves=0.5, clean=False), cem),
        (ann, bob, cem, Visitor("Dee", leaves=0.5, clean=False)),
        (ann, Visitor("Bob", leaves=0.5), Visitor("Cem", leaves=0.5, clean=False), dee),
        # One leaves while it reads itself.
        (Visitor("Ann", leaves=0.5), bob, cem),
        (Visitor("Ann", leaves=0.5, clean=False),),
        (Visitor("Ann", leaves=0.5), Visitor("Bob", leaves=0.5)),
        # It has the message, and then it leaves.
        (Visitor("Ann", leaves=1.5), bob, cem),
        # Its handler has not noticed yet.
        (Visitor("Ann", leaves=0, noticed=1.5), bob, cem),
        (ann, Visitor("Bob", leaves=0, clean=False, noticed=9), cem),
        # One joins; the set may be as large as before.
        (ann, bob, Visitor("Cem", joins=0.5)),
        (ann, Visitor("Cem", joins=0.5)),
        (Visitor("Bob"), Visitor("Ann", joins=0.5), Visitor("Cem", joins=0.5)),
        (ann, bob, Visitor("Cem", leaves=0.5), Visitor("Dee", joins=0.5)),
        (Visitor("Ann", leaves=0.5, clean=False), bob, Visitor("Dee", joins=0.5)),
        # One is slow, and much happens meanwhile.
        (Visitor("Ann", reads=8), bob, Visitor("Cem", leaves=2), Visitor("Dee", joins=3)),
        (ann, Visitor("Bob", reads=30), cem, Visitor("Dee", leaves=20), Visitor("Eve", joins=5)),
    ]
    found: list[Args] = [(Scene(scene), "Hello") for scene in scenes]
    found += [
        (Scene((ann, bob)), ""),
        (Scene((ann, bob)), b"\x00\xff"),
        (Scene((ann, bob)), " Grüße\n"),
    ]
    for _case in range(how_many(6)):
        visitors = []
        for name in ("Ann", "Bob", "Cem", "Dee", "Eve")[: chance.randrange(2, 6)]:
            reads = chance.choice([1, 1, 2, 4])
            moment = chance.randrange(4) + 0.5
            kinds = [
                Visitor(name, reads),
                Visitor(name, reads),
                Visitor(name, reads, leaves=moment, clean=chance.choice([True, False])),
                Visitor(name, reads, joins=moment),
            ]
            visitors.append(chance.choice(kinds))
        found.append((Scene(visitors), chance.choice(["news", "more", ""])))
    return found


def fields(got: Run) -> dict[str, Any]:
    """The parts of a run."""
    return {"had": got.had, "inside": got.inside, "returned": shorten(got.returned)}


def show(args: Args, got: Run) -> dict[str, Any]:
    """The clients, what the answer did, and what it should have done: a line each."""
    scene, message = args
    call = f"broadcast(clients, {shorten(message)}), {repr(scene)[1:-1]}"
    right = nearest(args, got)
    return compared(call, _did(got), _did(right))


def _did(run: Run) -> str:
    """A run in words."""
    had = [f"{name} receives {shorten(had)}" for name, had in run.had.items() if had]
    inside = ", ".join(run.inside) or "no client"
    returned = run.returned if isinstance(run.returned, Did) else f"returns {shorten(run.returned)}"
    return f"{', '.join(had) or 'no client receives a message'}; {returned}; in the set: {inside}"


Holds = Callable[[Scene, Any], bool]

CONDITIONS: dict[str, Holds] = {
    "none": lambda scene, message: not scene,
    "quiet": lambda scene, message: len(_reached(scene)) == len(scene),
    "leaves": lambda scene, message: any(one.leaves < NEVER for one in scene),
    "closes": lambda scene, message: any(one.leaves < NEVER and one.clean for one in scene),
    "vanishes": lambda scene, message: any(not one.clean for one in scene),
    "joins": lambda scene, message: any(one.joins for one in scene),
    "changes": lambda scene, message: len(_reached(scene)) < len(scene),
    "unnoticed": lambda scene, message: any(one.noticed for one in scene),
    "slow": lambda scene, message: any(one.reads > 1 for one in scene),
    "several": lambda scene, message: len(_reached(scene)) > 1,
    "first": lambda scene, message: bool(scene) and scene[0].leaves < NEVER,
    "empty": lambda scene, message: not message,
    "bytes": lambda scene, message: isinstance(message, bytes),
}


def explain(exercise: Exercise, args: Args, got: Run, results: Results) -> str | None:
    """What to say if no mistake fits."""
    right = nearest(args, got)
    if is_endless(got.returned):
        return exercise.words.say("forever")
    if any(len(had) > 1 for had in got.had.values()):
        return exercise.words.say("twice")
    if got.had != right.had:
        return exercise.words.say("had")
    return exercise.words.say("inside" if got.inside != right.inside else "returned")


EXERCISE = Exercise(
    stars=2,
    judge=judged(cases, reference, played, Run, _right, section="6.1", nearest=nearest).telling(
        fields=fields, conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=broadcast,
)
