"""Read a header by hand."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

KINDS = {1: "text", 2: "binary"}


def about(opcode: int, length: int) -> dict[str, Any]:
    """The exercise about a header with this opcode, 1 or 2, and this length of two bytes.

    What a mistake cannot make of these numbers is the right answer here, and no mistake.
    """
    first, low, high = 128 | opcode, length % 256, length // 256
    other, digits = 3 - opcode, f"{length:x}"
    return {
        "solution": {"A": True, "B": opcode, "C": False, "D": length, "E": 4},
        "wrong": letters(
            B={"opcode-with-fin": first, "text": other},
            C={"masked": True},
            D={"marker-as-length": 126, "little-endian": low << 8 | high},
            E={"two-byte-header": 2},
            A={"fin-not-seen": False},
        )
        | letters(
            B={
                "whole-hex": 80 + opcode,
                "first-half": 8,
                "turned-round": int(f"{opcode:04b}"[::-1], 2),
                "continuation": 0,
                "bits-as-decimal": int(f"{opcode:b}"),
                "opcode-three-bits-left": 9,
            },
            D={
                "hex-as-decimal": int(digits) if digits.isdecimal() else length,
                "two-counted": 2,
                "bytes-added": 126 + length,
                "second-byte-included": 0x7E0000 | length,
                "second-byte-included/two": 0x7E00 | high,
                "last-byte": low,
                "base-255": 255 * high + low,
                "border": 128,
                "sixteen": 16 * high + low,
            },
            E={
                "payload-only": 3,
                "with-key": 8,
                "long-form": 10,
                "one-byte-header": 1,
                "two-byte-key": 6,
                "none-before": 0,
            },
        )
        | {"masked-and-key": {"C": True, "E": 8}, "marker-and-two": {"D": 126, "E": 2}},
        "facts": {
            "opcode": opcode,
            "first": f"{first:02x}",
            "hex": 80 + opcode,
            "bits": f"{opcode:04b}",
            "kind": KINDS[opcode],
            "other": other,
            "other_kind": KINDS[other],
            "length": length,
            "high": f"{high:02x}",
            "low": f"{low:02x}",
            "counts": 256 * high,
            "rest": low,
            "sum": f"{high} times 256" + (f" and {low}" if low else ""),
        },
    }


def draw(chance: random.Random) -> dict[str, Any]:
    """Another opcode and length."""
    return about(chance.choice((1, 2)), chance.randrange(256, 2**13))


EXERCISE = Exercise(stars=1, judge=Letters(section="5.2"), **about(2, 256), draw=draw)
