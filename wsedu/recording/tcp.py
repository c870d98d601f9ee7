"""From TCP segments to the two streams of each connection, as the two programs read them.

How to think about it: TCP numbers every byte. A segment says the number of its first byte, and
the receiver puts it where it belongs: what comes twice is dropped, what comes early waits. A
capture sees what the receiver sees, with one difference. The receiver asks again for bytes that
are missing, until it has them. A capture may never get them: capturing programs lose packets, on
loopback too. So a stream ends here at its first gap. The bytes after the gap are counted, not
kept: nothing tells where among them a frame begins.

TCP is RFC 9293. Its numbers have 32 bits; after the last one comes 0.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Literal

from .exported import Unrepeated
from .packets import BILLION, Packet
from .segments import ACK, FIN, NO_NUMBER, RST, SYN, read_segment

NUMBERS = 1 << 32
LAST = NUMBERS - 1
FAR = 1 << 30  # no sender is further ahead of what was confirmed: the largest window (RFC 7323 2.3)
MOST_WAITING = 1 << 16  # segments that came early

Happened = bytes | Literal["end", "lost"]

_HTTP = re.compile(rb"[A-Z]+(?:[ /]|$)")  # the beginning of a request or a response


class Half:
    """The stream of one side.

    first:   the number of its first byte; next: of the byte that continues it; NO_NUMBER while
             that is not known
    read:    how many bytes there are, in order
    reached: how many bytes were sent, as far as numbers tell
    start:   the first bytes
    odd:     how many segments have numbers that cannot belong to it
    """

    other: Half

    def __init__(self, conversation: Conversation, side: int) -> None:
        self.conversation = conversation
        self.side = side
        self.first = self.next = NO_NUMBER
        self.read = self.reached = self.odd = 0
        self.start = b""
        self.waiting: list[tuple[int, bytes]] = []  # what came early: offset and bytes, as a heap
        self.confirmed = self.first_confirmed = NO_NUMBER  # by the other side
        self.fin: int | None = None  # the offset of its end
        self.fin_time = 0
        self.ended = self.reset = False
        self.unrepeated = Unrepeated()

    @property
    def missing(self) -> int:
        """How many bytes the first gap has, or 0."""
        return (self.waiting[0][0] if self.waiting else self.reached) - self.read

    def begin(self, first: int) -> None:
        if self.first == NO_NUMBER:
            self.first = self.next = first & LAST

    def take(self, time: int, sequence: int, flags: int, data: bytes, length: int) -> None:
        """A segment of ``length`` bytes, of which ``data`` were captured."""
        if flags & RST:
            if not self.reset:
                self.reset = True
                self.conversation.add(time, self.side, "lost")
            return  # what it carries is not part of the stream
        if length:
            self.begin(sequence)  # unless its SYN was seen
        elif self.first == NO_NUMBER:
            return
        ahead = (sequence - self.next) & LAST
        if ahead > NUMBERS - FAR:  # it begins with bytes that were read before
            known = NUMBERS - ahead
            if known > length:
                return
            data, length, ahead = data[known:], length - known, 0
        elif ahead > FAR:
            self.odd += bool(length)
            return
        offset = self.read + ahead
        if length:
            self.reached = max(self.reached, offset + length)
        if flags & FIN and self.fin is None:
            self.fin, self.fin_time = offset + length, time
        if ahead == 0:
            self.extend(time, data)
        elif data and len(self.waiting) < MOST_WAITING:
            heappush(self.waiting, (offset, data))
        while self.waiting and self.waiting[0][0] <= self.read:
            offset, data = heappop(self.waiting)
            self.extend(time, data[self.read - offset :])
        if self.read == self.fin and not self.ended:
            self.ended = True
            self.conversation.add(time, self.side, "end")

    def take_exported(self, time: int, data: bytes) -> None:
        """Bytes without a number: they come in order, some of them twice."""
        self.extend(time, self.unrepeated.take(data))
        self.reached = self.read

    def extend(self, time: int, data: bytes) -> None:
        if data:
            self.start = self.start or data[:32]
            self.next = (self.next + len(data)) & LAST
            self.read += len(data)
            self.conversation.add(time, self.side, data)

    def confirm(self, number: int) -> None:
        """The other side has everything before this number."""
        if self.confirmed == NO_NUMBER:
            self.confirmed = self.first_confirmed = number
        elif (number - self.confirmed) & LAST <= FAR:
            self.confirmed = number

    def finish(self) -> None:
        """Count bytes that were sent and never seen: the other side confirmed them, or the end."""
        self.reached = max(self.reached, self.read, self.fin or 0)
        if self.confirmed != NO_NUMBER:
            known = self.first_confirmed if self.first == NO_NUMBER else self.next
            ahead = (self.confirmed - known) & LAST
            # An end (FIN) has a number too. If one number is missing, it is that of the end.
            if ahead <= FAR:
                sent = self.read + ahead - (self.fin is not None or ahead == 1)
                self.reached = max(self.reached, sent)
        if self.fin is not None and not self.ended:
            self.conversation.insert(self.fin_time, self.side, "end")


class Conversation:
    """One TCP connection: its two halves, and what happened in which order.

    path:   addresses and ports of the sender and the receiver of its first packet
    start:  when that was, in nanoseconds since 1970
    opener: the half that sent the SYN, if it was seen
    cut:    how many segments were captured in part
    exported: whether they are decrypted bytes, which have no numbers
    kept:   whether its bytes are kept; None while it has none
    times, sides, events: of all that happened: seconds since ``start``, the number of the half,
            and bytes, "end" or "lost"
    """

    def __init__(self, path: bytes, start: int, port: int | None) -> None:
        self.path = path
        self.start = start
        self.halves = Half(self, 0), Half(self, 1)
        self.halves[0].other, self.halves[1].other = self.halves[1], self.halves[0]
        self.opener: Half | None = None
        self.cut = 0
        self.exported = False
        self.kept = True if port in self.ports else None
        self.times = array("d")
        self.sides = bytearray()
        self.events: list[Happened] = []

    @property
    def ports(self) -> tuple[int, int]:
        return int.from_bytes(self.path[-4:-2]), int.from_bytes(self.path[-2:])

    def add(self, time: int, side: int, event: Happened) -> None:
        if self.kept is None and isinstance(event, bytes):
            # A capture may hold a gigabyte of video: what is not HTTP at first is only counted.
            self.kept = _HTTP.match(event[:16]) is not None
        if self.kept is not False or isinstance(event, str):
            self.times.append((time - self.start) / BILLION)
            self.sides.append(side)
            self.events.append(event)

    def insert(self, time: int, side: int, event: Happened) -> None:
        place = bisect_right(self.times, (time - self.start) / BILLION)
        self.times.insert(place, (time - self.start) / BILLION)
        self.sides.insert(place, side)
        self.events.insert(place, event)


def read_conversations(
    packets: Iterable[Packet], port: int | None = None
) -> tuple[list[Conversation], Counter[str]]:
    """All connections, in the order of their first packets; and how many packets have no segment.

    Those are counted by the reason that ``read_segment`` gives. The bytes of a connection are kept
    if they begin like HTTP, or if one side has this port.
    """
    conversations: list[Conversation] = []
    halves: dict[bytes, Half] = {}  # by path, for both directions
    others: Counter[str] = Counter()
    for time, link, captured, original in packets:
        segment = read_segment(link, captured, original)
        if isinstance(segment, str):
            others[segment] += 1
            continue
        path, sequence, acknowledged, flags, data, length = segment
        half = halves.get(path)
        if half is None or (flags & SYN and _is_new(half, sequence, acknowledged, flags)):
            conversation = Conversation(path, time, port)
            conversations.append(conversation)
            half, other = conversation.halves
            halves[path], halves[_turned(path)] = half, other
        if sequence == NO_NUMBER:
            half.conversation.exported = True
            half.take_exported(time, data)
            continue
        if flags & SYN:
            sequence += 1  # a SYN has a number too
            half.begin(sequence)
            half.conversation.opener = half.other if flags & ACK else half
            if flags & ACK:
                half.other.begin(acknowledged)
        if (
            sequence == half.next
            and half.read
            and len(data) == length
            and not half.waiting
            and not flags & (FIN | SYN | RST)
        ):
            # Nearly all segments, so this is the short form of ``take``, with the same result.
            if length:
                half.next = (sequence + length) & LAST
                half.read += length
                conversation = half.conversation
                if conversation.kept:
                    conversation.times.append((time - conversation.start) / BILLION)
                    conversation.sides.append(half.side)
                    conversation.events.append(data)
        else:
            half.conversation.cut += len(data) < length
            half.take(time, sequence, flags, data, length)
        if flags & ACK and acknowledged != half.other.confirmed and not flags & RST:
            half.other.confirm(acknowledged)
    for conversation in conversations:
        for half in conversation.halves:
            half.finish()
    return conversations, others


def _is_new(half: Half, sequence: int, acknowledged: int, flags: int) -> bool:
    """Whether this SYN opens another connection with the same addresses and ports.

    A SYN that is sent again has the same number as before; a new one has a number of its own.
    """
    first, other = half.first, half.other.first
    if first != NO_NUMBER:
        return first != (sequence + 1) & LAST
    return other != NO_NUMBER and not (flags & ACK and other == acknowledged)


def _turned(path: bytes) -> bytes:
    """The path of the other direction."""
    size = (len(path) - 4) // 2
    return path[size : 2 * size] + path[:size] + path[-2:] + path[-4:-2]
