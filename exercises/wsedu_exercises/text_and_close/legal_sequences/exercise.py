"""Tell bytes that are UTF-8 from those that are not."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters


def facts(
    letter: str = "é", cut: str = "€", emoji: str = "👋", large: int = 0x110000, alone: int = 0x80
) -> dict[str, str]:
    """What some lines hold: characters of two, three and four bytes, and what is no character.

    cut:   a character of which the last byte is missing
    large: a number above U+10FFFF
    alone: a continuation byte
    """
    two, four = letter.encode(), emoji.encode()
    too_large = bytes([large >> 18 | 0xF0, *(large >> bits & 63 | 128 for bits in (12, 6, 0))])
    return {
        "two": two.hex(" "),
        "starts": f"{two[0]:02x}",
        "second": f"{two[1]:02x}",
        "letter": letter,
        "unfinished": cut.encode()[:2].hex(" "),
        "begins": f"{cut.encode()[0]:02x}",
        "four": four.hex(" "),
        "emoji": emoji,
        "point": f"U+{ord(emoji):X}",
        "large": too_large.hex(" "),
        "too_large": f"U+{large:X}",
        "alone": f"{alone:02x}",
        "bits": f"{alone >> 4:04b} {alone & 15:04b}",
    }


def draw(chance: random.Random) -> dict[str, Any]:
    """Other characters of the same lengths, another number that is too large, another byte."""
    drawn = facts(
        chance.choice("éäöüñßжя"),
        chance.choice("€あ中한"),
        chance.choice("👋👍🎉🚀🍵"),
        0x110000 + 0x1000 * chance.randrange(48),
        chance.randrange(0x80, 0xC0),
    )
    return {"solution": EXERCISE.solution, "wrong": {}, "facts": drawn}


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="8.1; RFC 3629 4"),
    solution={
        "A": True,
        "B": False,
        "C": False,
        "D": True,
        "E": False,
        "F": False,
        "G": False,
        "H": True,
        "I": False,
        "J": True,
    },
    facts=facts(),
    draw=draw,
)
