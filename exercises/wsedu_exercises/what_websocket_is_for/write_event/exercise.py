"""Write a server-sent event."""

from __future__ import annotations

import random

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
    found += [(7, "چای"), (8, "data: no"), (9, "👋\n:a")]
    for _case in range(how_many(15)):
        found.append((chance.randrange(1000), "".join(chance.choices("ab: é\n", k=9))))
    return found


EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        sse,
        bytes,
        section="RFC 6202 2; WHATWG HTML 9.2.6",
        nearest=lambda args, got: got if events(got) == [(str(args[0]), args[1])] else sse(*args),
    ),
    solution=sse,
)
