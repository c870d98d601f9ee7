"""Work out how a connection ends, and when."""

from __future__ import annotations

import random
from typing import Any

from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

Happened = tuple[float, str, int | None]


def ending(events: list[tuple[float, str, int | None]], timeout: float) -> tuple[int, float] | None:
    """The code to record, and the second at which TCP ends; None if it is still open."""
    sent = None
    for second, what, code in events:
        if sent is not None and second > sent + timeout:
            break
        if what == "receive":
            return (1005 if code is None else code), second
        if what == "end":
            return 1006, second
        if sent is None:
            sent = second
    return None if sent is None else (1006, sent + timeout)


def reference(events: list[Happened], timeout: float) -> tuple[int, float] | None:
    """What the library's server records, if TCP ends for it at the timeout."""
    server = ServerProtocol()
    server.state = OPEN
    server.parser = server.parse()
    next(server.parser)  # now it expects frames, as after a handshake
    limit: float | None = None
    for second, what, code in [*events, (float("inf"), "", None)]:
        if limit is not None and second > limit:
            server.receive_eof()
            return int(server.close_code or 0), limit
        if what == "send" and limit is None:
            server.send_close(code)
            limit = second + timeout
        elif what == "receive":
            body = b"" if code is None else Close(code, "").serialize()
            server.receive_data(Frame(Opcode.CLOSE, body).serialize(mask=True))
        elif what == "end":
            server.receive_eof()
        if what in ("receive", "end") and b"" in server.data_to_send():  # it ends TCP
            if what == "receive":
                server.receive_eof()
            return int(server.close_code or 0), second
    return None


def cases(chance: random.Random) -> list[Args]:
    """Each ending once, events just before and after the timeout, then random events."""
    found: list[tuple[list[Happened], float]] = [
        ([(1.0, "receive", 1000)], 2.0),
        ([(1.0, "receive", None)], 2.0),
        ([(1.0, "end", None)], 2.0),
        ([], 2.0),
        ([(1.0, "send", 1001)], 2.0),
        ([(1.0, "send", 1001), (1.5, "receive", 1000)], 2.0),
        ([(1.0, "send", 1001), (1.5, "receive", None)], 2.0),
        ([(1.0, "send", 1001), (1.5, "end", None)], 2.0),
        ([(1.0, "send", 1001), (3.0, "receive", 1001)], 2.0),
        ([(1.0, "send", 1001), (3.5, "receive", 1001)], 2.0),
        ([(1.0, "send", 1001), (3.5, "end", None)], 2.0),
        ([(0.0, "send", 1001), (1.5, "send", 1001)], 1.0),
        ([(0.5, "receive", 4000), (1.0, "send", 4000), (2.0, "end", None)], 2.0),
        ([(1.0, "send", 1001), (1.5, "send", 1001), (3.5, "receive", 1001)], 2.0),
    ]
    for _case in range(how_many(20)):
        second = 0.0
        events: list[Happened] = []
        for _event in range(chance.randrange(1, 5)):
            second += chance.choice([0.5, 1.0, 1.5])
            what = chance.choice(["send", "send", "receive", "end"])
            code = chance.choice([1000, 1001, 4000])
            if what == "receive" and chance.random() < 0.3 or what == "end":
                events.append((second, what, None))
            else:
                events.append((second, what, code))
        found.append((events, chance.choice([0.5, 1.0, 2.0])))
    return found


def _fits(got: Any) -> bool:
    if got is None:
        return True
    return isinstance(got, tuple) and [type(part) for part in got] in ([int, float], [int, int])


def _waits_for_its_own_send(events: list[Happened], timeout: float) -> tuple[int, float] | None:
    sent = came = None
    for second, what, code in events:
        if sent is not None and second > sent + timeout:
            break
        if what == "end":
            return came or 1006, second
        if what == "receive":
            came = 1005 if code is None else code
        elif sent is None:
            sent = second
        if came is not None and sent is not None:
            return came, second
    return None if sent is None else (1006, sent + timeout)


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, _fits, section="5.5.1; 7.1.5"),
    solution=ending,
    wrong={
        "always-open": lambda events, timeout: None,
        "waits-for-send": _waits_for_its_own_send,
    },
)
