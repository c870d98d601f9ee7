#!/usr/bin/env bash
# One would guess: a Tornado server with compression agrees to server_no_context_takeover, or
#   declines the offer, as RFC 7692 7.1.1.1 asks.
# True: it agrees to permessage-deflate and says nothing of that parameter. Parameters without a
#   value are dropped when the offer is parsed. A client that needs the parameter must refuse the
#   response; websockets does.
# Versions: tornado 6.6.1, websockets 17.4, Python 3.11.
# Why it matters: a client that saves memory by this parameter cannot connect, and one that does not
#   check the response cannot inflate the second message.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q tornado==6.6.1 websockets==17.4
cat > ask.py <<'PY'
import asyncio

import websockets
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler
from websockets.exceptions import NegotiationError
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory


class Echo(WebSocketHandler):
    def get_compression_options(self):
        return {}


async def agreed(port, **wanted):
    offer = ClientPerMessageDeflateFactory(**wanted)
    url = f"ws://127.0.0.1:{port}/"
    try:
        async with websockets.connect(
            url, extensions=[offer], compression=None, proxy=None
        ) as client:
            return client.response.headers["Sec-WebSocket-Extensions"]
    except NegotiationError as error:
        return str(error)


async def main():
    listener, port = bind_unused_port()
    server = HTTPServer(Application([("/", Echo)]))
    server.add_socket(listener)
    seen = [
        await agreed(port, server_max_window_bits=9),
        await agreed(port, server_no_context_takeover=True),
    ]
    server.stop()
    print(*seen, sep="\n")
    assert seen[0] == "permessage-deflate; server_max_window_bits=9"
    assert seen[1].startswith("Unsupported extension: name = permessage-deflate, params = []")


asyncio.run(main())
PY
env/bin/python ask.py
