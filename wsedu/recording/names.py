"""Files that hold no WebSocket traffic that can be read: what they are, and what would help.

How to think about it: most files say what they are in their first bytes. If somebody opens the
wrong one, a name and the way to the right one help more than "not recognised".
"""

from __future__ import annotations

import re
from typing import Any

from ..said import Said
from .packets import name_file

# The first bytes of a file, and the id of what to say.
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"RIFF": "WebP",
    b"%PDF-": "PDF",
}
_PROGRAMS = (b"\x7fELF", b"MZ\x90", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_PREFACE = b"PRI * HTTP/2.0\r\n"  # RFC 9113 3.4
_PROXY = (b"PROXY TCP", b"\r\n\r\n\0\r\nQUIT\n")
_TLS_RECORD = re.compile(rb"[\x14-\x17]\x03[\x00-\x04]")  # RFC 8446 5.1
_SSH = b"SSH-2.0-"
_SQLITE = b"SQLite format 3\0"
_DEBUG_LOG = re.compile(rb"[^\n]{0,120}[<>] (?:TEXT|BINARY|CLOSE|PING|PONG) ")
_FOLLOWED = re.compile(rb"\s*=+\r?\nFollow: \w+,(?:ascii|utf-8|ebcdic)\b")
_DISSECTED = re.compile(rb"(?:Frame \d+: |\s*\d+\s+[\d.]+\s+\S+ \xe2\x86\x92 )")


def name_content(data: bytes) -> Said | None:
    """What content seems to be that cannot be opened, or None if that is not clear."""
    if not data.strip():
        return Said("open.blank") if data else Said("capture.is-empty")
    for start, kind in _PICTURES.items():
        if data.startswith(start):
            return Said("open.picture", kind=kind)
    if data.startswith(_PROGRAMS):
        return Said("open.program")
    if data.startswith(_SQLITE):
        return Said("open.database")
    if data.startswith(_PREFACE):
        return Said("open.http2")
    if data.startswith(_PROXY):
        return Said("open.proxy")
    if data.startswith(_SSH):
        return Said("open.ssh")
    if _TLS_RECORD.match(data):
        return Said("open.client-hello") if data[5:6] == b"\1" else Said("open.tls")
    if _DEBUG_LOG.match(data):
        return Said("open.debug-log")
    if _FOLLOWED.match(data):
        return Said("open.followed")
    if _DISSECTED.match(data):
        return Said("open.dissected")
    if data.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return Said("open.html")
    if data.lstrip().startswith(b"<?xml"):
        return Said("open.xml")
    named = name_file(data[:64])
    return None if named.id in ("capture.is-text", "capture.is-unknown") else named


def name_json(content: list[Any] | dict[str, Any]) -> Said:
    """What JSON seems to be that is neither a recording nor a HAR."""
    if isinstance(content, dict) and "nbformat" in content:
        return Said("open.notebook")
    first = content[0] if isinstance(content, list) and content else None
    if isinstance(first, dict) and "layers" in str(first.get("_source"))[:40]:
        return Said("open.tshark-json")
    if isinstance(content, dict) and isinstance(content.get("log"), dict):
        return Said("open.log-without-entries")
    names = list(content) if isinstance(content, dict) else []
    shown = ", ".join(repr(name)[:20] for name in names[:4])
    return Said("open.json", shown=shown or ("[" if isinstance(content, list) else "{"))
