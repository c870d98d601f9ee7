"""From bytes to meaning: the units of a recording.

How to think about it: each side of a connection sends one stream of bytes. ``dissect`` walks
along both streams as the two programs did. First both use HTTP, turn by turn: a request, a
response. If a response is 101, the protocol changes after its last byte, on both sides; from
there on every byte belongs to a frame; in a recording that begins after it, all of them do.

Every unit knows the bytes it was written in, so a picture can light up both. Damaged bytes
are not an exception here but a finding: what can be read is read, and the rest says why not.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from .._awaited import values_only
from ..protocol import (
    Binary,
    MessageHead,
    Problem,
    Span,
    Text,
    check_request,
    check_response,
    read_head,
    read_layout,
)
from ..protocol.checks import extension_names
from ..protocol.http import Kind
from ..said import Said
from .events import SIDES, Side
from .frame_checker import FrameChecker
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
        """The messages that arrived whole, each with its sender; compressed ones are not read."""
        return tuple((unit.sender, unit.message) for unit in self.units if unit.message)

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
        """The server's first response, or None if it sent none."""
        return next((unit for unit in self.units if unit.kind == "response"), None)

    @property
    def status(self) -> int | None:
        """The status code of the server's first response, or None if it sent none."""
        if self.response is None or self.response.head is None:
            return None
        return self.response.head.status


@values_only
def dissect(recording: Recording) -> Dissection:
    """Read a recording; never raises, whatever bytes it holds."""
    walk = _Walk(recording)
    if recording.begins != "frames":
        walk.take_http()
    for side in SIDES:
        if walk.switch is not None or recording.begins == "frames":
            walk.take_frames(side)
        walk.take_the_rest(side)
    units = sorted(walk.units, key=lambda unit: (unit.arrived, unit.span.start))
    switch = next((i for i, unit in enumerate(units) if unit is walk.switch), None)
    return Dissection(recording, tuple(units), switch)


@dataclass
class _Walk:
    """Two streams, and how far each has been read."""

    recording: Recording
    units: list[Unit] = field(default_factory=list)
    switch: Unit | None = None

    def __post_init__(self) -> None:
        self.streams: dict[Side, bytes] = {
            "client": self.recording.sent_by("client"),
            "server": self.recording.sent_by("server"),
        }
        self.read: dict[Side, int] = {"client": 0, "server": 0}
        # For each side: how long its stream was after each of its events, and which event.
        self.lengths: dict[Side, list[int]] = {"client": [], "server": []}
        self.indices: dict[Side, list[int]] = {"client": [], "server": []}
        for index, event in enumerate(self.recording.events):
            if event.kind != "data":
                continue
            lengths = self.lengths[event.sender]
            lengths.append((lengths[-1] if lengths else 0) + len(event.data))
            self.indices[event.sender].append(index)

    def take_http(self) -> None:
        """Requests and responses in turn, until a 101, the end, or something that is neither."""
        while self.switch is None:
            request = self.take_head("client", "request", None)
            if request is None and self.recording.begins != "response":
                return
            response = self.take_head("server", "response", request)
            if response is None or response.head is None or response.head.end is None:
                return
            if response.head.status == 101:
                self.switch = response
            elif not self.take_body(response.head):
                return

    def take_head(self, side: Side, kind: Kind, request: Unit | None) -> Unit | None:
        """The head at the reading position of ``side``, complete or not; None at the end."""
        stream, start = self.streams[side], self.read[side]
        if start == len(stream):
            return None
        head = read_head(stream, kind, start)
        stop = head.end if head.end is not None else len(stream)
        if request is not None and request.head is not None:
            checks = check_response(head, request.head)
        else:
            checks = check_request(head) if kind == "request" else ()
        return self.add(
            side,
            kind,
            Span(start, stop),
            problems=head.problems,
            head=head,
            checks=checks,
        )

    def take_body(self, head: MessageHead) -> bool:
        """The body of a response that is not 101; False if its end is unknown."""
        lengths = {line.value.text for line in head.find("Content-Length")}
        length = lengths.pop() if len(lengths) == 1 else ""
        here, there = self.read["server"], len(self.streams["server"])
        known = length.isdecimal() and length.isascii() and len(length) < 19
        stop = min(there, here + int(length)) if known else there
        if stop > here:
            self.add("server", "body", Span(here, stop))
        return known and stop == here + int(length)

    def take_frames(self, side: Side) -> None:
        """All frames of one side, the last one perhaps incomplete."""
        stream = self.streams[side]
        switch = self.switch
        checker = FrameChecker(side, self.is_compressed())
        while layout := read_layout(stream, self.read[side]):
            problems, message = checker.check(layout)
            early = switch and self.arrival(side, layout.span.end) < switch.arrived
            if early and side == "client":
                problems = (Problem(Said("frame.too-early"), layout.span, "4.1"), *problems)
            self.add(
                side,
                "frame",
                layout.span,
                problems=problems,
                layout=layout,
                message=message,
            )

    def is_compressed(self) -> bool:
        """Whether permessage-deflate was agreed on; it may be so if the handshake is not here."""
        if self.switch is None or self.switch.head is None:
            return True
        return "permessage-deflate" in extension_names(self.switch.head)

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
