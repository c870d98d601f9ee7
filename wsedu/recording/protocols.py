"""What bytes are that begin no HTTP and no WebSocket: other protocols, by their first bytes.

How to think about it: most protocols begin with a few bytes that nothing else begins with. A wrong
port, a wrong scheme or a wrong library shows here first: a client speaks TLS where text
is expected, or MQTT without the WebSocket around it.
"""

from __future__ import annotations

import re

_TLS = re.compile(rb"[\x14-\x17]\x03[\x00-\x04]")  # RFC 8446 5.1: type of the record, version
_HELLO = re.compile(rb"\x16\x03[\x00-\x04]..\x01", re.DOTALL)  # first in it: a ClientHello
_ALERT = re.compile(rb"\x15\x03[\x00-\x04]\x00\x02")
# MQTT 3.1: "CONNECT", the length that remains, and the protocol's name after its own length.
_MQTT = re.compile(rb"\x10[\x80-\xff]{0,3}[\x00-\x7f](?:\x00\x04MQTT|\x00\x06MQIsdp)")
_STOMP = re.compile(rb"(?:CONNECT|STOMP)\r?\n(?:[^\r\n:]+:[^\r\n]*\r?\n)*?accept-version:")

_STARTS = (
    (b"PRI * HTTP/2.0\r\n", "http2"),  # RFC 9113 3.4
    (b"PROXY TCP", "proxy"),
    (b"PROXY UNKNOWN", "proxy"),
    (b"\r\n\r\n\0\r\nQUIT\n", "proxy"),
    (b"SSH-", "ssh"),
)
_FORMS = (
    (_HELLO, "client-hello"),
    (_ALERT, "tls-alert"),
    (_TLS, "tls"),
    (_MQTT, "mqtt"),
    (_STOMP, "stomp"),
)


def protocol_of(data: bytes) -> str:
    """The protocol that begins so, in one word, or an empty string if that is not clear.

    "http2", "proxy" (a line of the PROXY protocol, version 1 or 2), "ssh", "client-hello",
    "tls-alert", "tls" (any other record), "mqtt" or "stomp"
    """
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    return next((name for form, name in _FORMS if form.match(data)), "")
