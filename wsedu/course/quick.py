"""An event loop in which nobody waits, so that an answer which waits is judged at once."""

from __future__ import annotations

import asyncio
import selectors


class QuickLoop(asyncio.SelectorEventLoop):
    """When nothing is left to do but to wait for a moment, that moment has come: its clock jumps.

    For answers that wait for nothing outside of this process; ``time.monotonic`` does not jump.
    """

    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        """Seconds on the clock of this loop."""
        return super().time() + self._clock.jumped


class _JumpingSelector(selectors.SelectSelector):
    """What a loop waits with: asked to wait for some seconds, it counts them instead."""

    jumped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if not timeout or timeout < 0:
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.jumped += timeout
        return ready
