"""The right answers to legal-sequences, from what they are about."""

from __future__ import annotations

import codecs

# As the notebook has them.
LINES = {
    "A": "c3 a9",
    "B": "e2 82",
    "C": "ed a0 80",
    "D": "f0 9f 91 8b",
    "E": "c0 80",
    "F": "f4 90 80 80",
    "G": "80",
    "H": "ef bb bf",
    "I": "f8 88 80 80 80",
    "J": "ed 9f bf",
}


def is_legal(data: bytes) -> bool:
    """What Python's codec says."""
    try:
        codecs.decode(data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def right() -> dict[str, object]:
    """Letter -> answer."""
    return {letter: is_legal(bytes.fromhex(line)) for letter, line in LINES.items()}
