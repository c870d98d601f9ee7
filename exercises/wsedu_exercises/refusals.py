"""Clients that break a rule, and watch how a server ends their connection (7.1.7).

How to think about it: a ``Refusal`` is one thing that a client does wrong. What a server must do is
the same each time: send a Close with the right code, and nothing more, then end TCP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wsedu.course.clients import Call, Client
from wsedu.course.raw_client import Complaint, RawClient
from wsedu.course.runner import shorten
from wsedu.protocol import Frame, Opcode, build_frame

Sent = Callable[[RawClient], bytes]  # the bytes that a client sends after the handshake


@dataclass(frozen=True)
class Refusal:
    """What a client does wrong.

    name:   of the complaint if the server lets it pass; of its words in the table ``named``
    sent:   the bytes after the handshake
    codes:  with which a server may close
    before: the payload of a message that must come back before
    taken:  the code with which a server closes that has noticed nothing; 0: a Close without one
    """

    name: str
    sent: Sent
    codes: tuple[int, ...] = (1002,)
    before: bytes | None = None
    taken: int | None = None


def refuses(*refusals: Refusal) -> Client:
    """A client that does all of these, each on a connection of its own."""

    def client_of_refusals(call: Call) -> None:
        for refusal in refusals:
            with call.raw() as client:
                client.open()
                client.send(refusal.sent(client))
                if refusal.before is not None:
                    client.expect("no-echo-before", refusal.before)
                _expect_failure(client, refusal)

    return client_of_refusals


def _expect_failure(client: RawClient, refusal: Refusal) -> None:
    got = client.message()
    facts = {"frame": refusal.name, "wanted": refusal.codes[0]}
    if got is None and client.ended:
        raise Complaint("drops", is_certain=True, **facts)
    if got is None or got.opcode != Opcode.CLOSE:
        raise Complaint(refusal.name, is_certain=True, **facts)
    code = int.from_bytes(got.payload[:2], "big")
    if code == refusal.taken:
        raise Complaint(refusal.name, is_certain=True, **facts)
    if code not in refusal.codes:
        raise Complaint("other-code", is_certain=True, got=code or "no code", **facts)
    client.expect_end("keeps-tcp")
    if client.rest:
        raise Complaint("says-more", is_certain=True, data=shorten(client.rest), **facts)


def accepts(name: str, sent: Sent, payload: bytes, opcode: int = Opcode.TEXT) -> Client:
    """A client that breaks no rule; this message or control frame comes back, and nothing else."""

    def client_that_is_right(call: Call) -> None:
        with call.raw() as client:
            client.open()
            client.send(sent(client))
            got = client.message()
            if got is None or (got.opcode, got.payload) != (opcode, payload):
                raise Complaint(name, is_certain=True)
            client.expect_nothing("says-too-much")

    return client_that_is_right


def frame(opcode: int, payload: bytes = b"", fin: bool = True, rsv: int = 0) -> Sent:
    """A masked frame; ``rsv`` has the three reserved bits as a number, RSV1 is 4."""

    def sent(client: RawClient) -> bytes:
        data = client.frame(payload, opcode, fin)
        return bytes([data[0] | rsv << 4]) + data[1:]

    return sent


def together(*parts: Sent) -> Sent:
    """Several of them in one chunk."""
    return lambda client: b"".join(part(client) for part in parts)


def exactly(data: bytes) -> Sent:
    """These bytes."""
    return lambda client: data


def unmasked(payload: bytes) -> Sent:
    """A text frame as only a server may send it."""
    return exactly(build_frame(Frame(Opcode.TEXT, payload)))
