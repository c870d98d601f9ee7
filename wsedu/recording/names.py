"""Files that hold no WebSocket traffic that can be read: what they are, and what would help.

How to think about it: most files say what they are in their first bytes. If you open the wrong
one, a name and the way to the right one help more than "not recognised". ``name_content`` is
asked first, since such bytes may look like frames; ``name_text``, ``name_json`` and ``name_zip``
are asked last, when no reader has found anything in a text, in JSON or in an archive.
"""

from __future__ import annotations

import re
from typing import Any

from ..said import Said
from .packets import name_file
from .protocols import protocol_of


def _kind(id: str, kind: str) -> Said:
    return Said(f"open.kind-{id}", kind=kind)


# The first bytes of a file, and what to say of it.
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": _kind("picture", "PNG"),
    b"\xff\xd8\xff": _kind("picture", "JPEG"),
    b"GIF8": _kind("picture", "GIF"),
    b"RIFF": _kind("picture", "WebP"),
    b"%PDF-": _kind("picture", "PDF"),
    b"OggS": _kind("media", "Ogg"),
    b"ID3": _kind("media", "MP3"),
    b"\x1aE\xdf\xa3": _kind("media", "WebM"),
    b"wOFF": _kind("media", "WOFF"),
    b"wOF2": _kind("media", "WOFF2"),
    b"7z\xbc\xaf\x27\x1c": _kind("archive", "7z"),
    b"Rar!\x1a\x07": _kind("archive", "RAR"),
    b"\x7fELF": Said("open.program"),
    b"MZ\x90": Said("open.program"),
    b"\xca\xfe\xba\xbe": Said("open.program"),
    b"\xcf\xfa\xed\xfe": Said("open.program"),
    b"\0asm": Said("open.program"),
    b"SQLite format 3\0": Said("open.database"),
    b"ElfFile\0": _kind("log", "Windows"),
    b"LPKSHHRH": _kind("log", "systemd"),
    b"\xac\xed\x00\x05": Said("open.of-java"),
    b"\x89HDF\r\n\x1a\n": _kind("data", "HDF5"),
    b"\x93NUMPY": _kind("data", "NumPy"),
    b"PAR1": _kind("data", "Parquet"),
    b"bplist00": _kind("data", "property list"),
    b"MDMP": _kind("data", "minidump"),
    b"L\0\0\0\1\x14\2\0": _kind("data", "Windows shortcut"),
}
# The same for bytes that are not the first, or may be several.
_FORMS = (
    (re.compile(rb"(?s).{4}ftyp[\w ]{4}"), _kind("media", "MP4")),
    (re.compile(rb"(?s).{257}ustar[\0 ]"), _kind("archive", "tar")),
    (re.compile(rb"(?s)BM.{4}\0{4}.{3}\0[\x0c\x28\x6c\x7c]\0\0\0"), _kind("picture", "BMP")),
    (re.compile(rb"(?s)\x80[\x04\x05]\x95.{3}\0{5}.*\.\Z"), _kind("data", "pickle")),
    (re.compile(rb"(?s)\x30\x82..\x30[\x80-\x82]"), _kind("certificate", "DER")),
)
_PROTOCOLS = {
    "http2": "http2",
    "proxy": "proxy",
    "ssh": "ssh",
    "client-hello": "client-hello",
    "tls": "tls",
    "tls-alert": "tls",
}
_DEBUG_LOG = re.compile(rb"[^\n]{0,120}[<>] (?:TEXT|BINARY|CLOSE|PING|PONG) ")
_FOLLOWED = re.compile(rb"\s*=+\r?\nFollow: \w+,(?:ascii|utf-8|ebcdic)\b")
_DISSECTED = re.compile(
    rb'(?:Frame \d+: |\s*\d+\s+[\d.]+\s+\S+ \xe2\x86\x92 |"No\.","Time","Source",)'
)


def name_content(data: bytes) -> Said | None:
    """What content seems to be that cannot be opened, or None if that is not clear."""
    if not data.strip():
        return Said("open.blank") if data else Said("capture.is-empty")
    found = next((said for start, said in _MAGIC.items() if data.startswith(start)), None)
    if found := found or next((said for form, said in _FORMS if form.match(data)), None):
        return found
    if name := _PROTOCOLS.get(protocol_of(data)):
        return Said(f"open.speaks-{name}")
    if _DEBUG_LOG.match(data):
        return Said("open.debug-log")
    if _FOLLOWED.match(data):
        return Said("open.followed")
    if _DISSECTED.match(data):
        return Said("open.dissected")
    if data.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return Said("open.html")
    if data.lstrip().startswith(b"<?xml"):
        return Said("open.pdml") if b"<pdml" in data[:2000] else Said("open.xml")
    named = name_file(data[:64])
    return None if named.id in ("capture.is-text", "capture.is-unknown") else named


# Text in which no reader found anything.

_LOGS = (
    (re.compile(r'\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:[^\]]+\] "'), "web server"),
    (re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[\w+\] \d+#\d+: "), "nginx"),
    (re.compile(r"__CURSOR=|__REALTIME_TIMESTAMP="), "systemd"),
    (re.compile(r"(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S+: "), "syslog"),
    (re.compile(r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"), "program"),
    (re.compile(r'\{"(?:level|time|timestamp|ts|msg|message|severity)":.*\}\s*\n\{'), "program"),
)
_ADDRESS = re.compile(r"\s*(?:wss?|https?)://\S+\s*")
_COMMAND = re.compile(r"\s*(?:\$ )?(?:curl|wscat|websocat|wget) ")
_PEM = re.compile(r"\s*-----BEGIN [A-Z ]*(?:CERTIFICATE|KEY)-----")
_TRACEBACK = re.compile(r"(?s)\s*Traceback \(most recent call last\):|\S*Error: .*\n\s+at ")
_OF_A_BROWSER = re.compile(r"(?:Uncaught )?(?:WebSocket connection to|Firefox can.t establish)")
_SOURCE = re.compile(
    r"(?:#!/|import \w|from [\w.]+ import |(?:const|let|var) \w+ = |package \w+[;\n]|use \w+::"
    r"|#include [<\"]|async def |def \w+\(|function \w+\(|'use strict'|\"use strict\")"
)
_CDP = re.compile(r'\{"(?:method|id)":\s*"?(?:Network|Page|Runtime|Target)\.')


def name_text(text: str) -> Said | None:
    """What a text seems to be in which no reader found anything, or None if that is not clear."""
    start = text[:4000].lstrip("\ufeff")
    for form, kind in _LOGS:
        if form.match(start):
            return Said("open.kind-log", kind=kind)
    if _PEM.match(start):
        return Said("open.kind-certificate", kind="PEM")
    if _TRACEBACK.match(start) or _OF_A_BROWSER.match(start):
        return Said("open.error-message")
    if _ADDRESS.fullmatch(start):
        return Said("open.address")
    if _COMMAND.match(start):
        return Said("open.command")
    if _CDP.match(start):
        return Said("open.devtools-protocol")
    if _SOURCE.match(start):
        return Said("open.source")
    lines = [line for line in start.splitlines()[:4] if line.strip()]
    for mark in (",", ";", "\t"):
        counts = {line.count(mark) for line in lines}
        if len(lines) > 1 and len(counts) == 1 and counts != {0}:
            return Said("open.table")
    return None


# JSON that is neither a recording nor a HAR.

# For each kind the names of which one must be there, at the outside.
_JSON = (
    ("Postman", ("_postman_id", "_postman_variable_scope")),
    ("Insomnia", ("__export_format",)),
    ("OpenAPI", ("openapi", "swagger", "asyncapi")),
    ("npm", ("lockfileVersion", "devDependencies", "dependencies")),
)


def name_json(content: list[Any] | dict[str, Any]) -> Said:
    """What JSON seems to be that is neither a recording nor a HAR."""
    if isinstance(content, dict) and "nbformat" in content:
        return Said("open.notebook")
    first = content[0] if isinstance(content, list) and content else content
    first = first if isinstance(first, dict) else {}
    if "layers" in str(first.get("_source"))[:40]:
        return Said("open.tshark-json")
    if isinstance(first.get("log"), dict) and first is content:
        return Said("open.log-without-entries")
    if "events" in first and "logEventTypes" in str(first.get("constants"))[:10_000]:
        return Said("open.netlog")
    if "traceEvents" in first:
        return Said("open.browser-trace")
    if str(first.get("method", "")).startswith(("Network.", "Page.", "Runtime.")):
        return Said("open.devtools-protocol")
    if {"protocolVersion", "scheme", "host"} <= first.keys():
        return Said("open.charles")
    cases = next(iter(first.values()), None) if len(first) == 1 else None
    if "wirelog" in first or isinstance(cases, dict) and "behaviorClose" in str(cases)[:500]:
        return Said("open.autobahn")
    outside = {**first, **(first["info"] if isinstance(first.get("info"), dict) else {})}
    for kind, names in _JSON:
        if any(name in outside for name in names):
            return Said("open.other-json", kind=kind)
    names_of = list(content) if isinstance(content, dict) else []
    shown = ", ".join(repr(name)[:20] for name in names_of[:4])
    return Said("open.json", shown=shown or ("[" if isinstance(content, list) else "{"))


# Archives without a HAR.

_CAPTURES = (".pcapng", ".pcap", ".cap", ".pcapng.gz", ".pcap.gz", ".flow", ".mitm")


def name_zip(names: list[str]) -> Said:
    """What a zip archive seems to be, by the names of the files in it."""
    inside = next((name for name in names if name.lower().endswith(_CAPTURES)), None)
    if inside is not None:
        return Said("open.zip-of", name=inside[-60:])
    if any(re.fullmatch(r"raw/\d+_[cswm]\.\w+", name) for name in names):
        return Said("open.fiddler")
    if any(name.endswith((".trace", "trace.network")) for name in names):
        return Said("open.playwright-trace")
    if any(name.startswith(("word/", "xl/", "ppt/", "content.xml")) for name in names):
        return Said("open.kind-picture", kind="Office")
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        return Said("open.program")
    return Said("open.zip")
