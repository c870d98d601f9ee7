"""Causes in messages: WebSocket did its work, and what it carries is not what was meant.

How to think about it: these messages are legal, so no rule is broken and no library complains. Only
the other program does, with "invalid JSON" for example. What a message says shows how it was made.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from ...protocol import Binary, Opcode, Text, read_header
from ...said import Said
from ..units import Unit
from .case import Case, finding, whose
from .findings import Finding

LONGEST = 2**16  # characters of a message that are looked at
MOST = 1000  # messages of a recording that are looked at

_OBJECT = re.compile(r"\[object [A-Z]\w+\]")
_OF_PYTHON = re.compile(
    r"<(?:coroutine|function|generator) .* at 0x[0-9a-f]+>|<\S+ object at 0x[0-9a-f]+>"
)
_BYTES = re.compile(r"""(?:bytearray\()?b(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)?""")
_DICT = re.compile(r"""[{\[]\s*['{\[(]|\{\}""")


def _texts(case: Case) -> Iterator[tuple[Unit, str]]:
    """The text messages, as far as they are looked at."""
    units = (unit for unit in case.seen.units if isinstance(unit.message, Text))
    for unit in islice(units, MOST):
        if isinstance(unit.message, Text) and 0 < len(unit.message.text) <= LONGEST:
            yield unit, unit.message.text


def _first(case: Case, fits: Callable[[str], object]) -> Unit | None:
    """The first text message of that kind."""
    return next((unit for unit, text in _texts(case) if fits(text)), None)


def bytes_as_text(case: Case) -> Finding | None:
    """``str(b"...")`` instead of ``.decode()``."""
    if (unit := _first(case, _BYTES.fullmatch)) is None:
        return None
    return finding(Said("doctor.bytes-as-text", side=whose(unit.sender)), case.payload(unit))


def object_object(case: Case) -> Finding | None:
    """``send(object)`` in JavaScript, which turns the object into a useless string."""
    if (unit := _first(case, _OBJECT.fullmatch)) is None:
        return None
    return finding(Said("doctor.object-object", side=whose(unit.sender)), case.payload(unit))


def object_of_python(case: Case) -> Finding | None:
    """``str()`` of a coroutine or an object."""
    if (unit := _first(case, _OF_PYTHON.fullmatch)) is None:
        return None
    return finding(Said("doctor.python-object", side=whose(unit.sender)), case.payload(unit))


def dict_of_python(case: Case) -> Finding | None:
    """``str(dict)`` instead of ``json.dumps``: single quotes, True, None."""

    def fits(text: str) -> bool:
        if not _DICT.match(text) or _json(text) is not None:
            return False
        value = _literal(text)
        return isinstance(value, (dict, list)) and bool(value)

    if (unit := _first(case, fits)) is None:
        return None
    said = Said("doctor.python-dict", side=whose(unit.sender))
    return finding(said, case.payload(unit), "RFC 8259 7")


def json_twice(case: Case) -> Finding | None:
    """JSON in a string of JSON."""

    def fits(text: str) -> bool:
        inner = _json(text) if text[0] == '"' else None
        return isinstance(inner, str) and isinstance(_json(inner), (dict, list))

    if (unit := _first(case, fits)) is None:
        return None
    return finding(Said("doctor.json-twice", side=whose(unit.sender)), case.payload(unit))


def nul_after_json(case: Case) -> Finding | None:
    """The byte 0 that ends a string in C was sent as well."""

    def fits(text: str) -> bool:
        ends = text[-1] == "\0" and text[0] in '{["'
        return ends and _json(text.rstrip("\0")) is not None

    if (unit := _first(case, fits)) is None:
        return None
    return finding(Said("doctor.nul-at-the-end", side=whose(unit.sender)), case.payload(unit))


def frame_in_a_message(case: Case) -> Finding | None:
    """A frame that was given to ``send`` of a library, which puts a frame around it."""
    for unit in case.seen.units[: MOST * 10]:
        if not isinstance(unit.message, Binary):
            continue
        data = unit.message.data
        header = read_header(data)
        if header is None or header.size + header.length != len(data) or data[0] & 0x70:
            continue
        if header.fin and header.opcode in (Opcode.TEXT, Opcode.CLOSE, Opcode.PING, Opcode.PONG):
            said = Said("doctor.frame-in-a-message", side=whose(unit.sender))
            return finding(said, case.payload(unit), "5.2")
    return None


def engine_ping_unanswered(case: Case) -> Finding | None:
    """Engine.IO has Pings of its own, as text: "2" asks for "3". The server gives up without it."""
    texts = list(_texts(case))
    opened = [unit for unit, text in texts if text.startswith('0{"sid":"')]
    pings = [unit for unit, text in texts if text == "2" and unit.sender == "server"]
    pongs = [unit for unit, text in texts if text == "3" and unit.sender == "client"]
    if not opened or not pings or (pongs and pongs[-1].arrived > pings[-1].arrived):
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


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text) if len(text) < 2**12 else None
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


FIRST_CAUSES = (engine_no_packet, engine_ping_unanswered)
CAUSES = (
    bytes_as_text,
    object_object,
    object_of_python,
    dict_of_python,
    json_twice,
    nul_after_json,
    frame_in_a_message,
)
