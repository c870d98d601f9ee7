"""What it costs the library's server to close a client that has sent too much (lesson 15)."""

import pytest
import websockets

from wsedu.live import Lab
from wsedu.protocol import Frame, Opcode, build_frame

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_lab_is_left")]

TEXT = build_frame(Frame(Opcode.TEXT, b"x"), bytes.fromhex("37fa213d"))


@pytest.mark.parametrize(("count", "timeout", "waits"), [(10, 20, False), (30, 0.5, True)])
async def test_close_waits_for_its_timeout_after_a_flood(
    count: int, timeout: float, waits: bool
) -> None:
    """With more than 16 messages unread the library reads no further, and misses the Close."""

    async def closes(connection: websockets.ServerConnection) -> None:
        await connection.recv()
        await connection.close(1008, "too many messages")

    lab = Lab(closes, close_timeout=timeout)
    peer = await lab.raw()
    await peer.send(TEXT * count)
    close = await peer.receive()
    assert close is not None and close.opcode == Opcode.CLOSE
    await peer.send(close)
    assert await peer.receive() is None
    said = [event for event in lab.recording.events if event.sender == "server"]
    assert said[-2].kind == "data" and said[-1].kind in ("end", "lost")
    assert (said[-1].time - said[-2].time >= 0.9 * timeout) == waits
