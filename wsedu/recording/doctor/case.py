"""A recording as the doctor looks at it: who said what, what broke first, how it ended.

How to think about it: the causes ask the same few questions again and again. What did the client
ask for, and what did the server answer? Which frame is the first one that breaks a rule? Which
side closed, and which one ended TCP? ``Case`` answers them once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from ...protocol import MessageHead, Opcode, Span
from ...said import Said
from ..dissect import Dissection
from ..events import SIDES, Event, Side
from ..evidence import Evidence, of_payload
from ..frames import FrameUnit
from ..units import Unit
from .findings import Finding

Cause = Callable[["Case"], Finding | None]

OTHER: dict[Side, Side] = {"client": "server", "server": "client"}


class Case:
    """A recording that has been dissected, and what the causes ask of it."""

    def __init__(self, seen: Dissection) -> None:
        self.seen = seen
        self.recording = seen.recording
        self.streams: dict[Side, bytes] = {side: seen.recording.sent_by(side) for side in SIDES}
        self.all_frames = [unit for unit in seen.units if isinstance(unit, FrameUnit)]
        self.frames: dict[Side, list[FrameUnit]] = {"client": [], "server": []}
        for unit in self.all_frames:
            self.frames[unit.sender].append(unit)

    # The opening handshake.

    @cached_property
    def is_open(self) -> bool:
        """Whether frames are exchanged: the server has said 101, or the handshake is not here."""
        return self.seen.switch is not None or self.recording.begins == "frames"

    @cached_property
    def request(self) -> Unit | None:
        """The last request for WebSocket; the last of any kind if there is none."""
        asked = self.seen.find("request")
        wanted = [unit for unit in asked if unit.head is not None and _asks(unit.head)]
        return next(reversed(wanted or asked), None)

    @cached_property
    def response(self) -> Unit | None:
        """The response to it: the 101, or one that is not interim; None if it got none."""
        if self.seen.switch is not None:
            return self.seen.units[self.seen.switch]
        given = [unit for unit in self.seen.find("response") if not unit.is_interim]
        # A proxy may ask for pages first, on the same connection, and get a response to each.
        number = self.seen.find("request").index(self.request) if self.request else 0
        return given[number] if number < len(given) else None

    @property
    def body(self) -> Unit | None:
        """The body of that response."""
        if self.response is None:
            return None
        place = "server", self.response.span.end
        bodies = self.seen.find("body")
        return next((unit for unit in bodies if (unit.sender, unit.span.start) == place), None)

    @property
    def asked(self) -> MessageHead | None:
        """The head of a request for WebSocket, also of a damaged one; None if it is another one."""
        head = None if self.request is None else self.request.head
        return head if head is not None and _asks(head) else None

    @property
    def answered(self) -> MessageHead | None:
        """The head of the response."""
        return None if self.response is None else self.response.head

    def may_go_on(self, head: MessageHead) -> bool:
        """Whether what is not in a head may come later, or be among the bytes that are missing."""
        return head.end is None and (self.recording.dropped > 0 or self.first_end is None)

    # Frames.

    @cached_property
    def broken(self) -> FrameUnit | None:
        """The first frame that breaks a rule, in the order in which frames came."""
        return next((unit for unit in self.all_frames if unit.problems), None)

    @cached_property
    def wrong(self) -> str:
        """The id of the first rule that it breaks, or an empty string."""
        if self.broken is None:
            return ""
        said = self.broken.problems[0].said
        inner = said.args.get("sentence")
        return inner.id if isinstance(inner, Said) else said.id

    def broken_by(self, *rules: str) -> FrameUnit | None:
        """The first frame that breaks a rule, if that is one of these rules."""
        return self.broken if self.wrong in rules else None

    def before(self, unit: FrameUnit) -> FrameUnit | None:
        """The frame of the same side before this one."""
        frames = self.frames[unit.sender]
        at = next(i for i, each in enumerate(frames) if each is unit)
        return frames[at - 1] if at else None

    def last_cut(self, side: Side) -> FrameUnit | None:
        """The last frame of a side, if it is not whole."""
        last = self.frames[side][-1:]
        return last[0] if last and last[0].layout.truncated else None

    def unfinished(self, side: Side) -> FrameUnit | None:
        """The last frame of a side, if it is not whole, and no bytes are missing."""
        return None if self.recording.dropped else self.last_cut(side)

    def cut(self, side: Side) -> FrameUnit | None:
        """The last frame of a side, if the connection ended in the middle of it."""
        return self.unfinished(side) if self.first_end is not None else None

    @cached_property
    def chunk_ends(self) -> dict[Side, set[int]]:
        """For each side, where in its stream a chunk ends: programs often write a frame at once."""
        ends: dict[Side, set[int]] = {"client": set(), "server": set()}
        sizes: dict[Side, int] = {"client": 0, "server": 0}
        for event in self.recording.events:
            if event.kind == "data":
                sizes[event.sender] += len(event.data)
                ends[event.sender].add(sizes[event.sender])
        return ends

    # The end.

    @cached_property
    def first_end(self) -> Event | None:
        """The first end of a stream, of either side; None if the recording does not reach it."""
        return next((e for e in self.recording.events if e.kind in ("end", "lost")), None)

    def close(self, side: Side) -> FrameUnit | None:
        """The Close frame of a side, or None."""
        return next((u for u in self.frames[side] if opcode(u) == Opcode.CLOSE), None)

    @property
    def first_close(self) -> FrameUnit | None:
        """The Close frame that came first."""
        found = [unit for side in SIDES if (unit := self.close(side)) is not None]
        return min(found, key=lambda unit: unit.arrived, default=None)

    def time(self, unit: Unit) -> float:
        """When a unit was complete, in seconds."""
        return self.recording.events[unit.arrived].time

    # Evidence.

    def show(self, side: Side, start: int, end: int) -> tuple[Evidence, ...]:
        """The bytes at that place in the stream of a side; nothing if there are none."""
        span = Span(max(0, start), min(end, len(self.streams[side])))
        data = self.streams[side][span.start : span.end]
        return (Evidence(side, span, data),) if data else ()

    def start_of(self, unit: Unit, count: int = 20) -> tuple[Evidence, ...]:
        """The first bytes of a unit."""
        return self.show(unit.sender, unit.span.start, min(unit.span.end, unit.span.start + count))

    def payload(self, unit: FrameUnit) -> tuple[Evidence, ...]:
        """The first bytes of a frame's payload, and what they stand for if they are masked."""
        return (of_payload(unit),) if len(unit.layout.payload) else self.start_of(unit)

    def lines(self, unit: Unit | None, *names: str) -> tuple[Evidence, ...]:
        """The header lines with these names; the first line for the name ``""``."""
        if unit is None or unit.head is None:
            return ()
        found: tuple[Evidence, ...] = ()
        for name in names:
            spans = [line.span for line in unit.head.find(name)]
            if not name and unit.head.start_line:
                first, last = unit.head.start_line[0].span, unit.head.start_line[-1].span
                spans = [Span(first.start, last.end)]
            for span in spans[:2]:
                found += self.show(unit.sender, span.start, span.end)
        return found


def opcode(unit: FrameUnit) -> int:
    return unit.layout.frame.opcode


def code_of(close: FrameUnit) -> int:
    """The code in a Close frame; 0 if there is none."""
    return int.from_bytes(close.layout.frame.payload[:2], "big")


def reason_of(close: FrameUnit) -> str:
    return close.layout.frame.payload[2:].decode("utf-8", "replace")


def finding(said: Said, evidence: tuple[Evidence, ...] = (), section: str = "") -> Finding:
    return Finding((said,), evidence, section)


def whose(side: Side) -> Said:
    """The side, as a word for a sentence."""
    return Said(f"capture.side-{side}")


def is_readable(data: bytes) -> bool:
    """Whether it is UTF-8 without control characters, but for tabs and line ends."""
    try:
        return all(char.isprintable() or char in "\t\r\n" for char in data.decode())
    except UnicodeDecodeError:
        return False


def _asks(head: MessageHead) -> bool:
    """Whether a request asks for WebSocket, or tries to."""
    upgrades = (token.lower() for token in head.tokens("Upgrade"))
    names = (line.name.text.lower() for line in head.headers)
    return "websocket" in upgrades or any(name.startswith("sec-websocket-") for name in names)
