"""A tap between your own client and your own server, until it is stopped.

How to think about it: the lab's tap stands before the lab's server. Here the same tap listens on a
port that you name, before a server that you name: point your client at the tap, and every byte
that passes is written down. It adds nothing and changes nothing, so TLS stays unreadable.

It ends in an orderly way, whatever stops it: Ctrl-C (SIGINT), or ``kill`` (SIGTERM).
"""

from __future__ import annotations

import asyncio
import errno
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import NamedTuple

from ..recording import Recording, dissect
from ..recording.events import SIDES
from ..words import _
from .tap import EVERYWHERE, HOST, Log, Tap


class Address(NamedTuple):
    """A host and a port. As a string, ``host:port``."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether only this computer can connect to it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_address(text: str) -> Address:
    """``8080``, ``localhost:8080`` or ``[::1]:8080``; without a host, this computer.

    Raises ValueError: what is wrong with it.
    """
    host, _colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    if not port.isascii() or not port.isdigit() or int(port) > 65535 or "/" in host:
        raise ValueError(
            _("{text} is not an address: write a port, such as 8080, or localhost:8080.").format(
                text=text
            )
        )
    return Address(host or HOST, int(port))


@dataclass(frozen=True)
class Tapped:
    """One connection that the tap has seen.

    number: that of its line
    port:   the client's
    opened: in seconds since 1970
    """

    number: int
    recording: Recording
    port: int
    opened: float


def tap(listen: Address, upstream: Address, say: Callable[[str], object]) -> list[Tapped]:
    """Stand before ``upstream`` until a signal comes; returns the connections that sent something.

    say: gets one line when the tap is ready, and one for each connection

    Of more than a hundred connections, and of more than 4 MiB of one, the tap keeps a part: see
    ``Tap``. Raises OSError if it cannot listen; its ``strerror`` is a sentence. Raises ValueError
    if both addresses are the same.
    """
    return asyncio.run(_tap(listen, upstream, say))


async def _tap(listen: Address, upstream: Address, say: Callable[[str], object]) -> list[Tapped]:
    relay, started = Tap(upstream.port, upstream.host), time.time() - time.monotonic()
    try:
        await relay.start(listen.host, listen.port)
    except OSError as error:
        raise OSError(error.errno, _why(error, listen)) from error
    if _is_itself(listen._replace(port=relay.port), upstream):
        raise ValueError(_("the tap would connect to itself: name the port of your server."))
    stopped = asyncio.Event()
    with relay.watched() as changed:

        def stop() -> None:
            stopped.set()
            changed.set()

        _on_signals(stop)
        say(
            _("Connect to {listen} instead of {upstream}. Ctrl-C ends the tap.").format(
                listen=listen._replace(port=relay.port), upstream=upstream
            )
        )
        numbers: dict[Log, int] = {}  # of those that have their line
        while not stopped.is_set():
            await changed.wait()
            changed.clear()
            for log in list(relay.logs):
                if log not in numbers and (log.over or log.answered() or stopped.is_set()):
                    numbers[log] = len(numbers) + 1
                    say(_line(numbers[log], log, upstream))
    await relay.close()
    seen = [(log, log.recording()) for log in relay.logs]
    return [
        Tapped(numbers[log], recording, log.port, started + log.opened)
        for log, recording in seen
        if recording.events or recording.dropped
    ]


def _on_signals(stop: Callable[[], None]) -> None:
    """Call ``stop()`` in this loop when the program is asked to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _is_itself(listen: Address, upstream: Address) -> bool:
    ends = [
        end._replace(host=HOST if end.host == "localhost" else end.host)
        for end in (listen, upstream)
    ]
    return ends[0] == ends[1] or (
        listen.port == upstream.port and listen.host in EVERYWHERE and upstream.is_local
    )


def _why(error: OSError, listen: Address) -> str:
    if error.errno == errno.EADDRINUSE:
        return _("another program listens there. Choose another port; 0 finds a free one.")
    return error.strerror or str(error)


def _line(number: int, log: Log, upstream: Address) -> str:
    if log.refused:
        said = _("{upstream} cannot be reached: {why}").format(upstream=upstream, why=log.refused)
    else:
        seen = dissect(log.recording())
        first = [next((u for u in seen.units if u.sender == side), None) for side in SIDES]
        asked, response = (unit.title if unit else _("nothing") for unit in first)
        said = f"{asked} → {response}"
    return _("connection {number}: {said}").format(number=number, said=said)
