"""The opening handshake: one HTTP request and one response (4.1, 4.2.2).

How to think about it: the client asks an HTTP server to change the protocol of this very TCP
connection, and sends a key. The server agrees with status 101, and proves with
Sec-WebSocket-Accept that it read the key. Only then does the first frame travel. This file
builds both messages; what each side checks in the other's is in ``checks``.
"""

import base64
import hashlib

from .._awaited import values_only
from .http import Request, Response

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # 1.3: the same for every connection, forever


@values_only
def accept_key(key: str) -> str:
    """Sec-WebSocket-Accept for a Sec-WebSocket-Key: the key and the GUID, hashed (4.2.2)."""
    if not isinstance(key, str):
        raise TypeError(f"the key is a str, as it was sent in the header, not {type(key).__name__}")
    return base64.b64encode(hashlib.sha1((key + GUID).encode("latin-1")).digest()).decode()


def make_key(nonce: bytes) -> str:
    """Sec-WebSocket-Key for 16 bytes, which a real client takes at random (4.1, item 7)."""
    if len(nonce) != 16:
        raise ValueError(f"a key is made of 16 bytes, not {len(nonce)}: RFC 6455 4.1")
    return base64.b64encode(nonce).decode()


@values_only
def build_request(
    host: str,
    target: str,
    key: str,
    *,
    origin: str | None = None,
    subprotocols: tuple[str, ...] = (),
    extensions: str | None = None,
) -> Request:
    """The client's request (4.1): ``host`` is ``name[:port]``, ``target`` is ``/path``."""
    headers = [
        ("Host", host),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", "13"),
    ]
    if origin is not None:
        headers.append(("Origin", origin))
    if subprotocols:
        headers.append(("Sec-WebSocket-Protocol", ", ".join(subprotocols)))
    if extensions is not None:
        headers.append(("Sec-WebSocket-Extensions", extensions))
    return Request(target, tuple(headers))


def build_response(key: str, *, subprotocol: str | None = None) -> Response:
    """The server's response to a request that passed every check (4.2.2)."""
    headers = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_key(key)),
    ]
    if subprotocol is not None:
        headers.append(("Sec-WebSocket-Protocol", subprotocol))
    return Response(101, "Switching Protocols", tuple(headers))
