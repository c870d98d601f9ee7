"""Servers that are wrong: the course's own server, with a change in its text."""

from __future__ import annotations

from wsedu.course.running import Serve

from ...changed import changed

READ = "while not talk.over and (data := await reader.read(2**16)):"
REQUEST = 'request = await reader.readuntil(b"\\r\\n\\r\\n")'
NEXT = "while not self.over and (frame := self.next_frame()):"
END = "            writer.write_eof()  # the server ends TCP first (7.1.1)\n"
BODY = 'reply, go_on = self.pieces["answer"](fin, opcode, payload)'
OVER = "        self.over = not go_on\n"
GET = 'if first.split(" ")[0] != "GET":'
HOST = 'if not headers.get("host") or "," in headers["host"]:'
CONNECTION = 'if "upgrade" not in words("connection"):'
UPGRADE = 'if "websocket" not in words("upgrade"):'
VERSION = 'if headers.get("sec-websocket-version") != "13":'
LOWER = "name, value = name.lower(), value.strip()"
JOIN = 'headers[name] = f"{headers[name]}, {value}" if name in headers else value'
SWITCH = 'lines = ("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")'
LONG = 'return first + bytes([127]) + length.to_bytes(8, "big")'
SHORT = 'return first + bytes([126]) + length.to_bytes(2, "big")'
SIGNATURE = (
    "    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:\n"
)
REFUSE = "                writer.write(_refusal(status, reason))\n"
RETURN = "                return\n"
ACCEPT = 'writer.write(_switch(pieces["accept"](_key(request))))'
A_KEY = "b'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='"
CLOSED = "        finally:\n            writer.close()\n"
HALF = """request = b""
            while b"\\r\\n\\r\\n" not in request:
                request += await reader.read(2**12)"""
MASKED = (
    BODY
    + """
        if reply and reply[1] < 126:
            reply = reply[:1] + bytes([reply[1] | 128, 0, 0, 0, 0]) + reply[2:]"""
)
LOOP = """        while True:
            pass
"""
PONG = "        opcode = 10\n    return encode"

WRONG: dict[str, Serve] = {
    # The handshake: who is let in.
    "accepts-everything": changed(
        ("if status != 101:", "if False:"),
        (
            'raise ValueError("check_request accepted',
            "return ''\n    raise ValueError(\"check_request accepted",
        ),
    ),
    "no-check-of-method": changed((GET, "if False:")),
    "accepts-head": changed((GET, 'if first.startswith("POST"):')),
    "accepts-post": changed((GET, 'if first.startswith("HEAD"):')),
    "no-check-of-host": changed((HOST, "if False:")),
    "accepts-empty-host": changed((HOST, 'if "host" not in headers or "," in headers["host"]:')),
    "no-check-of-upgrade": changed((UPGRADE, "if False:")),
    "accepts-part-of-upgrade": changed(
        (UPGRADE, 'if "websocket" not in headers.get("upgrade", "").lower():')
    ),
    "accepts-no-upgrade": changed(
        (
            UPGRADE,
            'if "websocket" not in (words("upgrade") if "upgrade" in headers else "websocket"):',
        )
    ),
    "no-check-of-connection": changed((CONNECTION, "if False:")),
    "accepts-part-of-connection": changed(
        (CONNECTION, 'if "upgrade" not in headers.get("connection", "").lower():')
    ),
    "no-check-of-key": changed(
        ("if len(nonce) != 16:", "if False:"),
        (", validate=True)", ")"),
        (
            'except ValueError:\n        return 400, "the key is not',
            'except ZeroDivisionError:\n        return 400, "the key is not',
        ),
        ('headers.get("sec-websocket-key", "")', '"" or ""'),
        ('raise ValueError("check_request accepted a request without a key")', 'return ""'),
    ),
    "accepts-short-key": changed(
        ("if len(nonce) != 16:", "if len(nonce) > 16:"),
        ('headers.get("sec-websocket-key", "")', 'headers.get("sec-websocket-key", "x")'),
    ),
    "accepts-long-key": changed(("if len(nonce) != 16:", "if len(nonce) < 16:")),
    "accepts-no-base64": changed((", validate=True)", ")")),
    "no-check-of-version": changed((VERSION, "if False:")),
    "accepts-no-version": changed(
        (VERSION, 'if headers.get("sec-websocket-version", "13") != "13":')
    ),
    "accepts-higher-version": changed(
        (VERSION, 'if int(headers.get("sec-websocket-version", "0")) < 13:')
    ),
    "accepts-part-of-version": changed(
        (VERSION, 'if not headers.get("sec-websocket-version", "").startswith("13"):')
    ),
    "goes-on-after-refusal": changed(
        (REFUSE + RETURN, f"{REFUSE}                request = {A_KEY}\n"),
        (ACCEPT, f"if status == 101:\n                {ACCEPT}"),
    ),
    "no-refusal": changed(("writer.write(_refusal(status, reason))", "pass")),
    # The handshake: what is refused, and how the response looks.
    "refuses-lower-case-names": changed(
        (LOWER, "value = value.strip()"),
        ('for word in headers.get(name, "")', 'for word in headers.get(name.capitalize(), "")'),
        (HOST, 'if not headers.get("Host"):'),
        ('headers.get("sec-websocket-key", "")', 'headers.get("Sec-WebSocket-Key", "")'),
        (VERSION, 'if headers.get("Sec-WebSocket-Version") != "13":'),
    ),
    "refuses-upgrade-in-another-case": changed(
        (UPGRADE, 'if headers.get("upgrade") != "websocket":')
    ),
    "refuses-connection-in-another-case": changed(
        (CONNECTION, 'if "Upgrade" not in headers.get("connection", ""):')
    ),
    "refuses-connection-list": changed(
        (CONNECTION, 'if headers.get("connection", "").lower() != "upgrade":')
    ),
    "refuses-no-space": changed(
        ('name, colon, value = line.partition(":")', 'name, colon, value = line.partition(": ")')
    ),
    "refuses-two-lines": changed((JOIN, "headers[name] = value")),
    "refuses-tabs": changed((LOWER, LOWER.replace("strip()", 'strip(" ")'))),
    "refuses-another-order": changed((HOST, 'if "host" not in list(headers)[:1]:')),
    "refuses-another-target": changed((GET, 'if first != "GET / HTTP/1.1":')),
    "refuses-plus-and-slash": changed(
        ("if len(nonce) != 16:", 'if len(nonce) != 16 or "+" in headers["sec-websocket-key"]:')
    ),
    "no-response": changed((ACCEPT, "pass")),
    "response.accept": changed(('pieces["accept"](_key(request))', "_key(request)")),
    "response.accept/hex": changed(("base64.b64encode(digest).decode()", "digest.hex()")),
    "response.upgrade": changed(
        (SWITCH, SWITCH.replace("Upgrade: websocket", "Upgrade: WebSockets"))
    ),
    "response.connection": changed(
        (SWITCH, SWITCH.replace("Connection: Upgrade", "Connection: keep-alive"))
    ),
    "not-offered": changed(
        (
            SWITCH,
            SWITCH.replace(
                '"Connection: Upgrade"',
                '"Connection: Upgrade", "Sec-WebSocket-Extensions: permessage-deflate"',
            ),
        )
    ),
    "response.subprotocol": changed(
        (
            SWITCH,
            SWITCH.replace(
                '"Connection: Upgrade"', '"Connection: Upgrade", "Sec-WebSocket-Protocol: chat"'
            ),
        )
    ),
    "lf-alone": changed(
        (
            '"\\r\\n".join(lines) + "\\r\\n\\r\\n").encode()',
            '"\\n".join(lines) + "\\n\\n").encode()',
        )
    ),
    "no-empty-line": changed(
        (
            '"\\r\\n".join(lines) + "\\r\\n\\r\\n").encode()',
            '"\\r\\n".join(lines) + "\\r\\n").encode()',
        )
    ),
    "says-more-than-101": changed((ACCEPT, ACCEPT[:-1] + ' + b"\\r\\n")')),
    "answers-half-a-request": changed((REQUEST, "request = await reader.read(2**16)")),
    # Messages.
    "no-second-echo": changed((READ, READ.replace("while", "if"))),
    "opcode": changed((BODY, BODY.replace("opcode,", "2 if opcode == 1 else opcode,"))),
    "server-masked": changed((BODY, MASKED)),
    "length-not-minimal": changed(
        ("if length < 126:\n        return first", "if length < 125:\n        return first")
    ),
    "length-not-minimal/long": changed(("if length < 2**16:", "if length < 2**15:")),
    "wrong-length": changed((SHORT, SHORT.replace("big", "little"))),
    "two-chunks": changed(("self.stream += data", "self.stream = bytearray(data)")),
    "one-chunk": changed((NEXT, NEXT.replace("while", "if"))),
    "answers-half-a-frame": changed(
        ("        if len(stream) < size + length:\n            break\n", ""),
        ("        if len(self.stream) < size + length:\n            return None\n", ""),
    ),
    "not-begun": changed((BODY, BODY.replace("fin,", "True,"))),
    "no-pong": changed((PONG, "        return b'', True\n    return encode")),
    "ping-for-ping": changed((PONG, "        pass\n    return encode")),
    "pong-payload": changed((PONG, "        opcode, payload = 10, b''\n    return encode")),
    "answers-pong": changed(('    if opcode == 10:  # Pong\n        return b"", True\n', "")),
    "stuck": changed((OVER, LOOP)),
    # The end.
    "close-not-answered": changed((OVER, f"{OVER}        reply = reply if opcode != 8 else b''\n")),
    "close-code": changed(
        (
            "close_frame(None if code == 1005 else code, reason), False",
            "close_frame(1000, ''), False",
        )
    ),
    "code-not-sendable": changed(
        (
            "close_frame(None if code == 1005 else code, reason), False",
            "close_frame(code, reason), False",
        )
    ),
    "bad-close": changed(
        ('return close_frame(1002, ""), False', 'return close_frame(1000, ""), False')
    ),
    "after-close": changed((NEXT, NEXT.replace("not self.over and ", ""))),
    "after-close/twice": changed(
        (END, END.replace("writer.write_eof()", "writer.write(b'\\x88\\x00'); writer.write_eof()"))
    ),
    "tcp-stays-open": changed(
        ("writer.write_eof()", "await asyncio.Event().wait() if talk.over else None")
    ),
    "forgets-end": changed(
        (READ, "while not talk.over:\n                data = await reader.read(2**16)")
    ),
    "forgets-end-in-request": changed((REQUEST, HALF)),
    "mixes-clients": changed(
        (SIGNATURE, f"    shared = bytearray()\n\n{SIGNATURE}"),
        ("talk = Talk(pieces)\n", "talk = Talk(pieces)\n            talk.stream = shared\n"),
        (END, f"            if talk.over:\n                shared.clear()\n{END}"),
    ),
    "one-client-at-a-time": changed(
        (SIGNATURE, f"    turn = asyncio.Lock()\n\n{SIGNATURE}        await turn.acquire()\n"),
        (CLOSED, f"{CLOSED}            turn.release()\n"),
    ),
}
