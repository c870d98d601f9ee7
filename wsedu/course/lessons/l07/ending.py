"""07.4: how a connection ends, and when."""

from __future__ import annotations

import random
from typing import Any

from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict

Happened = tuple[float, str, int | None]


def solution(
    events: list[tuple[float, str, int | None]], timeout: float
) -> tuple[int, float] | None:
    """The code that is recorded, and the second at which TCP ends."""
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


def witness(events: list[Happened], timeout: float) -> tuple[int, float] | None:
    """What the library's server does, if somebody ends TCP for it when the time is up."""
    server = ServerProtocol()
    server.state = OPEN
    server.parser = server.parse()
    next(server.parser)  # it waits for frames now, as after a handshake
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


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each ending once, the limit from both sides, then random ones, against the library."""
    cases: list[tuple[list[Happened], float]] = [
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
        cases.append((events, chance.choice([0.5, 1.0, 2.0])))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="ending",
        fits=_fits,
        like=_("(code, second), two numbers in this order, or None"),
        passed=_("You end every connection as the library does, and you wait for none forever."),
        section="5.5.1; 7.1.5",
    )


def _fits(got: Any) -> bool:
    if got is None:
        return True
    return isinstance(got, tuple) and [type(part) for part in got] in ([int, float], [int, int])


def _waits_for_its_own(events: list[Happened], timeout: float) -> tuple[int, float] | None:
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


SLIPS = (
    Slip(
        "always open",
        lambda events, timeout: None,
        _("You return None, as if the connection were still open. Here it has ended."),
    ),
    Slip(
        "the code that was sent",
        edited(
            solution,
            ("    sent = None\n", "    sent = own = None\n"),
            (
                "return (1005 if code is None else code), second",
                "return own or code or 1005, second",
            ),
            ("            sent = second\n", "            sent, own = second, code\n"),
        ),
        _("You record the code that you sent. Record the one that you received (7.1.5)."),
    ),
    Slip(
        "no code is 1000",
        edited(solution, ("1005", "1000")),
        _("You record 1000 for a Close without a code. Record 1005."),
    ),
    Slip(
        "the end is 1005",
        edited(solution, ("1006", "1005")),
        _("You record 1005 although no Close came. That is 1006; 1005 is a Close without a code."),
    ),
    Slip(
        "waits forever",
        edited(
            solution,
            ("None if sent is None else (1006, sent + timeout)", "None"),
            ("if sent is not None and second > sent + timeout", "if False"),
        ),
        _("You wait forever for an answer. Wait `timeout` seconds, then end TCP."),
    ),
    Slip(
        "a late answer counts",
        edited(solution, ("if sent is not None and second > sent + timeout", "if False")),
        _("You count a Close that came too late. You had already ended TCP at the timeout."),
    ),
    Slip(
        "the clock starts at 0",
        edited(solution, ("sent + timeout", "timeout")),
        _("You count from second 0. The timeout starts when you send your Close."),
    ),
    Slip(
        "each Close starts the clock again",
        edited(
            solution,
            ("        if sent is None:\n            sent = second", "        sent = second"),
        ),
        _('You start the timeout again at a second "send". Only the first one counts.'),
    ),
    Slip(
        "a sent Close is enough",
        edited(solution, ("return 1006, second", "return 1006 if sent is None else 1000, second")),
        _("You sent a Close, but none came. The code that you received counts: 1006."),
    ),
    Slip(
        "the second of what came too late",
        edited(solution, ("            break\n", "            return 1006, second\n")),
        _("You return the second of the late event. TCP ends when the timeout is over."),
    ),
    Slip(
        "the last moment is too late",
        edited(solution, ("second > sent", "second >= sent")),
        _("You drop what comes in the last moment. At exactly the timeout it still counts."),
    ),
    Slip(
        "nothing happens, nothing ends",
        edited(
            solution,
            ("return None if sent is None else (1006, sent + timeout)", "return None"),
            ("            break\n", "            return 1006, sent + timeout\n"),
        ),
        _("You return None after the last event. The timeout still ends the connection."),
    ),
    Slip(
        "a Close that came waits for yours",
        _waits_for_its_own,
        _('You wait for your own "send" after a Close came. You answer it at once, so TCP ends.'),
    ),
    Slip(
        "None for no code",
        edited(solution, ("(1005 if code is None else code)", "code")),
        _("You record None for a Close without a code. Record 1005."),
    ),
    Slip(
        "a fixed timeout",
        edited(solution, ("+ timeout", "+ 2.0")),
        _("You use a fixed timeout; wait `timeout` seconds instead."),
    ),
    Slip(
        "a second of 0 is none",
        edited(
            solution,
            ("if sent is None:", "if not sent:"),
            ("sent is not None and", "sent and"),
            ("None if sent is None else", "None if not sent else"),
        ),
        _("You overlook a Close that you sent at second 0. Compare with None."),
    ),
)

EXERCISE = Exercise(
    name="07.4",
    title=_("The end of a connection"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "Three things can end the connection: a Close that comes, the end of TCP, or your timeout. "
        "The first of them counts, and only a Close that came brings a code."
    ),
    hints=(
        _("Go through the events in order, and remember when you sent your Close."),
        _("A Close that comes ends TCP at once. So does the end of TCP: with which code?"),
        _("Before each event, ask: was the timeout over before it? Ask again after the last one."),
    ),
    slips=SLIPS,
)
