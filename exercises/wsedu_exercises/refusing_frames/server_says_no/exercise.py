"""The learner's server with its first refusals: clients break a rule, and kosoku counts."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import functools

from wsedu.course.cases import matching
from wsedu.course.exercise import Exercise
from wsedu.course.learner_server import own_server
from wsedu.protocol import Opcode

from ...changed import changed
from ...ping_pong_and_timeouts.own_server import conversations
from ...ping_pong_and_timeouts.own_server.later import grown
from ...refusals import Refusal, accepts, exactly, frame, refuses, together, unmasked

MORE = ("validate", "check_length")
KEY = b"\0\0\0\0"  # a masking key

# The others need messages that are put together (lesson 10), or UTF-8 that is checked (11).
GROUPS = "1.* 2.* 3.* 4.* 6.1.* 6.2.* 6.5.* 6.7.* 6.9.* 6.11.* 6.22.* 6.23.* 7.*"
CASES = [case for case in matching(GROUPS.split()) if case != "6.11.5"]

REFUSALS = (
    Refusal("not-masked", unmasked(b"Hello")),
    Refusal("rsv1", frame(Opcode.TEXT, b"Hello", rsv=4)),
    Refusal("rsv2", frame(Opcode.TEXT, b"Hello", rsv=2)),
    Refusal("rsv3", frame(Opcode.BINARY, b"Hello", rsv=1)),
    Refusal("rsv-in-ping", frame(Opcode.PING, b"Hello", rsv=7)),
    Refusal("opcode-3", frame(3, b"Hello")),
    Refusal("opcode-7", frame(7, b"Hello")),
    Refusal("opcode-11", frame(11, b"Hello")),
    Refusal("opcode-15", frame(15, b"Hello")),
    Refusal("ping-in-fragments", frame(Opcode.PING, b"Hello", fin=False)),
    Refusal("close-in-fragments", frame(Opcode.CLOSE, b"\x03\xe8", fin=False), taken=1000),
    Refusal("long-ping", frame(Opcode.PING, bytes(126))),
    Refusal("long-close", frame(Opcode.CLOSE, b"\x03\xe8" + b"r" * 124), taken=1000),
    Refusal("not-shortest", exactly(b"\x82\xfe\0\x7d" + KEY + bytes(125))),
    Refusal("not-shortest-64", exactly(b"\x82\xff" + (65535).to_bytes(8, "big") + KEY)),
    Refusal("top-bit", exactly(b"\x82\xff" + (2**63).to_bytes(8, "big") + KEY), (1002, 1009)),
    Refusal("too-large", exactly(b"\x82\xff" + (2**40).to_bytes(8, "big") + KEY), (1009,)),
    Refusal(
        "after-a-message",
        together(frame(Opcode.TEXT, b"Hello"), frame(Opcode.TEXT, b"lo", rsv=4)),
        before=b"Hello",
    ),
    Refusal(
        "before-a-message",
        together(frame(3, b"Hello"), frame(Opcode.TEXT, b"Hello")),
    ),
)


BIG = bytes(65536)

RIGHT = (
    accepts("refuses-long-ping", frame(Opcode.PING, bytes(125)), bytes(125), Opcode.PONG),
    accepts(
        "refuses-fragments",
        together(frame(Opcode.TEXT, b"Hel", fin=False), frame(Opcode.CONTINUATION, b"lo")),
        b"Hello",
    ),
    accepts("refuses-pong", together(frame(Opcode.PONG, b"unasked"), frame(1, b"Hello")), b"Hello"),
    accepts("refuses-126", frame(Opcode.BINARY, bytes(126)), bytes(126), Opcode.BINARY),
    accepts("refuses-65536", frame(Opcode.BINARY, BIG), BIG, Opcode.BINARY),
)


async def serve(reader, writer):
    """Eleven pieces, yours where you have them."""
    await own_server(until="server-says-no", quiet=True)(reader, writer)


RESERVED = "if opcode not in (0, 1, 2, 8, 9, 10):"
FRAGMENT = "if opcode >= 8 and data[0] < 128:"
LONG = "if opcode >= 8 and data[1] & 127 > 125:"
NO_MASK = "if data[1] < 128:  # not masked"
STAYS = "            self.over = True\n            reply += self"

wrong = functools.partial(changed, more=MORE)  # the server of this lesson, changed

WRONG = {
    "not-masked/never-says-no": wrong(("(code := self.pieces[piece](*args))", "False")),
    "not-masked": wrong((NO_MASK, "if False:")),
    "rsv1": wrong(("data[0] & 0x70:", "data[0] & 0x30:")),
    "rsv2": wrong(("data[0] & 0x70:", "data[0] & 0x50:")),
    "rsv3": wrong(("data[0] & 0x70:", "data[0] & 0x60:")),
    "rsv-in-ping": wrong(("data[0] & 0x70:", "data[0] & 0x70 and opcode < 8:")),
    "opcode-3": wrong((RESERVED, "if opcode > 10:")),
    "opcode-7": wrong((RESERVED, RESERVED.replace("10)", "10, 7)"))),
    "opcode-11": wrong((RESERVED, "if opcode in (3, 4, 5, 6, 7):")),
    "opcode-15": wrong((RESERVED, RESERVED.replace("10)", "10, 15)"))),
    "ping-in-fragments": wrong((FRAGMENT, "if False:")),
    "close-in-fragments": wrong((FRAGMENT, FRAGMENT.replace("opcode >= 8", "opcode == 9"))),
    "long-ping": wrong((LONG, "if False:")),
    "long-close": wrong((LONG, LONG.replace("opcode >= 8", "opcode == 9"))),
    "not-shortest": wrong(("if length < shortest or", "if")),
    "not-shortest-64": wrong(("shortest, size = 2**16, 10", "shortest, size = 126, 10")),
    "too-large": wrong(("return 1009 if length > limit else None", "return None")),
    "too-large/after": wrong(
        ("return 1009 if length > limit else None", "return None if length > limit else None")
    ),
    "keeps-tcp": wrong((STAYS, STAYS.replace("True", "False"))),
    "refuses-long-ping": wrong((LONG, LONG.replace("125", "124"))),
    "refuses-pong": wrong((RESERVED, RESERVED.replace(", 10)", ")"))),
    "refuses-fragments": wrong((FRAGMENT, "if data[0] < 128:")),
    "refuses-126": wrong(("shortest, size = 126, 4", "shortest, size = 127, 4")),
    "refuses-65536": wrong(("shortest, size = 2**16, 10", "shortest, size = 2**16 + 1, 10")),
}

EXERCISE = Exercise(
    stars=3,
    judge=grown(
        conversations.echoes, *RIGHT, refuses(*REFUSALS), section="5.2; 5.5; 7.1.7", cases=CASES
    ),
    solution=serve,
    wrong=WRONG,
    seconds=60,
)
