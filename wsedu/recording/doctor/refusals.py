"""Causes: the request is right, and the server answers with another status than 101, or not at all.

How to think about it: the status says what kind of refusal it is, and often the body or a header
says who refuses and why. A proxy on the way may be the one that answers.
"""

from __future__ import annotations

import re

from ...protocol import MessageHead
from ...protocol.http import shorten
from ...said import Said
from ..evidence import Evidence
from .case import Case, finding
from .findings import Finding

# Statuses with a sentence of their own, and the headers that say more.
STATUSES = {
    200: ("Content-Type",),
    301: ("Location",),
    302: ("Location",),
    303: ("Location",),
    307: ("Location",),
    308: ("Location",),
    400: (),
    401: ("WWW-Authenticate",),
    403: (),
    404: (),
    405: ("Allow",),
    407: ("Proxy-Authenticate",),
    426: ("Upgrade", "Sec-WebSocket-Version"),
    429: ("Retry-After",),
    500: (),
    502: (),
    503: ("Retry-After",),
    504: (),
}
ONE_SENTENCE = {303: 302, 307: 302, 308: 301}

# What libraries say of a request whose Upgrade or Connection did not arrive.
_NO_UPGRADE = re.compile(
    r"\b(?:missing|invalid|bad|no)\b.{0,20}\b(?:upgrade|connection) (?:header|hdr)"
    r"|upgrade required|can .?upgrade.? only to|'upgrade' token not found",
    re.IGNORECASE,
)
# What Engine.IO says to a client that does not name its version and transport.
_ENGINE = re.compile(
    r"Transport unknown|Session ID unknown|Bad handshake method|[Uu]nsupported protocol"
)
# The word of a cache that answers by itself.
_HIT = re.compile(r"\bhit\b", re.IGNORECASE)


def plain_request(case: Case) -> Finding | None:
    """An ordinary request, to a server that speaks nothing but WebSocket."""
    head = case.answered
    if head is None or case.is_open or case.asked is not None or head.status != 426:
        return None
    evidence = case.lines(case.request, "") + case.lines(case.response, "", "Upgrade")
    return finding(Said("doctor.plain-request"), evidence, "4.1, item 5; RFC 9110 15.5.22")


def engine_refuses(case: Case) -> Finding | None:
    """Socket.IO's server wants its own query in the target: a plain client has none."""
    told = _body(case)
    if not _refusal(case) or "/socket.io" not in _target(case) or not _ENGINE.search(told):
        return None
    said = Said("doctor.socket-io-refuses", told=told)
    return finding(said, case.lines(case.request, "") + _body_evidence(case))


def proxy_dropped_upgrade(case: Case) -> Finding | None:
    """The client asked for an upgrade, and the server did not see it."""
    head = _refusal(case)
    if head is None or head.status not in (400, 426):
        return None
    if head.status == 400 and not _NO_UPGRADE.search(_body(case)):
        return None
    if head.find("Sec-WebSocket-Version"):  # 4.4: it wants another version
        return None
    evidence = case.lines(case.request, "Upgrade", "Connection")
    evidence += case.lines(case.response, "", "Server", "Via") + _body_evidence(case)
    said = Said("doctor.upgrade-did-not-arrive", status=head.status or 0)
    return finding(said, evidence, "4.2.1, items 3, 4; RFC 9110 7.6.1")


def proxy_of_http_1_0(case: Case) -> Finding | None:
    """The client says HTTP/1.1, and the server saw HTTP/1.0."""
    if not _refusal(case) or "HTTP/1.0" not in _body(case):
        return None
    if case.asked is None or not case.asked.first_line.endswith(" HTTP/1.1"):
        return None
    evidence = case.lines(case.request, "") + case.lines(case.response, "", "Server")
    said = Said("doctor.proxy-http-1-0")
    return finding(said, evidence + _body_evidence(case), "4.1, item 2; RFC 9110 7.8")


def cached(case: Case) -> Finding | None:
    """A cache answers with what it kept."""
    if (head := _refusal(case)) is None:
        return None
    names = [n for n in ("X-Cache", "CF-Cache-Status", "X-Cache-Status") if head.find(n)]
    hits = [name for name in names if _HIT.search(head.find(name)[0].value.text)]
    if not hits and not head.find("Age"):
        return None
    evidence = case.lines(case.response, "", *hits, "Age")
    return finding(Said("doctor.cached-response"), evidence, "RFC 9111 4")


def origin(case: Case) -> Finding | None:
    """403 for a script of a page from elsewhere: most likely the server does not let it in."""
    request, head = case.asked, _refusal(case)
    if request is None or head is None or head.status != 403:
        return None
    lines, hosts = request.find("Origin"), request.find("Host")
    if not lines or (hosts and lines[0].value.text.partition("://")[2] == hosts[0].value.text):
        return None
    said = Said("doctor.origin-refused", origin=shorten(lines[0].value.text))
    evidence = case.lines(case.request, "Origin") + case.lines(case.response, "")
    return Finding((said, *_told(case)), evidence, "4.2.2, item 2; 10.2")


def status(case: Case) -> Finding | None:
    """Any other refusal, by its status."""
    head = _refusal(case)
    if head is None or head.status is None:
        return None
    names = STATUSES.get(head.status)
    evidence = case.lines(case.response, "", *(names or ()), "Server")
    if names is None:
        said = Said("doctor.refused", status=shorten(head.first_line.partition(" ")[2]))
    else:
        kind = ONE_SENTENCE.get(head.status, head.status)
        said = Said(f"doctor.status-{kind}", target=_target(case))
    return Finding((said, *_told(case)), evidence, "4.1; 4.2.2")


def no_response(case: Case) -> Finding | None:
    """A whole request, and no byte in return."""
    request, head, end = case.request, case.asked, case.first_end
    if request is None or head is None or head.end is None or end is None:
        return None
    later = [unit for unit in case.seen.units if unit.arrived > request.arrived]
    if case.response or case.recording.dropped or any(u.sender == "server" for u in later):
        return None
    said = Said("doctor.closed-without-response")
    if end.sender == "client":
        said = Said("doctor.no-response", seconds=f"{end.time - case.time(request):.3g}")
    return finding(said, case.lines(request, ""), "4.2.2")


def _refusal(case: Case) -> MessageHead | None:
    """The head of the response to a request for WebSocket, if it is another one than 101."""
    head = case.answered
    return head if case.asked is not None and head is not None and head.status != 101 else None


def _target(case: Case) -> str:
    head = case.asked
    return shorten(head.start_line[1].text) if head and len(head.start_line) > 1 else ""


def _body(case: Case) -> str:
    """The beginning of the response's body, as one line without tags; nothing if it is encoded."""
    if case.body is None or case.answered is None or case.answered.find("Content-Encoding"):
        return ""
    text = case.body.content[:2000].decode("utf-8", "replace")
    title = re.search(r"<title>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    text = title[1] if title else re.sub(r"<[^>]*>", " ", text)
    return shorten(" ".join(text.split()), 120)


def _body_evidence(case: Case) -> tuple[Evidence, ...]:
    return case.start_of(case.body, 100) if case.body else ()


def _told(case: Case) -> tuple[Said, ...]:
    """What the response itself says of the reason."""
    body = _body(case)
    return (Said("doctor.it-says", text=body),) if body else ()


CAUSES = (
    plain_request,
    engine_refuses,
    proxy_dropped_upgrade,
    proxy_of_http_1_0,
    cached,
    origin,
    status,
    no_response,
)
