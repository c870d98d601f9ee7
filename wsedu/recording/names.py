"""Files that hold no WebSocket traffic that can be read: what they are, and what would help.

How to think about it: most files say what they are in their first bytes. If you open the
wrong one, a name and the way to the right one help more than "not recognised".
"""

from __future__ import annotations

import re
from typing import Any

from ..said import Said
from .packets import name_file

# How files begin.
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"RIFF": "WebP",
    b"%PDF-": "PDF",
}
# What to say, and how such files begin.
_STARTS: dict[Said, tuple[bytes, ...]] = {
    Said("open.program"): (b"\x7fELF", b"MZ\x90", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"),
    Said("open.database"): (b"SQLite format 3\0",),
    Said("open.http2"): (b"PRI * HTTP/2.0\r\n",),  # RFC 9113 3.4
    Said("open.proxy"): (b"PROXY TCP", b"\r\n\r\n\0\r\nQUIT\n"),
    Said("open.ssh"): (b"SSH-2.0-",),
}
# The same for what no fixed bytes begin.
_PATTERNS = {
    Said("open.client-hello"): rb"\x16\x03[\x00-\x04](?s:..)\x01",  # RFC 8446 4 and 5.1
    Said("open.tls"): rb"[\x14-\x17]\x03[\x00-\x04]",
    Said("open.debug-log"): rb"[^\n]{0,120}[<>] (?:TEXT|BINARY|CLOSE|PING|PONG) ",
    Said("open.followed"): rb"\s*=+\r?\nFollow: \w+,(?:ascii|utf-8|ebcdic)\b",
    Said("open.dissected"): rb"(?:Frame \d+: |\s*\d+\s+[\d.]+\s+\S+ \xe2\x86\x92 )",
    Said("open.html"): rb"\s*(?i:<!doctype html|<html)",
    Said("open.xml"): rb"\s*<\?xml",
}


def name_content(data: bytes) -> Said | None:
    """What content seems to be that cannot be opened, or None if that is not clear."""
    if not data.strip():
        return Said("open.blank") if data else Said("capture.is-empty")
    for start, kind in _PICTURES.items():
        if data.startswith(start):
            return Said("open.picture", kind=kind)
    for said, starts in _STARTS.items():
        if data.startswith(starts):
            return said
    for said, pattern in _PATTERNS.items():
        if re.match(pattern, data):
            return said
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
