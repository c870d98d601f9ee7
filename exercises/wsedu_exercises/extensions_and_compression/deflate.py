"""Compressed messages, and what a ``websockets`` server makes of them.

How to think about it: the two exercises that inflate messages need the same three things. These
are payloads that real senders made, payloads made by chance, and a server that reads them.
"""

from __future__ import annotations

import functools
import random
import zlib
from collections.abc import Iterable
from typing import Any

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame as Received
from websockets.protocol import State
from websockets.server import ServerProtocol

from wsedu.course.judges import Did
from wsedu.protocol import Frame, Opcode, build_frame


def _bytes(*rows: str) -> list[bytes]:
    return [bytes.fromhex(row) for row in rows]


# Of RFC 7692 7.2.3: "Hello"; again, by pointing back; not compressed; marked as the last block; in
# two blocks.
HELLO, AGAIN, STORED, FINAL, TWO_BLOCKS = _bytes(
    "f2 48 cd c9 c9 07 00",
    "f2 00 11 00 00",
    "00 05 00 fa ff 48 65 6c 6c 6f 00",
    "f3 48 cd c9 c9 07 00 00",
    "f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
)

# Sent by a client of ``websockets`` 17.4. "Hello world" as the fragments "Hel", "lo " and "world":
FRAGMENTS = _bytes("f248cd01000000ffff", "cac95700000000ffff", "2acf2fca4901000000ffff", "00")
# On one connection, {"temperature": 21.5, "unit": "C"}; with 21.6; "ping"; with 21.5 again:
WEATHER = _bytes(
    "aa562a49cd2d482d4a2c292d4a55b2523032d433d551502acdcb2c01f2949c956a0100",
    "aac6546186aa0200",
    "2ac8cc4b0700",
    "c2a20acd1c0000",
)
# On another, "Hello" twice, an empty message, "Hello"; and a greeting twice, in UTF-8:
GREETINGS = _bytes(
    "f248cdc9c90700",
    "f200110000",
    "00",
    "02130000",
    "fa307f62b7827bd1e13d87e7a70200",
    "42660300",
)

# What no inflater takes: a plain text; a message in the form of zlib, and of gzip.
DAMAGED = [
    b"Hello",
    *_bytes("789cf348cdc9c90700058c01f5", "1f8b0800000000000203f348cdc9c907008289d1f705000000"),
]

# A message that points back 20,000 bytes, across the end of what zlib gives at once: that takes a
# window of 2 to the power of 15.
SQUARES = b" ".join(b"%d" % (number * number) for number in range(60))
FAR = bytes(13_000) + SQUARES + bytes(20_000 - len(SQUARES)) + SQUARES


def sent(
    messages: list[bytes], keeps_context: bool = True, chance: random.Random | None = None
) -> list[bytes]:
    """The payloads that a sender makes of its messages (7.2.1); its settings may be chance."""
    settings: dict[str, Any] = {"wbits": -15}
    if chance:
        strategies = [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY]
        settings = {
            "level": chance.choice([-1, 0, 1, 9]),
            "wbits": -chance.choice([9, 12, 15]),
            "strategy": chance.choice(strategies),
        }
    sender, payloads = zlib.compressobj(**settings), []
    for message in messages:
        if not keeps_context:
            sender = zlib.compressobj(**settings)
        payload = sender.compress(message) + sender.flush(zlib.Z_SYNC_FLUSH)
        payloads.append(payload.removesuffix(b"\x00\x00\xff\xff"))
    return payloads


def words(chance: random.Random, most: int = 20) -> bytes:
    """A message that can be compressed."""
    count = chance.randrange(most)
    return " ".join(chance.choices(["Hello", "Grüße", "21.5", "{}"], k=count)).encode()


def received(frames: Iterable[Frame], keeps_context: bool) -> list[bytes] | Did:
    """The messages that a ``websockets`` server reads, or that it fails the connection."""
    return _received(b"".join(build_frame(frame, bytes(4)) for frame in frames), keeps_context)


@functools.lru_cache(1024)
def _received(data: bytes, keeps_context: bool) -> list[bytes] | Did:
    server = ServerProtocol(state=State.OPEN, max_size=None)
    server.extensions = [
        PerMessageDeflate(
            remote_no_context_takeover=not keeps_context,
            local_no_context_takeover=False,
            remote_max_window_bits=15,
            local_max_window_bits=15,
        )
    ]
    server.receive_data(data)
    if server.parser_exc:
        return Did("raised ValueError")
    messages, so_far = [], b""
    for event in server.events_received():
        if isinstance(event, Received) and event.opcode < Opcode.CLOSE:
            so_far += bytes(event.data)
            if event.fin:
                messages.append(so_far)
                so_far = b""
    return messages
