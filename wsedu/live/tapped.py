"""What is behind a tap: you can talk to it, wait for it, and read every byte.

How to think about it: whether the lab's own server or a real proxy is behind a tap, the tap sees
the same bytes of both sides. So all that needs only the tap is here, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from .._awaited import no_coroutine
from ..recording import Recording
from .background import Background
from .faults import Faults
from .peer import Peer, only_bytes
from .talking import talk
from .tap import Tap
from .waiting import until, watch

T = TypeVar("T")


class Tapped:
    """A server behind a tap, whose work is done by ``_background``."""

    _background: Background
    _tap: Tap
    _peers: list[Peer]

    @property
    def _taps(self) -> tuple[Tap, ...]:
        """All on which ``fault`` and ``drop`` act."""
        return (self._tap,)

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """One recording for each connection so far, the oldest first.

        The newest 100 are kept, each up to 4 MiB, all up to 64 MiB. One that was let go, or is
        not whole, says so in its ``note`` and ``dropped``.
        """
        return tuple(log.recording() for log in tuple(self._tap.logs))

    @property
    def recording(self) -> Recording:
        """The newest connection; empty if there was none yet."""
        return self._tap.logs[-1].recording() if self._tap.logs else Recording()

    async def until(
        self, condition: Callable[[Recording], T], what: str = "", timeout: float = 5
    ) -> T:
        """Wait until ``condition`` holds for the newest recording, and return its result.

        The condition runs in a thread of its own. Raises TimeoutError after ``timeout`` seconds,
        which says what was seen instead; a condition that takes long has one second more.
        """
        no_coroutine("lab.until", condition)
        look = until(
            self._tap, lambda: condition(self.recording), lambda: self.recording, what, timeout
        )
        return await self._background.wait(look, timeout)

    def watch(self, call: Callable[[], object]) -> Callable[[], None]:
        """Call ``call()`` when something new is on a recording; returns a function that ends this.

        It is called ten times a second at most, and once more after the last event. The thread is
        the lab's, so ``call`` should only pass the word on, as ``loop.call_soon_threadsafe(draw)``
        does. If it takes long, it is called less often, so that the lab has nine tenths of the
        time at least. After it has raised, it is no longer called.
        """
        no_coroutine("lab.watch", call)
        watching = self._background.start(watch(self._background, self._tap, call))

        def stop() -> None:
            watching.cancel()

        return stop

    async def talk(self, *turns: bytes, timeout: float = 5) -> Recording:
        """Open a TCP connection, send these bytes, and return what passed on the wire.

        Each turn is sent as it is, without any help. After each, the raw client waits until the
        server has answered or closed the connection; at the end it closes its own side.
        Raises TimeoutError if there is neither within ``timeout`` seconds.
        """
        for turn in turns:
            only_bytes(turn)
        return await self._background.wait(talk(self._tap, turns, timeout), timeout)

    async def raw(self) -> Peer:
        """A raw client whose handshake is done; from here on you say every byte."""
        return await self._background.wait(self._raw())

    async def _raw(self) -> Peer:
        reader, writer = await asyncio.open_connection(self._tap.host, self._tap.port)
        peer = Peer("client", reader, writer, self._background.wait)
        self._peers.append(peer)
        await peer.shake_hands()
        return peer

    async def fault(self, **faults: Any) -> None:
        """Make the network bad, for open connections too; without arguments, well again.

        delay, jitter: seconds that every chunk waits, and waits more at random
        cut, cut_at:   bytes in a chunk, or offsets at which a chunk ends
        hold:          True lets nothing through (a black hole)
        flip:          (offset, bit) to turn
        whose:         on whose bytes all this acts: "client", "server" or "both"
        """
        for tap in self._taps:
            await self._background.wait(tap.set_faults(Faults(**faults)))

    async def drop(self) -> None:
        """Reset every open connection (TCP RST), as a network does that goes away."""
        for tap in self._taps:
            await self._background.wait(tap.drop())
