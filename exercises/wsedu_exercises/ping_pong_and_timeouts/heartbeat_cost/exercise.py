"""Compute what a heartbeat costs."""

from __future__ import annotations

import math
import random
from typing import Any

from websockets.frames import Frame, Opcode

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args
from wsedu.course.runner import shorten


def heartbeat(clients: int, interval: float, payload: int, packet: int) -> float:
    """A Ping to the client and a masked Pong back, each in a packet of its own."""
    ping = 2 + payload
    pong = 2 + 4 + payload
    return clients * (packet + ping + packet + pong) / interval


def reference(clients: int, interval: float, payload: int, packet: int) -> float:
    """The same with frames that the library writes."""
    data = bytes(payload)
    ping = Frame(Opcode.PING, data).serialize(mask=False)
    pong = Frame(Opcode.PONG, data).serialize(mask=True)
    return clients * (len(ping) + len(pong) + 2 * packet) / interval


def cases(chance: random.Random) -> list[tuple[int, float, int, int]]:
    """One client first, then many, then random numbers."""
    found: list[tuple[int, float, int, int]] = [
        (1, 1, 0, 0),
        (1, 1, 4, 0),
        (1, 1, 4, 40),
        (1, 30, 4, 40),
        (10_000, 30, 4, 40),
        (10_000, 0.5, 125, 60),
    ]
    for _case in range(how_many(20)):
        found.append(
            (
                chance.randint(1, 10**6),
                chance.choice([0.5, 2, 20, 55]),
                chance.randint(0, 125),
                chance.choice([40, 52, 60, 72]),
            )
        )
    return found


def _right(args: tuple[Any, ...], got: Any) -> bool:
    if not 0 <= got < 1e12:  # a huge int fits in no float
        return False
    return math.isclose(got, reference(*args), rel_tol=1e-6)


def facts() -> dict[str, Any]:
    """What 10,000 idle clients cost, and how much of that is TCP and IP."""
    cost = reference(10_000, 30, 4, 40)
    return {"cost": round(cost), "share": round(100 * 10_000 * 80 / 30 / cost)}


def show(args: Args, got: Any) -> dict[str, Any]:
    """The case, with the names of its arguments."""
    clients, interval, payload, packet = args
    called = f"clients={clients}, interval={interval}, payload={payload}, packet={packet}"
    right = round(reference(*args), 3)
    return {"section": "5.2", "case": f"{called}: got {shorten(got)}, expected {right}"}


EXERCISE = Exercise(
    stars=4,
    judge=Cases(
        cases,
        reference,
        lambda got: type(got) in (int, float),
        section="5.5.2; 5.5.3",
        right=_right,
        what=lambda rate: round(rate, 6),
        explain=lambda exercise, args, got, results: exercise.words.say("wrong"),
        show=show,
        facts=facts,
    ),
    solution=heartbeat,
)
