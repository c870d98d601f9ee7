"""A recording: every byte of one TCP connection, with its sender and its time.

How to think about it: two people at one wire, one line in the log for each thing that
happened. Bytes arrive in chunks, cut by TCP wherever it liked; the chunks are kept as they
came. A recording is a value: it never changes, it compares with ``==``, and it can be saved
and loaded.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

from .._awaited import no_coroutine

Side = Literal["client", "server"]
SIDES: tuple[Side, Side] = ("client", "server")
EventKind = Literal["data", "end", "lost", "held", "fault"]

# The value of such a header opens doors elsewhere, so it never gets into a recording.
SECRET_HEADERS = ("Cookie", "Set-Cookie", "Authorization", "Proxy-Authorization")
SECRET_PARAMETER = b"token"  # of the target's query: the one that opens a lab to the network

# Their values, on whichever line they stand, ended or not, with lines that continue them.
# Rather one line too many than one too few: what comes after the handshake is searched too.
_SECRETS = re.compile(
    rb"^([ \t]*(?:%s)[ \t]*:[ \t]*)([^\n]*(?:\n[ \t][^\n]*)*)" % "|".join(SECRET_HEADERS).encode(),
    re.IGNORECASE | re.MULTILINE,
)

# Name and value in ``/path?name=value&...``; each letter of a name may be written in three.
_PARAMETERS = re.compile(rb"([?&])([^\s?&=]{1,15})=([^\s&]+)")

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Event:
    """One thing that happened on the wire.

    time:   seconds since the connection was opened
    sender: who did it
    kind:   "data"; "end", no more bytes from this side (TCP FIN); "lost", the connection was
            torn down (TCP RST); "held", bytes that the tap does not pass on for now; "fault",
            something that the lab did to the network
    data:   the bytes, for "data" and "held"
    note:   for "fault", what the lab did
    """

    time: float
    sender: Side
    kind: EventKind
    data: bytes = b""
    note: str = ""


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
        return b"".join(
            event.data for event in self.events if event.sender == side and event.kind == "data"
        )

    def with_secrets_covered(self) -> Recording:
        """The same recording, the values of secrets covered with ``*`` byte by byte.

        Those are ``SECRET_HEADERS`` of both sides, and the ``SECRET_PARAMETER`` of requests.
        """
        streams: dict[Side, bytes] = {side: self.sent_by(side) for side in SIDES}
        covered = {side: _cover(stream) for side, stream in streams.items()}
        if covered == streams and not any(event.kind == "held" for event in self.events):
            return self
        events, here = [], dict.fromkeys(SIDES, 0)
        for event in self.events:
            start = here[event.sender]
            if event.kind == "held":  # what came before says what it is
                data = _cover(streams[event.sender][:start] + event.data)[start:]
                event = replace(event, data=data)
            elif event.kind == "data":
                here[event.sender] += len(event.data)
                event = replace(event, data=covered[event.sender][start : here[event.sender]])
            events.append(event)
        return replace(self, events=tuple(events))

    def save(self, path: str | Path) -> None:
        """Write readable JSON; to a name that ends in ``.pcapng``, a file for Wireshark."""
        if Path(path).suffix == ".pcapng":
            from .pcapng import to_pcapng

            Path(path).write_bytes(to_pcapng(self))
        else:
            Path(path).write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Recording:
        """Read the JSON that ``save`` wrote; raises ValueError that says what is wrong with it."""
        try:
            return cls.from_json(Path(path).read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    def to_json(self) -> str:
        """Readable JSON: text where the bytes are lines of ASCII, hex elsewhere."""
        events = [
            {"time": round(event.time, 6), "from": event.sender, **_write_event(event)}
            for event in self.events
        ]
        content = {"format": "wsedu recording", "version": 1, "note": self.note}
        if self.dropped:
            content["dropped"] = self.dropped
        text = json.dumps(content | {"events": events}, indent=1, ensure_ascii=False) + "\n"
        # Half of a surrogate pair, as in the words of somebody's error, has no bytes in UTF-8.
        return _SURROGATES.sub(lambda half: f"\\u{ord(half[0]):04x}", text)

    @classmethod
    def from_json(cls, text: str) -> Recording:
        """The recording that ``to_json`` wrote."""
        try:
            content = json.loads(text)
            if content["format"] != "wsedu recording":
                raise ValueError(f"«format» is {content['format']!r}, not 'wsedu recording'")
            if content["version"] != 1:
                raise ValueError(f"unknown version {content['version']!r}")
            events = tuple(_read_event(entry) for entry in content["events"])
            return cls(events, str(content["note"]), int(content.get("dropped", 0)))
        except KeyError as error:
            raise ValueError(f"{_UNREADABLE}: «{error.args[0]}» is missing") from error
        except (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            raise ValueError(f"{_UNREADABLE}: {error}") from error


def _cover(stream: bytes) -> bytes:
    # All but line ends, and the space with which a continued line begins.
    stream = _SECRETS.sub(
        lambda found: found[1] + re.sub(rb"(?<!\n)[^\r\n]", b"*", found[2]), stream
    )
    return _PARAMETERS.sub(_cover_parameter, stream)


def _cover_parameter(found: re.Match[bytes]) -> bytes:
    if unquote_to_bytes(found[2]).lower() != SECRET_PARAMETER:
        return found[0]
    return found[1] + found[2] + b"=" + b"*" * len(found[3])


_UNREADABLE = "not a recording that this version can read"


def _write_event(event: Event) -> dict[str, str]:
    if event.kind == "fault":
        return {"fault": event.note}
    if event.kind == "held":
        return {"held": event.data.hex(" ")}
    if event.kind != "data":
        return {"tcp": event.kind}
    text = event.data.decode("latin-1")
    if text.isascii() and text.replace("\r\n", "").isprintable():
        return {"text": text}
    return {"hex": event.data.hex(" ")}


def _read_event(entry: dict[str, Any]) -> Event:
    sender, time = entry["from"], float(entry["time"])
    if sender not in ("client", "server"):
        raise ValueError(f"«from» is {sender!r}, not client or server")
    if "tcp" in entry:
        if entry["tcp"] not in ("end", "lost"):
            raise ValueError(f"«tcp» is {entry['tcp']!r}, not end or lost")
        return Event(time, sender, entry["tcp"])
    if "fault" in entry:
        return Event(time, sender, "fault", note=str(entry["fault"]))
    if "held" in entry:
        return Event(time, sender, "held", bytes.fromhex(entry["held"]))
    if "text" in entry:
        return Event(time, sender, "data", entry["text"].encode("ascii"))
    return Event(time, sender, "data", bytes.fromhex(entry["hex"]))
