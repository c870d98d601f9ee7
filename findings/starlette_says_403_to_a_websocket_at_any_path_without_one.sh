#!/usr/bin/env bash
# One would guess: a WebSocket handshake to a path that does not exist gets 404, as a plain GET does,
#   and one to a path that is an ordinary page gets something like 404, 405 or 426.
# True: with Starlette on uvicorn both get 403 Forbidden, as if the client were not allowed in. A
#   plain GET to the same paths gets 200 and 404.
# Versions: starlette 1.10.0, uvicorn 0.54.0, websockets 17.4, Python 3.11.
# Why it matters: a 403 sends people to Origin, CORS and tokens, and the mistake is in the address.
#   FastAPI is built on both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q starlette==1.10.0 uvicorn==0.54.0 websockets==17.4
cat > ask.py <<'PY'
import asyncio
import http.client
import socket
import threading

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute


async def page(request):
    return PlainTextResponse("hello")


async def accept(socket):
    await socket.accept()
    await socket.close()


ready = threading.Event()


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        ready.set()


app = Starlette(routes=[Route("/page", page), WebSocketRoute("/ws", accept)])
listening = socket.create_server(("127.0.0.1", 0))
server = Server(uvicorn.Config(app, log_level="error"))
thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
thread.start()
ready.wait()

HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def status(path, headers):
    client = http.client.HTTPConnection(*listening.getsockname())
    client.request("GET", path, headers=headers)
    found = client.getresponse().status
    client.close()
    return found


seen = {}
for path in ("/ws", "/page", "/nowhere"):
    seen[path] = (status(path, {}), status(path, HANDSHAKE))
    print(f"{path:9} plain GET: {seen[path][0]}, WebSocket handshake: {seen[path][1]}")
server.should_exit = True
thread.join()
assert seen == {"/ws": (404, 101), "/page": (200, 403), "/nowhere": (404, 403)}
PY
env/bin/python ask.py
