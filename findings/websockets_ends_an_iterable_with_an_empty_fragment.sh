#!/usr/bin/env bash
# One would guess: send() of a list or generator of three pieces makes three fragments, the last one
#   with FIN; a list of one piece makes one frame; and a list without a piece makes an empty message,
#   as send("") does.
# True: each piece becomes a fragment without FIN, and an empty fragment with FIN follows: four frames
#   for three pieces, two for one. A list without a piece sends nothing at all, without an error.
# Versions: websockets 17.4, Python 3.11.
# Why it matters: a receiver that counts frames, or gives them a meaning, counts one more; a peer that
#   waits for the message that an empty list was meant to be waits forever. Its author had no reason
#   to hold a piece back: it leaves as soon as it is there.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q websockets==17.4
cat > ask.py <<'PY'
import asyncio
import base64
import hashlib

import websockets

print("websockets", websockets.__version__)
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
frames = []


async def serve(reader, writer):
    """A handshake by hand, then only the headers of the frames: FIN, opcode, length."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    (key,) = (line[19:] for line in request.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key.strip() + GUID).encode()).digest()).decode()
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept.encode() + b"\r\n\r\n"
    )
    while True:
        first, second = await reader.readexactly(2)
        length = second & 127  # all are short
        await reader.readexactly(4 + length)
        if first & 15 == 8:
            writer.write(b"\x88\x00")
            writer.close()
            return
        frames.append((bool(first & 128), first & 15, length))


async def sent(message):
    frames.clear()
    async with websockets.connect(address, compression=None, proxy=None) as client:
        await client.send(message)
    return list(frames)


async def main():
    global address
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    messages = {
        '"abc"': "abc",
        '["a", "b", "c"]': ["a", "b", "c"],
        '["abc"]': ["abc"],
        '""': "",
        "[]": [],
    }
    seen = {name: await sent(message) for name, message in messages.items()}
    for name, found in seen.items():
        print(f"send({name}):", ", ".join(f"fin={f:d} opcode={o} length={n}" for f, o, n in found) or "nothing")
    assert seen == {
        '"abc"': [(True, 1, 3)],
        '["a", "b", "c"]': [(False, 1, 1), (False, 0, 1), (False, 0, 1), (True, 0, 0)],
        '["abc"]': [(False, 1, 3), (True, 0, 0)],
        '""': [(True, 1, 0)],
        "[]": [],
    }
    server.close()


asyncio.run(main())
PY
env/bin/python ask.py
