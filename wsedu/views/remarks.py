"""What must be said of a recording in every picture of it: where it comes from, what is missing."""

from ..recording import Recording
from ..words import ngettext
from .drawing import Drawing, clean, wrap

NOTE = 600  # characters of the recording's note that are drawn; the text has all of it


def dropped(recording: Recording) -> str:
    """How many bytes the recording had no room for; nothing if it is whole."""
    if not recording.dropped:
        return ""
    said = ngettext(
        "Not everything was recorded: {count} more byte is not in it.",
        "Not everything was recorded: {count} more bytes are not in it.",
        recording.dropped,
    )
    return said.format(count=recording.dropped)


def remarks(recording: Recording) -> list[str]:
    """The lines that end the picture's text."""
    return [line for line in (dropped(recording), clean(recording.note)) if line]


def draw_remarks(drawing: Drawing, recording: Recording, y: float) -> None:
    """The same below a picture that ends at ``y``."""
    notes = filter(None, (recording.note, dropped(recording)))
    for line in [line for note in notes for line in wrap(note[:NOTE], drawing.width - 28, 6.2)]:
        y += 20
        drawing.text(14, y, line, "small soft")
