"""Recordings as files: readable JSON, or a capture for Wireshark.

How to think about it: a file holds what a recording is made of: its events, a note, how many
bytes were dropped, and where it begins. So nothing here needs the class
``Recording``, which is made of these.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from .events import BEGINS, Begins, Event
from .pcapng import Talk, to_pcapng

Content = tuple[tuple[Event, ...], str, int, Begins]  # events, note, dropped, begins

_SURROGATES = re.compile("[\ud800-\udfff]")
_UNREADABLE = "not a recording that this version can read"


def save(
    path: str | Path, events: tuple[Event, ...], note: str, dropped: int, begins: Begins
) -> None:
    """Write readable JSON; to a name that ends in ``.pcapng``, a file for Wireshark."""
    if Path(path).suffix == ".pcapng":
        write_whole(path, to_pcapng([Talk(events)]))
    else:
        write_whole(path, to_json(events, note, dropped, begins).encode())


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file in one step: it is there as a whole, or as it was before.

    Raises OSError.
    """
    target = Path(os.path.realpath(path))  # behind a link lies the file
    if target.exists() and not target.is_file():  # such as a pipe: nothing to exchange
        target.write_bytes(content)
        return
    beside = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def load(path: str | Path) -> Content:
    """Read the JSON that ``save`` wrote; raises ValueError that says what is wrong with it."""
    try:
        return from_json(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def to_json(events: tuple[Event, ...], note: str, dropped: int, begins: Begins) -> str:
    """Readable JSON: text where the bytes are lines of ASCII, hex elsewhere."""
    written = [
        {"time": round(event.time, 6), "from": event.sender, **_write_event(event)}
        for event in events
    ]
    content: dict[str, Any] = {"format": "wsedu recording", "version": 1, "note": note}
    if dropped:
        content["dropped"] = dropped
    if begins != "connection":
        content["begins"] = begins
    text = json.dumps(content | {"events": written}, indent=1, ensure_ascii=False) + "\n"
    # Half of a surrogate pair, as in the message of an exception, has no bytes in UTF-8.
    return _SURROGATES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def from_json(text: str) -> Content:
    """What ``to_json`` wrote; raises ValueError that says what is wrong with it."""
    try:
        content = json.loads(text)
        if content["format"] != "wsedu recording":
            raise ValueError(f"\"format\" is {content['format']!r}, not 'wsedu recording'")
        if content["version"] != 1:
            raise ValueError(f"unknown version {content['version']!r}")
        events = tuple(_read_event(entry) for entry in content["events"])
        note, dropped = str(content["note"]), int(content.get("dropped", 0))
        begins = content.get("begins", "connection")
        if begins not in BEGINS:
            raise ValueError(f'"begins" is {begins!r}, not one of {", ".join(BEGINS)}')
        return events, note, dropped, begins
    except KeyError as error:
        raise ValueError(f'{_UNREADABLE}: "{error.args[0]}" is missing') from error
    except (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"{_UNREADABLE}: {error}") from error


def _write_event(event: Event) -> dict[str, str]:
    if event.kind == "fault":
        return {"fault": event.note}
    if event.kind == "held":
        return {"held": event.data.hex(" ")}
    if event.kind != "data":
        return {"tcp": event.kind}
    note = {"note": event.note} if event.note else {}
    text = event.data.decode("latin-1")
    if text.isascii() and text.replace("\r\n", "").isprintable():
        return {"text": text} | note
    return {"hex": event.data.hex(" ")} | note


def _read_event(entry: dict[str, Any]) -> Event:
    sender, time = entry["from"], float(entry["time"])
    if sender not in ("client", "server"):
        raise ValueError(f'"from" is {sender!r}, not client or server')
    if "tcp" in entry:
        if entry["tcp"] not in ("end", "lost"):
            raise ValueError(f'"tcp" is {entry["tcp"]!r}, not end or lost')
        return Event(time, sender, entry["tcp"])
    if "fault" in entry:
        return Event(time, sender, "fault", note=str(entry["fault"]))
    if "held" in entry:
        return Event(time, sender, "held", bytes.fromhex(entry["held"]))
    note = str(entry.get("note", ""))
    if "text" in entry:
        return Event(time, sender, "data", entry["text"].encode("ascii"), note)
    return Event(time, sender, "data", bytes.fromhex(entry["hex"]), note)
