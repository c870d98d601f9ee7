"""An event loop whose clock jumps: an answer that waits for seconds is judged at once."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from ..live.guest import IN_BROWSER, GuestLoop
from ..words import _

BEGIN = 1000.0  # seconds that its clock shows first
TURN = 0.0001  # seconds that each turn takes on its clock, for one who asks again and again


class VirtualTimeLoop(asyncio.BaseEventLoop):
    """When nothing is left to do but to wait for a moment, that moment has come: its clock jumps.

    Its clock never sees that of the machine: however busy that is, the same answer is told the
    same times. For answers that wait for nothing outside of this process; ``time.monotonic``
    does not jump. It has no sockets, whose making would take longer than most answers.
    """

    def __init__(self) -> None:
        super().__init__()
        self._selector = self  # what a loop waits with
        self._now = BEGIN
        self._woken = threading.Event()

    def time(self) -> float:
        """Seconds on the clock of this loop."""
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        """Count the seconds that the loop would wait; without a number, wait for a thread."""
        if timeout is None:
            self._woken.wait()
        else:
            self._now += max(timeout, TURN)
        self._woken.clear()
        return []

    async def _nothing_outside(self, *_args: Any, **_named: Any) -> Any:
        """Raise OSError: it has no network and no programs."""
        raise OSError(_("the check of this task has no network and no programs: none is needed"))

    create_connection = create_server = create_datagram_endpoint = _nothing_outside
    subprocess_exec = subprocess_shell = _nothing_outside

    def __reduce__(self) -> Any:
        """Raise TypeError: a loop that was copied in part would complain when it is forgotten."""
        raise TypeError("an event loop cannot be copied")

    def _write_to_self(self) -> None:  # by call_soon_threadsafe
        self._woken.set()

    def _process_events(self, _events: list[Any]) -> None:
        pass


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
