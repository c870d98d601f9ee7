"""Records how other libraries talk, for the tests: run by hand, with those libraries installed.

    python -m tests.recording.doctor.record

It needs aiohttp, autobahn, hypercorn, tornado, uvicorn, websocket-client and wsproto beside the
course, and writes ``recordings/libraries.json``. The tests read the file and need none of them.
"""

# mypy: ignore-errors

import asyncio
import contextlib
import importlib.metadata
import json
import logging
import socket
from pathlib import Path

from wsedu.live.tap import HOST, Tap
from wsedu.recording import Recording

FILE = Path(__file__).parent / "recordings" / "libraries.json"
MESSAGES = [
    "Hello",
    "",
    b"\x00\xff\x80",
    "Gr\N{LATIN SMALL LETTER U WITH DIAERESIS}\N{LATIN SMALL LETTER SHARP S}e",
    "x" * 200,
]
logging.disable(logging.CRITICAL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


# Servers: each echoes, and is stopped when its context ends.


@contextlib.asynccontextmanager
async def aiohttp_server(port):
    from aiohttp import WSMsgType, web

    async def chat(request):
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        async for message in ws:
            if message.type == WSMsgType.TEXT:
                await ws.send_str(message.data)
            elif message.type == WSMsgType.BINARY:
                await ws.send_bytes(message.data)
        return ws

    app = web.Application()
    app.add_routes([web.get("/chat", chat)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    yield
    await runner.cleanup()


@contextlib.asynccontextmanager
async def tornado_server(port):
    import tornado.web
    import tornado.websocket

    class Chat(tornado.websocket.WebSocketHandler):
        def on_message(self, message):
            self.write_message(message, isinstance(message, bytes))

        def get_compression_options(self):
            return {}

    server = tornado.web.Application([("/chat", Chat)]).listen(port, HOST)
    yield
    server.stop()


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": message["type"] + ".complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        elif message.get("bytes") is not None:
            await send({"type": "websocket.send", "bytes": message["bytes"]})
        else:
            await send({"type": "websocket.send", "text": message["text"]})


def uvicorn_server(ws):
    @contextlib.asynccontextmanager
    async def run(port):
        import uvicorn

        server = uvicorn.Server(uvicorn.Config(asgi, HOST, port, ws=ws, log_level="critical"))
        server.install_signal_handlers = lambda: None
        task = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        yield
        server.should_exit = True
        await task

    return run


@contextlib.asynccontextmanager
async def hypercorn_server(port):
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config, stop = Config(), asyncio.Event()
    config.bind = [f"{HOST}:{port}"]
    config.accesslog = config.errorlog = None
    task = asyncio.ensure_future(serve(asgi, config, shutdown_trigger=stop.wait))
    await asyncio.sleep(0.3)
    yield
    stop.set()
    await task


@contextlib.asynccontextmanager
async def autobahn_server(port):
    from autobahn.asyncio.websocket import WebSocketServerFactory, WebSocketServerProtocol

    class Chat(WebSocketServerProtocol):
        def onMessage(self, payload, isBinary):  # noqa: N802, N803
            self.sendMessage(payload, isBinary)

    factory = WebSocketServerFactory()
    factory.protocol = Chat
    server = await asyncio.get_running_loop().create_server(factory, HOST, port)
    yield
    server.close()


@contextlib.asynccontextmanager
async def websockets_server(port):
    from websockets.asyncio.server import serve

    async def chat(connection):
        async for message in connection:
            await connection.send(message)

    async with serve(chat, HOST, port):
        yield


# Clients: each says the messages, and closes in its own way.


async def websockets_client(url, code, reason):
    from websockets.asyncio.client import connect

    async with connect(url, proxy=None) as connection:
        for message in MESSAGES:
            await connection.send(message)
            assert await connection.recv() == message
        await (await connection.ping(b"ping"))
        await connection.send(["three ", "frag", "ments"])
        assert await connection.recv() == "three fragments"
        await connection.close(code or 1000, reason)


async def aiohttp_client(url, code, reason):
    import aiohttp

    async with aiohttp.ClientSession() as session, session.ws_connect(url, compress=15) as ws:
        for message in MESSAGES:
            await (ws.send_str if isinstance(message, str) else ws.send_bytes)(message)
            assert (await ws.receive()).data == message
        await ws.ping(b"ping")
        await ws.close(code=code or 1000, message=reason.encode())


async def tornado_client(url, code, reason):
    from tornado.websocket import websocket_connect

    ws = await websocket_connect(url, compression_options={})
    for message in MESSAGES:
        await ws.write_message(message, isinstance(message, bytes))
        assert await ws.read_message() == message
    ws.ping(b"ping")
    ws.close(code, reason or None)
    while await ws.read_message() is not None:
        pass


async def websocket_client_client(url, code, reason):
    import websocket

    def run():
        ws = websocket.create_connection(url, timeout=5)
        for message in MESSAGES:
            ws.send(message) if isinstance(message, str) else ws.send_binary(message)
            assert ws.recv() == message
        ws.ping("ping")
        ws.close(code or 1000, reason.encode(), timeout=2)

    await asyncio.to_thread(run)


SERVERS = {
    "aiohttp": aiohttp_server,
    "tornado": tornado_server,
    "uvicorn": uvicorn_server("websockets-sansio"),
    "wsproto": uvicorn_server("wsproto"),
    "hypercorn": hypercorn_server,
    "autobahn": autobahn_server,
    "websockets": websockets_server,
}
CLIENTS = {
    "websockets": websockets_client,
    "aiohttp": aiohttp_client,
    "tornado": tornado_client,
    "websocket-client": websocket_client_client,
}
CLOSES = [(None, ""), (1000, "bye"), (4000, "app")]


def named(package: str) -> str:
    return f"{package} {importlib.metadata.version(package)}"


async def record(server, client, close) -> Recording:
    port = free_port()
    async with SERVERS[server](port):
        tap = Tap(port)
        await tap.start()
        await CLIENTS[client](f"ws://{HOST}:{tap.port}/chat", *close)
        async with asyncio.timeout(5):
            while not tap.logs[-1].over:
                await asyncio.sleep(0.01)
        await tap.close()
        return tap.logs[-1].recording()


async def main() -> None:
    found = []
    for server in SERVERS:
        for client in CLIENTS:
            for close in CLOSES[: 3 if client == "websockets" or server == "websockets" else 1]:
                producer = f"{named(server)} (server), {named(client)} (client)"
                try:
                    recording = await record(server, client, close)
                except Exception as error:  # this pair does not get on
                    print(producer, close, repr(error))
                    continue
                entry = json.loads(recording.to_json())
                found.append({"producer": producer, "recording": entry})
    lines = ",\n".join(json.dumps(entry) for entry in found)
    FILE.write_text(f"[\n{lines}\n]\n")
    print(len(found), FILE.stat().st_size)


if __name__ == "__main__":
    asyncio.run(main())
