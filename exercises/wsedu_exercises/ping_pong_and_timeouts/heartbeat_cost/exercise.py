"""Compute what a heartbeat costs."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from websockets.frames import Frame, Opcode

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
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
        (1, 2, 0, 40),
        (7, 7, 1, 40),  # these do not give a whole number
        (7, 9, 1, 52),
        (3, 0.25, 125, 0),
        (100, 20, 124, 60),
        (999, 55, 33, 72),
        (50, 1.5, 10, 60),
        (10_000, 60, 2, 40),
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
    return math.isclose(got, reference(*args), rel_tol=1e-6, abs_tol=0.006)  # two decimals will do


CONDITIONS: dict[str, Callable[..., bool]] = {
    "clients": lambda clients, interval, payload, packet: clients > 1,
    "interval": lambda clients, interval, payload, packet: interval != 1,
    "short": lambda clients, interval, payload, packet: interval < 1,
    "long": lambda clients, interval, payload, packet: interval > 1,
    "payload": lambda clients, interval, payload, packet: payload > 0,
    "no-payload": lambda clients, interval, payload, packet: payload == 0,
    "125": lambda clients, interval, payload, packet: payload == 125,
    "packet": lambda clients, interval, payload, packet: packet > 0,
    "broken": lambda *args: reference(*args) % 1 != 0,
}


def search(exercise: Exercise, results: Results) -> str | None:
    """What is counted wrongly, if all numbers are ``clients`` rounds every ``interval`` seconds."""
    found = {args: got for args, got in results if type(got) in (int, float) and abs(got) < 1e12}
    try:
        headers = found[1, 1, 0, 0]
        payloads = (found[1, 1, 4, 0] - headers) / 4
        packets = (found[1, 1, 4, 40] - found[1, 1, 4, 0]) / 40
    except KeyError:
        return None
    for (clients, interval, payload, packet), got in found.items():
        sent = headers + payloads * payload + packets * packet
        if not math.isclose(got, clients * sent / interval, rel_tol=1e-6):
            return None
    counted = all(number in range(50) for number in (headers, payloads, packets))
    if len(found) < len(results) or not counted:
        return None
    say = exercise.words.say
    if headers != 8:
        return say("headers", got=f"{headers:g}")
    if payloads != 2:
        return say("payloads", got=f"{payloads:g}")
    return say("packets", got=f"{packets:g}") if packets != 2 else None


def what(got: Any) -> Any:
    """The number, as exact as two ways to compute it agree."""
    return float(f"{got:.9g}") if type(got) in (int, float) and abs(got) < 1e300 else got


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
        cases, reference, int | float, section="5.5.2; 5.5.3", right=_right, facts=facts
    ).telling(
        what=what,
        conditions=CONDITIONS,
        search=search,
        explain=lambda exercise, args, got, results: exercise.words.say("wrong"),
        show=show,
    ),
    solution=heartbeat,
)
