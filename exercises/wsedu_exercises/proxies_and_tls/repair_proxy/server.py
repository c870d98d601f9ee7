"""The server that the proxy of the exercise talks to: it remembers every request.

How to think about it: it does not check much, and never parses what comes after a handshake. What
matters is which bytes the proxy sent to it.
"""

from __future__ import annotations

import socketserver
import threading
from types import TracebackType
from typing import Self

from wsedu.protocol import accept_key

TLS = 0x16  # the first byte of a TLS handshake
BAD = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
HELLO = b"\x81\x05Hello"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\npage\n"
REFUSAL = (
    b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)


class Asked:
    """A request that reached the server: its first line, and its headers in lower case."""

    def __init__(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        self.method, self.path, self.version = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        self.headers = {name.strip().lower(): value.strip() for name, _colon, value in pairs}

    @property
    def options(self) -> list[str]:
        """What Connection names."""
        return [name.strip().lower() for name in self.headers.get("connection", "").split(",")]

    @property
    def upgrades(self) -> bool:
        """Whether it asks for a WebSocket as a server understands it."""
        return (
            self.version == "HTTP/1.1"
            and self.headers.get("upgrade", "").lower() == "websocket"
            and "upgrade" in self.options
            and "sec-websocket-key" in self.headers
        )


class _Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        self.request.settimeout(10)
        head = b""
        try:
            while b"\r\n\r\n" not in head:
                if not (data := self.request.recv(4096)):
                    return
                head += data
                if head[0] == TLS:  # as a server answers that speaks plain HTTP
                    self.request.sendall(BAD)
                    return
            asked = Asked(head)
        except (OSError, ValueError):  # the client left; or this is no request
            return
        self.server.asked.append(asked)
        if not asked.upgrades:
            self.request.sendall(PAGE if asked.path == "/page" else REFUSAL)
            return
        accept = accept_key(asked.headers["sec-websocket-key"])
        self.request.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept.encode() + b"\r\n\r\n"
        )
        try:
            while self.request.recv(4096):
                self.request.sendall(HELLO)
        except OSError:
            return


class Server(socketserver.ThreadingTCPServer):
    """It listens on a free port of 127.0.0.1 until the end of the block."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Asked] = []
        self.port: int = self.server_address[1]

    def __enter__(self) -> Self:
        work = {"poll_interval": 0.02}
        threading.Thread(target=self.serve_forever, kwargs=work, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: what is wrong is seen by the client."""
