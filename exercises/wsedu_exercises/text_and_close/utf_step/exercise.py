"""Check UTF-8 by hand, one byte a step."""

from __future__ import annotations

import functools
import inspect
import random
import types
from collections.abc import Callable, Iterator
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, Results, how_many
from wsedu.course.mistakes import Args, Function

from ...closes import is_utf8
from ..utf8 import BY_ROWS, FAULTS, fault, parts, unfinished


def utf8_step(state: tuple[int, int, int] | None, byte: int) -> tuple[int, int, int] | None:
    """The next state: None, or how many bytes are missing, and the borders of the next one."""
    if state is not None:
        missing, least, most = state
        if not least <= byte <= most:
            raise ValueError("this byte does not continue the character")
        return (missing - 1, 0x80, 0xBF) if missing > 1 else None
    if byte <= 0x7F:
        return None
    if 0xC2 <= byte <= 0xDF:
        return 1, 0x80, 0xBF
    if 0xE0 <= byte <= 0xEF:
        least = 0xA0 if byte == 0xE0 else 0x80  # otherwise overlong
        most = 0x9F if byte == 0xED else 0xBF  # otherwise a surrogate
        return 2, least, most
    if 0xF0 <= byte <= 0xF4:
        least = 0x90 if byte == 0xF0 else 0x80  # otherwise overlong
        most = 0x8F if byte == 0xF4 else 0xBF  # otherwise above U+10FFFF
        return 3, least, most
    raise ValueError("no character begins with this byte")


BETWEEN, WITHIN, REFUSED, RETURNED = "None", "a state", "ValueError", "an error as a state"
DECODED = Did("used a decoder of Python's")
DECODERS = {"decode", "codecs", "getincrementaldecoder", "utf_8_decode", "utf-8", "utf8", "UTF-8"}


class Octets(bytes):
    """Some bytes, as a verdict shows them."""

    def __repr__(self) -> str:
        return f"the bytes {self.hex(' ')}" if self else "no bytes"


class Walk(tuple[str, ...]):
    """What came after each byte: None between two characters, a state within one, or ValueError.

    returned: None if the function returned nothing else, as if it printed its result
    """

    returned: Any = None

    def __repr__(self) -> str:
        return f"({', '.join(self)})"


def through_a_text(step: Function) -> Function:
    """The function, called with one byte of a text after another; its own states are its affair."""
    step = step.__wrapped__  # type: ignore[attr-defined]  # a state stays what it is
    is_async = inspect.iscoroutinefunction(step)

    async def walk(text: bytes) -> Any:
        said, state = list[str](), None
        for byte in text:
            try:
                state = step(state, byte)
                state = await state if is_async else state
            except ValueError:
                said.append(REFUSED)
                break
            if state is ... or inspect.isgenerator(state):
                return state
            if inspect.isclass(state) or isinstance(state, Exception):
                said.append(RETURNED)
                break
            said.append(BETWEEN if state is None else WITHIN)
        walked = Walk(said)
        walked.returned = None if {*said} <= {BETWEEN} else "states"
        return walked

    def at_once(text: bytes) -> Any:
        if DECODERS & {*_names(getattr(step, "__code__", None))}:
            return DECODED
        if is_async:
            return walk(text)
        try:
            walk(text).send(None)
        except StopIteration as end:
            return end.value

    return at_once


def _names(code: types.CodeType | None) -> Iterator[str]:
    """What a function's code calls by name, also in a string."""
    if code:
        yield from code.co_names
        yield from (text for text in code.co_consts if isinstance(text, str))
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                yield from _names(constant)


ENDS = [fill * size for size in range(4) for fill in (b"\x80", b"\xbf")]


@functools.lru_cache(4096)
def reference(text: bytes) -> Walk:
    """The same with Python's decoder: bytes are legal as long as it decodes some end of them."""
    said: list[str] = []
    for end in range(1, len(text) + 1):
        if not any(is_utf8(text[:end] + more) for more in ENDS):
            said.append(REFUSED)
            break
        said.append(BETWEEN if is_utf8(text[:end]) else WITHIN)
    return Walk(said)


def cases(chance: random.Random) -> list[Args]:
    """The bytes of the last exercise, one after another; then characters drawn by chance."""
    found = [b"a", b""]
    found += [tail + data for tail, data in parts(chance) if len(data) < 40]
    found += ["Grüße 👋".encode() * 4, bytes(range(128))]
    for _case in range(how_many(30)):
        character = chr(chance.choice([chance.randrange(0x800), chance.randrange(0xD800)]))
        plane = chr(chance.randrange(0xE000, 0x110000))
        found.append((character + plane).encode()[: chance.choice([2, 3, 9])])
        found.append(bytes([chance.randrange(256), chance.randrange(128, 192)]))
    found.append(b"a\xe2\x82")  # the last one leaves a state that is not None
    return [(Octets(text),) for text in dict.fromkeys(found)]


def _fault(*kinds: str) -> Callable[[bytes], bool]:
    return lambda text: fault(text) in kinds


CONDITIONS: dict[str, Callable[[bytes], bool]] = {
    "refused": lambda text: bool(fault(text)),
    "allowed": lambda text: not fault(text),
    "finished": lambda text: unfinished(text) == b"",
    "unfinished": lambda text: bool(unfinished(text)),
    "ascii": bytes.isascii,
    "not-ascii": lambda text: not text.isascii() and not fault(text),
    "one": lambda text: len(text) == 1,
    "zero": lambda text: b"\0" in text and not fault(text),
    **{name: _fault(*kinds) for name, kinds in FAULTS.items()},
    "two": lambda text: not fault(text) and any(0xC2 <= byte <= 0xDF for byte in text),
    "three": lambda text: not fault(text) and any(0xE0 <= byte <= 0xEF for byte in text),
    "four": lambda text: not fault(text) and any(0xF0 <= byte for byte in text),
    "e0": lambda text: b"\xe0" in text,
    "ed": lambda text: b"\xed" in text,
    "f0": lambda text: b"\xf0" in text,
    "f4": lambda text: b"\xf4" in text,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right at the first byte that is judged wrongly, if no mistake fits."""
    say, (text,) = exercise.words.say, args
    both = enumerate(zip(reference(text), got, strict=False))
    at = next(number for number, (right, found) in both if right != found)
    byte, rest = f"{text[at]:02x}", unfinished(text[: at + 1])
    if got[at] == RETURNED:
        return say("returned", byte=byte, number=at)
    if rest is None:
        return say("refused", byte=byte, number=at)
    if rest:
        return say("within", byte=byte, number=at)
    return say("between", byte=byte, number=at)


def show(args: Args, got: Any) -> dict[str, Any]:
    """What came after each byte, beside what should."""
    if isinstance(got, Did):
        return {"case": ""}
    return {"case": f"{args[0]!r}: got {got!r}, expected {reference(args[0])!r}"}


def one_byte(check_text: Function, between: Any = None) -> Function:
    """An answer to the last exercise as one to this; its state is what has come."""

    def utf8_step(state: Any, byte: int) -> Any:
        return check_text(state or b"", bytes([byte])) or between

    return utf8_step


EXERCISE = Exercise(
    stars=4,
    judge=Cases(cases, reference, Walk, through=through_a_text, section="8.1; RFC 3629 4").telling(
        conditions=CONDITIONS, explain=explain, show=show
    ),
    solution=utf8_step,
    wrong={name: one_byte(check_text) for name, check_text in BY_ROWS.items()}
    | {f"never-none/{name}": one_byte(BY_ROWS[name], 0) for name in ("second-byte", "bits-only")},
)
