"""Predict how many frames a reader has after each chunk."""

from __future__ import annotations

import random
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters

from ...counting import WORDS

KINDS = {"89 00": "Ping", "8a 00": "Pong", "89 00 8a 00": "Ping and the Pong"}


def about(
    text: bytes = b"Hello", cut: int = 3, controls: str = "89 00", byte: int = 0xFF, more: str = ""
) -> dict[str, Any]:
    """The exercise about three chunks: in the usual task, with the text cut after three letters.

    controls: the empty Pings and Pongs after the text, in hex
    byte:     the payload of the binary frame
    more:     the empty Pong after it, if there is one
    """
    first = f"81 {len(text):02x} {text[:cut].hex(' ')}"
    second = f"{text[cut:].hex(' ')} {controls} 82"
    third = f"01 {byte:02x} {more and more + ' '}81 7e"
    in_second = 1 + len(controls.split()) // 2
    in_third = 2 if more else 1
    return {
        "solution": {"A": 0, "B": in_second, "C": in_third, "D": 2},
        "wrong": {
            "chunk-is-frame": {"A": 1},
            "one-frame-per-chunk": {"B": 1},
            "unfinished-header": {"B": in_second + 1},
            "rest-forgotten": {"C": in_third - 1},
            "running-total": {"C": in_second + in_third},
            "unfinished-length": {"C": in_third + 1},
            "nothing-left": {"D": 0},
            "three-bytes-of-payload": {"A": cut},
            "five-of-five": {"A": len(text)},
            "two-frames-in-three-bytes": {"A": 2},
            "text-not-counted": {"B": 0},
            "three-in-two": {"B": in_second + 2},
            "bytes-counted": {"B": len(second.split())},
            "bytes-counted-again": {"C": len(third.split())},
            "last-byte-only": {"D": 1},
            "ff-left": {"D": 3},
            "whole-chunk-left": {"D": len(third.split())},
            "announced": {"D": 126},
            "lost-at-each-chunk": {"B": in_second - 1, "C": in_third - 1},
        },
        "facts": {
            "first": first,
            "second": second,
            "third": third,
            "announced": WORDS[len(text)],
            "come": WORDS[cut],
            "begun": text[:cut].hex(" "),
            "control": controls[:5],
            "ended": f"the {KINDS[controls]} {controls}",
            "byte": f"{byte:02x}",
            "ends": WORDS[in_second],
        },
    }


def draw(chance: random.Random) -> dict[str, Any]:
    """Another text and cut, one or two control frames, and perhaps a Pong in the last chunk."""
    text = chance.choice([b"Hello", b"order", b"two teas", b"coffee", b"thanks", b"soup"])
    return about(
        text,
        chance.randrange(3, len(text)),
        chance.choice([*KINDS]),
        chance.randrange(256),
        chance.choice(["", "8a 00"]),
    )


EXERCISE = Exercise(stars=1, judge=Letters(section="5.2"), **about(), draw=draw)
