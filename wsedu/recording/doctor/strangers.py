"""Causes: one of the two sides does not speak WebSocket, or not even HTTP.

How to think about it: before anything is judged by the rules of WebSocket, look at whether it is
WebSocket at all. A client that speaks TLS to a port without it, a server that answers in another
protocol, a page of HTML after the 101: the first bytes say so.
"""

from __future__ import annotations

import re

from ...said import Said
from ..frame_fields import text_or_hex
from ..protocols import protocol_of
from ..streams import is_frames, is_http
from .case import Case, finding, whose
from .findings import Finding

# What servers say, in HTTP, to a client that speaks HTTP to their TLS port.
_WANTS_TLS = re.compile(
    rb"to (?:an )?HTTPS (?:port|server)|SSL-enabled server port|requires TLS", re.IGNORECASE
)
_METHOD = re.compile(rb"(?:GET|POST|HEAD|PUT|OPTIONS|DELETE|CONNECT) \S+ HTTP/1\.")
_PAGE = re.compile(rb"HTTP/1\.\d \d{3}|\s*<(?:!doctype|html|\?xml)", re.IGNORECASE)
_SSE = re.compile(r"text/event-stream\b", re.IGNORECASE)
_HANDSHAKE_OF_ENGINE = re.compile(rb'(?:\d+:)?0\{"sid":"')


def tls_to_a_plain_port(case: Case) -> Finding | None:
    """``wss://`` where ``ws://`` would be right; or a server that answers in TLS as well."""
    if case.is_open or protocol_of(case.streams["client"]) not in ("client-hello", "tls"):
        return None
    evidence, section = case.show("client", 0, 6), "3; RFC 8446 5.1"
    if protocol_of(case.streams["server"]) == "tls":
        return finding(Said("doctor.encrypted"), evidence + case.show("server", 0, 6), section)
    return finding(Said("doctor.tls-to-plain"), evidence, section)


def plain_to_a_tls_port(case: Case) -> Finding | None:
    """``ws://`` where ``wss://`` would be right."""
    data = case.streams["server"]
    if case.is_open or not is_http(case.streams["client"]):
        return None
    if protocol_of(data) == "tls-alert":
        return finding(Said("doctor.plain-to-tls"), case.show("server", 0, 7), "3; RFC 8446 6")
    if said := _WANTS_TLS.search(data):
        evidence = case.show("server", said.start(), said.end())
        return finding(Said("doctor.plain-to-tls"), evidence, "3")
    return None


def http_2(case: Case) -> Finding | None:
    """The client begins with the preface of HTTP/2."""
    if case.is_open or protocol_of(case.streams["client"]) != "http2":
        return None
    return finding(Said("doctor.http2"), case.show("client", 0, 24), "RFC 9113 3.4")


def line_of_a_proxy(case: Case) -> Finding | None:
    """The PROXY protocol, which the server has to expect."""
    if case.is_open or protocol_of(data := case.streams["client"]) != "proxy":
        return None
    end = data.find(b"\r\n") if data.startswith(b"PROXY") else 16
    return finding(Said("doctor.proxy-line"), case.show("client", 0, max(end, 12)), "4.2.1")


def old_handshake(case: Case) -> Finding | None:
    """Hixie-76, which browsers spoke in 2010: two keys, and 8 bytes after the head."""
    head = case.asked
    if head is None or case.is_open or not head.find("Sec-WebSocket-Key1"):
        return None
    evidence = case.lines(case.request, "Sec-WebSocket-Key1", "Sec-WebSocket-Key2")
    if head.end is not None:
        evidence += case.show("client", head.end, head.end + 8)
    return finding(Said("doctor.hixie-76"), evidence, "4.1, item 7")


def other_protocol(case: Case) -> Finding | None:
    """MQTT or STOMP on a bare TCP connection: they have to travel inside of messages."""
    name = protocol_of(case.streams["client"])
    if case.is_open or name not in ("mqtt", "stomp", "ssh"):
        return None
    shown = {"mqtt": "MQTT", "stomp": "STOMP", "ssh": "SSH"}[name]
    said = Said("doctor.other-protocol", name=shown)
    return finding(said, case.show("client", 0, 24), "4.1")


def frame_first(case: Case) -> Finding | None:
    """A frame before any handshake; the server reads it as the beginning of a request."""
    data = case.streams["client"]
    if case.is_open or data[:1] < b"\x80" or not is_frames(data):
        return None
    return finding(Said("doctor.frame-first"), case.show("client", 0, 12), "4.1")


def text_first(case: Case) -> Finding | None:
    """Text that is not a request, as from a program that uses a bare TCP socket."""
    data = case.streams["client"]
    if case.is_open or not data or protocol_of(data) or case.recording.begins != "connection":
        return None
    line, newline, _ = data.partition(b"\n")
    if not newline and case.first_end is None:
        return None  # it may go on
    if not _is_text(line.strip()[:40]) or re.match(rb"[A-Za-z]+ \S+", line) and b"HTTP/" in line:
        return None
    return finding(Said("doctor.text-first"), case.show("client", 0, len(line)), "4.1, item 1")


def other_service(case: Case) -> Finding | None:
    """The server's first bytes are not HTTP: another service listens on this port."""
    data = case.streams["server"]
    if case.is_open or not data or case.recording.begins != "connection":
        return None
    if protocol_of(data) in ("tls", "tls-alert") or b"HTTP/".startswith(data[:5]):
        return None
    if not is_http(case.streams["client"]):
        return None
    if data[:16] == case.streams["client"][:16]:
        return finding(Said("doctor.tcp-echo"), case.show("server", 0, 16), "4.2.2")
    said = Said("doctor.other-service", shown=text_or_hex(data[:40].rstrip(b"\r\n"), 40))
    return finding(said, case.show("server", 0, 40), "4.2.2")


def body_after_101(case: Case) -> Finding | None:
    """A 101 that announces a body: what the server sends as the body is read as frames."""
    head, first = case.answered, case.frames["server"][:1]
    if head is None or not first or not first[0].problems:
        return None
    lines = head.find("Content-Length") + head.find("Transfer-Encoding")
    wrong = [line for line in lines if line.value.text != "0"]
    if not wrong:
        return None
    evidence = case.lines(case.response, wrong[0].name.text) + case.start_of(first[0])
    return finding(Said("doctor.body-after-101"), evidence, "RFC 9110 15.2.2; 8.6")


def second_handshake(case: Case) -> Finding | None:
    """A request after the 101, on the same connection."""
    for unit in case.frames["client"]:
        if unit.problems and (found := _METHOD.match(unit.stream, unit.span.start)):
            evidence = case.show("client", found.start(), found.end() + 3)
            return finding(Said("doctor.second-handshake"), evidence, "4.1, item 2; 1.4")
    return None


def page_after_101(case: Case) -> Finding | None:
    """HTTP or HTML after the 101: something in the server still answers as a web server."""
    for unit in case.frames["server"]:
        if unit.problems and _PAGE.match(unit.stream, unit.span.start):
            said = Said("doctor.http-after-101")
            return finding(said, case.show("server", unit.span.start, unit.span.start + 40), "5.1")
    return None


def text_after_101(case: Case) -> Finding | None:
    """Text without a frame around it."""
    for unit in case.frames["client"][:1] + case.frames["server"][:1]:
        start = unit.span.start
        data = unit.stream[start : start + 16]
        # Text begins with a letter, a digit, a bracket or a quote; a frame with none of these.
        if unit.problems and _is_text(data.strip()) and len(data) > 2:
            said = Said("doctor.text-after-101", side=whose(unit.sender))
            return finding(said, case.show(unit.sender, start, start + 40), "5.2")
    return None


def server_sent_events(case: Case) -> Finding | None:
    """A stream of events over plain HTTP, which is not WebSocket."""
    head = case.answered
    lines = () if head is None or case.is_open else head.find("Content-Type")
    if not lines or not _SSE.match(lines[0].value.text):
        return None
    evidence = case.lines(case.response, "Content-Type")
    return finding(Said("doctor.server-sent-events"), evidence, "4.2.2")


def long_polling(case: Case) -> Finding | None:
    """Engine.IO over plain HTTP: Socket.IO begins so, and may change to WebSocket later."""
    if case.is_open or (unit := case.response) is None:
        return None
    for body in case.seen.find("body"):
        found = _HANDSHAKE_OF_ENGINE.search(body.data[:100])
        if body.sender == unit.sender and found:
            start = body.span.start + found.start()
            evidence = case.lines(case.request, "") + case.show("server", start, start + 40)
            return finding(Said("doctor.long-polling"), evidence)
    return None


def _is_text(data: bytes) -> bool:
    return len(data) > 1 and data.isascii() and data.decode().isprintable()


CAUSES = (
    tls_to_a_plain_port,
    plain_to_a_tls_port,
    http_2,
    line_of_a_proxy,
    old_handshake,
    other_protocol,
    frame_first,
    text_first,
    other_service,
    server_sent_events,
    long_polling,
    body_after_101,
    second_handshake,
    page_after_101,
    text_after_101,
)
