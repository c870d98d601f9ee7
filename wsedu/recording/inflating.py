"""Compressed messages of one direction, inflated as they come (RFC 7692 7.2.2).

How to think about it: a compressor writes a message in fewer bytes by pointing back at what it
wrote before: "the same 5 bytes as 20 bytes ago". With context takeover it may point back into
earlier messages as well. So the reader keeps the end of all that it has inflated, and reads the
messages in their order. A message that is damaged takes the later ones with it, unless the sender
forgets its context after each message.

A few compressed bytes may stand for very many, so there are two bounds. Of one message, ``LIMIT``
bytes are read; the rest of it is inflated, for the sake of the later ones, and thrown away. In
one direction, ``LEAST`` bytes are inflated, or ``TIMES`` as many as were sent if that is more.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..protocol import Problem, Span
from ..said import Said

LIMIT = 2**20  # bytes of one message
LEAST, TIMES = 2**26, 16  # of one direction: 64 MiB, or 16 times what was sent
SHOWN = 2**10  # bytes of one frame that are kept for pictures
WINDOW = 2**15  # how far back a compressor may ever point (RFC 1951 2)
STEP, NARROW_STEP = 2**14, 2**8  # bytes that zlib takes or gives at once

# 7.2.1: the sender has taken away these four bytes, which end an empty block. After them comes one
# more empty block, marked as the last: zlib comes to its end only if the message was complete.
TAIL = b"\x00\x00\xff\xff" + b"\x01\x00\x00\xff\xff"


@dataclass(frozen=True)
class Inflated:
    """What the payload of one frame stands for.

    start: its first bytes, ``SHOWN`` at most
    size:  how many bytes it stands for
    lost:  why there are no more bytes of it, or None if these are all
    """

    start: bytes = b""
    size: int = 0
    lost: Said | None = None


class Inflater:
    """Inflates the messages of one direction, in their order.

    bits:          of the window that was agreed on
    keeps_context: whether a message may point back into earlier ones
    sent:          how many bytes this direction has in all
    """

    def __init__(self, bits: int, keeps_context: bool, sent: int) -> None:
        self._bits, self._keeps_context = bits, keeps_context
        self._left = max(LEAST, TIMES * sent)
        self._history = b""  # the end of what was inflated
        self._context_lost: Said | None = None  # why later messages cannot be read
        self.begin()

    def begin(self) -> None:
        """A compressed message begins."""
        if not self._keeps_context:
            self._history = b""
        self._lost = self._context_lost  # why the rest of this message cannot be read
        self._size = 0  # of this message, as far as it has come
        self._wide = self._new(15)
        self._narrow = self._new(self._bits) if self._bits < 15 else None

    def take(
        self, payload: bytes, last: bool, span: Span
    ) -> tuple[bytes, Inflated, tuple[Problem, ...]]:
        """The next payload of a message: its bytes, ``Inflated``, and what is wrong.

        If ``Inflated.lost`` says why, the bytes are not all. It is a problem if the sender is
        to blame; our own bounds are none.
        """
        if self._lost is not None and self._lost.id != "inflate.too-long":
            return b"", Inflated(lost=self._lost), ()
        data = payload + TAIL if last else payload
        problems = self._points_too_far(data, span)
        found, before = bytearray(), self._size
        damage: Said | None = None
        try:
            for piece in self._inflate(data):
                found += piece[: max(0, LIMIT - self._size)]
                self._size += len(piece)
            if last and self._context_lost is None and not self._wide.eof:
                damage = Said("inflate.unfinished")
        except zlib.error as error:
            damage = Said("inflate.damaged", reason=str(error).partition(": ")[2])
        if damage is not None:
            problems = (*problems, Problem(damage, span, "RFC 7692 7.2.2"))
            self._lost = Said("inflate.is-damaged")
            self._context_lost = Said("inflate.context-lost") if self._keeps_context else None
        if self._lost is None and self._size > LIMIT:
            self._lost = Said("inflate.too-long", limit=f"{LIMIT:,}")
        inflated = Inflated(bytes(found[:SHOWN]), self._size - before, self._lost)
        return bytes(found), inflated, problems

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), STEP):
            unread, out = data[start : start + STEP], b""
            while unread or len(out) == STEP:
                if self._left <= 0:
                    self._lost = self._context_lost = Said("inflate.enough")
                    return
                out = self._wide.decompress(unread, STEP)
                unread = self._wide.unconsumed_tail
                if out:
                    self._left -= len(out)
                    self._history = (self._history + out)[-WINDOW:]
                    yield out
                if self._wide.eof:
                    # 7.2.3.4: a block may be marked as the last, and others may follow.
                    unread = self._wide.unused_data
                    if unread:
                        self._wide = self._new(15)
                        self._left -= SHOWN  # that takes time too

    def _points_too_far(self, data: bytes, span: Span) -> tuple[Problem, ...]:
        """Whether a reader with the window that was agreed on fails where a larger one reads on.

        zlib allows what it gave at once on top of the window, so it gives ``NARROW_STEP`` bytes.
        """
        if self._narrow is None or self._size > LIMIT:
            return ()
        size = 0
        try:
            for start in range(0, len(data), NARROW_STEP):
                unread, out = data[start : start + NARROW_STEP], b""
                while unread or len(out) == NARROW_STEP:
                    out = self._narrow.decompress(unread, NARROW_STEP)
                    unread = self._narrow.unconsumed_tail
                    size += len(out)
                    if size > LIMIT:
                        return ()
        except zlib.error as error:
            self._narrow = None
            if "too far back" in str(error):
                said = Said("inflate.too-far", bits=self._bits, size=2**self._bits)
                return (Problem(said, span, "RFC 7692 7.1.2"),)
        return ()

    def _new(self, bits: int) -> zlib._Decompress:
        return zlib.decompressobj(-bits, self._history)
