"""The requests of the check: what the table of task 02.3 accepts, and what it refuses.

How to think about it: each request changes one thing in a plain one, so its name says what is
wrong. All are sent before anything is said: a server that accepts every request with a wrong key
does not look at the key, and one that accepts a single one of them looks in the wrong way.
"""

from __future__ import annotations

import base64
import random

from wsedu.course.clients import Call
from wsedu.course.raw_client import ACCEPTED, Complaint, RawClient
from wsedu.course.runner import shorten
from wsedu.protocol import MessageHead, build_request, make_key

BROWSER = {
    "Pragma": "no-cache",
    "Cache-Control": "no-cache",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) " + "Gecko " * 20,
    "Origin": "http://localhost:8888",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "de, en-GB",
    "Cookie": "; ".join(f"session-{number}={'x' * 40}" for number in range(30)),
    "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
}


def _request(chance: random.Random, **headers: str | None) -> bytes:
    """A plain request with some headers changed; None leaves one out."""
    key = make_key(chance.randbytes(16))
    while not key.rstrip("=").isalnum():  # a key with + or / has a request of its own
        key = make_key(chance.randbytes(16))
    request = build_request("127.0.0.1", "/", key)
    found: dict[str, str | None] = dict(request.headers)
    found |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}\r\n" for name, value in found.items() if value is not None]
    return ("GET / HTTP/1.1\r\n" + "".join(lines) + "\r\n").encode()


def _lower(request: bytes) -> bytes:
    """The same, the names of its headers in lower case."""
    lines = request.split(b"\r\n")
    return b"\r\n".join(
        line if b":" not in line else line.split(b":", 1)[0].lower() + b":" + line.split(b":", 1)[1]
        for line in lines
    )


def good(chance: random.Random) -> dict[str, bytes]:
    """Requests that a server must accept, by the complaint about a refusal."""
    plain = _request(chance)
    lines = plain.removesuffix(b"\r\n\r\n").split(b"\r\n")
    return {
        "refuses-plain": plain,
        "refuses-lower-case-names": _lower(plain),
        "refuses-upper-case-names": plain.replace(b"Sec-WebSocket-", b"SEC-WEBSOCKET-"),
        "refuses-upgrade-in-another-case": _request(chance, Upgrade="WebSocket"),
        "refuses-connection-in-another-case": _request(chance, Connection="upgrade"),
        "refuses-connection-list": _request(chance, Connection="keep-alive, Upgrade"),
        "refuses-two-lines": plain.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n"),
        "refuses-tabs": plain.replace(b": ", b": \t"),
        "refuses-no-space": plain.replace(b": ", b":"),
        "refuses-another-order": b"\r\n".join([lines[0], *lines[:0:-1]]) + b"\r\n\r\n",
        "refuses-another-target": plain.replace(b"GET / ", b"GET /chat?room=1 "),
        "refuses-browser": _request(chance, **BROWSER),
        "refuses-plus-and-slash": _request(chance, Sec_WebSocket_Key="+/+/+/+/+/+/+/+/+/+/+w=="),
    }


def bad(chance: random.Random) -> dict[str, dict[str, bytes]]:
    """Requests that a server must refuse: by the rule, and by the complaint.

    HTTP/1.0 and a second Host are not among them: no client of WebSocket sends these, and pieces
    that learners kept from an earlier edition let them pass.
    """
    plain = _request(chance)
    return {
        "method": {
            "accepts-post": plain.replace(b"GET", b"POST", 1),
            "accepts-head": plain.replace(b"GET", b"HEAD", 1),
        },
        "host": {
            "accepts-no-host": _request(chance, Host=None),
            "accepts-empty-host": _request(chance, Host=""),
        },
        "upgrade": {
            "accepts-no-upgrade": _request(chance, Upgrade=None),
            "accepts-other-upgrade": _request(chance, Upgrade="h2c"),
            "accepts-part-of-upgrade": _request(chance, Upgrade="notwebsocket"),
        },
        "connection": {
            "accepts-no-connection": _request(chance, Connection=None),
            "accepts-other-connection": _request(chance, Connection="keep-alive"),
            "accepts-part-of-connection": _request(chance, Connection="NotUpgrade"),
        },
        "key": {
            "accepts-no-key": _request(chance, Sec_WebSocket_Key=None),
            "accepts-short-key": _request(chance, Sec_WebSocket_Key=_base64(chance, 13)),
            "accepts-long-key": _request(chance, Sec_WebSocket_Key=_base64(chance, 17)),
            "accepts-no-base64": _request(chance, Sec_WebSocket_Key="dGhl*IHNh*bXBs*ZSBu*b25jZQ=="),
        },
        "version": {
            "accepts-no-version": _request(chance, Sec_WebSocket_Version=None),
            "accepts-other-version": _request(chance, Sec_WebSocket_Version="8"),
            "accepts-higher-version": _request(chance, Sec_WebSocket_Version="14"),
            "accepts-part-of-version": _request(chance, Sec_WebSocket_Version="130"),
        },
    }


def _base64(chance: random.Random, length: int) -> str:
    return base64.b64encode(chance.randbytes(length)).decode()


def accepts_good_requests(call: Call) -> None:
    """A server accepts whatever breaks no rule, and its 101 breaks none either."""
    for complaint, request in good(call.chance).items():
        with call.raw() as client:
            client.send(request)
            _expect_101(client, complaint)


def reads_the_whole_request(call: Call) -> None:
    """A request may come in pieces, cut anywhere."""
    plain = _request(call.chance)
    end = len(plain)
    cuts = [1, 15, end // 2, end - 3, end - 2, end - 1, call.chance.randrange(1, end)]
    for pieces in (*([plain[:cut], plain[cut:]] for cut in cuts), [*_bytes(plain)]):
        with call.raw() as client:
            client.send_apart(*pieces[:-1])
            client.expect_nothing("answers-half-a-request")
            client.send(pieces[-1])
            _expect_101(client, "cut-request")


def _bytes(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


def _expect_101(client: RawClient, complaint: str) -> None:
    head = client.response()
    if head is None and complaint == "refuses-plain":
        raise Complaint("ends-without-response" if client.ended else "no-response")
    if head is None:
        raise Complaint(complaint)
    if head.status == ACCEPTED and head.end is None:
        raise Complaint("no-empty-line", is_certain=True)
    if head.status != ACCEPTED:
        raise Complaint(complaint, is_certain=True, response=shorten(head.first_line))
    client.expect_nothing("says-more-than-101")


def refuses_bad_requests(call: Call) -> None:
    """A server refuses a request that breaks a rule, with a response, and then sends no frames."""
    rules = bad(call.chance)
    accepted = {
        rule: [complaint for complaint, request in requests.items() if _accepts(call, request)]
        for rule, requests in rules.items()
    }
    found = {rule: names for rule, names in accepted.items() if names}
    if not found:
        return
    rule, names = next(iter(found.items()))
    if found == {rule: list(requests) for rule, requests in rules.items()}:
        complaint = "accepts-everything"
    elif names == list(rules[rule]):
        complaint = f"no-check-of-{rule}"
    else:
        complaint = names[0]
    request = rules[rule][names[0]]
    with call.raw() as client:  # once more, to show it
        client.send(request)
        client.response()
        raise Complaint(complaint, is_certain=True)


def _accepts(call: Call, request: bytes) -> bool:
    with call.raw(reads=False) as client:
        client.send(request)
        head = client.response()
        if head is None:
            raise Complaint("no-refusal")
        if head.status == ACCEPTED:
            return True
        if not _refuses(head):
            raise Complaint("refusal", is_certain=True, response=shorten(head.first_line))
        if head.end is None:
            raise Complaint("no-end-of-refusal")
        client.send(client.frame(b"after the refusal"))
        if b"after the refusal" in client.arrived():
            raise Complaint("goes-on-after-refusal", is_certain=True)
    return False


def _refuses(head: MessageHead) -> bool:
    """Whether it says that the request is wrong, or that the server knows no such method."""
    return head.status is not None and (400 <= head.status < 500 or head.status in (501, 505))


CLIENTS = (accepts_good_requests, reads_the_whole_request, refuses_bad_requests)
