"""Any file with WebSocket traffic: what it is, by its content, and the connections in it.

How to think about it: people come with a file from some tool, and its name says little. So the
first bytes are looked at, then the text, then the JSON: each kind has a reader of its own, and this
module only asks them in turn. ``find`` lists what is there; ``open_recording`` wants one of it.

What cannot be known from such a file is said in the recording's note. What cannot be opened raises
one sentence: what the file seems to be, and what would help.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from ..said import Said
from . import files, har
from .captures import UPGRADE, Connection, choose_connections
from .flows import is_flows, read_flows
from .hextext import read_json, read_text
from .names import name_content, name_json, name_text, name_zip
from .packets import GZIP, PCAP, SECTION, CaptureError
from .readable import json_value
from .rebuilt import Socket
from .recording import Recording, install
from .streams import is_frames, is_http, read_handshake, to_recording

LARGEST = 1 << 28  # bytes of a file that is no capture: all of it has to be in memory
LISTED = 20  # connections that a refusal lists

# What reading a member of a damaged archive raises; RuntimeError: it is encrypted.
_UNREADABLE: tuple[type[Exception], ...] = (
    *(OSError, ValueError, LookupError, EOFError, RuntimeError),
    *(zlib.error, struct.error, zipfile.BadZipFile),
)

_ZLIB = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")


@dataclass(frozen=True)
class Found:
    """One connection in a file. As a string, it is one line about it.

    line:         what the string is
    is_websocket: whether it has an opening handshake, or messages
    file:         what the file is, in a few words
    """

    line: str
    is_websocket: bool
    file: Said
    _make: Callable[[], Recording]

    def __str__(self) -> str:
        return self.line

    @cached_property
    def recording(self) -> Recording:
        """All of it, read when it is first asked for."""
        return self._make()


def open_recording(
    source: str | Path | bytes, port: int | None = None, connection: int | None = None
) -> Recording:
    """The one WebSocket connection in a file, or the one that is chosen: see ``Recording.open``."""
    found = find(source, port)
    return choose(found, connection).recording


def choose(found: tuple[Found, ...], connection: int | None) -> Found:
    """The only WebSocket connection, or the one with this number; raises CaptureError."""
    candidates = [each for each in found if each.is_websocket]
    if connection is None and len(candidates) > 1:
        lines = [f"{number}: {each}" for number, each in enumerate(candidates, 1)]
        more = ["…"] if len(lines) > LISTED else []
        shown = "\n".join([*lines[:LISTED], *more])
        raise CaptureError(Said("open.several", count=len(candidates), lines=shown))
    number = 1 if connection is None else connection
    if not 0 < number <= len(candidates):
        raise CaptureError(Said("open.no-such-number", number=number, count=len(candidates)))
    return candidates[number - 1]


def find(source: str | Path | bytes, port: int | None = None) -> tuple[Found, ...]:
    """The connections in a file, the WebSocket ones among them; at least one of those.

    port: the connections with this port count as WebSocket, and no others

    Raises CaptureError, a ValueError, if there is none; OSError if the file cannot be read.
    """
    if isinstance(source, bytes):
        return _Opening(io.BytesIO(source), source, None, port).find()
    with open(source, "rb") as file:
        return _Opening(file, source, Path(source).parent, port).find()


class _Opening:
    """One file that is being opened.

    folder: where files may be that belong to it, or None
    """

    def __init__(
        self, file: BinaryIO, source: str | Path | bytes, folder: Path | None, port: int | None
    ) -> None:
        self.file = file
        self.source = source
        self.folder = folder
        self.port = port
        self.archive: zipfile.ZipFile | None = None

    def find(self) -> tuple[Found, ...]:
        start = self.file.read(4)
        if is_capture(start) or (start[:2] == GZIP and is_capture(self.unzipped_start())):
            return self.in_capture()
        self.file.seek(0)
        data = self.file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise CaptureError(Said("open.too-large", limit=LARGEST >> 20))
        if start[:2] == GZIP:
            return self.in_content(_inflate(data, 31, "gzip"))
        if start == b"PK\3\4":
            return self.in_zip(data)
        if start[:2] in _ZLIB and not is_flows(data):
            return self.in_content(_inflate(data, 15, "zlib"))
        return self.in_content(data)

    def unzipped_start(self) -> bytes:
        self.file.seek(0)
        try:
            return zlib.decompressobj(31).decompress(self.file.read(1 << 12), 4)
        except zlib.error:
            return b""

    def in_capture(self) -> tuple[Found, ...]:
        chosen, others = choose_connections(self.source, self.port)
        file = Said("open.is-capture")
        return (
            *(Found(str(each), True, file, _recording_of(each)) for each in chosen),
            *(Found(str(each), False, file, _recording_of(each)) for each in others),
        )

    def in_zip(self, data: bytes) -> tuple[Found, ...]:
        """A HAR with the files that belong to it, as Playwright and Firefox pack them."""
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
            members = self.archive.namelist()
            names = [name for name in members if name.endswith(".har")]
        except _UNREADABLE:
            raise CaptureError(Said("open.damaged", kind="zip")) from None
        if not names:
            raise CaptureError(name_zip(members))
        content = self.attached(names[0])
        if content is None:
            raise CaptureError(Said("open.damaged", kind="zip"))
        return self.in_content(content)

    def attached(self, name: str) -> bytes | None:
        """A file that belongs to a HAR: in the same archive, or beside it in the same folder."""
        try:
            if self.archive is not None:
                with self.archive.open(name) as member:
                    data = member.read(LARGEST + 1)
            elif self.folder is not None and Path(name).name == name:
                with open(self.folder / name, "rb") as file:
                    data = file.read(LARGEST + 1)
            else:
                return None
        except _UNREADABLE:
            return None
        return data if len(data) <= LARGEST else None

    def in_content(self, data: bytes) -> tuple[Found, ...]:
        """Content that is not compressed."""
        if is_capture(data[:4]):
            return _Opening(io.BytesIO(data), data, None, self.port).in_capture()
        if is_flows(data):
            return self.sockets(read_flows(data), Said("open.is-flows"))
        if named := name_content(data):
            raise CaptureError(named)
        text = _text(data)
        if text is None:
            if is_http(data) or is_frames(data):
                return _one(to_recording([(None, data)], [], self.port), Said("open.is-bytes"))
            raise CaptureError(Said("open.unknown", shown=data[:8].hex(" ")))
        if (content := _json(text)) is not None:
            return self.in_json(content, text)
        if text.lstrip().startswith('{"type"') and '"opcode"' in text[:200]:
            return self.sockets([har.read_lines(text)], Said("open.is-har"))
        if written := read_handshake(text) or read_text(text):
            blocks, notes = written
            blocks = [(side, block) for side, block in blocks if block]
            if blocks and (named := name_content(blocks[0][1])):
                raise CaptureError(named)
            if blocks:
                return _one(to_recording(blocks, notes, self.port), Said("open.is-text"))
        shown = _printable(" ".join(text[:200].split())[:40])
        raise CaptureError(name_text(text) or Said("open.text", shown=shown))

    def in_json(self, content: Any, text: str) -> tuple[Found, ...]:
        if _is_recording(content):
            return _one(Recording(*files.from_json(text)), Said("open.is-recording"))
        if isinstance(content, list) and content and all(map(_is_recording, content)):
            return _several([Recording(*files.from_json(json.dumps(each))) for each in content])
        if har.is_har(content):
            return self.sockets(har.read_har(content, self.attached), Said("open.is-har"))
        if written := read_json(content):
            return _one(to_recording(*written, self.port), Said("open.is-text"))
        if isinstance(content, dict) and content.get("type") in ("send", "receive"):
            return self.sockets([har.read_lines(text)], Said("open.is-har"))
        if isinstance(content, (list, dict)):
            raise CaptureError(name_json(content))
        # One number or one string is no document: it may be hex without spaces.
        if written := read_text(text):
            return _one(to_recording(*written, self.port), Said("open.is-text"))
        raise CaptureError(Said("open.text", shown=_printable(text[:40])))

    def sockets(self, sockets: list[Socket], file: Said) -> tuple[Found, ...]:
        """The sockets of a HAR or of mitmproxy."""
        chosen = [each for each in sockets if self.port is None or _port(each.url) == self.port]
        if not chosen:
            ports = sorted({_port(each.url) for each in sockets})
            shown = ", ".join(map(str, ports))
            raise CaptureError(Said("capture.no-such-port", port=self.port, ports=shown))
        return tuple(
            Found(
                str(Said("open.socket", url=_printable(each.url), count=each.count)),
                each in chosen,
                file,
                lambda each=each: each.recording,  # type: ignore[misc]
            )
            for each in sockets
        )


def is_capture(start: bytes) -> bool:
    """Whether a file that begins so is pcap or pcapng."""
    numbers = [int.from_bytes(start, order) for order in ("little", "big")]
    return len(start) == 4 and any(number in PCAP or number == SECTION for number in numbers)


def _recording_of(connection: Connection) -> Callable[[], Recording]:
    """What makes its recording: without a handshake its bytes belong to frames; a capture that
    has no byte of the client, such as one of a single direction, begins with the response.
    """

    def make() -> Recording:
        recording = connection.recording
        if connection.kind == "websocket" and not recording.sent_by("client"):
            return replace(recording, begins="response")
        frames = connection.kind == "other" and any(
            is_frames(recording.sent_by(side)) for side in ("client", "server")
        )
        return replace(recording, begins="frames") if frames else recording

    return make


def _one(recording: Recording, file: Said) -> tuple[Found, ...]:
    size = sum(len(event.data) for event in recording.events)
    return (Found(str(Said("open.one", count=size)), True, file, lambda: recording),)


def _several(recordings: list[Recording]) -> tuple[Found, ...]:
    """Connections of one tap; some may be plain HTTP, as those that brought a page are."""
    sockets = [
        recording.begins == "frames" or UPGRADE.search(recording.sent_by("client"))
        for recording in recordings
    ]
    found = [_one(recording, Said("open.is-recordings"))[0] for recording in recordings]
    return tuple(
        replace(each, is_websocket=bool(is_socket) or not any(sockets))
        for each, is_socket in zip(found, sockets, strict=True)
    )


def _is_recording(content: Any) -> bool:
    return isinstance(content, dict) and content.get("format") == "wsedu recording"


def _inflate(data: bytes, bits: int, kind: str) -> bytes:
    """What is inside of a compressed file; raises CaptureError if it is damaged or too large."""
    inflate = zlib.decompressobj(bits)
    try:
        content = inflate.decompress(data, LARGEST + 1)
    except zlib.error:
        raise CaptureError(Said("open.damaged", kind=kind)) from None
    if len(content) > LARGEST:
        raise CaptureError(Said("open.too-large", limit=LARGEST >> 20))
    if not content:
        raise CaptureError(Said("open.damaged", kind=kind))
    return content


def _text(data: bytes) -> str | None:
    """The text of a file, or None if it is none."""
    for mark in (b"\xff\xfe", b"\xfe\xff"):
        if data.startswith(mark):  # PowerShell writes so what is sent to a file with ``>``
            return data.decode("utf-16", "replace").removeprefix("\ufeff")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() or not set(text) & _CONTROLS else None


_CONTROLS = {chr(code) for code in range(32) if chr(code) not in "\t\n\v\f\r\x1b"}


def _json(text: str) -> Any:
    """The JSON in a text, or None if it is not JSON."""
    is_word = text[:1].isalpha() and text[:4] not in ("null", "true")
    return None if is_word else json_value(text)


def _port(url: str) -> int:
    """The port of an address, also where it is left out."""
    try:
        parts = urlsplit(url)
        return parts.port or (443 if parts.scheme in ("wss", "https") else 80)
    except ValueError:
        return 0


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{MIDDLE DOT}" for char in text)


install(open_recording)
