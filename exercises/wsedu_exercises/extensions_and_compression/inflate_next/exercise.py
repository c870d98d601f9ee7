"""Inflate the messages of one direction, one after another."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, Results, how_many, refusing
from wsedu.course.mistakes import Args
from wsedu.protocol import Frame, Opcode

from .. import deflate

Messages = list[tuple[bool, bytes]]  # RSV1, payload


def inflate_messages(messages, keeps_context):
    """All messages of one direction, in order; ValueError if one cannot be inflated (7.2.2)."""
    import zlib

    inflater = zlib.decompressobj(wbits=-15)
    found = []
    for rsv1, payload in messages:
        if rsv1:
            if not keeps_context:
                inflater = zlib.decompressobj(wbits=-15)
            try:
                payload = inflater.decompress(payload + b"\x00\x00\xff\xff")
            except zlib.error as error:
                raise ValueError("this cannot be inflated") from error
        found.append(payload)
    return found


def reference(messages: Messages, keeps_context: bool) -> list[bytes] | Did:
    """What a ``websockets`` server reads."""
    frames = [Frame(Opcode.BINARY, payload, rsv1=rsv1) for rsv1, payload in messages]
    return deflate.received(frames, keeps_context)


def compressed(*payloads: bytes) -> Messages:
    """Messages with RSV1."""
    return [(True, payload) for payload in payloads]


def plain(payload: bytes) -> Messages:
    """A message without RSV1."""
    return [(False, payload)]


# The second message points back 20,000 bytes, and so does a later one, across two others.
SQUARES = deflate.SQUARES
APART = [SQUARES + bytes(20_000), SQUARES, bytes(15_000), SQUARES + b"!"]


def cases(chance: random.Random) -> list[Args]:
    """Messages of the RFC, captured ones, and damaged ones; then some made by chance."""
    again, greeting = (
        compressed(deflate.AGAIN),
        compressed(deflate.GREETINGS[4], deflate.GREETINGS[5]),
    )
    kept: list[Messages] = [
        compressed(deflate.HELLO),
        [],
        plain(b"Hello"),
        compressed(deflate.HELLO, deflate.AGAIN),
        compressed(deflate.HELLO, deflate.HELLO),
        compressed(deflate.HELLO, deflate.AGAIN, deflate.AGAIN),
        compressed(deflate.HELLO, deflate.AGAIN, deflate.HELLO),
        # Real ones, of ``websockets``.
        compressed(*deflate.GREETINGS[:3]),
        compressed(*deflate.GREETINGS),
        compressed(*deflate.WEATHER[:2]),
        compressed(*deflate.WEATHER),
        # Between others, messages that are not compressed: they are not part of the context.
        compressed(deflate.HELLO) + plain(b"Hi") + again,
        compressed(deflate.HELLO) + plain(b"") + again,
        compressed(deflate.HELLO) + plain(b"a longer one") + plain(b"\x00\xff") + again,
        plain(b"Hello, Hello") + compressed(deflate.HELLO, deflate.AGAIN),
        plain(b"Hello") + compressed(deflate.HELLO) + again + plain(b"Hello"),
        plain(deflate.HELLO) + compressed(deflate.HELLO) + plain(deflate.AGAIN),
        plain(b""),
        plain(b" x\n") + plain(b"x"),
        # Empty messages; other forms of the RFC; spaces and zeros at both ends.
        compressed(b"\x00"),
        compressed(b"\x00", b"\x00", deflate.HELLO, b"\x00") + again,
        compressed(deflate.STORED) + again,
        compressed(deflate.TWO_BLOCKS) + again,
        compressed(deflate.HELLO, deflate.STORED, deflate.TWO_BLOCKS) + again,
        compressed(*deflate.sent([b" \n x \n", b"\0x\0", b"x", b" \n x \n"])),
        compressed(*deflate.sent(APART[:1])),
        compressed(*deflate.sent(APART[:2])),
        compressed(*deflate.sent(APART)),
        # What cannot be inflated.
        again,
        plain(b"Hello") + again,
        *(compressed(payload) for payload in deflate.DAMAGED),
        compressed(deflate.HELLO, deflate.DAMAGED[0]),
        compressed(deflate.HELLO, deflate.DAMAGED[0], deflate.HELLO),
        greeting + compressed(b"\xff"),
    ]
    alone: list[Messages] = [
        compressed(deflate.HELLO),
        [],
        plain(b"Hello"),
        compressed(deflate.HELLO, deflate.HELLO),
        compressed(deflate.HELLO, deflate.HELLO, deflate.HELLO),
        compressed(deflate.HELLO, deflate.STORED, deflate.TWO_BLOCKS),
        compressed(b"\x00", deflate.HELLO, b"\x00"),
        compressed(deflate.HELLO) + plain(b"Hi") + compressed(deflate.HELLO),
        plain(deflate.HELLO) + compressed(deflate.HELLO),
        compressed(*deflate.sent([b'{"unit": "C"}', b'{"unit": "F"}', b"x"], keeps_context=False)),
        compressed(*deflate.sent([deflate.FAR])),
        # A block that is marked as the last ends the stream, so the next message needs a new one.
        compressed(deflate.FINAL),
        compressed(deflate.FINAL, deflate.FINAL),
        compressed(deflate.FINAL, deflate.HELLO, deflate.FINAL),
        compressed(deflate.FINAL) + plain(b"Hi") + compressed(deflate.HELLO),
        # These point back into earlier messages, which the sender has agreed not to do.
        compressed(deflate.HELLO, deflate.AGAIN),
        compressed(deflate.HELLO, deflate.HELLO, deflate.AGAIN),
        compressed(*deflate.GREETINGS[:3]),
        compressed(deflate.HELLO) + plain(b"Hello") + again,
        greeting,
        compressed(deflate.DAMAGED[0]),
        compressed(deflate.HELLO, deflate.DAMAGED[1], deflate.HELLO),
    ]
    found: list[Args] = [(messages, True) for messages in kept]
    found += [(messages, False) for messages in alone]
    for _case in range(how_many(20)):
        keeps_context = chance.random() < 0.6
        texts = [deflate.words(chance, 8) for _message in range(chance.randint(1, 5))]
        messages = compressed(*deflate.sent(texts, keeps_context, chance))
        if chance.random() < 0.5:
            at = chance.randint(0, len(messages))
            messages[at:at] = plain(deflate.words(chance, 4))
        found.append((messages, keeps_context))
    return found


def _damaged(messages: Messages, keeps_context: bool) -> bool:
    return isinstance(reference(messages, keeps_context), Did)


def _count(messages: Messages) -> int:
    return sum(rsv1 for rsv1, _payload in messages)


CONDITIONS: dict[str, Callable[[Messages, bool], bool]] = {
    "kept": lambda messages, keeps_context: keeps_context,
    "alone": lambda messages, keeps_context: not keeps_context,
    "damaged": _damaged,
    "inflates": lambda messages, keeps_context: not _damaged(messages, keeps_context),
    "none": lambda messages, keeps_context: not messages,
    "one": lambda messages, keeps_context: len(messages) == 1,
    "several": lambda messages, keeps_context: len(messages) > 1,
    "several-kept": lambda messages, keeps_context: keeps_context and len(messages) > 1,
    "several-alone": lambda messages, keeps_context: not keeps_context and len(messages) > 1,
    "several-compressed": lambda messages, keeps_context: _count(messages) > 1,
    "compressed": lambda messages, keeps_context: _count(messages) > 0,
    "plain": lambda messages, keeps_context: _count(messages) < len(messages),
    "mixed": lambda messages, keeps_context: 0 < _count(messages) < len(messages),
    # With context takeover, a message that needs an earlier one; without, one that may not.
    "points-back": lambda messages, keeps_context: (
        keeps_context and _damaged(messages, False) and not _damaged(messages, True)
    ),
    "breach": lambda messages, keeps_context: (
        not keeps_context and _damaged(messages, False) and not _damaged(messages, True)
    ),
    "empty": lambda messages, keeps_context: (
        not _damaged(messages, keeps_context) and b"" in reference(messages, keeps_context)
    ),
    "final": lambda messages, keeps_context: (True, deflate.FINAL) in messages,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """The first message that is wrong, if no mistake fits."""
    say, (messages, keeps_context) = exercise.words.say, args
    right = reference(messages, keeps_context)
    if isinstance(right, Did):
        return say("damaged")
    if isinstance(got, Did):
        return say("refused")
    if len(got) != len(right):
        return say("count", got=len(got), wanted=len(right))
    at = next(number for number in range(len(right)) if got[number] != right[number])
    if messages[at][0]:
        return say("compressed", number=at + 1)
    return say("plain", number=at + 1)


JUDGE = Cases(
    cases, reference, list[bytes], through=refusing, section="RFC 7692 7.1.1; 7.2.2"
).telling(conditions=CONDITIONS, explain=explain)
EXERCISE = Exercise(stars=3, judge=JUDGE, solution=inflate_messages)
