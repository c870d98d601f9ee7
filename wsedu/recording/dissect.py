"""From bytes to meaning: the units of a recording.

How to think about it: each side of a connection sends one stream of bytes. ``dissect`` walks
along both streams as the two programs did. First both use HTTP, turn by turn: a request, a
response. If a response is 101, the protocol changes after its last byte, on both sides; from
there on every byte belongs to a frame; in a recording that begins after it, all of them do.

Every unit knows the bytes it was written in, so a picture can light up both. Damaged bytes
are not an exception here but a finding: what can be read is read, and the rest says why not.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import Any

from .._awaited import values_only
from ..protocol import (
    Binary,
    Check,
    Deflate,
    MessageHead,
    Problem,
    Span,
    Text,
    agreed_deflate,
    body_length,
    check_agreed,
    check_body,
    check_offer,
    check_request,
    check_response,
    read_chunks,
    read_head,
)
from ..protocol.http import Kind
from ..said import Said
from .events import SIDES, Side
from .frames import Frames, FrameUnit
from .recording import Recording
from .units import Unit


@dataclass(frozen=True)
class Dissection:
    """A recording that has been read.

    units:  in the order in which they were complete
    switch: index of the 101 after which both sides use WebSocket, or None
    """

    recording: Recording
    units: tuple[Unit, ...]
    switch: int | None

    @property
    def messages(self) -> tuple[tuple[Side, Text | Binary], ...]:
        """The messages that arrived whole, inflated, each with its sender.

        A compressed message that is damaged, or inflates to more than 1 MiB, is not among them.
        """
        read = ((unit.sender, unit.message) for unit in self.units)
        return tuple((sender, message) for sender, message in read if message)

    def find(self, kind: str) -> tuple[Unit, ...]:
        """All units of that kind."""
        return tuple(unit for unit in self.units if unit.kind == kind)

    @property
    def request(self) -> Unit:
        """The client's first unit; raises LookupError if it sent nothing."""
        for unit in self.units:
            if unit.sender == "client":
                return unit
        raise LookupError(Said("recording.no-request"))

    @property
    def response(self) -> Unit | None:
        """The server's first response, or None if it sent none; interim ones do not count."""
        return next((unit for unit in self.find("response") if not unit.is_interim), None)

    @property
    def status(self) -> int | None:
        """The status code of the server's first response, or None if it sent none."""
        if self.response is None or self.response.head is None:
            return None
        return self.response.head.status


@values_only
def dissect(recording: Recording | Dissection) -> Dissection:
    """Read a recording, whatever bytes it holds; raises TypeError for anything else.

    What is dissected already is returned as it is.
    """
    if isinstance(recording, Dissection):
        return recording
    if not isinstance(recording, Recording):
        raise TypeError(Said("recording.none", type=type(recording).__name__))
    walk = _Walk(recording)
    if recording.begins != "frames":
        walk.take_http()
    for side in SIDES:
        if walk.switch is not None or recording.begins == "frames":
            walk.take_frames(side)
        walk.take_the_rest(side)
    # Units that arrive with the same event have one sender, and are in order already.
    walk.units.sort(key=attrgetter("arrived"))
    switch = next((i for i, unit in enumerate(walk.units) if unit is walk.switch), None)
    return Dissection(recording, tuple(walk.units), switch)


@dataclass
class _Walk:
    """Two streams, and how far each has been read."""

    recording: Recording
    units: list[Unit] = field(default_factory=list)
    switch: Unit | None = None

    def __post_init__(self) -> None:
        self.streams = {side: self.recording.sent_by(side) for side in SIDES}
        self.read = dict.fromkeys(SIDES, 0)
        # For each side: how long its stream was after each of its events, and which event.
        self.lengths = {side: array("q") for side in SIDES}
        self.indices = {side: array("q") for side in SIDES}
        lengths = dict.fromkeys(SIDES, 0)
        for index, event in enumerate(self.recording.events):
            if event.kind == "data":
                side = event.sender
                lengths[side] += len(event.data)
                self.lengths[side].append(lengths[side])
                self.indices[side].append(index)

    def take_http(self) -> None:
        """Requests and responses in turn, until a 101, the end, or something that is neither."""
        while self.switch is None:
            request = self.take_head("client", "request", None)
            if request is None and self.recording.begins == "response":
                self.take_responses(None)
                return
            if request is None or request.head is None:
                return
            is_whole = self.take_body("client", request.head, None)
            if not self.take_responses(request.head) or not is_whole:
                return

    def take_responses(self, request: MessageHead | None) -> bool:
        """The responses to one request; False if what follows them answers to no request."""
        while True:
            response = self.take_head("server", "response", request)
            if response is None:
                # Others may follow without waiting (RFC 9112 9.3.2), but not after an upgrade.
                return request is not None and not _asks_for_websocket(request)
            if response.head is None or response.head.end is None:
                return False
            if response.head.status == 101:
                self.switch = response
                return True
            if not response.is_interim:  # 15.2 of RFC 9110: after an interim response comes another
                return self.take_body("server", response.head, request)

    def take_head(self, side: Side, kind: Kind, request: MessageHead | None) -> Unit | None:
        """The head at the reading position of ``side``, complete or not; None at the end."""
        stream, start = self.streams[side], self.read[side]
        if start == len(stream):
            return None
        head = read_head(stream, kind, start)
        span = Span(start, len(stream) if head.end is None else head.end)
        problems, checks = head.problems, check_request(head) if kind == "request" else ()
        if request is not None:
            checks = check_response(head, request)
            if head.status == 101:
                problems += _broken_rules(checks, span) + check_agreed(head, request)
        elif kind == "request" and _asks_for_websocket(head):
            problems += _broken_rules(checks, span) + check_offer(head)
        problems += check_body(head, request)
        return self.add(side, kind, span, problems=problems, head=head, checks=checks)

    def take_body(self, side: Side, head: MessageHead, request: MessageHead | None) -> bool:
        """The body after a head; False if it has not come to its end."""
        if head.end is None:
            return False
        length, stream, here = body_length(head, request), self.streams[side], self.read[side]
        problems: tuple[Problem, ...] = ()
        if length == "chunked":
            part = deque(read_chunks(stream, here), maxlen=1)
            stop, is_whole = here, False
            if part:
                stop, is_whole = part[0].span.end, part[0].kind == "end"
                if part[0].kind == "unreadable":
                    problems = (Problem(Said("body.no-chunk"), part[0].span, "RFC 9112 7.1"),)
        elif length == "until-close":
            stop, is_whole = len(stream), False
        else:
            stop, is_whole = min(len(stream), here + length), here + length <= len(stream)
        if stop > here:
            span, is_chunked = Span(here, stop), length == "chunked"
            self.add(side, "body", span, problems=problems, is_chunked=is_chunked)
        return is_whole

    def take_frames(self, side: Side) -> None:
        """All frames of one side, the last one perhaps incomplete."""
        stream, lengths, indices = self.streams[side], self.lengths[side], self.indices[side]
        early = 0
        if side == "client" and self.switch is not None:
            events = bisect_left(indices, self.switch.arrived)  # the client's, before the 101
            early = lengths[events - 1] if events else 0
        frames = Frames(side, stream, self.recording.events)
        midway = self.recording.begins == "frames"
        frames.read(self.read[side], self.agreed_deflate(), early, midway)
        self.read[side] = len(stream)
        for start, end in pairwise([*frames.starts, len(stream)]):
            self.units.append(FrameUnit(frames, start, self.arrival(side, end)))

    def agreed_deflate(self) -> Deflate | None:
        """How both sides compress; as they usually do, if the handshake is not here."""
        if self.switch is None or self.switch.head is None:
            return Deflate()
        return agreed_deflate(self.switch.head)

    def take_the_rest(self, side: Side) -> None:
        """Bytes that belong to no unit above."""
        rest = Span(self.read[side], len(self.streams[side]))
        if len(rest):
            self.add(side, "bytes", rest)

    def arrival(self, side: Side, stop: int) -> int:
        """The index of the event that brought the byte before offset ``stop``."""
        return self.indices[side][bisect_left(self.lengths[side], stop)]

    def add(self, side: Side, kind: str, span: Span, **facts: Any) -> Unit:
        """Note a unit, and read on after it."""
        self.read[side] = span.end
        stream = self.streams[side]
        data = stream[span.start : span.end]
        arrived = self.arrival(side, span.end)
        note = self.recording.events[arrived].note
        self.units.append(Unit(side, kind, stream, span, data, arrived, note=note, **facts))
        return self.units[-1]


def _asks_for_websocket(head: MessageHead) -> bool:
    """Whether the rules of the opening handshake concern a request at all."""
    upgrades = (token.lower() for token in head.tokens("Upgrade"))
    return "websocket" in upgrades or bool(head.find("Sec-WebSocket-Key"))


def _broken_rules(checks: tuple[Check, ...], where: Span) -> tuple[Problem, ...]:
    """The rules of the handshake that are broken, as problems; those of missing lines lie at
    ``where``. What is wrong with the head itself, and with extensions, has problems of its own.
    """
    return tuple(
        Problem(
            Said("handshake.broken", asked=check.asked, seen=check.seen),
            check.spans[0] if check.spans else where,
            check.section,
        )
        for check in checks
        if check.passed is False and check.name not in ("head", "extensions")
    )
