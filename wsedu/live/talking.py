"""The raw client that takes turns: it sends bytes, waits for the answer, and sends the next.

How to think about it: this client knows nothing of WebSocket. The recording does: after each turn
it is read again, until the server has said one more complete thing, or has closed.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from ..protocol import body_length
from ..recording import Dissection, Recording, dissect
from ..words import _
from .tap import CHUNK, Log, Tap
from .waiting import in_thread, until


async def talk(tap: Tap, turns: Sequence[bytes], timeout: float) -> Recording:
    """Connect, send each turn and wait for its answer, close, and return what passed.

    Raises TimeoutError if an answer takes longer than ``timeout`` seconds.
    """
    reader, writer = await asyncio.open_connection(tap.host, tap.port)
    log = tap.log_of(writer.get_extra_info("sockname")[1])
    ear, log.wanted = _Ear(reader), True
    try:
        said = 0
        for turn in turns:
            writer.write(turn)
            said = await _one_more(tap, log, said, timeout)
        recording = await in_thread(log.recording) or Recording()
        # A client that closes with bytes unread resets the connection (TCP RST). The tap writes
        # down before it passes on, so the last bytes may still be on their way.
        await ear.hear(len(recording.sent_by("server")))
        return recording
    finally:
        log.wanted = False
        ear.task.cancel()
        writer.close()


class _Ear:
    """Reads whatever comes, so that the server never has to wait for this client."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader, self._heard = reader, 0
        self.task = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        with suppress(OSError):
            while data := await self._reader.read(CHUNK):
                self._heard += len(data)

    async def hear(self, count: int) -> None:
        """Stop after ``count`` bytes, or at the end of the stream."""
        self.task.cancel()
        await asyncio.wait([self.task])
        with suppress(asyncio.IncompleteReadError, OSError):
            await self._reader.readexactly(max(0, count - self._heard))


async def _one_more(tap: Tap, log: Log, before: int, timeout: float) -> int:
    """Wait until the server has said more than ``before`` things, or closed; how many it said."""

    def look() -> tuple[int] | None:
        closed = log.closed_by("server")
        count = _complete(log.recording())
        return (count,) if closed or count > before else None

    (count,) = await until(tap, look, log.recording, _("an answer"), timeout)
    return count


def _complete(recording: Recording) -> int:
    """How many complete things the server has said: a 101, then frames."""
    seen = dissect(recording)
    if seen.switch is None:  # a response that refuses is complete when the server closes
        return int(_keeps_open(seen))
    return sum(
        unit.sender == "server" and (unit.layout is None or unit.layout.truncated is None)
        for unit in seen.units
    )


def _keeps_open(seen: Dissection) -> bool:
    """Whether the whole response has come, and says that the server keeps the connection open."""
    response = seen.response
    if response is None or response.head is None or seen.request.head is None:
        return False
    came = sum(len(unit.data) for unit in seen.find("body") if unit.sender == "server")
    stays = "keep-alive" in map(str.lower, response.head.tokens("Connection"))
    return stays and body_length(response.head, seen.request.head) == came
