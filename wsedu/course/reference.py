"""Witnesses that are not ours: the ``websockets`` library, asked without any network.

A check never trusts this course's own codec alone. The library's sans-I/O server and client
read the same bytes, and their verdict is the one that counts.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterable
from functools import lru_cache

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidMessage
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Origin, Subprotocol
from websockets.uri import parse_uri

from ..protocol import read_layout
from ..recording import Event, Field, Recording, Unit, dissect
from ..recording.frame_fields import fields_of_frame
from ..views.difference import first_difference

OWN_ORIGIN = "http://example.com:8000"
KEPT = 1024  # verdicts of the library: every mistake of an exercise meets the same cases


@lru_cache(KEPT)
def server_status(data: bytes) -> int | None:
    """What a ``websockets`` server answers to a request; None if it cannot even read it."""
    server = ServerProtocol(origins=[None, Origin(OWN_ORIGIN)])
    server.receive_data(data)
    for event in server.events_received():
        if isinstance(event, Request):
            return server.accept(event).status_code
    return None


def client_accepts(response: bytes, key: str, asked: list[str]) -> bool:
    """Whether a ``websockets`` client that sent ``key`` and asked for ``asked`` goes on."""
    return _client_accepts(response, key, tuple(asked))


@lru_cache(KEPT)
def _client_accepts(response: bytes, key: str, asked: tuple[str, ...]) -> bool:
    client = ClientProtocol(
        parse_uri("ws://example.com:8000/"),
        subprotocols=[Subprotocol(name) for name in asked],
    )
    client.key = key
    client.connect()
    client.receive_data(response)
    error = client.handshake_exc
    if error is not None and not isinstance(error, (InvalidHandshake, InvalidMessage)):
        raise error
    return error is None and client.state.name == "OPEN"


def unit_of(data: bytes, answer: bytes = b"") -> Unit:
    """A message as a unit, so that its fields can be named and its checklist drawn."""
    events = [Event(0, "client", "data", data)]
    if answer:
        events.append(Event(0, "server", "data", answer))
    seen = dissect(Recording(tuple(events)))
    return seen.response if answer and seen.response else seen.request


def field_at(fields: Iterable[Field], expected: bytes, got: bytes) -> str:
    """The name of the field of ``expected`` in which the two begin to differ."""
    at = first_difference(expected, got)
    if at is None or at >= len(expected):
        return ""
    turned = expected[at] ^ got[at] if at < len(got) else 0xFF
    bit = 8 * at + 8 - turned.bit_length()  # numbered as those of a field are
    for field in fields:
        here, span = (bit, field.bits) if field.bits else (at, field.span)
        if span.start <= here < span.end:
            return field.name
    return ""


def frame_field_at(expected: bytes, got: bytes) -> str:
    """The same for the fields of a frame (5.2), the bits of its first two bytes among them."""
    layout = read_layout(expected)
    fields = fields_of_frame(layout, expected) if layout else ()
    parts = [part for field in fields for part in field.parts or (field,)]
    return field_at(parts, expected, got)


def random_key(chance: random.Random) -> str:
    """A fresh Sec-WebSocket-Key."""
    return base64.b64encode(chance.randbytes(16)).decode()


def random_target(chance: random.Random) -> str:
    """A path such as ``/k3x/q``."""
    names = ["".join(chance.choices("abcdefgh-0123456789", k=chance.randint(1, 8)))]
    return "/" + "/".join(names * chance.randint(0, 2))


def random_host(chance: random.Random) -> str:
    """A host such as ``a7.example:8123``."""
    return f"{chance.choice('abcxyz')}{chance.randint(0, 99)}.example:{chance.randint(1024, 65535)}"
