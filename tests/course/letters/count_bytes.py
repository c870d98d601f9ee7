"""The right answers to count-bytes, from what they are about."""

from __future__ import annotations

from itertools import count

from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode

GREETING = "Привет \N{WAVING HAND SIGN}"
FLAG = "\U0001f1ea\U0001f1fa"
FAMILY = "\N{ZERO WIDTH JOINER}".join("\N{MAN}\N{WOMAN}\N{GIRL}")


def fits_into_a_ping(text: str) -> bool:
    """Whether the ``websockets`` library would send it."""
    try:
        Frame(Opcode.PING, text.encode()).check()
    except ProtocolError:
        return False
    return True


def right() -> dict[str, object]:
    """Letter -> answer."""
    texts = {"C": "Gr\xfc\xdfe", "D": "", "E": "\0", "F": "\ufeffHi", "G": FLAG, "H": FAMILY}
    return {
        "A": len(GREETING.encode()),
        "B": len(GREETING),
        **{letter: len(text.encode()) for letter, text in texts.items()},
        "I": next(number for number in count() if not fits_into_a_ping("€" * (number + 1))),
    }
