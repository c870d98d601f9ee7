"""What a real nginx does with a learner's configuration, and what is wrong with that.

How to think about it: nginx runs with the text, between a client and a server that are ours. What
the client got and what the server was asked for decide whether the text is right. Only then the
text itself is read: it may tell why a line did not help.
"""

from __future__ import annotations

import re
import socket

from wsedu.course.texts import Fault
from wsedu.live.programs import Program, ProgramFailed, program_path
from wsedu.live.proxies import LISTEN, NGINX
from wsedu.protocol import Frame, Opcode, build_frame, build_request

from .server import HELLO, Asked, Server

HOST = "shop.example"
SILENCE = 0.4  # seconds: who sets a limit of half a second is right, on a busy machine too
PATIENCE = 5  # seconds that a client waits for a response
SENT = build_frame(Frame(Opcode.TEXT, b"Hello"), bytes(4))
CHAT = build_request(HOST, "/chat", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes()
PAGE = f"GET /page HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()

# What nginx says of a text that it does not take, in the order in which they are looked for.
REFUSED = {
    r'unknown "connection_upgrade" variable': "map-missing",
    r'unknown "\w*" variable': "unknown-variable",
    r'unknown directive "proxy_set_header\W': "colon-in-directive",
    r'unknown directive "(proxy_)?(set_header|Upgrade|Connection|Host|header)\b': "header-alone",
    r'unknown directive "(Proxy|RewriteRule|reverse_proxy|handle|header_up)': "other-proxy",
    r"unknown directive": "unknown-directive",
    r"directive is duplicate": "duplicate",
    r"directive is not allowed here": "wrong-level",
    r'"proxy_\w+_timeout" directive invalid value': "timeout-unreadable",
    r'unexpected end of file, expecting ";"': "quote-open",
    r"unexpected end of file": "brace-missing",
    r'unexpected "}"': "brace-too-many",
    r"(invalid port|host not found|invalid URL prefix|no host)": "backend-address",
    r"invalid number of arguments": "arguments",
}


class _Nginx(Program):
    only_one = False  # the learner's own goes on


def fault(text: str) -> Fault | None:
    """The first thing that is wrong with a configuration; None if all is well."""
    plain = re.sub(r"#.*", "", text)
    if found := _listens_elsewhere(plain):
        return found
    command = [program_path("nginx"), "-p", "FOLDER", "-c", "nginx.conf", "-e", "error.log"]
    files = {"nginx.conf": NGINX, "site.conf": text}
    with Server() as server:
        try:
            nginx = _Nginx(command, files, words={"BACKEND": server.port})
        except ProgramFailed as error:
            return _refused(plain, str(error))
        with nginx:
            return _Look(plain, nginx, server).fault()


def _listens_elsewhere(plain: str) -> Fault | None:
    """Nothing of the course listens beyond this machine, or where it was not asked to."""
    addresses = LISTEN.findall(plain)
    blocks = len(re.findall(r"\bserver\s*\{", plain))
    if not blocks:
        return Fault("no-server")
    if "127.0.0.1:PORT" not in addresses or len(addresses) < blocks:
        return Fault("no-listen", ", ".join(addresses))
    if any(address != "127.0.0.1:PORT" for address in addresses):
        return Fault("listens-elsewhere", ", ".join(addresses))
    return None


def _refused(plain: str, said: str) -> Fault:
    """nginx did not take the text: the reason, with its own words."""
    seen = said.replace("\n", " ")
    for line in plain.splitlines():
        if line.strip() and not re.search(r"[;{}]\s*$", line):
            return Fault("semicolon-missing", f"{seen}\n  Look at the line: {line.strip()}")
    for pattern, name in REFUSED.items():
        if re.search(pattern, said):
            return Fault(name, seen)
    return Fault("refused", seen)


class _Look:
    """What a client gets through this nginx, and which requests reach the server."""

    def __init__(self, plain: str, nginx: Program, server: Server) -> None:
        self._plain, self._nginx, self._server = plain, nginx, server
        self._chat = _block(plain, r"/chat/?")

    def fault(self) -> Fault | None:
        """The first thing that is wrong: the chat's handshake, the page, the echo, the silence."""
        with socket.create_connection(("127.0.0.1", self._nginx.port), PATIENCE) as client:
            client.settimeout(PATIENCE)
            status = _ask(client, CHAT)
            chat = self._asked()
            if chat is None:
                return self._not_reached(status)
            if chat.path != "/chat":
                return Fault("path-changed", f"The server was asked for {chat.path}")
            if not chat.upgrades:
                return self._no_upgrade(chat)
            if status != 101:  # nginx did not wait for it
                return self._cut()
            if chat.headers.get("host") != HOST:
                return self._host_lost(chat, "host-lost")
            return self._page() or self._echo(client)

    def _asked(self) -> Asked | None:
        """The newest request that reached the server."""
        return self._server.asked.pop() if self._server.asked else None

    def _no_upgrade(self, chat: Asked) -> Fault:
        """The server was not asked for a WebSocket: which line is missing or wrong."""
        if re.search("[“”‘’„]", self._plain):
            return Fault("curly-quotes", _got(chat))
        if chat.version != "HTTP/1.1":
            return Fault("http-1-0", f"The server got a request of {chat.version}")
        if "sec-websocket-key" not in chat.headers:
            return Fault("headers-off", _got(chat))
        if not self._chat and not re.search(r"location\s+[~^=]", self._plain):
            return Fault("chat-is-page", _got(chat))
        upgrade = chat.headers.get("upgrade", "").lower()
        connection = chat.headers.get("connection", "close").lower()
        if not upgrade:
            neither = connection == "close" and not self._sets("(Upgrade|Connection)")
            name, wanted = (
                ("no-lines", "(Upgrade|Connection)") if neither else ("no-upgrade", "Upgrade")
            )
            return Fault(self._why_not(wanted) or name, _got(chat))
        if upgrade != "websocket":
            name = "swapped" if connection == "websocket" else "upgrade-value"
            return Fault(name, _got(chat))
        if connection == "close":
            name = "connection-close" if self._sets("Connection") else "no-connection"
            return Fault(self._why_not("Connection") or name, _got(chat))
        is_other = connection == "websocket"
        return Fault("connection-websocket" if is_other else "connection-value", _got(chat))

    def _not_reached(self, status: int) -> Fault:
        """The server was asked for nothing: nginx itself has answered."""
        log = self._nginx.log("error.log")
        seen = f"The client got {status}"
        if errors := re.findall(r"\[error\] [^*]*\*\d+ (.*?), client:", log):
            seen += f"; in the error log: {errors[-1]}"
        if re.search(r"\bproxy_pass\s+\S*:PORT\b", self._plain):
            return Fault("asks-itself", seen)
        if status == 504:  # it may have given up before the server saw the request
            return self._cut()
        if status == 502:
            return Fault(
                "tls-to-the-server" if "SSL_do_handshake" in log else "no-server-there", seen
            )
        if not status:
            return Fault("no-response", "The client got no response")
        if status in (301, 302, 307, 308):
            return Fault("redirected", seen)
        return Fault("not-proxied", seen)

    def _sets(self, name: str) -> bool:
        """Whether the block of /chat has a line for this header."""
        return bool(re.search(rf"\bproxy_set_header\s+[\"']?{name}\b", self._chat, re.I))

    def _why_not(self, name: str) -> str | None:
        """Why lines for a header did not reach the server, if the text has some."""
        if re.search(rf"\badd_header\s+[\"']?{name}\b", self._plain, re.I):
            return "add-header"
        if re.search(rf"\bproxy_hide_header|\bproxy_pass_header\s+{name}\b", self._plain, re.I):
            return "pass-header"
        if self._sets(name):
            return None
        if not re.search(rf"\bproxy_set_header\s+[\"']?{name}\b", self._plain, re.I):
            return None
        page = _block(self._plain, "/")
        if re.search(rf"\bproxy_set_header\s+[\"']?{name}\b", page, re.I):
            return "other-location"
        return "not-inherited"

    def _host_lost(self, asked: Asked, name: str) -> Fault:
        host = asked.headers.get("host", "nothing").replace(str(self._server.port), "BACKEND")
        return Fault(name, f"The server got Host: {host}")

    def _page(self) -> Fault | None:
        """An ordinary request for another path."""
        with socket.create_connection(("127.0.0.1", self._nginx.port), PATIENCE) as client:
            client.settimeout(PATIENCE)
            status = _ask(client, PAGE)
        page = self._asked()
        if status != 200 or page is None:
            return Fault("page-fails", f"For /page, the client got {status}")
        if "upgrade" in page.options or "upgrade" in page.headers:
            return Fault("page-upgrades", f"For /page, the server got {_lines(page)}")
        if page.headers.get("host") != HOST:
            return self._host_lost(page, "host-lost-for-page")
        return None

    def _echo(self, client: socket.socket) -> Fault | None:
        """A message and its echo, then silence, then once more."""
        if _exchange(client) != HELLO:
            return self._cut()
        client.settimeout(SILENCE)
        try:
            client.recv(1)
            return self._cut()
        except TimeoutError:  # it is still open, as it should be
            client.settimeout(PATIENCE)
        except OSError:
            return self._cut()
        return None if _exchange(client) == HELLO else self._cut()

    def _cut(self) -> Fault:
        """nginx did not wait long enough: which timeout is the reason."""
        name = "cut"
        found = re.findall(r"\bproxy_read_timeout\s+\S+?;", self._chat)
        others = re.findall(r"\b(?!proxy_read_timeout)\w+_timeout\s+\S+?;", self._plain)
        if found and re.search(r"\s0+(ms|s|m|h)?;", found[-1]):
            name = "timeout-0"
        elif found and re.search(r"\bproxy_read_timeout\s", self._plain.replace(self._chat, "")):
            name = "timeout-overridden"
        elif found and others:
            name = "other-timeout"
        elif found and "100ms" not in found[-1]:
            name = "timeout-too-short"
        seen = "nginx gave up within half a second of silence"
        return Fault(name, f"{seen}; the block of /chat has {found[-1]}" if found else seen)


def _block(plain: str, path: str) -> str:
    """The content of the location of this path; "" if there is none."""
    found = re.search(rf"location\s+(?:[=~^*]+\s+)?{path}\s*\{{([^{{}}]*)\}}", plain)
    return found[1] if found else ""


def _got(asked: Asked) -> str:
    return f"The server got {_lines(asked)}"


def _lines(asked: Asked) -> str:
    """The two headers as they arrived."""
    names = ("Upgrade", "Connection")
    lines = (f"{name}: {asked.headers.get(name.lower(), '(none)')}" for name in names)
    return ", ".join(lines)


def _ask(client: socket.socket, request: bytes) -> int:
    """The status of the response; 0 if none of HTTP/1 came."""
    head = b""
    try:
        client.sendall(request)
        while b"\r\n\r\n" not in head:
            if not (data := client.recv(1)):  # not one byte of what comes after it
                return 0
            head += data
    except OSError:
        return 0
    found = re.match(rb"HTTP/1\.\d (\d{3}) ", head)
    return int(found[1]) if found else 0


def _exchange(client: socket.socket) -> bytes:
    """What comes back for a message; b"" if the connection has ended."""
    try:
        client.sendall(SENT)
        return client.recv(len(HELLO))
    except OSError:
        return b""
