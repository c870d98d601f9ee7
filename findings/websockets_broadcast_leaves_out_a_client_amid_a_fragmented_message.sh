#!/usr/bin/env bash
# One would guess: a broadcast() reaches every open connection. One that is in the middle of a fragmented
#   message gets it after the last fragment, as it gets what send() is given meanwhile.
# True: broadcast() leaves such a connection out and returns None as always. The connection stays open,
#   and the message of a send() that began after the broadcast arrives. The only sign is a warning in the
#   log of websockets.server, or an ExceptionGroup with raise_exceptions=True. The documentation names
#   two reasons to leave a connection out: it is not open, or writing fails. It does not name this one.
# Versions: websockets 17.4, Python 3.11.
# Why it matters: a server that streams long answers piece by piece (send() of an async generator) and
#   broadcasts news loses the news for exactly the clients that are busy. A peer sees a hole, no error.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q websockets==17.4
cat > ask.py <<'PY'
import asyncio
import logging

import websockets
from websockets.asyncio.server import broadcast, serve

print("websockets", websockets.__version__)
logged = []
handler = logging.Handler()
handler.emit = lambda record: logged.append(record.getMessage())
logging.getLogger("websockets.server").addHandler(handler)
returned, raised = [], []


async def talk(connection):
    in_the_middle, go_on = asyncio.Event(), asyncio.Event()

    async def pieces():
        yield "a long "
        in_the_middle.set()
        await go_on.wait()
        yield "answer"

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(connection.send(pieces()))
        await in_the_middle.wait()
        returned.append(broadcast([connection], "news by broadcast()"))
        try:
            broadcast([connection], "news by broadcast()", raise_exceptions=True)
        except ExceptionGroup as group:
            raised.extend(map(str, group.exceptions))
        tasks.create_task(connection.send("news by send()"))
        go_on.set()
    broadcast([connection], "later news by broadcast()")


async def main():
    async with serve(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with websockets.connect(f"ws://127.0.0.1:{port}/", proxy=None) as client:
            received = [message async for message in client]
    print("the client received:", received)
    print("broadcast() returned", *returned, "and logged", logged)
    print("with raise_exceptions=True it raised", raised)
    assert received == ["a long answer", "news by send()", "later news by broadcast()"]
    assert returned == [None]
    assert logged == ["skipped broadcast: sending a fragmented message"]
    assert raised == ["sending a fragmented message"]


asyncio.run(main())
PY
env/bin/python ask.py
