"""Unmask by hand."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters
from wsedu.protocol import mask


def about(
    key: bytes = bytes.fromhex("37fa213d"),
    text: bytes = b"Hello",
    place: int = 9,
    sent: bytes = b"Hi",
) -> dict[str, Any]:
    """The exercise about this key, a text of five letters, and the byte at a place of a payload.

    sent: two letters that are masked with zeros
    """
    masked, at = mask(text, key), place % 4
    pairs = list(zip(masked, key * 2, strict=False))
    wrong = letters(
        A={
            "still-masked": masked,
            "four-letters": text[:4],
            "key-not-repeated": text[:4] + masked[4:],
            "first-key-byte-only": bytes(b ^ key[0] for b in masked),
            "reversed-key": mask(masked, key[::-1]),
            "key-goes-on": text[:4] + bytes([masked[4] ^ key[3]]),
            "key-second-first": text[:4] + bytes([masked[4] ^ key[1]]),
            "lower-case": text.lower(),
            "upper-case": text.upper(),
            "hex-digits": text.hex().encode(),
            "added": bytes((b + k) % 256 for b, k in pairs),
            "ored": bytes(b | k for b, k in pairs),
            "anded": bytes(b & k for b, k in pairs),
        },
        B={
            "counted-from-one": key[at - 1],
            "last-byte-of-the-key": key[3],
            "third-byte": key[2],
            "place": at,
            "number-of-the-byte": place,
            "two-turns": place // 4,
            "hex-as-decimal": int(key[:1].hex()),
        },
        C={
            "zeros": b"\x00\x00",
            "key-on-the-wire": b"\x00\x00\x00\x00",
            "key-and-text": bytes(4) + sent,
            "text-and-padding": sent + bytes(2),
            "empty": b"",
            "ones": mask(sent, b"\xff" * 4),
            "frame": b"\x81\x82" + bytes(4) + sent,
            "other-key": mask(sent, key),
        },
        D={
            "masking-is-free": 0,
            "one-bit": 1,
            "as-long-as-the-payload": 5,
            "header-too": 6,
            "bits": 32,
            "two": 2,
            "eight": 8,
        },
    )
    halves = [f"{byte:02x}" for byte in key]
    return {
        "solution": {"A": text, "B": key[at], "C": sent, "D": 4},
        "wrong": wrong,
        "facts": {
            "key": key.hex(" "),
            "masked": masked.hex(" "),
            "place": place,
            "at": at,
            "nth": "first second third fourth".split()[at],
            "turn": place - at,
            "first": halves[0],
            "second": halves[1],
            "third": halves[2],
            "fourth": halves[3],
            "begins": f"{masked[0]:02x}",
            "capital": f"{text[0]:02x}",
            "letter": text[:1].decode(),
            "next": f"{masked[1]:02x}",
            "small": f"{text[1]:02x}",
            "next_letter": text[1:2].decode(),
            "fifth": f"{masked[4]:02x}",
            "sent": sent.decode(),
        },
    }


def draw(chance: random.Random) -> dict[str, Any]:
    """Another key, whose first byte has two decimal digits, and other texts."""
    key = bytes([int(str(chance.randrange(21, 99)), 16), *chance.sample(range(128, 256), 3)])
    text = chance.choice([b"Hello", b"Admin", b"Order", b"Token", b"Frame"])
    # The third byte of the key has a sentence of its own, so the place meets another one.
    place = 4 * chance.randrange(2, 6) + chance.choice([1, 3])
    return about(key, text, place, chance.choice([b"Hi", b"OK", b"Go"]))


EXERCISE = Exercise(stars=1, judge=Letters(section="5.3"), **about(), draw=draw)
