"""An event loop whose clock jumps: an answer that waits for seconds is judged at once."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

from ..live.guest import IN_BROWSER, GuestLoop

BEGIN = 1000.0  # seconds that its clock shows first
TURN = 0.0001  # seconds that each turn takes on its clock, for one who asks again and again


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """When nothing is left to do but to wait for a moment, that moment has come: its clock jumps.

    Its clock never sees that of the machine: however busy that is, the same answer is told the
    same times. For answers that wait for nothing outside of this process; ``time.monotonic``
    does not jump.
    """

    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        """Seconds on the clock of this loop."""
        return self._clock.now


class _JumpingSelector(selectors.SelectSelector):
    """What a loop waits with, once a turn: asked to wait for some seconds, it counts them."""

    now = BEGIN

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:  # it waits for another thread
            return super().select()
        ready = super().select(0)
        self.now += TURN if ready else max(timeout, TURN)
        return ready


class _VirtualTimeGuest(GuestLoop):
    """The same where there are no sockets, and so nothing else to wait for."""

    _now = BEGIN

    def time(self) -> float:
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            return super().select(timeout)
        self._now += max(timeout, TURN)
        return super().select(0)


if IN_BROWSER:
    VirtualTimeLoop = _VirtualTimeGuest  # type: ignore[assignment,misc]
