"""The right answers to valid-sequences, from what they are about."""

from __future__ import annotations

from websockets.protocol import State
from websockets.server import ServerProtocol

from wsedu.protocol import Frame, Opcode, build_frame

CONTINUATION, TEXT, BINARY = Opcode.CONTINUATION, Opcode.TEXT, Opcode.BINARY
CLOSE, PING, PONG = Opcode.CLOSE, Opcode.PING, Opcode.PONG

# What the client sends, as the task says it in words.
SEQUENCES = {
    "A": [Frame(TEXT, b"Hel", False), Frame(PING, b""), Frame(CONTINUATION, b"lo")],
    "B": [Frame(TEXT, b"", False), Frame(CONTINUATION, b"", False), Frame(CONTINUATION, b"Hi")],
    "C": [Frame(BINARY, b"Hel", False), Frame(TEXT, b"lo")],
    "D": [Frame(TEXT, b"Hel", False), Frame(CLOSE, b""), Frame(CONTINUATION, b"lo")],
    "E": [Frame(TEXT, b"Hello", False), Frame(CONTINUATION, b"")],
    "F": [Frame(PING, b"Hel", False), Frame(CONTINUATION, b"lo")],
    "G": [Frame(CONTINUATION, b"Hel", False), Frame(CONTINUATION, b"lo")],
    "H": [
        Frame(TEXT, b"Hel", False),
        Frame(BINARY, b"Wor", False),
        Frame(CONTINUATION, b"lo"),
        Frame(CONTINUATION, b"ld"),
    ],
    "I": [Frame(TEXT, b"Hello"), Frame(CONTINUATION, b"!")],
    "J": [
        Frame(BINARY, b"Hel", False),
        Frame(PONG, b""),
        Frame(PING, b""),
        Frame(CONTINUATION, b"lo"),
        Frame(CLOSE, b""),
    ],
}


def accepted(frames: list[Frame]) -> bool:
    """Whether a ``websockets`` server takes each of the frames.

    It fails the connection at a Close amid fragments already. The RFC lets that Close pass, and
    forbids the data after it: D is wrong for both.
    """
    server = ServerProtocol(state=State.OPEN)
    for frame in frames:
        server.receive_data(build_frame(frame, bytes(4)))
    return len(server.events_received()) == len(frames)


def right() -> dict[str, object]:
    """Letter -> answer."""
    return {letter: accepted(frames) for letter, frames in SEQUENCES.items()}
