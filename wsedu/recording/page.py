"""What a page did: the recording of its connection, and what its script did and heard meanwhile.

How to think about it: the tap sees bytes and no events; the script hears events and sees no bytes.
Both are kept, each with its own clock. That one thing caused another is seen by comparing them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import files
from .recording import Recording

CALLS = ("send", "close()")  # what a script does with its WebSocket
EVENTS = ("open", "message", "error", "close")  # what it hears of it


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One thing that the page's script did or heard.

    time:  seconds since the script made its WebSocket, by the page's clock
    name:  one of ``CALLS`` or ``EVENTS``; or "tell", something that the script wanted to say
    words: what it was, in the words of the browser's API
    """

    time: float
    name: str
    words: str

    @property
    def threw(self) -> bool:
        """Whether it is a call that did nothing but raise an exception."""
        return self.name in CALLS and " throws " in self.words


@dataclass(frozen=True)
class PageRecording(Recording):
    """A recording of a page's connection.

    script: what the page's script did and heard, in this order; empty if it was not written down
    """

    script: tuple[ScriptStep, ...] = ()

    @classmethod
    def of(cls, recording: Recording, script: tuple[ScriptStep, ...]) -> PageRecording:
        """The recording, and what the script did and heard."""
        return cls(recording.events, recording.note, recording.dropped, recording.begins, script)

    def save(self, path: str | Path) -> None:
        """Write readable JSON; a file for Wireshark holds what crossed the wire, and no more."""
        if Path(path).suffix == ".pcapng":
            super().save(path)
        else:
            files.write_whole(path, self.to_json().encode())

    @classmethod
    def load(cls, path: str | Path) -> PageRecording:
        """Read the JSON that ``save`` wrote; raises ValueError that says what is wrong with it."""
        try:
            return cls.from_json(Path(path).read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    def to_json(self) -> str:
        """The JSON of a recording, with the script beside the events."""
        content = json.loads(super().to_json())
        content["script"] = [f"{step.time:.6f} {step.name} {step.words}" for step in self.script]
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> PageRecording:
        """The recording that ``to_json`` wrote; raises ValueError like ``load``."""
        recording = Recording.from_json(text)
        lines = json.loads(text).get("script", [])
        if not isinstance(lines, list):
            raise ValueError(f'"script" must be a list, not {lines!r:.60}')
        return cls.of(recording, tuple(_read(line) for line in lines))


def _read(line: Any) -> ScriptStep:
    try:
        time, name, words = line.split(" ", 2)
        return ScriptStep(float(time), name, words)
    except (AttributeError, ValueError) as error:
        raise ValueError(f'"script" has {line!r}, not "SECONDS NAME WORDS"') from error
