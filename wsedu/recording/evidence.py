"""Bytes that show something: whose they are, where they lie, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol import Span
from ..said import Said
from .events import Side
from .frame_fields import text_or_hex
from .frames import FrameUnit

SHOWN = 60  # bytes of a payload, and characters, that are shown


@dataclass(frozen=True)
class Evidence:
    """Bytes that show a cause.

    side: the sender; span: offsets in its stream; data: the bytes at that place
    meant: of a masked payload, the bytes that it stands for
    """

    side: Side
    span: Span
    data: bytes
    meant: bytes | None = None

    def __str__(self) -> str:
        """One line, in the language of the course."""
        side, start, last = Said(f"capture.side-{self.side}"), self.span.start, self.span.end - 1
        if self.meant is None:
            shown = _shown(self.data)
            return str(Said("doctor.evidence", side=side, start=start, last=last, shown=shown))
        shown, meant = self.data[: SHOWN // 3].hex(" "), _shown(self.meant)
        return str(
            Said(
                "doctor.evidence-masked",
                side=side,
                start=start,
                last=last,
                shown=shown,
                meant=meant,
            )
        )


def of_payload(unit: FrameUnit) -> Evidence:
    """The first bytes of a frame's payload, and what they stand for if they are masked."""
    layout, start = unit.layout, unit.layout.payload.start
    span = Span(start, min(layout.payload.end, start + SHOWN))
    meant = None if layout.mask_key is None else layout.frame.payload[:SHOWN]
    return Evidence(unit.sender, span, unit.stream[span.start : span.end], meant)


def _shown(data: bytes) -> str:
    return text_or_hex(data.rstrip(b"\r\n") or data, SHOWN)
