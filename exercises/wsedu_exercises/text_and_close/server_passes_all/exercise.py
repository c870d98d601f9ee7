"""The learner's whole server: clients send text and Closes, and kosoku counts all 247 cases."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import functools

from wsedu.course.cases import core
from wsedu.course.exercise import Exercise
from wsedu.course.learner_server import own_server
from wsedu.protocol import Opcode

from ...changed import changed
from ...ping_pong_and_timeouts.own_server import conversations
from ...ping_pong_and_timeouts.own_server.later import grown
from ...refusals import Refusal, Sent, accepts, frame, refuses, together

MORE = ("validate", "check_length", "reassemble", "check_size", "check_text", "check_close")

EURO = "€".encode()


def text(data: bytes, *more: bytes, ends: bool = True) -> Sent:
    """A text in as many frames as there are arguments."""
    *parts, last = data, *more
    opcodes = [Opcode.TEXT, *[Opcode.CONTINUATION] * len(more)]
    frames = [frame(opcode, part, False) for opcode, part in zip(opcodes, parts, strict=False)]
    return together(*frames, frame(opcodes[-1], last, ends))


def close(code: int, reason: bytes = b"") -> Sent:
    """A Close with a code."""
    return frame(Opcode.CLOSE, code.to_bytes(2, "big") + reason)


BINARY = accepts("refuses-binary", frame(Opcode.BINARY, b"\xff\xfe"), b"\xff\xfe", Opcode.BINARY)
RIGHT = (
    accepts("refuses-cut-character", text(EURO[:2], EURO[2:]), EURO),
    accepts("refuses-cut-character", text(EURO[:1], b"", EURO[1:2], EURO[2:]), EURO),
    accepts("refuses-four-bytes", text("👋".encode()), "👋".encode()),
    accepts("refuses-last-character", text("\U0010ffff".encode()), "\U0010ffff".encode()),
    accepts(
        "refuses-binary-fragments",
        together(
            frame(Opcode.BINARY, b"\xff", fin=False), frame(Opcode.CONTINUATION, b"\xed\xa0\x80")
        ),
        b"\xff\xed\xa0\x80",
        Opcode.BINARY,
    ),
)

REFUSALS = (
    Refusal("not-utf8", text(b"\xff\xfe"), (1007,)),
    Refusal("continuation-byte", text(b"\x80"), (1007,)),
    Refusal("half-a-character", text(EURO[:2]), (1007,)),
    Refusal("half-then-other", text(EURO[:2], b"a"), (1007,)),
    Refusal("surrogate", text(b"\xed\xa0\x80"), (1007,)),
    Refusal("overlong", text(b"\xc0\x80"), (1007,)),
    Refusal("above", text(b"\xf4\x90\x80\x80"), (1007,)),
    Refusal("waits-for-the-end", text(b"Hel", b"\xff", ends=False), (1007,)),
    Refusal("half-a-code", frame(Opcode.CLOSE, b"\x03")),
    Refusal("code-999", close(999), taken=999),
    Refusal("code-1005", close(1005), taken=0),
    Refusal("code-1006", close(1006), taken=1006),
    Refusal("code-1015", close(1015), taken=1015),
    Refusal("code-2999", close(2999), taken=2999),
    Refusal("code-5000", close(5000), taken=5000),
    Refusal("reason-not-utf8", close(1000, b"\xff"), (1007,), taken=1002),
    Refusal("refuses-1014", close(1014), (1014,), taken=1002),
    Refusal("refuses-3000", close(3000, EURO), (3000,), taken=1002),
)


async def serve(reader, writer):
    """All fifteen pieces, yours where you have them."""
    await own_server(quiet=True)(reader, writer)


DECODER = 'codecs.getincrementaldecoder("utf-8")()'
DECODE = "decoder.decode(tail + data)"
IS_TEXT = "if opcode == 1 or (self.frames and self.frames[0][1] == 1):"
TAIL = "if self.tail:  # the text ends within a character"
EACH = 'self.tail = self.pieces["check_text"](self.tail, text)'
CLOSE = 'self.check("check_close", payload)'
SENDABLE = "if not (1000 <= code <= 1014 or 3000 <= code <= 4999) or"
PARSED = "4999) or code in (1004, 1005, 1006):"
KEY = "def _key("
AT_THE_END = """def _is_text(data):
    try:
        data.decode()
    except ValueError:
        return False
    return True


"""

wrong = functools.partial(changed, more=MORE)  # the whole server, changed

WRONG = {
    "not-utf8": wrong((IS_TEXT, "if False:")),
    "half-a-character": wrong((TAIL, "if False:")),
    "surrogate": wrong((DECODER, DECODER.replace("()", '("surrogatepass")'))),
    "overlong": wrong((DECODE, 'decoder.decode((tail + data).replace(b"\\xc0\\x80", b"?"))')),
    "waits-for-the-end": wrong(
        (IS_TEXT, "if False:"),
        (TAIL, "if message[0] == 1 and not _is_text(message[1]):"),
        (KEY, AT_THE_END + KEY),
    ),
    "refuses-cut-character": wrong((EACH, "text.decode()")),
    "refuses-four-bytes": wrong(
        (EACH, f"if text[:1] > b'\\xef':\n                raise ValueError\n            {EACH}")
    ),
    "refuses-binary": wrong((IS_TEXT, "if opcode < 3:")),
    "code-1005": wrong((CLOSE, "pass"), (PARSED, PARSED.replace("1005, ", ""))),
    "code-1006": wrong((CLOSE, "pass"), (PARSED, PARSED.replace(", 1006", ""))),
    "reason-not-utf8": wrong((CLOSE, "pass")),
    "refuses-1014": wrong((SENDABLE, SENDABLE.replace("1014", "1011"))),
    "refuses-3000": wrong((SENDABLE, SENDABLE.replace("3000", "4000"))),
}

EXERCISE = Exercise(
    stars=3,
    judge=grown(
        BINARY, conversations.echoes, *RIGHT, refuses(*REFUSALS), section="7.4; 8.1", cases=core()
    ),
    solution=serve,
    wrong=WRONG,
    seconds=60,
)
