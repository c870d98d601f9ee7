"""Causes in the client's request: why no server would answer it with 101.

How to think about it: these are the rules of 4.1 and 4.2.1, each with the mistake that breaks it
most often. They count only if no 101 came: some servers forgive what others refuse.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from ...protocol import MessageHead
from ...protocol.http import shorten
from ...said import Said
from .case import Case, Cause, finding
from .findings import Finding


def not_ended(case: Case, head: MessageHead) -> Finding | None:
    """The empty line is missing, so the server waits for more."""
    if head.end is not None or head.problems or case.may_go_on(head):
        return None
    end = len(case.streams["client"])
    said = Said("doctor.request-not-ended")
    return finding(said, case.show("client", max(0, end - 8), end), "RFC 9112 2.1")


def line_ends(case: Case, head: MessageHead) -> Finding | None:
    """LF alone where CR LF is asked for, as ``print`` or a text editor writes it."""
    for problem in head.problems:
        if problem.said.id == "http.lf-alone":
            evidence = case.show("client", problem.span.start - 4, problem.span.start + 5)
            return finding(Said("doctor.request-lf"), evidence, "RFC 9112 2.2")
    return None


def malformed(case: Case, head: MessageHead) -> Finding | None:
    """Anything else that is not HTTP in the head."""
    if not head.problems:
        return None
    problem = head.problems[0]
    said = Said("doctor.request-malformed", problem=problem.said)
    evidence = case.show("client", problem.span.start, problem.span.end)
    return finding(said, evidence, problem.section)


def proxy_dropped_upgrade(case: Case, head: MessageHead) -> Finding | None:
    """Neither Upgrade nor "Connection: Upgrade", and yet a key: a proxy took them away."""
    if head.find("Upgrade") or _upgrades(head) or case.may_go_on(head):
        return None
    if not head.find("Sec-WebSocket-Key"):
        return None
    names = ("", "Connection", "Via", "X-Forwarded-For", "Sec-WebSocket-Key")
    said = Said("doctor.proxy-dropped-upgrade")
    return finding(said, case.lines(case.request, *names), "4.1, items 5, 6; RFC 9110 7.6.1")


def upgrade_missing(case: Case, head: MessageHead) -> Finding | None:
    names = [token.lower() for token in head.tokens("Upgrade")]
    if "websocket" in names or case.may_go_on(head):
        return None
    evidence = case.lines(case.request, "", "Upgrade")
    return finding(Said("doctor.upgrade-missing"), evidence, "4.1, item 5")


def connection_missing(case: Case, head: MessageHead) -> Finding | None:
    if _upgrades(head) or case.may_go_on(head):
        return None
    evidence = case.lines(case.request, "Upgrade", "Connection")
    return finding(Said("doctor.connection-missing"), evidence, "4.1, item 6")


def method(case: Case, head: MessageHead) -> Finding | None:
    if not head.start_line or head.start_line[0].text == "GET":
        return None
    said = Said("doctor.request-method", method=shorten(head.start_line[0].text))
    return finding(said, case.lines(case.request, ""), "4.1, item 2")


def http_version(case: Case, head: MessageHead) -> Finding | None:
    if not head.first_line.endswith((" HTTP/1.0", " HTTP/0.9")):
        return None
    return finding(Said("doctor.request-http-1-0"), case.lines(case.request, ""), "4.1, item 2")


def host(case: Case, head: MessageHead) -> Finding | None:
    if head.find("Host") or case.may_go_on(head):
        return None
    return finding(Said("doctor.host-missing"), case.lines(case.request, ""), "4.1, item 4")


def key(case: Case, head: MessageHead) -> Finding | None:
    """Sec-WebSocket-Key: missing, there twice, not Base64, or not of 16 bytes."""
    lines, section = head.find("Sec-WebSocket-Key"), "4.1, item 7"
    evidence = case.lines(case.request, "Sec-WebSocket-Key")
    if not lines:
        if case.may_go_on(head):
            return None
        return finding(Said("doctor.key-missing"), case.lines(case.request, ""), section)
    if len(lines) > 1:
        return finding(Said("doctor.key-twice"), evidence, section)
    written = lines[0].value.text
    try:
        count = len(base64.b64decode(written.encode("latin-1"), validate=True))
    except binascii.Error:
        return finding(Said("doctor.key-not-base64"), evidence, section)
    if count == 16:
        return None
    if re.fullmatch(r"[0-9a-f]{32}", written, re.IGNORECASE):
        return finding(Said("doctor.key-in-hex"), evidence, section)
    return finding(Said("doctor.key-length", count=count), evidence, section)


def version(case: Case, head: MessageHead) -> Finding | None:
    versions = [line.value.text for line in head.find("Sec-WebSocket-Version")]
    if not versions:
        if case.may_go_on(head):
            return None
        return finding(Said("doctor.version-missing"), case.lines(case.request, ""), "4.1, item 9")
    wrong = next((version for version in versions if version != "13"), None)
    if wrong is None:
        return None
    evidence = case.lines(case.request, "Sec-WebSocket-Version")
    said = Said("doctor.version-wrong", version=shorten(wrong))
    return finding(said, evidence, "4.1, item 9; 4.4")


def body(case: Case, head: MessageHead) -> Finding | None:
    """A GET with a body: the server reads the body as the beginning of something else."""
    lengths = head.find("Content-Length")
    if not lengths or lengths[0].value.text == "0":
        return None
    evidence = case.lines(case.request, "Content-Length")
    return finding(Said("doctor.request-body"), evidence, "4.1, item 2")


def target(case: Case, head: MessageHead) -> Finding | None:
    """A fragment in the target: ``ws://host/chat#room``."""
    if len(head.start_line) < 2 or "#" not in head.start_line[1].text:
        return None
    return finding(Said("doctor.target-fragment"), case.lines(case.request, ""), "3")


def subprotocols(case: Case, head: MessageHead) -> Finding | None:
    names = head.tokens("Sec-WebSocket-Protocol")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is None:
        return None
    evidence = case.lines(case.request, "Sec-WebSocket-Protocol")
    return finding(Said("doctor.subprotocol-twice", name=shorten(twice)), evidence, "4.1, item 10")


def _upgrades(head: MessageHead) -> bool:
    return "upgrade" in [token.lower() for token in head.tokens("Connection")]


def _of_request(cause: Callable[[Case, MessageHead], Finding | None]) -> Cause:
    """The cause, looked for in the head of a request for WebSocket that got no 101."""

    def find(case: Case) -> Finding | None:
        head = case.asked
        agreed = case.is_open or (case.answered is not None and case.answered.status == 101)
        return None if head is None or agreed else cause(case, head)

    return find


_CAUSES = (
    line_ends,
    malformed,
    not_ended,
    method,
    http_version,
    host,
    proxy_dropped_upgrade,
    upgrade_missing,
    connection_missing,
    version,
    key,
    target,
    subprotocols,
    body,
)
CAUSES = tuple(map(_of_request, _CAUSES))
