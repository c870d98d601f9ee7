"""Unmask by hand."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.course.mistakes import letters

KEY, MASKED = bytes.fromhex("37fa213d"), bytes.fromhex("7f9f4d5158")

EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="5.3"),
    solution={"A": b"Hello", "B": 0xFA, "C": b"Hi", "D": 4},
    wrong=letters(
        A={
            "still-masked": b"\x7f\x9fMQX",
            "four-letters": b"Hell",
            "key-not-repeated": b"HellX",
            "first-key-byte-only": bytes(b ^ 0x37 for b in MASKED),
            "reversed-key": bytes(b ^ k for b, k in zip(MASKED, KEY[::-1] * 2, strict=False)),
            "key-goes-on": b"Hell" + bytes([0x58 ^ 0x3D]),
            "key-second-first": b"Hell" + bytes([0x58 ^ 0xFA]),
            "lower-case": b"hello",
            "upper-case": b"HELLO",
            "hex-digits": b"48656c6c6f",
            "added": bytes((b + k) % 256 for b, k in zip(MASKED, KEY * 2, strict=False)),
            "ored": bytes(b | k for b, k in zip(MASKED, KEY * 2, strict=False)),
            "anded": bytes(b & k for b, k in zip(MASKED, KEY * 2, strict=False)),
        },
        B={
            "counted-from-one": 0x37,
            "last-byte-of-the-key": 0x3D,
            "third-byte": 0x21,
            "place": 1,
            "number-of-the-byte": 9,
            "two-turns": 2,
            "hex-as-decimal": 37,
        },
        C={
            "zeros": b"\x00\x00",
            "key-on-the-wire": b"\x00\x00\x00\x00",
            "key-and-text": b"\x00\x00\x00\x00Hi",
            "text-and-padding": b"Hi\x00\x00",
            "empty": b"",
            "ones": b"\xb7\x96",
            "frame": b"\x81\x82\x00\x00\x00\x00Hi",
            "other-key": bytes(b ^ k for b, k in zip(b"Hi", KEY, strict=False)),
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
    ),
)
