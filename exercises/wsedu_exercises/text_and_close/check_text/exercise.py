"""Check a text that comes in parts, cut anywhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Did, Results, how_many, refusing
from wsedu.course.mistakes import Args

from ...server import check_text
from ..utf8 import EARLY, FAULTS, LAX, ROWS, STRICT, fault, unfinished


def reference(tail: bytes, data: bytes) -> Any:
    """What the standard's grammar says, which is no decoder."""
    rest = unfinished(tail + data)
    return Did("raised ValueError") if rest is None else rest


# The beginning of a text, and what comes next; both in hex.
PARTS = """
/ 61/ /61 /c3 c3/a9 c3/ /c3a9 /e2 /e282 e2/82 e282/ac e2/ e282/ /e282ac e2/82ac e282/ace2
/f0 /f09f /f09f91 f0/9f f09f/91 f09f91/8b f0/9f91 f09f/918b f0/9f918b f0/ f09f/ f09f91/ /f09f918b
f09f91/8bf0 f09f91/8bf09f c3/a961 c3/a9c3 e282/ac61e282 /61e2 /61f09f91 c3/a9c3a9 /c3a961 /61c3a9
/00 /0000 /61006200 00/ /7f /c280 /dfbf /df /c2 /e0a080 /e0a0 /e0 e0/a0 e0/bf /e08080 /e09fbf
/ed /ed9f /ed9fbf ed/9f ed9f/bf ed/80 /ed8080 /ee8080 /ee /ee80 /efbfbf /efbfbe /efbf /ef /efbb
/efb790 /efbfbd /efbbbf /efbbbf4869 ef/bbbf efbb/bf /61efbbbf /e1 /e180 /e18080 /ec /ecbf /ecbfbf
/f0908080 /f090 /f09080 f0/90 /f1808080 /f3bfbfbf /f3 /f1 /f4 /f48f /f48fbf /f48fbfbf f4/8f f4/80
/f48fbfbe /ee80a0 /eea080 /f3b08080 /e2808d /f09f87aaf09f87ba /0d0a /1b5b6d /c285 /e280a8
/f09f91a8e2808df09f91a9 /200961 61/62 6100/
/ff /80 /bf /fe /c0 /c1 /c080 /c1bf /e080 /e09f /eda0 /edbf /eda080 /edbfbf /edafbf /f080 /f08f
/f0808080 /f08fbfbf /f490 /f49f /f4bf /f4908080 /f5 /f6 /f7 /f5808080 /f8 /f8888080 /f888808080 /fc
/fd /fc8480808080 /fb /c328 /e228 /e28228 /f028 /f09f28 /f09f9128 /e974 /e9 /c3c3 /c361 /e2e2
/e282e2 /c3c3a9 /e282c3a9 /f09f91c3a9 /fffe /feff0061 /a9 /c37f /c3c0 /e27f /e2c0 /e2827f /e282c0
/f09f917f /f09f91c0 /c27f /c2c0 /eda0bdedb18b /eda0bd /61ff /ff61 /6180 /61eda0 /61c3 /61c328 /8061
/61c080 c3/28 c3/c3 c3/ff c3/c0 c3/7f e2/28 e2/e2 e0/80 e0/9f ed/a0 ed/bf ed/a080 ed9f/28 ed9f/c0
f0/80 f0/8f f4/90 f4/bf e282/28 e282/e282 e282/e282ac f09f/28 f09f/f0 f09f91/28 f09f91/f0
f09f91/f09f918b c3/a9ff c3/a980 e2/82acff f09f91/8b80 c3/a9eda0 c3/a9ed c3/a9e080 e282/ace2ff
f0/9fff c3/6180 c3/a9c328 /c3a9c328 /c3a9c3a9ff /e282ace282ac80 /f09f918bf09f918b80
"""


def cases(chance: random.Random) -> list[Args]:
    """Characters cut anywhere, borders, what is not UTF-8; then long texts, and random ones."""
    found: list[Args] = []
    for part in PARTS.split():
        tail, data = map(bytes.fromhex, part.split("/"))
        start = unfinished(tail) or b""  # a tail is nothing but an unfinished character
        found.append((start, data))
    long = "Grüße 👋 ".encode() * 40
    found += [(b"", long), (b"", long + b"\xe2\x82"), (b"", long + b"\xff"), (b"", long + b"\xff!")]
    found += [(b"", b"\xff" + long), (b"\xc3", b"\xa9" + long + b"\xed\xa0"), (b"\xc3", long)]
    found += [(b"", b"x" * size + b"\xff" + b"x" * 99) for size in (26, 200)]
    found += [(b"", b"x" * 125 + b"\xc3"), (b"", b"x" * 300)]
    for _case in range(how_many(30)):
        text = "".join(chance.choices("abé€👋\ud7ff\ufeff\0", k=chance.randint(1, 6))).encode()
        cut, end = sorted(chance.choices(range(len(text) + 1), k=2))
        data = text[cut : chance.choice([end, len(text)])]
        if chance.random() < 0.3:
            at = chance.randrange(len(data) + 1)
            data = data[:at] + chance.choice([b"\xff", b"\x80", b"\xed\xa0", b"a"]) + data[at:]
        found.append((unfinished(text[:cut]) or b"", data))
    return list(dict.fromkeys(found))


def what(got: Any) -> Any:
    """The result; an error that was returned is one, whatever its words are."""
    return "an error" if isinstance(got, Exception) else got


def _in_all(holds: Callable[[bytes], bool]) -> Callable[[bytes, bytes], bool]:
    """Whether something holds for all that has come."""
    return lambda tail, data: holds(tail + data)


def _fault(*kinds: str) -> Callable[[bytes, bytes], bool]:
    return _in_all(lambda data: fault(data) in kinds)


CONDITIONS: dict[str, Callable[..., bool]] = {
    "no-tail": lambda tail, data: not tail,
    "tail": lambda tail, data: bool(tail),
    "no-data": lambda tail, data: not data,
    "tail-no-data": lambda tail, data: bool(tail) and not data,
    "goes-on": lambda tail, data: bool(tail and data and unfinished(tail + data[:1])),
    "long-tail": lambda tail, data: len(tail) > 1,
    "refused": _in_all(lambda data: bool(fault(data))),
    "allowed": _in_all(lambda data: not fault(data)),
    "finished": _in_all(lambda data: unfinished(data) == b""),
    "unfinished": _in_all(lambda data: bool(unfinished(data))),
    "unfinished-2": _in_all(lambda data: len(unfinished(data) or b"") > 1),
    "unfinished-3": _in_all(lambda data: len(unfinished(data) or b"") == 3),
    "refused-in-tail": lambda tail, data: bool(tail and fault(tail + data[: 4 - len(tail)])),
    "refused-later": lambda tail, data: bool(
        fault(tail + data) and not fault(tail + data[: 4 - len(tail)])
    ),
    **{name: _fault(*kinds) for name, kinds in FAULTS.items()},
    "waiting": _in_all(lambda data: bool(fault(data) and not fault(data[:-1])) and len(data) < 4),
    "zero": _in_all(lambda data: b"\0" in data and not fault(data)),
    "mark": _in_all(lambda data: b"\xef\xbb\xbf" in data),
    "four": _in_all(lambda data: not fault(data) and any(byte >= 0xF0 for byte in data)),
    "not-ascii": _in_all(lambda data: not fault(data) and not data.isascii()),
    "long": lambda tail, data: len(data) > 120,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    say, data = exercise.words.say, args[0] + args[1]
    rest = unfinished(data)
    if rest is None:
        return say("refused")
    if rest:
        return say("unfinished", rest=rest.hex(" "))
    return say("finished")


def by_rows(rows: str, beginnings: str = "") -> Callable[[bytes, bytes], bytes]:
    """An answer by hand, with other rows than the standard's."""

    def check_text(tail: bytes, data: bytes) -> bytes:
        rest = unfinished(tail + data, rows, beginnings)
        if rest is None:
            raise ValueError
        return rest

    return check_text


BY_ROWS = {name: by_rows(rows) for name, rows in (LAX | STRICT).items()}
BY_ROWS |= {name: by_rows(ROWS, beginnings) for name, beginnings in EARLY.items()}

EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases,
        reference,
        lambda got: isinstance(got, (bytes, Did)),
        section="8.1; RFC 3629 4",
        what=what,
        conditions=CONDITIONS,
        explain=explain,
        through=refusing,
    ),
    solution=check_text,
    wrong=BY_ROWS,
    piece="check_text",
)
