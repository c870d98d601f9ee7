"""The right answers to six-endings, from what they are about."""

from __future__ import annotations

import re

from websockets.client import ClientProtocol
from websockets.frames import Close
from websockets.protocol import State
from websockets.uri import parse_uri

from wsedu.course.catalogue import exercises

USUAL = exercises()["six-endings"].words["task"]


def endings(task: str) -> dict[str, bytes]:
    """What the server sends before it ends TCP, as the task says it in words."""
    ((code, reason),) = re.findall(r'a Close with (\d+) and the reason "(\w+)"', task)
    own = Close(int(code), reason).serialize()
    return {
        "A": b"\x88\x02\x03\xe8",
        "B": b"\x88\x00",
        "C": b"",
        "D": bytes([0x88, len(own)]) + own,
        "E": b"\x88\x02\x03\xe9",
        "F": b"\x81\x05Hel",
    }


def right(task: str = USUAL) -> dict[str, object]:
    """What a ``websockets`` client records for each."""
    codes: dict[str, object] = {}
    for letter, data in endings(task).items():
        client = ClientProtocol(parse_uri("ws://example.com/"), state=State.OPEN)
        client.receive_data(data)
        client.receive_eof()
        codes[letter] = int(client.close_code or 0)
    return codes
