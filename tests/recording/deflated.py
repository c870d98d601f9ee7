"""Conversations of the library websockets with compression on, and the messages that it sent."""

import random

from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from wsedu.protocol import Binary, Text
from wsedu.recording import Event, Recording, Side

Messages = list[tuple[Side, Text | Binary]]
SIZES = (0, 1, 5, 125, 126, 127, 1000, 4096, 20_000, 65_535, 65_536, 100_000)

# What both sides may ask for: (no context takeover, window bits) of the server and the client.
AGREEMENTS: dict[str, dict[str, object]] = {
    "context takeover both ways": {},
    "no context takeover": {
        "server_no_context_takeover": True,
        "client_no_context_takeover": True,
    },
    "the server forgets, the client does not": {"server_no_context_takeover": True},
    "small windows": {"server_max_window_bits": 9, "client_max_window_bits": 9},
    "windows of 12 bits": {"server_max_window_bits": 12, "client_max_window_bits": 12},
}


def message(chance: random.Random, size: int, pool: list[bytes]) -> bytes:
    """Something of that size that repeats itself, and earlier messages."""
    data = b""
    while len(data) < size:
        if pool and chance.random() < 0.4:
            earlier = chance.choice(pool)
            start = chance.randrange(len(earlier) + 1)
            data += earlier[start : start + chance.randrange(1, 5000)]
        elif chance.random() < 0.2:
            data += chance.randbytes(chance.randrange(1, 300)).hex().encode()
        else:
            data += chance.choice([b'{"type": "move", "x": 17}', b"Hello, world! ", "ж".encode()])
    return data[:size].decode("utf-8", "ignore").encode()


def conversation_of_websockets(
    seed: int, count: int = 40, fragments: float = 0.3, **agreement: object
) -> tuple[Recording, Messages]:
    """``count`` messages of many sizes, some in fragments with Pings between, cut anywhere.

    fragments: how many of the messages are sent in fragments
    """
    chance = random.Random(seed)
    theirs = {"server_max_window_bits": None, "client_max_window_bits": None, **agreement}
    offer = {**theirs, "client_max_window_bits": theirs["client_max_window_bits"] or True}
    client = ClientProtocol(
        parse_uri("ws://example.com/"),
        extensions=[ClientPerMessageDeflateFactory(**offer)],  # type: ignore[arg-type]
        max_size=None,
    )
    server = ServerProtocol(
        extensions=[ServerPerMessageDeflateFactory(**theirs)],  # type: ignore[arg-type]
        max_size=None,
    )
    events: list[Event] = []

    def move(side: Side, chunks: list[bytes]) -> None:
        data = b"".join(chunks)
        while data:
            size = chance.choice([1, 2, 7, 500, 1460, 70_000])
            events.append(Event(len(events) / 1000, side, "data", data[:size]))
            (server if side == "client" else client).receive_data(data[:size])
            data = data[size:]

    client.send_request(client.connect())
    move("client", client.data_to_send())
    (request,) = server.events_received()
    server.send_response(server.accept(request))  # type: ignore[arg-type]
    move("server", server.data_to_send())
    assert client.extensions and server.extensions

    said: Messages = []
    pool: list[bytes] = []
    for number in range(count):
        side: Side = chance.choice(["client", "server"])
        sender = client if side == "client" else server
        data = message(chance, SIZES[number % len(SIZES)], pool)
        pool.append(data)
        is_text = chance.random() < 0.5
        said.append((side, Text(data.decode()) if is_text else Binary(data)))
        pieces = [data]
        if chance.random() < fragments:
            cut = sorted(chance.randrange(len(data) + 1) for _ in range(2))
            pieces = [data[: cut[0]], data[cut[0] : cut[1]], data[cut[1] :]]
        for place, piece in enumerate(pieces):
            last = place == len(pieces) - 1
            if place:
                sender.send_ping(b"between")
                sender.send_continuation(piece, fin=last)
            elif is_text:
                sender.send_text(piece, fin=last)
            else:
                sender.send_binary(piece, fin=last)
        move(side, sender.data_to_send())
    client.events_received(), server.events_received()
    return Recording(tuple(events)), said
