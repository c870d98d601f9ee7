"""The stream cutter: a stream of bytes, two cuts that move, and what the reader knows.

How to think about it: the bytes are always the same, and so are the frames in them. Only the
chunks change. So what a reader knows after the first n bytes is one table, made here by feeding
the readers of ``wsedu.protocol``; the page only looks things up in it. The header of a frame is
everything before its payload, including the masking key.
"""

from typing import NamedTuple

from ..protocol import (
    Frame,
    FrameHeader,
    FrameReader,
    MessageReader,
    ProtocolError,
    Span,
    read_layout,
)
from ..protocol.frames import Role
from ..words import _
from . import frame_colours
from .adjustable import Adjustable, State, slider
from .drawing import Drawing, Slots, clean
from .frame_colours import LOOKS
from .picture import module

LONGEST = 60  # bytes of a stream that is drawn
COLUMNS, CELL, LEFT = 30, 28, 14
ROW = 62  # pixels
CHUNKS = 3


class StreamCutter(Adjustable):
    """A stream of frames, cut into three chunks wherever the learner wants.

    stream: whole frames, ``LONGEST`` bytes at most
    sender: the side that sends it, "client" or "server"
    """

    _esm = module("interactive_svg.js", "adjustable.js", "cutter.js")

    def __init__(self, stream: bytes, sender: Role) -> None:
        if not 0 < len(stream) <= LONGEST:
            raise ValueError(f"the stream has 1 to {LONGEST} bytes, not {len(stream)}")
        self._stream = stream
        self._frames = _frames_of(stream)
        self._known = [_known(stream, self._frames, sender, n) for n in range(len(stream) + 1)]
        self._counts = _(
            "Frames complete: {more_frames} more, {frames} in all. "
            "Messages: {more_messages} more, {messages} in all."
        )
        self._titles = {
            "chunk": _("Chunk {number}, bytes {first} to {last}:"),
            "byte": _("Chunk {number}, byte {first}:"),
            "nothing": _("Chunk {number}: no bytes."),
        }
        size = len(stream)
        super().__init__(
            label=_("Where the stream is cut"),
            controls=[
                slider("first", _("first cut"), 0, size, size // 3),
                slider("second", _("second cut"), 0, size, size * 2 // 3),
            ],
            words={
                **self._titles,
                "counts": self._counts,
                "frames": [known.frames for known in self._known],
                "messages": [known.messages for known in self._known],
                "left": [known.left for known in self._known],
                "size": size,
            },
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
            before, known = self._known[start], self._known[end]
            counts = self._counts.format(
                more_frames=known.frames - before.frames,
                frames=known.frames,
                more_messages=known.messages - before.messages,
                messages=known.messages,
            )
            slots[f"title{number}"] = title
            slots[f"counts{number}"] = counts
            slots[f"left{number}"] = known.left
            said.append(f"{title} {counts} {known.left}")
        slots["said"] = "\n".join(said)
        return slots

    def draw(self, slots: Slots) -> str:
        """The bytes with their cuts, frame by frame, and what is known below."""
        drawing = Drawing(
            _("A stream of {count} bytes, cut into chunks").format(count=len(self._stream))
        )
        kinds = {kind for n in range(len(self._stream)) for kind in self._kinds_at(n)}
        y = frame_colours.legend(drawing, [kind for kind in LOOKS if kind in kinds], LEFT, 26)
        words = _("The header is everything before the payload, including the masking key.")
        y += 22
        drawing.text(LEFT, y, words, "small soft")
        rows = range(0, len(self._stream), COLUMNS)
        for row in rows:
            y += 30
            self._draw_row(drawing, row, y, slots)
            y += ROW - 30 + 8
        for number in range(1, CHUNKS + 1):
            y += 26
            drawing.slot(f"title{number}", LEFT, y, slots, "strong")
            for line in ("counts", "left"):
                y += 18
                drawing.slot(f"{line}{number}", LEFT + 14, y, slots)
        return drawing.svg()

    def _draw_row(self, drawing: Drawing, row: int, y: float, slots: Slots) -> None:
        for n in range(row, min(row + COLUMNS, len(self._stream))):
            x = LEFT + (n - row) * CELL
            kinds, frame = self._kinds_at(n), self._frame_of(n)
            with drawing.item(f"b{n}", self._say(n)):
                frame_colours.cell(drawing, kinds, x, y, CELL, 34)
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

    def _frame_of(self, n: int) -> int:
        return next(i for i, (span, _h) in enumerate(self._frames) if span.start <= n < span.end)

    def _kinds_at(self, n: int) -> tuple[str, ...]:
        span, header = self._frames[self._frame_of(n)]
        return frame_colours.kinds_at(header, n - span.start)

    def _say(self, n: int) -> str:
        kinds, frame = self._kinds_at(n), self._frame_of(n) + 1
        words = _("byte {n} of the stream, {byte:02x}: {part}, in the header of frame {frame}")
        if kinds == ("payload",):
            words = _("byte {n} of the stream, {byte:02x}: {part} of frame {frame}")
        part = frame_colours.names(kinds)
        return words.format(n=n, byte=self._stream[n], part=part, frame=frame)


def _frames_of(stream: bytes) -> list[tuple[Span, FrameHeader]]:
    frames: list[tuple[Span, FrameHeader]] = []
    start = 0
    while start < len(stream):
        layout = read_layout(stream, start)
        if layout is None or layout.header is None or layout.truncated is not None:
            raise ValueError(f"the stream ends in the middle of frame {len(frames) + 1}")
        frames.append((layout.span, layout.header))
        start = layout.span.end
    return frames


class Known(NamedTuple):
    """What a reader knows: frames and messages that are complete, and what is left over."""

    frames: int
    messages: int
    left: str


def _known(stream: bytes, frames: list[tuple[Span, FrameHeader]], sender: Role, n: int) -> Known:
    """What a reader knows when the first ``n`` bytes have come."""
    reader = FrameReader("server" if sender == "client" else "client")
    messages, done, heard = MessageReader(), 0, 0
    try:
        for piece in reader.receive(stream[:n]):
            done += piece.last
            message = messages.receive(piece)
            heard += message is not None and not isinstance(message, Frame)
    except ProtocolError as error:
        return Known(done, heard, clean(f"✘ {error}"))
    return Known(done, heard, _left(frames, n))


def _left(frames: list[tuple[Span, FrameHeader]], n: int) -> str:
    """What the first ``n`` bytes leave over after their last whole frame."""
    for span, header in frames:
        if span.start < n < span.end:
            have, size = n - span.start, header.size
            if have < size:
                return _("Bytes left over: {have}, part of a header.").format(have=have)
            return _(
                "Bytes left over: {have}: a header of {size}, and {part} of the {length} bytes of "
                "payload that it announces."
            ).format(have=have, size=size, part=have - size, length=header.length)
    return _("Bytes left over: 0.")
