"""Heads of requests and responses with one line changed, or more.

How to think about it: a case of an exercise is a right head in which something is different. A
change is a line of the right head, and what is there instead: another line, several, or none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

Change = tuple[str, str]  # a line, and the line that is there instead; several, or none

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # of the RFC, 1.3


# Lines that name Upgrade, as the line "Connection: Upgrade" does, and lines that do not.
CONNECTIONS = (
    "Connection: upgrade",
    "Connection: UPGRADE",
    "Connection: keep-alive, Upgrade",  # Firefox used to send it
    "Connection: Upgrade, keep-alive",
    "Connection: keep-alive,Upgrade",
    "Connection: keep-alive\nConnection: Upgrade",
    "Connection: Upgrade\nConnection: keep-alive",
    "Connection: Upgrade\nX-Connection: close",
)
WRONG_CONNECTIONS = (
    "",
    "Connection:",
    "Connection: close",
    "Connection: keep-alive, close",
    "Connection: grade",
    "Connection: NotUpgrade",
    "Connection: Upgrades",
    "Connection: keep-alive, no-upgrade",
    "Connection: keep-alive Upgrade",
    "Connection: websocket",
    "X-Connection: Upgrade",
)
WRONG_UPGRADES = (
    "",
    "Upgrade:",
    "Upgrade: h2c",
    "Upgrade: web",
    "Upgrade: websockets",
    "Upgrade: notwebsocket",
    "X-Upgrade: websocket",
)


def changes(table: Mapping[str, Iterable[str]]) -> list[Change]:
    """The changes of a table: a line -> what may be there instead."""
    return [(line, other) for line, others in table.items() for other in others]


def written(lines: Iterable[str], *made: Change, **facts: str) -> bytes:
    """The bytes of a head: ``facts`` fill the lines, which have ``{key}`` and the like."""
    instead = dict(made)
    text = "\n".join(filter(None, (instead.get(line, line) for line in lines)))
    return (text.format(**facts) + "\n\n").replace("\n", "\r\n").encode("ascii")


def renamed(head: bytes, fold: Callable[[bytes], bytes]) -> bytes:
    """The head with other names of its headers: ``bytes.lower``, for example."""
    return re.sub(rb"(?m)^[\w-]+(?=:)", lambda name: fold(name[0]), head)


def respelled(head: bytes) -> list[bytes]:
    """The head as others would write it: it means the same."""
    first, *headers = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    return [
        *(renamed(head, fold) for fold in (bytes.lower, bytes.upper, bytes.title)),
        *(_spaced(head, space) for space in (b"", b"   ", b"\t")),
        *(_spaced(head, b" ", space) for space in (b" ", b"\t")),
        b"\r\n".join([first, *reversed(headers), b"", b""]),
    ]


def _spaced(head: bytes, before: bytes, after: bytes = b"") -> bytes:
    """The head with this space around every value, instead of one space before it."""
    value = rb"\1:" + before + rb"\2" + after + b"\r"
    return re.sub(rb"(?m)^([\w-]+): ?(.*)\r$", value, head)
