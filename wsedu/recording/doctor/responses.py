"""Causes in the server's 101: why the client does not believe it.

How to think about it: these are the checks of 4.1, the list for the client. The client sees a 101
and closes TCP all the same, mostly without a word; here is why.
"""

from __future__ import annotations

from collections.abc import Callable

from ...protocol import MessageHead, accept_key, check_agreed
from ...protocol.http import shorten
from ...said import Said
from .accepts import wrong_ways
from .case import Case, Cause, finding
from .findings import Finding

KEY_OF_THE_RFC = "dGhlIHNhbXBsZSBub25jZQ=="  # 1.3


def accept_ends_the_head(case: Case, head: MessageHead) -> Finding | None:
    """Base64 with a line end of its own, which makes the empty line come too early."""
    last = head.headers[-1] if head.headers else None
    if head.end is None or last is None or last.name.text.lower() != "sec-websocket-accept":
        return None
    stream = case.streams["server"]
    if stream[last.value.span.end : last.span.end] != b"\n":
        return None
    if stream[last.span.end : head.end] != b"\r\n" or head.end == len(stream):
        return None
    evidence = case.show("server", last.value.span.end - 4, head.end + 12)
    return finding(Said("doctor.accept-ends-the-head"), evidence, "RFC 9112 2.1")


def line_ends(case: Case, head: MessageHead) -> Finding | None:
    for problem in head.problems:
        if problem.said.id == "http.lf-alone":
            evidence = case.show("server", problem.span.start - 4, problem.span.start + 5)
            return finding(Said("doctor.response-lf"), evidence, "RFC 9112 2.2")
    return None


def not_ended(case: Case, head: MessageHead) -> Finding | None:
    """The empty line is missing: the client takes the frames for more header lines."""
    if head.end is not None or case.may_go_on(head):
        return None
    end = len(case.streams["server"])
    said = Said("doctor.response-not-ended")
    return finding(said, case.show("server", max(0, end - 20), end), "RFC 9112 2.1")


def http_version(case: Case, head: MessageHead) -> Finding | None:
    if not head.first_line.startswith("HTTP/1.0"):
        return None
    return finding(Said("doctor.response-http-1-0"), case.lines(case.response, ""), "4.2.2, item 5")


def upgrade(case: Case, head: MessageHead) -> Finding | None:
    if not _broken(case, "upgrade"):
        return None
    if not head.find("Upgrade"):
        evidence = case.lines(case.response, "")
        return finding(Said("doctor.response-no-upgrade"), evidence, "4.1, response 2")
    evidence = case.lines(case.response, "Upgrade")
    return finding(Said("doctor.response-wrong-upgrade"), evidence, "4.1, response 2")


def connection(case: Case, head: MessageHead) -> Finding | None:
    if not _broken(case, "connection"):
        return None
    evidence = case.lines(case.response, "", "Connection")
    return finding(Said("doctor.response-no-connection"), evidence, "4.1, response 3")


def accept(case: Case, head: MessageHead) -> Finding | None:
    """Sec-WebSocket-Accept is missing, or it is not that of the key."""
    request = case.asked
    if request is None or not _broken(case, "accept"):
        return None
    lines, keys = head.find("Sec-WebSocket-Accept"), request.find("Sec-WebSocket-Key")
    section = "4.2.2, item 5.4"
    if not keys:
        return None  # there is nothing to answer
    if not lines:
        evidence = case.lines(case.response, "")
        return finding(Said("doctor.accept-missing"), evidence, section)
    evidence = case.lines(case.request, "Sec-WebSocket-Key")
    evidence += case.lines(case.response, "Sec-WebSocket-Accept")
    key, sent = keys[0].value.text, lines[0].value.text
    if sent == key:
        return finding(Said("doctor.accept-is-the-key"), evidence, section)
    if sent == accept_key(KEY_OF_THE_RFC):
        return finding(Said("doctor.accept-copied"), evidence, section)
    if ways := wrong_ways(key, sent):
        said = tuple(Said(f"doctor.accept-{way}") for way in ways)
        return Finding(said, evidence, section)
    said_other = Said("doctor.unknown-accept", wanted=accept_key(key))
    return finding(said_other, evidence, section)


def extension(case: Case, head: MessageHead) -> Finding | None:
    """An extension that was not offered, or a parameter that may not be there."""
    request = case.asked
    if request is None or not case.is_open:
        return None
    problems = check_agreed(head, request)
    if not problems:
        return None
    evidence = case.lines(case.request, "Sec-WebSocket-Extensions")
    evidence += case.lines(case.response, "Sec-WebSocket-Extensions")
    first = problems[0]
    if first.said.id == "extension.not-offered":
        said = Said("doctor.extension-not-offered", name=first.said.args["name"])
        return finding(said, evidence, first.section)
    said = Said("doctor.extension-parameters", problem=first.said)
    return finding(said, evidence, first.section)


def subprotocol(case: Case, head: MessageHead) -> Finding | None:
    """A subprotocol that the client did not ask for."""
    request = case.asked
    if request is None or not _broken(case, "subprotocol"):
        return None
    evidence = case.lines(case.request, "Sec-WebSocket-Protocol")
    evidence += case.lines(case.response, "Sec-WebSocket-Protocol")
    names = head.tokens("Sec-WebSocket-Protocol")
    if len(names) > 1:
        return finding(Said("doctor.subprotocol-list"), evidence, "4.2.2, item 5.5")
    said = Said("doctor.subprotocol-not-asked", name=shorten(names[0] if names else ""))
    return finding(said, evidence, "4.1, response 6")


def subprotocol_not_answered(case: Case, head: MessageHead) -> Finding | None:
    """The client asked for subprotocols, got none, and left at once: browsers do so."""
    request = case.asked
    if request is None or not case.is_open or case.frames["client"]:
        return None
    if not request.find("Sec-WebSocket-Protocol") or head.find("Sec-WebSocket-Protocol"):
        return None
    if case.first_end is None or case.first_end.sender != "client" or case.recording.dropped:
        return None
    evidence = case.lines(case.request, "Sec-WebSocket-Protocol")
    said = Said("doctor.subprotocol-not-answered")
    return finding(said, evidence, "4.2.2, item 5.5")


def _broken(case: Case, name: str) -> bool:
    """Whether the rule of that name is broken in the response to a request for WebSocket."""
    if case.response is None or case.answered is None or case.asked is None:
        return False
    broken = [check for check in case.response.checks if check.passed is False]
    may_come = case.may_go_on(case.answered)  # a line that is not there
    return any(check.name == name and (check.spans or not may_come) for check in broken)


def _of_101(cause: Callable[[Case, MessageHead], Finding | None]) -> Cause:
    """The cause, looked for in the head of a response with status 101."""

    def find(case: Case) -> Finding | None:
        head = case.answered
        return None if head is None or head.status != 101 else cause(case, head)

    return find


FIRST_CAUSES = (_of_101(accept_ends_the_head),)
_CAUSES = (
    not_ended,
    line_ends,
    http_version,
    upgrade,
    connection,
    accept,
    extension,
    subprotocol,
    subprotocol_not_answered,
)
CAUSES = tuple(map(_of_101, _CAUSES))
