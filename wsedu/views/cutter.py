"""The stream cutter: a stream of bytes, two cuts that move, and what the reader knows.

How to think about it: the bytes are always the same, and so are the frames in them. Only the
chunks change. So what a reader knows after the first n bytes is one table, made here by feeding
the readers of ``wsedu.protocol``; the page only looks things up in it.
"""

from __future__ import annotations

from .._text import _
from ..protocol import (
    Frame,
    FrameReader,
    Header,
    MessageReader,
    ProtocolError,
    Span,
    read_layout,
)
from ..protocol.frames import Role
from .adjustable import Adjustable, State
from .drawing import WIDTH, Drawing, Slots, clean, wrap
from .picture import module

LONGEST = 60  # bytes of a stream that is drawn
COLUMNS, CELL, LEFT = 30, 28, 14
ROW = 62  # pixels
CHUNKS = 3


class StreamCutter(Adjustable):
    """A stream of frames, cut into three chunks wherever the learner wants.

    stream: whole frames, ``LONGEST`` bytes at most
    sender: "client" or "server", who sends it
    """

    _esm = module("board.js", "adjustable.js", "cutter.js")

    def __init__(self, stream: bytes, sender: Role) -> None:
        if not 0 < len(stream) <= LONGEST:
            raise ValueError(f"the stream has 1 to {LONGEST} bytes, not {len(stream)}")
        self._stream = stream
        self._frames = _frames_of(stream)
        self._known = [_known(stream, self._frames, sender, n) for n in range(len(stream) + 1)]
        self._titles = {
            "chunk": _("Chunk {number}, bytes {first} to {last}:"),
            "byte": _("Chunk {number}, byte {first}:"),
            "nothing": _("Chunk {number}: no bytes."),
        }
        limits = {"kind": "range", "min": 0, "max": len(stream)}
        super().__init__(
            label=_("Where the stream is cut"),
            controls=[
                {"name": "first", "label": _("first cut"), **limits},
                {"name": "second", "label": _("second cut"), **limits},
            ],
            state={"first": len(stream) // 3, "second": len(stream) * 2 // 3},
            words={**self._titles, "known": self._known, "size": len(stream)},
            hint=_("Move the cuts: the frames stay the same, whatever the chunks are."),
        )

    def slots(self, state: State) -> Slots:
        """The cuts, and a sentence for each chunk."""
        size = len(self._stream)
        cuts = sorted([state["first"], state["second"]])
        slots = {
            f"cut{n}.class": "cut" if n in cuts and 0 < n < size else "gone"
            for n in range(size + 1)
        }
        said = []
        for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, size], strict=True), 1):
            kind = "nothing" if start == end else "byte" if end == start + 1 else "chunk"
            title = self._titles[kind].format(number=number, first=start, last=end - 1)
            slots[f"title{number}"] = title
            slots[f"known{number}"] = self._known[end]
            said.append(f"{title} {self._known[end]}")
        slots["said"] = "\n".join(said)
        return slots

    def draw(self, slots: Slots) -> str:
        """The bytes with their cuts, frame by frame, and what is known below."""
        drawing = Drawing(
            _("A stream of {count} bytes, cut into chunks").format(count=len(self._stream))
        )
        y = 20.0
        for line in wrap(
            _("H header, K masking key, P payload; a line in front of each frame"), WIDTH - 40
        ):
            drawing.text(LEFT, y + 4, line, "small soft")
        rows = range(0, len(self._stream), COLUMNS)
        for row in rows:
            y += 30
            self._draw_row(drawing, row, y, slots)
            y += ROW - 30 + 8
        for number in range(1, CHUNKS + 1):
            y += 26
            drawing.slot(f"title{number}", LEFT, y, slots, "strong")
            y += 18
            drawing.slot(f"known{number}", LEFT + 14, y, slots)
        return drawing.svg()

    def _draw_row(self, drawing: Drawing, row: int, y: float, slots: Slots) -> None:
        for n in range(row, min(row + COLUMNS, len(self._stream))):
            x = LEFT + (n - row) * CELL
            letter, style, frame = self._role_of(n)
            with drawing.item(f"b{n}", self._say(n, letter, frame)):
                drawing.rect(x + 1, y, CELL - 2, 34, style)
                drawing.text(x + CELL / 2, y + 14, letter, "small soft", "middle")
                drawing.text(x + CELL / 2, y + 29, f"{self._stream[n]:02x}", "mono small", "middle")
            if n == self._frames[frame][0].start:
                drawing.path(f"M{x:g} {y - 4:g}V{y + 38:g}", y + 38, "arrow")
                drawing.text(x + 3, y - 6, _("frame {n}").format(n=frame + 1), "small")
        for n in range(row, min(row + COLUMNS, len(self._stream)) + 1):
            x = LEFT + (n - row) * CELL
            # The border between two rows belongs to the end of the first.
            if n == row and row:
                continue
            with drawing.kind(f"cut{n}", slots):
                drawing.rect(x - 2, y - 3, 4, 42, "tip")
                drawing.text(x, y + 52, "✂", "bad", "middle")

    def _role_of(self, n: int) -> tuple[str, str, int]:
        frame = next(i for i, f in enumerate(self._frames) if f[0].start <= n < f[0].end)
        span, header = self._frames[frame]
        body = span.start + header.size
        if n >= body:
            return "P", "value", frame
        if header.masked and n >= body - 4:
            return "K", "end", frame
        return "H", "name", frame

    def _say(self, n: int, letter: str, frame: int) -> str:
        names = {"H": _("header"), "K": _("masking key"), "P": _("payload")}
        return _("byte {n}, {byte}: {part} of frame {frame}").format(
            n=n, byte=f"{self._stream[n]:02x}", part=names[letter], frame=frame + 1
        )


def _frames_of(stream: bytes) -> list[tuple[Span, Header]]:
    frames: list[tuple[Span, Header]] = []
    start = 0
    while start < len(stream):
        layout = read_layout(stream, start)
        if layout is None or layout.header is None or layout.truncated is not None:
            raise ValueError(f"the stream ends in the middle of frame {len(frames) + 1}")
        frames.append((layout.span, layout.header))
        start = layout.span.end
    return frames


def _known(stream: bytes, frames: list[tuple[Span, Header]], sender: Role, n: int) -> str:
    """What a reader knows when the first ``n`` bytes have come."""
    reader = FrameReader("server" if sender == "client" else "client")
    messages, done, heard = MessageReader(), 0, []
    try:
        for piece in reader.receive(stream[:n]):
            done += piece.last
            message = messages.receive(piece)
            if message is not None and not isinstance(message, Frame):
                heard.append(message)
    except ProtocolError as error:
        return clean(str(error))
    words = [_count(done, _("no frame complete"), _("1 frame complete"), _("{n} frames complete"))]
    words.append(_count(len(heard), _("no message"), _("1 message"), _("{n} messages")))
    for span, header in frames:
        start, end = span.start, span.end
        body = start + header.size
        if start < n < body:
            words.append(
                _("part of a header, which is not complete (bytes so far: {have})").format(
                    have=n - start
                )
            )
        elif body <= n < end:
            words.append(
                _("a header that announces {length} bytes, of which {have} have come").format(
                    length=header.length, have=n - body
                )
            )
    return "; ".join(words) + "."


def _count(n: int, none: str, one: str, many: str) -> str:
    return none if n == 0 else one if n == 1 else many.format(n=n)
