"""Predict the code with which a server closes."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.protocol import mask

# Mistakes that find nothing wrong with these letters. TOML has no word for None.
MISSED = {
    "nothing-is-wrong": "ABCDEFHJ",
    "unknown-is-ignored": "BCH",
    "control-frames-are-lax": "DJ",
    "payload-is-not-checked": "EF",
    "unmasked-is-none": "A",
    "rsv1-is-none": "B",
    "opcode-3-is-none": "C",
    "long-ping-is-none": "D",
    "too-big-is-none": "E",
    "not-utf8-is-none": "F",
    "continuation-is-none": "H",
    "close-1006-is-none": "J",
}


def facts(key: bytes = bytes.fromhex("37fa213d")) -> dict[str, str]:
    """The bytes that the task shows, masked with this key."""
    payloads = {"hello": b"Hello", "illegal": b"\xff\xfe", "close": b"\x03\xee"}
    shown = {name: mask(payload, key) for name, payload in payloads.items()}
    return {name: data.hex(" ") for name, data in (shown | {"key": key}).items()}


def draw(chance: random.Random) -> dict[str, Any]:
    """The same frames with another masking key."""
    drawn = facts(bytes(chance.sample(range(1, 256), 4)))
    return {"solution": EXERCISE.solution, "wrong": {}, "facts": drawn}


EXERCISE = Exercise(
    stars=1,
    judge=Letters(
        section="5.2; 7.4.1",
        sections={
            "A": "5.1",
            "B": "5.2",
            "C": "5.2",
            "D": "5.5",
            "E": "7.4.1; 10.4",
            "F": "5.6; 8.1",
            "G": "5.6",
            "H": "5.4",
            "I": "5.5.3",
            "J": "5.5.1; 7.4.1",
        },
        fits=int | None,
    ),
    solution={
        "A": 1002,
        "B": 1002,
        "C": 1002,
        "D": 1002,
        "E": 1009,
        "F": 1007,
        "G": None,
        "H": 1002,
        "I": None,
        "J": 1002,
    },
    wrong={name: dict.fromkeys(missed) for name, missed in MISSED.items()},
    facts=facts(),
    draw=draw,
)
