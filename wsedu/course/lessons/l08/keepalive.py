"""08.3: a keepalive: Ping, wait for the Pong, and give up."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many, recognise
from ...runner import AnswerRaised, Attempt, shorten
from ...verdict import Verdict, not_yet
from ...virtual_time import VirtualTimeLoop
from .clock import Connection, NoEnd


async def solution(connection, interval, timeout):
    """Each Ping has a payload that nobody can guess, and one deadline."""
    import os

    while True:
        await connection.sleep(interval)
        payload = os.urandom(4)
        await connection.send_ping(payload)
        deadline = connection.now() + timeout
        pong = None
        while pong != payload:
            pong = await connection.next_pong(deadline - connection.now())
            if pong is None:
                return 1011, "keepalive ping timeout"


Script = tuple[tuple[tuple[float, bytes | None], ...], ...]


def _scripts(timeout: float, chance: random.Random) -> list[Script]:
    """From the smallest on: silence, one Pong, strangers' Pongs, late ones."""
    at_once, late = ((0.0, None),), ((1.25 * timeout, None),)
    twice = (*at_once, *late)  # the second one is for a Ping that has had its answer
    wrong = ((0.25 * timeout, b"wrong"),)
    scripts: list[Script] = [
        (),
        (at_once,),
        (wrong,),
        ((*wrong, (0.5 * timeout, None)),),
        (((0.75 * timeout, b"wrong"),), at_once),
        (late, at_once),
        (at_once, ((0.5 * timeout, None),), at_once),
        (((0.25 * timeout, b""),),),
        (twice,),
        (twice, at_once),
    ]
    for _case in range(how_many(10)):
        scripts.append(
            tuple(chance.choice([at_once, ((0.5 * timeout, None),), wrong]) for _ping in range(3))
        )
    return scripts


def run(
    attempt: Any, script: Script, interval: float, timeout: float, seen: set[bytes]
) -> dict[str, Any]:
    """What a keepalive did: its Pings, and when it returned what.

    seen: the payloads of earlier Pings, which are not to come again; those of this run are added
    """
    connection = Connection(script)
    try:
        result = attempt(connection, interval, timeout)
    except AnswerRaised as raised:
        if not isinstance(raised.cause, NoEnd):
            raise
        result = "no end"
    payloads = [payload for _time, payload in connection.sent]
    again = not seen.isdisjoint(payloads)
    seen.update(payloads)
    return {
        "result": result,
        "pings": [round(moment, 6) for moment, _payload in connection.sent],
        "end": round(connection.now(), 6),
        "same": len(set(payloads)) < len(payloads),
        "again": again,
        "short": any(len(payload) < 4 for payload in payloads),
    }


def expected(script: Script, interval: float, timeout: float) -> tuple[list[float], float]:
    """When the Pings go out, and when the end is."""
    now, pings = 0.0, []
    for answers in (*script, ()):
        now += interval
        pings.append(round(now, 6))
        in_time = [delay for delay, echo in answers if echo is None and delay <= timeout]
        if not in_time:
            break
        now += in_time[0]
    return pings, round(now + timeout, 6)


def _right(args: tuple[Any, ...], got: Any) -> bool:
    pings, end = expected(*args)
    return (
        _well_formed(got["result"])
        and got["result"][0] == 1011
        and (got["pings"], got["end"]) == (pings, end)
        and not (got["same"] or got["again"] or got["short"])
    )


def _well_formed(result: Any) -> bool:
    return (
        isinstance(result, tuple)
        and [type(part) for part in result] == [int, str]
        and bool(result[1])
    )


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Every script against the seconds that can be counted by hand."""
    attempt.loop_factory = VirtualTimeLoop  # for one who waits with asyncio.sleep
    results = []
    seen: set[bytes] = set()
    for number in range(2 if how_many(1) == 1 else 4):
        interval, timeout = (0.5, 0.75) if not number else chance.choice([(2, 1), (20, 8), (4, 6)])
        for script in _scripts(timeout, chance):
            args = (script, interval, timeout)
            results.append((args, run(attempt, *args, seen)))
    if all(_right(args, got) for args, got in results):
        return Verdict(
            "passed",
            _("Your keepalive lets a living peer stay, and notices a dead one in time."),
            "5.5.2",
        )
    slips = [replace(slip, wrong=_as_case(slip.wrong)) for slip in SLIPS]
    said, args, got = recognise(slips, results, _right, what=_what)
    pings, end = expected(*args)
    return not_yet(
        said or _explain(args, got),
        "5.5.2",
        case=_(
            "interval {interval}, timeout {timeout}, Pongs: {script}. You sent Pings at {pings} "
            "and returned {result} at {end}; expected are Pings at {right}, and the end at "
            "{right_end}"
        ).format(
            interval=args[1],
            timeout=args[2],
            script=_in_words(args[0]),
            pings=shorten(got["pings"], 100),
            result=shorten(got["result"]),
            end=got["end"],
            right=pings,
            right_end=end,
        ),
    )


def _in_words(script: Script) -> str:
    """Which Pongs come after each Ping."""
    words = []
    for number, answers in enumerate(script, 1):
        pongs = [
            _("after {delay} s {pong}").format(
                delay=delay, pong=_("the right one") if echo is None else repr(echo)
            )
            for delay, echo in answers
        ]
        words.append(_("to Ping {n} ").format(n=number) + ", ".join(pongs))
    return "; ".join([*words, _("to others none")])


def _what(got: dict[str, Any]) -> Any:
    result = got["result"]
    said = result[0] if _well_formed(result) else result  # the reason is free
    return (got["pings"], got["end"], got["same"], got["short"], type(result), said)


def _explain(args: tuple[Any, ...], got: dict[str, Any]) -> str:
    pings, end = expected(*args)
    if isinstance(got["result"], str) and got["result"] == "no end":
        return _("Your keepalive pings forever, although no Pong comes.")
    if not got["pings"] and (got["result"] is None or _well_formed(got["result"])):
        return _("No Ping went out. Is there an await before connection.send_ping?")
    if got["pings"][:1] == [0]:
        return _(
            "Your first Ping goes out at once. Is there an await before connection.sleep? Time "
            "passes there, not in asyncio.sleep."
        )
    if got["pings"] and got["pings"] == pings[: len(got["pings"])] != pings:
        return _("You stop although the Pong came. Ping again and again, until a Pong is missing.")
    if pings == got["pings"][: len(pings)] != got["pings"]:
        return _("You go on, although the right Pong did not come in time.")
    if not _well_formed(got["result"]):
        return _("Return a code and a reason when a Pong is missing, not {got}.").format(
            got=shorten(got["result"])
        )
    if got["result"][0] != 1011:
        return _("The code of a keepalive that gives up is 1011 here, not {got}.").format(
            got=shorten(got["result"][0])
        )
    if got["same"] or got["again"] or got["short"]:
        return _("Give each Ping four random bytes or more, new for each.")
    if got["pings"] != pings:
        return _("Your Pings go out at other times than the interval asks for.")
    return _("You give up at {got} s; it should be at {right} s.").format(got=got["end"], right=end)


def _as_case(wrong: Any) -> Any:
    """A slip's answer as ``recognise`` calls it: with a script instead of a connection."""

    def said(script: Script, interval: float, timeout: float) -> dict[str, Any]:
        return run(Attempt(wrong), script, interval, timeout, set())

    return said


SLIPS = (
    Slip(
        "any Pong counts",
        edited(solution, ("while pong != payload:", "for _once in (1,):")),
        _(
            "You accept any Pong. Only a Pong with the payload of your Ping answers it; other "
            "Pongs are allowed (5.5.3), but they say nothing about this Ping."
        ),
    ),
    Slip(
        "each Pong gives new time",
        edited(solution, ("deadline - connection.now()", "timeout")),
        _(
            "You start the timeout again at each wrong Pong. Use one deadline, `timeout` seconds "
            "after the Ping."
        ),
    ),
    Slip(
        "the same payload for all",
        edited(solution, ("os.urandom(4)", 'b"ping"')),
        _(
            "All your Pings carry the same payload, so you take a late Pong for an old Ping as the "
            "answer to the new one. Use new random bytes for each."
        ),
    ),
    Slip(
        "no payload",
        edited(solution, ("os.urandom(4)", 'b""')),
        _(
            "Your Pings have no payload, so you take any empty Pong as their answer. Use new "
            "random bytes for each."
        ),
    ),
    Slip(
        "an old Pong counts",
        edited(
            solution,
            ("    while True:\n", "    sent = []\n    while True:\n"),
            ("        deadline =", "        sent.append(payload)\n        deadline ="),
            ("while pong != payload:", "while pong not in sent:"),
        ),
        _("You accept a second Pong for an older Ping. Wait for the Pong of the newest one."),
    ),
    Slip(
        "interval and timeout are exchanged",
        edited(
            solution,
            ("sleep(interval)", "sleep(timeout)"),
            ("connection.now() + timeout", "connection.now() + interval"),
        ),
        _("You exchanged the two: wait `interval` before the Ping, and `timeout` for its Pong."),
    ),
    Slip(
        "the timeout counts from the last Pong",
        edited(solution, ("connection.now() + timeout", "connection.now() + timeout - interval")),
        _("You start the timeout with the interval. Start it when you send the Ping."),
    ),
    Slip(
        "1006",
        edited(solution, ("1011", "1006")),
        _(
            "You return 1006, which is never sent (7.4.1): it means that no Close came. Return "
            "1011, as this lesson's library does; the RFC names no code for a missing Pong."
        ),
    ),
    Slip(
        "a wrong Pong is none",
        edited(
            solution,
            ("while pong != payload:", "for _once in (1,):"),
            ("if pong is None:", "if pong != payload:"),
        ),
        _("You give up at a wrong Pong. Keep waiting for the right one."),
    ),
    Slip(
        "a Ping at once",
        edited(
            solution,
            ("        await connection.sleep(interval)\n", ""),
            (
                '"keepalive ping timeout"\n',
                '"keepalive ping timeout"\n        await connection.sleep(interval)\n',
            ),
        ),
        _("Your first Ping goes out at once. Wait for the interval before it."),
    ),
)

EXERCISE = Exercise(
    name="08.3",
    title=_("Keep alive"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "The payload tells the Pong for this Ping from all others. The deadline is fixed when the "
        "Ping goes out, so wrong Pongs do not extend it."
    ),
    hints=(
        _("Write one round first: sleep, Ping, wait for a Pong. Then put a loop around it."),
        _("After a Pong with other bytes, wait for the next one, but only for the time left."),
        _(
            "deadline = connection.now() + timeout, then await connection.next_pong(deadline - "
            "connection.now()) until it gives your payload (go on) or None (return)."
        ),
    ),
    slips=SLIPS,
)
