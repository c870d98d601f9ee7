"""The right answers to rsv-allowed, from a server that gets the frames."""

from __future__ import annotations

import re

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import CTRL_OPCODES
from websockets.frames import Frame as Received
from websockets.protocol import State
from websockets.server import ServerProtocol

from wsedu.course.catalogue import exercises
from wsedu.protocol import Frame, Opcode, build_frame

USUAL = exercises()["rsv-allowed"].words["task"]
OPCODES = {"text": 1, "binary": 2, "continuation": 0, "Ping": 9}


def frames(row: str) -> list[Frame]:
    """The frames of a row of the task."""
    return [frame(written) for written in row.split(", ")]


def frame(written: str) -> Frame:
    """One frame as the task writes it: ``text RSV1=1 FIN=0 `f2 48 cd` ``."""
    words = re.match(r"(\w+) ((?:\w+=[01] )*\w+=[01])(?: `(.*)`| without a payload)$", written)
    assert words, written
    bits = dict(bit.lower().split("=") for bit in words[2].split())
    data = words[3] or ""
    is_hex = re.fullmatch("[0-9a-f]{2}( [0-9a-f]{2})*", data)
    payload = bytes.fromhex(data) if is_hex else data.encode()
    set_bits = {name: bit == "1" for name, bit in bits.items()}
    return Frame(Opcode(OPCODES[words[1]]), payload, **set_bits)


def does(sent: list[Frame], agreed: bool) -> str:
    """What a ``websockets`` server does with them."""
    server = ServerProtocol(state=State.OPEN)
    if agreed:
        server.extensions = [PerMessageDeflate(False, False, 15, 15)]
    for one in sent:
        server.receive_data(build_frame(one, bytes(4)))
    if server.parser_exc:
        assert server.close_sent
        return str(int(server.close_sent.code))
    got = b"".join(
        bytes(event.data)
        for event in server.events_received()
        if isinstance(event, Received) and event.opcode not in CTRL_OPCODES
    )
    came = b"".join(one.payload for one in sent if one.opcode < Opcode.CLOSE)
    return "as it is" if got == came else "inflate"


def right(task: str = USUAL) -> dict[str, object]:
    """Letter -> answer, from the rows that the notebook shows."""
    rows = dict(re.findall(r"^\| ([A-Z]) \| (.*) \|$", task, re.MULTILINE))
    assert rows["K"].startswith("the same frame as in B")
    found: dict[str, object] = {}
    for letter, row in rows.items():
        found[letter] = does(frames(rows["B"] if letter == "K" else row), agreed=letter != "K")
    return found
