"""Causes in messages: WebSocket did its work, and what it carries is not what was meant.

How to think about it: these messages are legal, so no rule is broken and no library complains. Only
the other program does, with "invalid JSON" for example. What a message says shows how it was made.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from ...protocol import Binary, Frame, Opcode, Text, is_sendable, read_layout
from ...said import Said
from ..frames import FrameUnit
from ..readable import json_value
from .case import Case, Cause, finding, is_readable, whose
from .findings import Finding

LONGEST = 2**16  # characters of a message that are looked at
MOST = 1000  # messages of a recording that are looked at

_OBJECT = re.compile(r"\[object [A-Z]\w+\]")  # ``send(object)`` in JavaScript
# ``str()`` of a coroutine or another object.
_OF_PYTHON = re.compile(
    r"<(?:coroutine|function|generator) .* at 0x[0-9a-f]+>|<\S+ object at 0x[0-9a-f]+>"
)
# ``str(b"...")`` instead of ``.decode()``.
_BYTES = re.compile(r"""(?:bytearray\()?b(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)?""")
_DICT = re.compile(r"""[{\[]\s*['{\[(]|\{\}""")


def _texts(case: Case) -> Iterator[tuple[FrameUnit, str]]:
    """The text messages, as far as they are looked at."""
    messages = ((unit, unit.message) for unit in case.all_frames)
    texts = ((unit, message.text) for unit, message in messages if isinstance(message, Text))
    return ((unit, text) for unit, text in islice(texts, MOST) if 0 < len(text) <= LONGEST)


def _of_text(
    fits: Callable[[str], object], say: Callable[[Said], Said], section: str = ""
) -> Cause:
    """The cause that is to be named if a text message fits: ``say`` makes its sentence."""

    def find(case: Case) -> Finding | None:
        unit = next((unit for unit, text in _texts(case) if fits(text)), None)
        if unit is None:
            return None
        return finding(say(whose(unit.sender)), case.payload(unit), section)

    return find


def _is_dict(text: str) -> bool:
    """``str(dict)`` instead of ``json.dumps``: single quotes, True, None."""
    if not _DICT.match(text) or json_value(text) is not None:
        return False
    value = _literal(text)
    return isinstance(value, (dict, list)) and bool(value)


def _is_json_twice(text: str) -> bool:
    """JSON in a string of JSON."""
    inner = json_value(text) if text[0] == '"' else None
    return isinstance(inner, str) and isinstance(json_value(inner), (dict, list))


def _has_nul_after_json(text: str) -> bool:
    """The byte 0 that ends a string in C was sent as well."""
    ends = text[-1] == "\0" and text[0] in '{["'
    return ends and json_value(text.rstrip("\0")) is not None


def frame_in_a_message(case: Case) -> Finding | None:
    """A frame that was given to ``send`` of a library, which puts a frame around it."""
    for unit in case.all_frames[: MOST * 10]:
        if not isinstance(unit.message, Binary):
            continue
        inner = read_layout(unit.message.data)
        if inner is None or inner.truncated or len(inner.span) != len(unit.message.data):
            continue
        if _is_likely(inner.frame):
            said = Said("doctor.frame-in-a-message", side=whose(unit.sender))
            return finding(said, case.payload(unit), "5.2")
    return None


def _is_likely(frame: Frame) -> bool:
    """Whether bytes can hardly be such a frame by chance: those of MessagePack begin alike."""
    if not frame.fin or frame.rsv1 or frame.rsv2 or frame.rsv3:
        return False
    if frame.opcode == Opcode.CLOSE:
        code = int.from_bytes(frame.payload[:2])
        return not frame.payload or (is_sendable(code) and is_readable(frame.payload[2:]))
    return frame.opcode in (Opcode.TEXT, Opcode.PING, Opcode.PONG) and is_readable(frame.payload)


def engine_ping_unanswered(case: Case) -> Finding | None:
    """Engine.IO has Pings of its own, as text: "2" asks for "3". The server gives up without it."""
    texts = list(_texts(case))
    opened = [unit for unit, text in texts if text.startswith('0{"sid":"')]
    pings = [unit for unit, text in texts if text == "2" and unit.sender == "server"]
    pongs = [unit for unit, text in texts if text == "3" and unit.sender == "client"]
    if not opened or not pings or (pongs and pongs[-1].arrived > pings[-1].arrived):
        return None
    if case.recording.dropped:
        return None
    if (end := case.first_close) is None or end.sender == "client":
        return None
    evidence = case.payload(opened[0]) + case.payload(pings[-1])
    return finding(Said("doctor.engine-ping-unanswered"), evidence)


def engine_no_packet(case: Case) -> Finding | None:
    """A message to Engine.IO that does not begin with the number of a type: the server closes."""
    texts, close = list(_texts(case)), case.close("server")
    opened = [unit for unit, text in texts if text.startswith('0{"sid":"')]
    wrong = [u for u, text in texts if u.sender == "client" and text[0] not in "0123456b"]
    if not opened or opened[0].sender != "server" or not wrong or close is None:
        return None
    evidence = case.payload(opened[0]) + case.payload(wrong[0])
    return finding(Said("doctor.engine-no-packet"), evidence)


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text) if len(text) < 2**12 else None
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


FIRST_CAUSES = (engine_no_packet, engine_ping_unanswered)
CAUSES = (
    _of_text(_BYTES.fullmatch, lambda side: Said("doctor.bytes-as-text", side=side)),
    _of_text(_OBJECT.fullmatch, lambda side: Said("doctor.object-object", side=side)),
    _of_text(_OF_PYTHON.fullmatch, lambda side: Said("doctor.python-object", side=side)),
    _of_text(_is_dict, lambda side: Said("doctor.python-dict", side=side), "RFC 8259 7"),
    _of_text(_is_json_twice, lambda side: Said("doctor.json-twice", side=side)),
    _of_text(_has_nul_after_json, lambda side: Said("doctor.nul-at-the-end", side=side)),
    frame_in_a_message,
)
