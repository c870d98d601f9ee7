"""A recording: every byte of one TCP connection, with its sender and its time.

How to think about it: a log of one connection, one line for each thing that happened. Bytes
arrive in chunks, cut wherever TCP cut them; the chunks are kept as they came. A recording is a
value: it never changes, it compares with ``==``, and it can be saved and loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from .._awaited import no_coroutine
from . import files, secrets
from .events import Begins, Event, Side, sent_by


@dataclass(frozen=True)
class Recording:
    """One connection, from its first byte to its last.

    events:  in the order in which they happened
    note:    where the recording comes from, if that must be said
    dropped: how many bytes are missing at the end, because a recording is full, a capture has a gap
    begins:  "connection"; or "response", if the request is not here; or "frames", if the opening
             handshake is not: then all bytes belong to frames
    """

    events: tuple[Event, ...] = ()
    note: str = ""
    dropped: int = 0
    begins: Begins = "connection"

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

    @classmethod
    def open(
        cls, source: str | Path | bytes, port: int | None = None, connection: int | None = None
    ) -> Recording:
        """The one WebSocket connection in a file of any kind: see ``opening``.

        source:     a path, or the bytes of a file
        port:       look only at connections with this port, and at those that began earlier too
        connection: which one, if there are several: 1 is the first

        Raises ValueError: what the file seems to be, and what would help; or, if it has several
        connections, a list of them. Raises OSError if the file cannot be read.
        """
        return _open(source, port, connection)

    def save(self, path: str | Path) -> None:
        """Write readable JSON; to a name that ends in ``.pcapng``, a file for Wireshark."""
        files.save(path, self.events, self.note, self.dropped, self.begins)

    @classmethod
    def load(cls, path: str | Path) -> Recording:
        """Read the JSON that ``save`` wrote; raises ValueError that says what is wrong with it."""
        return cls(*files.load(path))

    def to_json(self) -> str:
        """Readable JSON: text where the bytes are lines of ASCII, hex elsewhere."""
        return files.to_json(self.events, self.note, self.dropped, self.begins)

    @classmethod
    def from_json(cls, text: str) -> Recording:
        """The recording that ``to_json`` wrote; raises ValueError like ``load``."""
        return cls(*files.from_json(text))


Opener = Callable[[str | Path | bytes, int | None, int | None], Recording]

_open: Opener


def install(opener: Opener) -> None:
    """Let this function open files: it makes recordings, so this module cannot import it."""
    global _open
    _open = opener
