"""08.5: what a heartbeat costs."""

from __future__ import annotations

import math
import random
from typing import Any

from websockets.frames import Frame, Opcode

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many, recognise
from ...runner import Attempt, shorten
from ...verdict import Verdict, not_yet


def solution(clients: int, interval: float, payload: int, packet: int) -> float:
    """A Ping there, a masked Pong back, each in a packet of its own."""
    ping = 2 + payload
    pong = 2 + 4 + payload
    return clients * (packet + ping + packet + pong) / interval


def witness(clients: int, interval: float, payload: int, packet: int) -> float:
    """The same with frames that the library writes."""
    data = bytes(payload)
    ping = Frame(Opcode.PING, data).serialize(mask=False)
    pong = Frame(Opcode.PONG, data).serialize(mask=True)
    return clients * (len(ping) + len(pong) + 2 * packet) / interval


def _cases(chance: random.Random) -> list[tuple[int, float, int, int]]:
    """One client first, then many, then at random."""
    cases: list[tuple[int, float, int, int]] = [
        (1, 1, 0, 0),
        (1, 1, 4, 0),
        (1, 1, 4, 40),
        (1, 30, 4, 40),
        (10_000, 30, 4, 40),
        (10_000, 0.5, 125, 60),
    ]
    for _case in range(how_many(20)):
        cases.append(
            (
                chance.randint(1, 10**6),
                chance.choice([0.5, 2, 20, 55]),
                chance.randint(0, 125),
                chance.choice([40, 52, 60, 72]),
            )
        )
    return cases


def _right(args: tuple[Any, ...], got: Any) -> bool:
    if type(got) not in (int, float) or not 0 <= got < 1e12:  # no float holds a huge int
        return False
    return math.isclose(got, witness(*args), rel_tol=1e-6)


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Every case against frames that the library has written."""
    results = [(args, attempt(*args)) for args in _cases(chance)]
    if all(_right(args, got) for args, got in results):
        cost = witness(10_000, 30, 4, 40)
        return Verdict(
            "passed",
            _(
                "10,000 idle clients cost {cost} bytes/s, and {share} % of that is TCP and IP."
            ).format(cost=round(cost), share=round(100 * 10_000 * 80 / 30 / cost)),
            "5.5.2; 5.5.3",
        )
    said, args, got = recognise(SLIPS, results, _right, what=lambda rate: round(rate, 6))
    if type(got) not in (int, float):
        said = _("Return bytes per second, as a number, not {got}.").format(got=shorten(got))
    return not_yet(
        said or _("The bytes per second are not right. Count those of one client first."),
        "5.2",
        case=_(
            "clients={0}, interval={1}, payload={2}, packet={3}: you returned {got}, expected "
            "{right}"
        ).format(*args, got=shorten(got), right=round(witness(*args), 3)),
    )


SLIPS = (
    Slip(
        "the Pong is not masked",
        edited(solution, ("2 + 4 + payload", "2 + payload")),
        _("You leave out the masking key. The Pong comes from the client, so it has 4 bytes more."),
    ),
    Slip(
        "the Ping is masked too",
        edited(solution, ("ping = 2 + payload", "ping = 2 + 4 + payload")),
        _("You count a masking key for the Ping. It comes from the server, which never masks."),
    ),
    Slip(
        "Pings alone",
        edited(solution, ("(packet + ping + packet + pong)", "(packet + ping)")),
        _("You count only the Pings. Each brings a Pong back."),
    ),
    Slip(
        "one packet for both",
        edited(solution, ("packet + ping + packet + pong", "packet + ping + pong")),
        _("You count one packet. Ping and Pong travel in opposite directions, so there are two."),
    ),
    Slip(
        "the payload alone",
        edited(solution, ("2 + 4 + payload", "payload"), ("2 + payload", "payload")),
        _("You leave out the frame headers."),
    ),
    Slip(
        "times the interval",
        edited(solution, ("/ interval", "* interval")),
        _("You multiply by the interval. Divide: the rarer the Ping, the fewer bytes per second."),
    ),
    Slip(
        "for each Ping",
        edited(solution, ("/ interval", "* 1.0")),
        _("You return the bytes of one round. Divide by the interval for bytes per second."),
    ),
    Slip(
        "bits",
        edited(solution, ("return clients", "return 8 * clients")),
        _("You return bits. Return bytes per second."),
    ),
    Slip(
        "the Pong is empty",
        edited(solution, ("2 + 4 + payload", "2 + 4")),
        _("You count the payload once. The Pong carries it back, so count it twice."),
    ),
    Slip(
        "one client",
        edited(solution, ("return clients * ", "return ")),
        _("You return the bytes of one client. Multiply by `clients`."),
    ),
    Slip(
        "rounded down",
        edited(solution, ("/ interval", "// interval")),
        _("You rounded. Bytes per second need not be a whole number: divide with /."),
    ),
    Slip(
        "frames without packets",
        edited(solution, ("packet + ping + packet + pong", "ping + pong")),
        _("You leave out the packets. Each of the two frames travels in one."),
    ),
)

EXERCISE = Exercise(
    name="08.5",
    title=_("The price of a heartbeat"),
    stars=4,
    judge=judge,
    solution=solution,
    reason=_(
        "A Ping has a header of 2 bytes, a Pong of 2 and a masking key of 4. Each needs a packet "
        "of its own, and with small payloads the packets are most of the price."
    ),
    hints=(
        _("Count one round of one client first: a Ping, a Pong, and two packets."),
        _("The header has 2 bytes up to 125; only the client's frame has a masking key."),
        _("One round has (packet + 2 + payload) + (packet + 6 + payload) bytes."),
    ),
    slips=SLIPS,
)
