"""Write a server-sent event."""

from __future__ import annotations

import random
from collections.abc import Callable

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args


def sse(number: int, text: str) -> bytes:
    """A line for the id, one for each line of the text, and an empty one."""
    lines = [f"id: {number}"]
    for line in text.split("\n"):
        lines.append(f"data: {line}")
    return "\n".join(lines).encode() + b"\n\n"


def events(stream: bytes) -> list[tuple[str, str]]:
    """What a page reads in a stream: the id and the text of each event (WHATWG HTML, 9.2.6)."""
    found: list[tuple[str, str]] = []
    last_id, data = "", list[str]()
    for line in stream.decode(errors="replace").replace("\r\n", "\n").split("\n")[:-1]:
        field, _colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                found.append((last_id, "\n".join(data)))
            data = []
        elif field == "data":
            data.append(value)
        elif field == "id":
            last_id = value
    return found


def _nearest(args: Args, got: bytes) -> bytes:
    """The event, if a page reads it as it was meant, and it has no other lines."""
    number, text = args
    fields = {line.partition(b":")[0] for line in got.split(b"\n")}
    plain = b"\r" not in got and fields <= {b"id", b"data", b""}
    return got if plain and events(got) == [(str(number), text)] else sse(number, text)


def cases(chance: random.Random) -> list[Args]:
    """One line, several, empty ones, spaces at the edges, other alphabets; then random texts."""
    found: list[Args] = [
        (1, "one tea"),
        (2, "one tea\ntwo teas"),
        (3, ""),
        (4, " x"),
        (5, "x\n"),
        (6, "\n\n"),
    ]
    found += [(7, "چای"), (8, "data: no"), (9, "👋\n:a"), (10, "x "), (11, "a b\n c \n\nd")]
    found += [(12, "\nx"), (255, "é"), (0, "id: 3\ndata"), (13, "  two"), (14, "a\nb\nc\nd")]
    found += [(15, "a\u2028b"), (16, "a\x0bb")]  # line ends for Python alone
    for _case in range(how_many(15)):
        found.append((chance.randrange(1000), "".join(chance.choices("ab: é\n", k=9))))
    return found


CONDITIONS: dict[str, Callable[[int, str], bool]] = {
    "one-line": lambda number, text: "\n" not in text,
    "several": lambda number, text: "\n" in text,
    "empty": lambda number, text: not text,
    "empty-lines": lambda number, text: "" in text.split("\n"),
    "ends": lambda number, text: text.endswith("\n"),
    "spaces": lambda number, text: any(line != line.strip() for line in text.split("\n")),
    "colon": lambda number, text: ":" in text,
    "not-ascii": lambda number, text: not text.isascii(),
}

EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        sse,
        bytes,
        section="RFC 6202 2; WHATWG HTML 9.2.6",
        nearest=_nearest,
        conditions=CONDITIONS,
    ),
    solution=sse,
)
