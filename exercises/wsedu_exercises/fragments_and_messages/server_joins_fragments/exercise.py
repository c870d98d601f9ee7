"""The learner's server puts messages together: clients send fragments, and kosoku counts."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import functools

from wsedu.course.cases import matching
from wsedu.course.clients import Call
from wsedu.course.exercise import Exercise
from wsedu.course.learner_server import own_server
from wsedu.course.raw_client import Complaint
from wsedu.protocol import Opcode

from ...changed import changed
from ...ping_pong_and_timeouts.own_server import conversations
from ...ping_pong_and_timeouts.own_server.later import grown
from ...refusals import Refusal, accepts, exactly, frame, refuses, together

MORE = ("validate", "check_length", "reassemble", "check_size")

# The others need UTF-8 that is checked (lesson 11).
GROUPS = "1.* 2.* 3.* 4.* 5.* 6.1.* 6.2.* 6.5.* 6.7.* 6.9.* 6.11.* 6.22.* 6.23.* 7.* 10.*"
CASES = [case for case in matching(GROUPS.split()) if case != "6.11.5"]

BEGIN = frame(Opcode.TEXT, b"Hel", fin=False)
MORE_OF_IT = frame(Opcode.CONTINUATION, b"", fin=False)
END = frame(Opcode.CONTINUATION, b"lo")
# Only its header: the message would have 16 MiB and 3 bytes.
LARGE = exactly(b"\x80\xff" + (2**24).to_bytes(8, "big") + b"\0\0\0\0")
MANY = [frame(Opcode.CONTINUATION, b"y", fin=False)] * 300

RIGHT = (
    accepts("not-joined", together(BEGIN, END), b"Hello"),
    accepts("no-empty-fragment", together(BEGIN, MORE_OF_IT, END), b"Hello"),
    accepts(
        "no-binary",
        together(frame(Opcode.BINARY, b"\xff", fin=False), frame(Opcode.CONTINUATION, b"\0")),
        b"\xff\0",
        Opcode.BINARY,
    ),
    accepts(
        "no-empty-message",
        together(frame(Opcode.TEXT, fin=False), frame(Opcode.CONTINUATION)),
        b"",
    ),
    accepts("loses-fragments", together(BEGIN, *MANY, END), b"Hel" + b"y" * len(MANY) + b"lo"),
)

REFUSALS = (
    Refusal("continues-nothing", END),
    Refusal("begins-with-continuation", MORE_OF_IT),
    Refusal("text-inside-text", together(BEGIN, frame(Opcode.TEXT, b"lo"))),
    Refusal("binary-inside-text", together(BEGIN, frame(Opcode.BINARY, b"lo"))),
    Refusal("continues-what-has-ended", together(BEGIN, END, END), before=b"Hello"),
    Refusal("too-large-together", together(BEGIN, LARGE), (1009,)),
)


def control_frames_between(call: Call) -> None:
    """A message in fragments that come one by one, with control frames between them."""
    with call.raw() as client:
        client.open()
        client.send(BEGIN(client))
        client.expect_nothing("answers-a-fragment")
        client.send(client.frame(b"between", Opcode.PING))
        client.expect_all("no-pong-between", b"between", opcode=Opcode.PONG)
        client.send(client.frame(b"unasked", Opcode.PONG))
        client.send(MORE_OF_IT(client))
        if came := client.arrived():
            # A Close: the server does not know any more what this fragment continues.
            forgot = came[0] & 0x0F == Opcode.CLOSE
            raise Complaint("lost-between" if forgot else "answers-a-fragment", is_certain=True)
        client.send(END(client))
        client.expect_all("lost-between", b"Hello")
    with call.raw() as client:
        client.open()
        client.send(together(BEGIN, frame(Opcode.CLOSE, b"\x03\xe8"))(client))
        got = client.message()
        if got is None or got.opcode != Opcode.CLOSE:
            raise Complaint("no-close-between", is_certain=True)
        client.expect_end("keeps-tcp")


async def serve(reader, writer):
    """Thirteen pieces, yours where you have them."""
    await own_server(until="server-joins-fragments", quiet=True)(reader, writer)


ASKS = 'if opcode < 8 and "reassemble" in self.pieces:'
FIRST = "if i == 0 and opcode == 0:"
LATER = "if i > 0 and opcode != 0:"
GOES_ON = "if not frames or not frames[-1][0]:"
WHOLE = 'return frames[0][1], b"".join(payload for _fin, _opcode, payload in frames)'
JOINED = "self.frames = [(False, self.frames[0][1], payloads)]"
CLOSE = 'if opcode == 8:\n            self.check("check_close", payload)'
REPLY = 'reply, go_on = self.pieces["answer"](fin, opcode, payload)'

wrong = functools.partial(changed, more=MORE)  # the server of this lesson, changed

WRONG = {
    "answers-a-fragment": wrong((ASKS, "if opcode > 15:")),
    "not-joined": wrong((WHOLE, "return frames[0][1], frames[-1][2]")),
    "no-empty-fragment": wrong((LATER, "if i > 0 and (opcode != 0 or not _payload):")),
    "no-binary": wrong(
        (WHOLE, WHOLE.replace("frames[0][1]", "frames[0][1] if len(frames) < 2 else 1"))
    ),
    "no-empty-message": wrong(
        (GOES_ON, GOES_ON.replace(":", " or len(frames) > 1 and not any(x[2] for x in frames):"))
    ),
    "loses-fragments": wrong((JOINED, JOINED.replace("payloads", "self.frames[0][2]"))),
    "no-pong-between": wrong(
        (REPLY, f"if opcode == 9 and self.frames:\n            return b''\n        {REPLY}")
    ),
    "lost-between": wrong(
        (CLOSE, f"if opcode >= 8:\n            self.frames = []\n        {CLOSE}")
    ),
    "no-close-between": wrong(
        (CLOSE, f"if opcode == 8 and self.frames:\n            return b''\n        {CLOSE}")
    ),
    "continues-nothing": wrong((FIRST, "if False:")),
    "begins-with-continuation": wrong((FIRST, FIRST.replace(":", " and _fin:"))),
    "text-inside-text": wrong((LATER, "if False:")),
    "binary-inside-text": wrong((LATER, "if i > 0 and opcode == frames[0][1]:")),
    "too-large-together": wrong(("if size + length > most_bytes or", "if length > most_bytes or")),
}

EXERCISE = Exercise(
    stars=3,
    judge=grown(
        conversations.echoes,
        *RIGHT,
        control_frames_between,
        refuses(*REFUSALS),
        section="5.4; 7.1.7",
        cases=CASES,
    ),
    solution=serve,
    wrong=WRONG,
    seconds=60,
)
