"""Real proxies in front of a lab: nginx and Caddy, with a tap on both of their sides.

    lab = Lab()
    proxy = Nginx(lab, "server { listen 127.0.0.1:PORT; location / { ... } }")
    recording = await proxy.talk(request)

How to think about it: client, tap, proxy, tap, server. The proxy's own tap records the first hop,
the lab's the second. Whatever you write into the configuration, PORT is where the proxy listens,
and BACKEND where the lab does.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import replace
from typing import ClassVar

from ..recording import Recording
from ..words import _
from .background import LabClosed
from .lab import Lab
from .listening import only_here
from .peer import Peer
from .programs import LOOK, PATIENCE, Program, ProgramFailed, ReservedPort, program_path
from .servers import tap_before
from .tap import HOST
from .tapped import Tapped

NGINX = """\
daemon off;
pid nginx.pid;
error_log error.log info;
worker_processes 1;
events { worker_connections 4096; }
http {
    access_log access.log;
    include site.conf;
}
"""
CADDY = """\
{
    admin 127.0.0.1:ADMIN
    persist_config off
    auto_https off
    default_bind 127.0.0.1
}
import site.caddy
"""
LISTEN = re.compile(r"\blisten\s+([^\s;]+)")  # of nginx
SERVER = re.compile(r"\bserver\s*\{")
COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*")  # of both


class Proxy(Tapped, Program):
    """A proxy in front of a lab, behind a tap of its own; it ends with the lab.

    Another proxy of the same kind replaces it. Raises Missing without the program, ProgramFailed
    when it does not take the configuration, and ValueError for one that listens elsewhere than on
    127.0.0.1.

    text:  its configuration
    files: more files of its folder, such as a certificate that ``text`` names
    words: more words that are replaced in ``text``
    """

    listens: ClassVar[re.Pattern[str]]  # finds the addresses in a configuration

    def __init__(
        self,
        lab: Lab,
        text: str,
        *,
        files: Mapping[str, str | bytes] | None = None,
        words: Mapping[str, object] | None = None,
    ) -> None:
        self._only_here(text)
        lab._be_open()
        self._lab, self._background = lab, lab._background
        self._peers: list[Peer] = []
        self._run(text, files or {}, {"BACKEND": lab._tap.port, **(words or {})})
        try:
            self._tap = self._background.call(tap_before(self.port))
            lab._proxies.append(self)
        except BaseException:  # the Stop button
            Program.close(self)
            raise

    @property
    def url(self) -> str:
        """Where clients connect: the tap in front of the proxy."""
        return f"ws://{HOST}:{self._tap.port}"

    def _run(
        self, text: str, files: Mapping[str, str | bytes], words: Mapping[str, object]
    ) -> None:
        """Start the program, and return when it acts by this configuration."""
        raise NotImplementedError

    def _only_here(self, text: str) -> None:
        """Raise ValueError if a configuration listens elsewhere than on 127.0.0.1, and on PORT."""
        text = COMMENT.sub("", text)
        addresses = " ".join(self.listens.findall(text)).split()
        if len(SERVER.findall(text)) > len(addresses):
            addresses.append("*:80")  # where nginx listens if that is not said
        for address in addresses:
            if not address.startswith(HOST):
                raise only_here(address)
        if not re.search(r"\bPORT\b", text):
            raise ValueError(
                _("The lab connects to the port PORT, so the configuration has to listen there")
            )

    @property
    def hops(self) -> tuple[Recording, Recording]:
        """The newest connection to the proxy, and the one that it then opened, on one clock.

        The second is empty if the proxy has not asked the server for anything.
        """
        if not self._tap.logs:
            return Recording(), Recording()
        front = self._tap.logs[-1]
        behind = [log for log in self._lab._tap.logs if log.opened > front.opened]
        if not behind:
            return front.recording(), Recording()
        back, later = behind[-1].recording(), behind[-1].opened - front.opened
        events = tuple(replace(event, time=event.time + later) for event in back.events)
        return front.recording(), replace(back, events=events)

    def reload(self, text: str) -> None:
        """Give it a new configuration while it runs, and wait until it acts by that.

        Raises ProgramFailed with the program's own words if it refuses the new one.
        """
        raise NotImplementedError

    def close(self) -> None:
        """End the proxy and its tap; closing twice does nothing."""
        if self in self._lab._proxies:
            self._lab._proxies.remove(self)
        super().close()
        with suppress(LabClosed):
            self._background.call(self._tap.close())


class Nginx(Proxy):
    """nginx with a configuration of yours: what is inside of ``http { ... }``.

    text:  such as ``server { listen 127.0.0.1:PORT; location / { proxy_pass ...; } }``
    files, words: see ``Proxy``

    ``log("access.log")`` and ``log("error.log")`` are its logs.
    """

    listens = LISTEN

    def _run(
        self, text: str, files: Mapping[str, str | bytes], words: Mapping[str, object]
    ) -> None:
        options = ["-p", "FOLDER", "-c", "nginx.conf", "-e", "error.log"]
        all_files = {"nginx.conf": NGINX, "site.conf": text, **files}
        Program.__init__(self, [program_path("nginx"), *options], all_files, words=words)

    def reload(self, text: str) -> None:
        """Give it a new configuration; connections that are open stay with its old worker."""
        self._only_here(text)
        before = self._retired()
        self.write({"site.conf": text})
        command = [*map(self._replaced, self._command), "-s", "reload"]
        asked = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=PATIENCE)
        end = time.monotonic() + PATIENCE
        while asked.returncode == 0 and self._retired() == before and time.monotonic() < end:
            time.sleep(LOOK)
        if asked.returncode or self._retired() == before:
            raise ProgramFailed(self._said(asked.stderr.decode(errors="replace")))
        self._stay_on_loopback()

    def _retired(self) -> int:
        """How many of its workers no longer take new connections; a new one does by then."""
        return self.log("error.log").count("gracefully shutting down")


class Caddy(Proxy):
    """Caddy with a Caddyfile of yours, such as ``http://:PORT { reverse_proxy ... }``.

    files, words: see ``Proxy``
    """

    listens = re.compile(r"^[ \t]*bind[ \t]+(.+)", re.MULTILINE)  # with several addresses

    def _run(
        self, text: str, files: Mapping[str, str | bytes], words: Mapping[str, object]
    ) -> None:
        self._admin = ReservedPort()
        homes = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
        run = ["run", "--config", "Caddyfile", "--adapter", "caddyfile"]
        # It begins without a site: of a site that is wrong, "caddy run" 2.11 says nothing at all,
        # where its interface says everything.
        try:
            Program.__init__(
                self,
                [program_path("caddy"), *run],
                {"Caddyfile": CADDY, "site.caddy": "", **files},
                words={"ADMIN": self._admin.number, **words},
                environment=dict.fromkeys(homes, "FOLDER"),
                ready=False,
            )
            try:  # both ports stay reserved until it listens there
                self.wait_until_it_listens(self._admin.number)
                self.reload(text)
                self.wait_until_it_listens()
                self._reserved.release()
            except BaseException:
                Program.close(self)
                raise
        finally:
            self._admin.release()

    def reload(self, text: str) -> None:
        """Give it a new configuration by its own interface on the port ADMIN."""
        self._only_here(text)
        self.write({"site.caddy": text})
        admin = http.client.HTTPConnection(HOST, self._admin.number, timeout=PATIENCE)
        with closing(admin):
            body = self.log("Caddyfile").encode()
            admin.request("POST", "/load", body, {"Content-Type": "text/caddyfile"})
            response = admin.getresponse()
            said = response.read().decode(errors="replace")
        if response.status != 200:
            raise ProgramFailed(self._said(json.loads(said)["error"]))
        self._stay_on_loopback()
