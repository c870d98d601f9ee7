"""The right answers to predict-seconds, from the keepalive that the lesson builds."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from wsedu.course.catalogue import exercises
from wsedu_exercises.ping_pong_and_timeouts.clock import Connection, Script
from wsedu_exercises.ping_pong_and_timeouts.keepalive.exercise import keepalive as solution

AT_ONCE = ((0.0, None),)
ALWAYS = 3  # Pings that are answered, and stand for "always"

USUAL = exercises()["predict-seconds"].words["task"]


def peers(task: str) -> dict[str, tuple[float, float, Script]]:
    """For each letter of the task: interval, timeout, and what comes after each Ping."""
    scripts: dict[str, Script] = {
        "A": (),
        "B": (),
        "C": (AT_ONCE,) * ALWAYS,
        "D": (((0.0, b"wrong"),),),
        "E": (((_delay(task, "each Ping"), None),),),
        "F": (AT_ONCE, AT_ONCE),
        "G": (((_delay(task, "one Ping"), None),),),
    }
    rows = re.findall(r"\| ([A-G]) \| ([\d.]+) \| ([\d.]+) \|", task)
    return {row[0]: (float(row[1]), float(row[2]), scripts[row[0]]) for row in rows}


def _delay(task: str, of: str) -> float:
    (late,) = re.findall(rf"answers {of} ([\d.]+) s late", task)
    return float(late)


def second(interval: float, timeout: float, script: Script) -> float | None:
    """When the keepalive of 08.3 gives up; None if the peer outlives the script."""
    connection = Connection(script)
    keepalive: Any = solution
    asyncio.run(keepalive(connection, interval, timeout))
    if len(connection.sent) > ALWAYS:
        return None
    return round(connection.now(), 3)


def right(task: str = USUAL) -> dict[str, object]:
    """Letter -> answer."""
    return {letter: second(*peer) for letter, peer in peers(task).items()}
