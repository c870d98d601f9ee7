"""Measure what eight servers agree to in the opening handshake, for ``wsedu.peers``.

    .venv/bin/python scripts/negotiation.py PYTHON MODULES > wsedu/course/negotiation.json

PYTHON is that of an environment with the packages of ``VERSIONS``; MODULES is a ``node_modules``
with ws 8.23.0. Each server runs in a process of its own, twice: as it comes, and set up, so that it
knows the subprotocols chat and superchat, in this order, and compresses. Then a raw client sends
each input of ``ROWS``, and the file keeps what came back.
"""

import argparse
import asyncio
import datetime
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

VERSIONS = {
    "websockets": "17.4",
    "wsproto": "1.3.2",
    "aiohttp": "3.14.5",
    "autobahn": "26.10.2",
    "picows": "2.3.1",
    "tornado": "6.6.1",
    "node ws": "8.23.0",
    "uvicorn": "0.54.0",
}
KNOWN = ["chat", "superchat"]

PROTOCOL, EXTENSIONS = "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"
CHROMIUM = "permessage-deflate; client_max_window_bits"
SMALL = "permessage-deflate; server_no_context_takeover; server_max_window_bits=9"
# name: (set up, the header that the client adds and whose answer is kept, frames that it sends)
ROWS: dict[str, tuple[bool, str, str, str]] = {
    "asks for chat": (False, PROTOCOL, "chat", ""),
    "superchat, chat": (True, PROTOCOL, "superchat, chat", ""),
    "asks for other": (True, PROTOCOL, "other", ""),
    "deflate": (False, EXTENSIONS, CHROMIUM, ""),
    "9 bits": (True, EXTENSIONS, SMALL, ""),
    # Of a message in two frames the second has RSV1; a Ping with RSV1.
    "RSV1 late": (True, EXTENSIONS, CHROMIUM, "late"),
    "RSV1 Ping": (True, EXTENSIONS, CHROMIUM, "ping"),
}
# Where the library gives the list to the program, which answers with a name or with none.
PROGRAM = {
    "wsproto": "Request.subprotocols",
    "autobahn": "onConnect()",
    "picows": "the listener factory",
    "tornado": "select_subprotocol()",
    "uvicorn": "scope['subprotocols']",
}

# The servers. Each runs alone in a process of PYTHON.


async def serve_websockets(port: int, ready: bool) -> None:
    """The echo server of its documentation."""
    from websockets.asyncio.server import serve

    async def echo(connection: Any) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", port, subprotocols=KNOWN if ready else None):
        await asyncio.Future()


async def serve_aiohttp(port: int, ready: bool) -> None:
    """A handler with ``WebSocketResponse``."""
    from aiohttp import web

    async def echo(request: Any) -> Any:
        response = web.WebSocketResponse(protocols=KNOWN if ready else ())
        await response.prepare(request)
        async for message in response:
            await response.send_str(message.data)
        return response

    await asyncio.get_running_loop().create_server(web.Server(echo), "127.0.0.1", port)
    await asyncio.Future()


async def serve_wsproto(port: int, ready: bool) -> None:
    """A connection for each client; the program sends what the library says."""
    from wsproto import ConnectionType, WSConnection, events
    from wsproto.extensions import PerMessageDeflate
    from wsproto.utilities import RemoteProtocolError

    async def connected(reader: Any, writer: Any) -> None:
        connection, text = WSConnection(ConnectionType.SERVER), ""
        while data := await reader.read(2**16):
            try:
                connection.receive_data(data)
                for event in connection.events():
                    answer: Any = None
                    if isinstance(event, events.Request):
                        extensions = [PerMessageDeflate()] if ready else []
                        answer = events.AcceptConnection(extensions=extensions)
                    elif isinstance(event, events.TextMessage):
                        text += event.data
                        if event.message_finished:
                            answer, text = events.TextMessage(text), ""
                    elif isinstance(event, (events.Ping, events.CloseConnection)):
                        answer = event.response()
                    if answer:
                        writer.write(connection.send(answer))
            except RemoteProtocolError as error:
                writer.write(connection.send(error.event_hint))
                break
        writer.close()

    await asyncio.start_server(connected, "127.0.0.1", port)
    await asyncio.Future()


async def serve_autobahn(port: int, ready: bool) -> None:
    """A protocol that sends back what it gets."""
    from autobahn.asyncio.websocket import WebSocketServerFactory, WebSocketServerProtocol
    from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept

    class Echo(WebSocketServerProtocol):  # type: ignore[misc]
        def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
            self.sendMessage(payload, isBinary)

    def accept(offers: Any) -> Any:
        known = (offer for offer in offers if isinstance(offer, PerMessageDeflateOffer))
        return next(map(PerMessageDeflateOfferAccept, known), None)

    factory = WebSocketServerFactory(f"ws://127.0.0.1:{port}")
    factory.protocol = Echo
    if ready:
        factory.setProtocolOptions(perMessageCompressionAccept=accept)
    await asyncio.get_running_loop().create_server(factory, "127.0.0.1", port)
    await asyncio.Future()


async def serve_picows(port: int, _ready: bool) -> None:
    """The echo server of its README; it has no extensions."""
    from picows import WSListener, WSMsgType, ws_create_server

    class Echo(WSListener):  # type: ignore[misc]
        def on_ws_frame(self, transport: Any, frame: Any) -> None:
            if frame.msg_type == WSMsgType.CLOSE:
                transport.send_close(frame.get_close_code(), frame.get_close_message())
                transport.disconnect()
            else:
                transport.send(frame.msg_type, frame.get_payload_as_bytes())

    server = await ws_create_server(lambda _request: Echo(), "127.0.0.1", port)
    await server.serve_forever()


async def serve_tornado(port: int, ready: bool) -> None:
    """A handler that sends back what it gets."""
    from tornado.web import Application
    from tornado.websocket import WebSocketHandler

    class Echo(WebSocketHandler):  # type: ignore[misc]
        def get_compression_options(self) -> Any:
            return {} if ready else None

        def on_message(self, message: Any) -> None:
            self.write_message(message)

    Application([("/", Echo)]).listen(port, "127.0.0.1")
    await asyncio.Future()


async def serve_uvicorn(port: int, _ready: bool) -> None:
    """A bare ASGI application."""
    import uvicorn

    async def echo(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": event["text"]})

    config = uvicorn.Config(echo, "127.0.0.1", port, log_level="critical", lifespan="off")
    await uvicorn.Server(config).serve()


NODE = """
const { WebSocketServer } = require("ws");
const server = new WebSocketServer({ host: "127.0.0.1", port: PORT, perMessageDeflate: READY });
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, binary) => socket.send(data, { binary }));
});
"""

# The raw client.


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def connected(port: int) -> socket.socket:
    """A connection, as soon as the server listens."""
    until = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 5)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def frames(sent: str) -> list[bytes]:
    """The masked frames of a row."""
    from wsedu.protocol import Frame, Opcode, build_frame

    made = {
        "": [],
        "ping": [Frame(Opcode.PING, b"", rsv1=True)],
        "late": [
            Frame(Opcode.TEXT, b"Hel", fin=False),
            Frame(Opcode.CONTINUATION, b"lo", rsv1=True),
        ],
    }
    return [build_frame(frame, b"7key") for frame in made[sent]]


def measure(port: int, header: str, value: str, sent: str) -> dict[str, Any]:
    """What the server agrees to; or, if frames are sent, what it does with them."""
    from wsedu.protocol import Opcode, build_request, make_key, read_head, read_layout

    request = build_request(
        f"127.0.0.1:{port}",
        "/",
        make_key(b"the sample nonce"),
        # A server that knows subprotocols may want one to be asked for.
        subprotocols=tuple(value.split(", ")) if header == PROTOCOL else ("chat",),
        extensions=value if header == EXTENSIONS else None,
    )
    with connected(port) as client:
        client.sendall(request.to_bytes())
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.recv(2**16)
        response = read_head(data, "response")
        if response.status != 101 or response.end is None:
            return {"http_status": response.status}
        agreed = ", ".join(line.value.text for line in response.find(header)) or None
        if not sent:
            return {"header": agreed}
        if agreed is None:
            return {"answer": "not agreed"}
        data, ended = data[response.end :], None
        client.sendall(b"".join(frames(sent)))
        client.settimeout(2)
        try:
            while more := client.recv(2**16):
                data += more
            ended = "FIN"
        except TimeoutError:
            pass
        except OSError:
            ended = "RST"
    layout = read_layout(data)
    if layout is None:
        return {"answer": "nothing", "tcp_end": ended}
    if layout.frame.opcode == Opcode.CLOSE:
        code = int.from_bytes(layout.frame.payload[:2], "big") or None
        reason = layout.frame.payload[2:].decode()
        return {"answer": "close", "close_code": code, "reason": reason, "tcp_end": ended}
    if layout.frame.opcode == Opcode.PONG:
        return {"answer": "pong", "tcp_end": ended}
    return {"answer": "frames", "frames": 1, "tcp_end": ended}


def rows_of(server: str, ready: bool, python: str, modules: str) -> dict[str, Any]:
    """What one server does with each input for which it is set up like this."""
    port = free_port()
    if server == "node ws":
        code = NODE.replace("PORT", str(port)).replace("READY", json.dumps(ready))
        command = ["node", "-e", code]
    else:
        command = [python, __file__, "--serve", server, str(port), str(int(ready))]
    environment = os.environ | {"NODE_PATH": modules}
    running = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        found: dict[str, Any] = {}
        for name, (wants, header, value, sent) in ROWS.items():
            if wants == ready:
                if ready and header == PROTOCOL and server in PROGRAM:
                    found[name] = {"program": PROGRAM[server]}
                else:
                    found[name] = measure(port, header, value, sent)
        return found
    finally:
        running.terminate()
        running.wait(5)


def page(python: str, modules: str) -> str:
    """The whole file."""
    found = {
        server: rows_of(server, False, python, modules) | rows_of(server, True, python, modules)
        for server in VERSIONS
    }
    rows = {
        name: {"sent": f"{header}: {value}", "request": None, "set_up": ready, "frames": sent}
        | {"servers": {server: found[server][name] for server in VERSIONS}}
        for name, (ready, header, value, sent) in ROWS.items()
    }
    today = datetime.date.today().isoformat()
    kept = {"date": today, "versions": VERSIONS, "rows": rows}
    return json.dumps(kept, indent=1, ensure_ascii=False)


def versions(python: str, modules: str) -> dict[str, str]:
    """Those that are installed."""
    code = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"
    names = [name for name in VERSIONS if name != "node ws"]
    run = subprocess.run([python, "-c", code, *names], capture_output=True, text=True, check=True)
    package = json.loads((Path(modules) / "ws" / "package.json").read_text(encoding="utf-8"))
    found = dict(zip(names, run.stdout.split(), strict=True))
    return found | {"node ws": package["version"]}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        _script, _serve, name, number, flag = sys.argv
        asyncio.run(globals()[f"serve_{name}"](int(number), flag == "1"))
    parser = argparse.ArgumentParser(description="What eight servers agree to.")
    parser.add_argument("python")
    parser.add_argument("modules")
    given = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    installed = versions(given.python, given.modules)
    if installed != VERSIONS:
        sys.exit(f"These versions are asked for: {VERSIONS}, and these are there: {installed}")
    print(page(given.python, given.modules))
