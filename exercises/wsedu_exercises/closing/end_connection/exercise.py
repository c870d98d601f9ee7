"""Work out how a connection ends, and when."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
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
        # A timeout that is not 2 seconds: just before it, exactly then, and after it.
        ([(5.0, "send", 1000), (14.5, "receive", 3000)], 10.0),
        ([(5.0, "send", 1000), (15.0, "end", None)], 10.0),
        ([(5.0, "send", 1000), (15.5, "receive", None)], 10.0),
        ([(3.0, "send", 1001), (3.5, "receive", 1000)], 0.5),
        ([(3.0, "send", 1001), (4.0, "end", None)], 0.5),
        ([(100.0, "send", 1001)], 5.0),
        # More than one of a kind, and what comes after the end.
        ([(1.0, "send", 1001), (2.0, "send", 4000), (2.5, "receive", 1000)], 2.0),
        ([(1.0, "send", 1001), (2.0, "send", 4000), (2.5, "end", None)], 2.0),
        ([(1.0, "send", 1001), (3.5, "send", 1001)], 2.0),
        ([(1.0, "receive", 1000), (2.0, "receive", 4000)], 2.0),
        ([(1.0, "receive", None), (2.0, "end", None)], 2.0),
        ([(1.0, "end", None), (2.0, "receive", 1000)], 2.0),
        ([(1.0, "send", 1001), (1.5, "end", None), (2.0, "receive", 1000)], 2.0),
        ([(1.0, "send", 1001), (1.5, "receive", 4000), (1.75, "receive", 1000)], 2.0),
        ([(1.0, "send", 1001), (1.5, "receive", 4000), (1.75, "end", None)], 2.0),
        # A long silence before anything happens, and no time between two events.
        ([(100.0, "receive", 4999)], 2.0),
        ([(100.0, "end", None)], 2.0),
        ([(100.0, "send", 1000), (100.0, "receive", 1000)], 2.0),
        ([(0.0, "send", 1001), (0.5, "receive", 1000)], 1.0),
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


def fields(got: Any) -> dict[str, Any]:
    """Code and second; an open connection has none."""
    return {"code": got[0], "second": got[1]}


Holds = Callable[[list[Happened], float], bool]


def _by(name: str, holds: Callable[[Happened], bool] = lambda event: True) -> Holds:
    """Whether it is an event of this name that ends the connection."""

    def ends(events: list[Happened], timeout: float) -> bool:
        end = _end(events, timeout)
        return end is not None and end[1] == name and holds(end)

    return ends


def _end(events: list[Happened], timeout: float) -> Happened | None:
    """The event that ends the connection; ``"timeout"`` is one; None if it is still open."""
    limit = _limit(events, timeout)
    for event in events:
        if event[1] != "send" and event[0] <= limit:
            return event
    return None if limit == float("inf") else (limit, "timeout", None)


def _limit(events: list[Happened], timeout: float) -> float:
    """The second at which the timeout is over, whether something has ended TCP by then or not."""
    sent = [second for second, what, _code in events if what == "send"]
    return sent[0] + timeout if sent else float("inf")


def _sends(events: list[Happened]) -> int:
    return [what for _second, what, _code in events].count("send")


def _asks(events: list[Happened]) -> bool:
    """Whether the server is the first to send a Close."""
    return bool(events) and events[0][1] == "send"


def _comes(at: Callable[[float, float], bool]) -> Holds:
    """Whether a Close or the end of TCP comes at a second of this kind, seen from the timeout."""
    return lambda events, timeout: any(
        at(second, _limit(events, timeout)) for second, what, _code in events if what != "send"
    )


CONDITIONS: dict[str, Holds] = {
    "nothing": lambda events, timeout: not events,
    "unasked": lambda events, timeout: _by("receive")(events, timeout) and not _asks(events),
    "send": lambda events, timeout: _sends(events) > 0,
    "send-first": lambda events, timeout: _asks(events),
    "twice": lambda events, timeout: _sends(events) > 1,
    "at-0": lambda events, timeout: _asks(events) and events[0][0] == 0,
    "answered": lambda events, timeout: _by("receive")(events, timeout) and _asks(events),
    "last-moment": _comes(lambda second, limit: second == limit),
    "late": _comes(lambda second, limit: second > limit),
    "timeout": _by("timeout"),
    "end": _by("end"),
    "end-after-send": lambda events, timeout: _by("end")(events, timeout) and _asks(events),
    "close": _by("receive"),
    "no-code": _by("receive", lambda event: event[2] is None),
    "application": _by("receive", lambda event: event[2] is not None and event[2] >= 3000),
    "no-close": lambda events, timeout: (
        _by("end")(events, timeout) or _by("timeout")(events, timeout)
    ),
    "more": lambda events, timeout: _end(events, timeout) not in (None, *events[-1:]),
    "not-2": lambda events, timeout: timeout != 2,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What ends the connection in this case, if no mistake fits."""
    end, right = _end(*args), reference(*args)
    if end is None or right is None:
        return exercise.words.say("open")
    code, second = right
    if end[1] == "receive":
        return exercise.words.say("close", code=code, second=second)
    if end[1] == "end":
        return exercise.words.say("end", second=second)
    return exercise.words.say("timeout", second=second)


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, tuple[int, int | float] | None, section="5.5.1; 7.1.5").telling(
        fields=fields, conditions=CONDITIONS, explain=explain
    ),
    solution=ending,
)
