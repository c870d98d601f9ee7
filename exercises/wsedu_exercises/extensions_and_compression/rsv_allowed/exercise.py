"""Say what a server does with RSV1 in twelve places."""

from __future__ import annotations

import random
import zlib
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters


def facts(text: bytes = b"Hello") -> dict[str, str]:
    """What the frames carry: a text, and what a sender makes of it when it compresses it."""
    deflate = zlib.compressobj(wbits=-15)
    packed = (deflate.compress(text) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]  # RFC 7692 7.2.1
    return {
        "text": text.decode(),
        "head": text[:3].decode(),
        "tail": text[3:].decode(),
        "packed": packed.hex(" "),
        "begun": packed[:3].hex(" "),
        "rest": packed[3:].hex(" "),
    }


def draw(chance: random.Random) -> dict[str, Any]:
    """The same frames with another text; none is UTF-8 when it is compressed."""
    texts = (
        b"Hello World order coffee Latte Mocha quick Seven Paris Delhi Quito Sushi Pizza".split()
    )
    return {"solution": EXERCISE.solution, "wrong": {}, "facts": facts(chance.choice(texts))}


EXERCISE = Exercise(
    stars=1,
    judge=Letters(
        section="RFC 7692 6",
        sections={"F": "RFC 7692 6.1; 5.5", "H": "RFC 7692 7.2.3.6", "J": "5.2", "K": "5.2; 9.1"},
    ),
    solution={
        "A": "as it is",
        "B": "inflate",
        "C": "inflate",
        "D": "1002",
        "E": "1002",
        "F": "1002",
        "G": "inflate",
        "H": "inflate",
        "I": "as it is",
        "J": "1002",
        "K": "1002",
        "L": "inflate",
    },
    facts=facts(),
    draw=draw,
)
