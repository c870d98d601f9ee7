"""Covering secrets, so that a recording can be saved and shown.

How to think about it: a cookie or a password opens doors elsewhere, so its value is replaced by
``*``, byte for byte: every offset stays what it was. A secret may be cut between two chunks, so
the whole stream of a side is searched, and then cut into its chunks again. One line covered too
many is better than one too few: what comes after the handshake is searched too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from .events import SIDES, Event, Side, sent_by

SECRET_HEADERS = ("Cookie", "Set-Cookie", "Authorization", "Proxy-Authorization")
SECRET_PARAMETER = b"token"  # of the target's query: the one that opens a lab to the network

# Their values, on any line, ended or not, with the lines that continue them.
_SECRETS = re.compile(
    rb"^([ \t]*(?:%s)[ \t]*:[ \t]*)([^\n]*(?:\n[ \t][^\n]*)*)" % "|".join(SECRET_HEADERS).encode(),
    re.IGNORECASE | re.MULTILINE,
)

# Name and value in ``/path?name=value&...``; each letter of a name may be written in three.
_PARAMETERS = re.compile(rb"([?&])([^\s?&=]{1,15})=([^\s&]+)")


def cover(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The same events, the values of secrets covered with ``*``; the same tuple if there are none.

    Secrets are the ``SECRET_HEADERS`` of both sides and the ``SECRET_PARAMETER`` of requests.
    """
    streams: dict[Side, bytes] = {side: sent_by(side, events) for side in SIDES}
    covered = {side: _cover(stream) for side, stream in streams.items()}
    if covered == streams and not any(event.kind == "held" for event in events):
        return events
    found, here = [], dict.fromkeys(SIDES, 0)
    for event in events:
        start = here[event.sender]
        if event.kind == "held":  # the bytes before it tell which header it belongs to
            data = _cover(streams[event.sender][:start] + event.data)[start:]
            event = replace(event, data=data)
        elif event.kind == "data":
            here[event.sender] += len(event.data)
            event = replace(event, data=covered[event.sender][start : here[event.sender]])
        found.append(event)
    return tuple(found)


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
