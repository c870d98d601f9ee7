#!/usr/bin/env bash
# One would guess: send() of websockets waits while more than write_limit (32 KiB) is in the write
#   buffer, with wss:// as with ws://, and transport.get_write_buffer_size() says how much that is.
# True: with wss:// a send() of 32 MiB to a client that does not read returns at once, and
#   get_write_buffer_size() says 0. asyncio has two buffers under TLS. A write is encrypted whole into
#   the lower one, of the TCP connection; drain() and get_write_buffer_size() see only the upper one,
#   which fills when the lower one is full. So the next send() waits: one message of any size is held in
#   memory that no limit and no number shows. With ws:// the first send() waits already.
# Versions: websockets 17.4, trustme 1.2.1, asyncio of Python 3.11 (the same in 3.12.1 and 3.13.0).
# Why it matters: a server that watches get_write_buffer_size() to find slow clients sees 0 for a client
#   that reads nothing, and one that was measured over ws:// holds two large messages for a slow client
#   over wss://, not one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q websockets==17.4 trustme==1.2.1
cat > ask.py <<'PY'
import asyncio
import ssl
import sys

import trustme
import websockets
from websockets.asyncio.server import serve

SIZE = 32 * 2**20
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
authority = trustme.CA()
server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
authority.issue_cert("localhost").configure_cert(server_tls)
client_tls = ssl.create_default_context()
authority.configure_trust(client_tls)


async def sends(tls):
    """For each send(), until one waits: whether it returned, and the size of the write buffer then."""
    seen = asyncio.get_running_loop().create_future()

    async def handler(connection):
        found = []
        while not found or found[-1][0]:
            sending = asyncio.create_task(connection.send(bytes(SIZE)))
            await asyncio.wait([sending], timeout=1)
            found.append((sending.done(), connection.transport.get_write_buffer_size()))
        connection.transport.abort()
        await asyncio.wait([sending])
        seen.set_result(found)

    async with serve(
        handler, "127.0.0.1", 0, ssl=server_tls if tls else None, compression=None, ping_interval=None
    ) as server:
        options = {"ssl": client_tls, "server_hostname": "localhost"} if tls else {}
        _, client = await asyncio.open_connection(
            *server.sockets[0].getsockname(), limit=1024, **options
        )
        client.write(HANDSHAKE)
        found = await seen
        client.transport.abort()
        return found


def main():
    print("websockets", websockets.__version__, "Python", sys.version.split()[0])
    plain, secret = asyncio.run(sends(False)), asyncio.run(sends(True))
    for scheme, found in ("ws", plain), ("wss", secret):
        for number, (done, size) in enumerate(found, 1):
            word = "has returned" if done else "waits"
            print(f"{scheme:3} send() {number} of 32 MiB {word}, get_write_buffer_size() is {size:,}")
    ((done, size),) = plain
    assert not done and size > SIZE // 2
    (first, second) = secret
    assert first == (True, 0)
    assert not second[0] and second[1] >= SIZE


main()
PY
env/bin/python ask.py
