"""What the client sends in a case of the list, and what a right server does about it.

How to think about it: ``cases.toml`` says only what the client sends, and where it breaks a rule.
The rest follows. A right server answers every Ping with a Pong and every message with the same
message. What comes after a broken rule, or after a Close, it does not answer.
"""

from __future__ import annotations

import re

from ..protocol import Frame, Opcode, build_frame, fragment
from .cases import rows

KEY = bytes.fromhex("37fa213d")  # the masking key of every frame that the client sends
WAIT = Frame(Opcode.CONTINUATION, b"one second")  # in what comes back: so long, nothing has
OPCODES = {"more": Opcode.CONTINUATION} | {opcode.name.lower(): opcode for opcode in Opcode}
WORD = re.compile(r"(!?)([a-z]+)(\d*)(-?)(?:\+(\d))?(?:/(\d+))?(?::(.*))?")


class Script:
    """One case, as its row in ``cases.toml`` has it; raises KeyError for a name without a row.

    frames:  what the client sends
    steps:   the same as bytes that are sent at once; None: it waits for a second
    pieces:  into how many bytes TCP cuts them; 0: each frame alone; None: not at all
    breaks:  whether the client breaks a rule
    closes:  whether it sends a Close, whatever comes back
    strict:  what a right server answers, in this order
    lenient: what passes too if a rule is broken: it answers nothing, and refuses at the end
    within:  seconds in which all must be over; None: as long as it takes
    after:   seconds until the client closes, if the right answers have not come
    codes:   with which the server may close; empty if the RFC leaves all of it open
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames: list[Frame] = []
        self.steps: list[bytes | None] = []
        self.pieces: int | None = None
        self.breaks = self.closes = False
        self.strict: list[Frame] = []
        self.within: float | None = None
        self.after = 1.0
        self._message: list[Frame] = []  # what has been sent of one that goes on
        sent, _arrow, ends = rows()[name].partition("->")
        for word in sent.split():
            self._read(word)
        if self.breaks:
            self.lenient = [WAIT] * self.steps.count(None)
            self.codes = [1002]
        else:
            self.strict = self.lenient = [frame for frame in self.strict if frame is not WAIT]
            self.codes = [1000]
        if self.breaks or self.closes:
            self.within = self.within or 1
        if ends:
            self.codes = [int(code) for code in ends.split() if code != "any"]

    def _read(self, word: str) -> None:
        option, _colon, value = word.partition(":")
        if word == "wait":
            self._wait()
        elif option == "by":
            self.pieces = 0 if value == "frame" else int(value)
        elif option == "within":
            self.within = float(value)
        elif option == "after":
            self.after = float(value)
        elif found := WORD.fullmatch(word):
            self._send(*found.groups(default=""))
        else:
            raise ValueError(f"{word!r} is not a frame")

    def _wait(self) -> None:
        self.steps.append(None)
        self._expect(WAIT)

    def _expect(self, answer: Frame) -> None:
        if not self.breaks and not self.closes:
            self.strict.append(answer)

    def _send(
        self, wrong: str, kind: str, number: str, goes_on: str, bits: str, size: str, payload: str
    ) -> None:
        """A frame; in fragments of ``size`` bytes, if that is given."""
        self.breaks |= bool(wrong)
        opcode = OPCODES[kind] if kind in OPCODES else int(number)
        parts = payload.split("|")
        data = b"".join(map(_bytes, parts))
        rsv1, rsv2, rsv3 = (bool(int(bits or 0) & bit) for bit in (4, 2, 1))
        frame = Frame(opcode, data, not goes_on, rsv1, rsv2, rsv3)
        self.closes |= opcode == Opcode.CLOSE and not bits
        for each in fragment(opcode, data, int(size)) if size else [frame]:
            self.frames.append(each)
            written = build_frame(each, KEY)
            start, end = 0, len(written) - len(each.payload)
            for part in parts[:-1]:  # where the payload is cut, the client waits
                end += len(_bytes(part))
                self.breaks |= part.startswith("!")
                self.steps.append(written[start:end])
                self._wait()
                start = end
            self.steps.append(written[start:])
            self._answer(each)

    def _answer(self, frame: Frame) -> None:
        """Expect what a right server sends when it has this frame."""
        if frame.opcode == Opcode.PING:
            self._expect(Frame(Opcode.PONG, frame.payload))
        elif frame.opcode <= Opcode.BINARY:
            self._message.append(frame)
            if frame.fin:
                data = b"".join(part.payload for part in self._message)
                self._expect(Frame(self._message[0].opcode, data))
                self._message.clear()


def _bytes(written: str) -> bytes:
    """The payload, or a part of it, that is written like this."""
    data = b""
    for piece in written.removeprefix("!").split("_"):
        what, _star, count = piece.partition("*")
        if what.startswith("0x"):
            one = bytes.fromhex(what[2:])
        else:
            one = int(what[1:]).to_bytes(2, "big") if what.startswith("#") else what.encode()
        data += one * int(count or 1)
    return data
