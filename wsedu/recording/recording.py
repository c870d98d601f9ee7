"""A recording: every byte of one TCP connection, with its sender and its time.

How to think about it: a log of one connection, one line for each thing that happened. Bytes
arrive in chunks, cut wherever TCP cut them; the chunks are kept as they came. A recording is a
value: it never changes, it compares with ``==``, and it can be saved and loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from .._awaited import no_coroutine
from . import files, secrets
from .events import Event, Side, sent_by


@dataclass(frozen=True)
class Recording:
    """One connection, from its first byte to its last.

    events:  in the order in which they happened
    note:    where the recording comes from, if that must be said
    dropped: how many bytes are missing at the end, because the recording was full
    """

    events: tuple[Event, ...] = ()
    note: str = ""
    dropped: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.events, tuple):  # there may be 40,000 of them
            no_coroutine("Recording", self.events)

    @property
    def ended(self) -> bool:
        """Whether both sides have ended their streams, by TCP FIN or RST."""
        return len({event.sender for event in self.events if event.kind in ("end", "lost")}) == 2

    def sent_by(self, side: Side) -> bytes:
        """All bytes of one side, joined: the stream that the other side reads."""
        return sent_by(side, self.events)

    def with_secrets_covered(self) -> Recording:
        """The same recording, the values of secrets covered with ``*``: see ``secrets``."""
        events = secrets.cover(self.events)
        return self if events is self.events else replace(self, events=events)

    def save(self, path: str | Path) -> None:
        """Write readable JSON; to a name that ends in ``.pcapng``, a file for Wireshark."""
        files.save(path, self.events, self.note, self.dropped)

    @classmethod
    def load(cls, path: str | Path) -> Recording:
        """Read the JSON that ``save`` wrote; raises ValueError that says what is wrong with it."""
        return cls(*files.load(path))

    def to_json(self) -> str:
        """Readable JSON: text where the bytes are lines of ASCII, hex elsewhere."""
        return files.to_json(self.events, self.note, self.dropped)

    @classmethod
    def from_json(cls, text: str) -> Recording:
        """The recording that ``to_json`` wrote; raises ValueError like ``load``."""
        return cls(*files.from_json(text))
