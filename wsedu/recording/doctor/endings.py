"""Causes in how the connection ends: a Ping or a Close without an answer, TCP without a Close.

How to think about it: no frame breaks a rule here; something is missing. So look at what was due:
a Pong after a Ping, a Close after a Close, a Close before the end of TCP. A recording that stops
before the connection does proves nothing, so all of these need its end.
"""

from __future__ import annotations

import re
from operator import itemgetter

from ...protocol import Opcode
from ...protocol.http import shorten
from ...said import Said
from ..events import SIDES, Side
from ..evidence import Evidence
from ..frames import FrameUnit
from .case import OTHER, Case, code_of, finding, opcode, reason_of, whose
from .findings import Finding

PATIENCE = 0.05  # seconds in which an answer to a Ping or a Close is not overdue yet
AT_ONCE = 0.01  # seconds between what the lab does to a connection and its end
IDLE = 2.0  # seconds of silence after which a proxy may be the one that ends the connection
LARGE = 2**16  # bytes of a message that may be more than the other side takes
_PING = re.compile(r"\bp[io]ng", re.IGNORECASE)  # and not "stopping"
_SIZE = re.compile(r"\b(?:big|large|long|limit|size|exceed\w*)\b", re.IGNORECASE)


def server_failed(case: Case) -> Finding | None:
    """The lab saw what the server's own code did: it raised, or it looped."""
    blamed = [e for e in case.recording.events if e.kind == "fault" and e.sender == "server"]
    if not blamed:
        return None
    close = case.close("server")
    evidence = case.payload(close) if close else ()
    said = Said("doctor.server-failed", note=shorten(blamed[0].note, 200))
    return finding(said, evidence, "7.4.1")


def handler_failed(case: Case) -> Finding | None:
    """1011 without a reason, right after a message: libraries say so when a handler raises."""
    close = case.close("server")
    if close is None or code_of(close) != 1011 or reason_of(close) or not case.close("client"):
        return None
    frames = case.all_frames[: case.all_frames.index(close)]
    # A server sends Pings by a clock of its own.
    before = [u for u in frames if u.sender == "client" or opcode(u) != Opcode.PING]
    if not before or before[-1].sender == "server" or opcode(before[-1]) >= Opcode.CLOSE:
        return None
    evidence = case.payload(before[-1]) + case.start_of(close)
    return finding(Said("doctor.handler-failed"), evidence, "7.4.1")


def too_big(case: Case) -> Finding | None:
    """1009, and the message that was too big."""
    for side in SIDES:
        close = case.close(side)
        if close is None or code_of(close) != 1009:
            continue
        size, largest = _largest_message(case.frames[OTHER[side]])
        whole = case.cut(OTHER[side]) is None
        if not largest or (whole and size < LARGE and not _SIZE.search(reason_of(close))):
            continue
        said = Said("doctor.too-big", side=whose(OTHER[side]), other=whose(side), count=size)
        evidence = case.start_of(largest, 14) + case.payload(close)
        return finding(said, evidence, "7.4.1; 10.4")
    return None


def ping_unanswered(case: Case) -> Finding | None:
    """A Ping without its Pong, and then the end by the side that waited."""
    for side in SIDES:
        pings = [u for u in case.frames[side] if opcode(u) == Opcode.PING]
        if not pings or case.recording.dropped:
            continue
        pongs = [
            u
            for u in case.frames[OTHER[side]]
            if opcode(u) == Opcode.PONG and u.arrived > pings[-1].arrived
        ]
        # A Pong that is not whole may be the right one.
        if any(u.layout.truncated or _payload(u) == _payload(pings[-1]) for u in pongs):
            continue
        earlier = [_payload(ping) for ping in pings[:-1]]  # whose Pong may come late
        wrong = [pong for pong in pongs if _payload(pong) not in earlier]
        if not _gave_up(case, side, pings[-1], 0 if wrong else PATIENCE):
            continue
        evidence = case.start_of(pings[-1])
        if wrong:
            said = Said("doctor.pong-wrong", side=whose(OTHER[side]), other=whose(side))
            return finding(said, evidence + case.start_of(wrong[-1]), "5.5.3")
        if close := case.close(side):
            evidence += case.payload(close)
        said = Said("doctor.ping-unanswered", side=whose(OTHER[side]), other=whose(side))
        return finding(said, evidence, "5.5.2; 5.5.3")
    return None


def _gave_up(case: Case, side: Side, ping: FrameUnit, least: float) -> bool:
    """Whether a side ended the connection because of this Ping, as it seems.

    least: seconds that it must have waited; 0 if a wrong Pong came
    """
    close, end = case.close(side), case.first_end
    if close is None:
        if end is None or end.sender != side:
            return False
        return end.time - case.time(ping) >= least
    if close.arrived < ping.arrived:
        return False
    waited = case.time(close) - case.time(ping) >= least
    return bool(_PING.search(reason_of(close))) or (code_of(close) == 1011 and waited)


def close_unanswered(case: Case) -> Finding | None:
    """One side sent its Close, and the other one did not."""
    if case.recording.dropped or case.broken is not None:
        return None
    for side in SIDES:
        close, end = case.close(side), case.first_end
        if close is None or case.close(OTHER[side]) is not None or end is None:
            continue
        evidence = case.payload(close)
        if end.sender == OTHER[side]:
            kind = "fin" if end.kind == "end" else "rst"
            said = Said(f"doctor.close-answered-by-{kind}", side=whose(OTHER[side]))
            return finding(said, evidence, "5.5.1; 7.1.4")
        waited = end.time - case.time(close)
        if waited < PATIENCE:
            continue
        said = Said(
            "doctor.close-unanswered",
            side=whose(OTHER[side]),
            other=whose(side),
            seconds=f"{waited:.3g}",
        )
        return finding(said, evidence, "5.5.1")
    return None


def network_failed(case: Case) -> Finding | None:
    """The lab played a bad network: it held bytes back, or tore the connection down."""
    events, end = case.recording.events, case.first_end
    if end is None or not case.is_open or case.first_close:
        return None
    before = events[: events.index(end)]
    faults = [e for e in before if e.kind == "fault" and e.sender == "client"]
    held = any(event.kind == "held" for event in before)
    torn = faults and before[-1] is faults[-1] and end.time - faults[-1].time < AT_ONCE
    if not faults or not (held or torn):
        return None  # it only delayed or cut, and the connection went on
    return finding(Said("doctor.network-failed", note=shorten(faults[-1].note, 200)), (), "7.1.5")


def idle(case: Case) -> Finding | None:
    """TCP ended in the middle of silence: a timer of a proxy, mostly."""
    end = case.first_end
    if end is None or not case.is_open or case.first_close or end.sender != "server":
        return None
    before = [e for e in case.recording.events if e.kind == "data" and e.time <= end.time]
    if not before or end.time - before[-1].time < IDLE or case.recording.dropped:
        return None
    said = Said("doctor.idle", seconds=f"{end.time - before[-1].time:.1f}")
    return finding(said, _last_bytes(case), "7.1.5")


def no_close(case: Case) -> Finding | None:
    """TCP FIN or RST, and no Close before it."""
    end = case.first_end
    if end is None or not case.is_open or case.first_close or case.recording.dropped:
        return None
    said = Said("doctor.reset", side=whose(end.sender))
    if end.kind == "end":
        said = Said("doctor.no-close", side=whose(end.sender))
    return finding(said, _last_bytes(case), "7.1.5")


def bytes_missing(case: Case) -> Finding | None:
    """The recording is not whole, so a frame ends in the middle."""
    if not case.recording.dropped:
        return None
    if (last := case.last_cut("client") or case.last_cut("server")) is None:
        return None
    said = Said("doctor.bytes-missing", count=case.recording.dropped)
    return finding(said, case.start_of(last, 14))


def _payload(unit: FrameUnit) -> bytes:
    return unit.layout.frame.payload


def _largest_message(frames: list[FrameUnit]) -> tuple[int, FrameUnit | None]:
    """How many bytes the largest message has, inflated, as far as it is known; and its frame."""
    size, sizes = 0, []
    for unit in frames:
        if opcode(unit) < Opcode.CLOSE:
            begun = size if opcode(unit) == Opcode.CONTINUATION else 0
            size = begun + (unit.inflated.size if unit.inflated else unit.layout.begun.length)
            sizes.append((size, unit))
    return max(reversed(sizes), key=itemgetter(0), default=(0, None))


def _last_bytes(case: Case) -> tuple[Evidence, ...]:
    """The last unit before the end."""
    return case.start_of(case.seen.units[-1]) if case.seen.units else ()


CAUSES = (
    server_failed,
    handler_failed,
    too_big,
    ping_unanswered,
    close_unanswered,
    network_failed,
)
LAST_CAUSES = (bytes_missing, idle, no_close)
