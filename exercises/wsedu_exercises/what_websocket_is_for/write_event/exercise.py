"""Write a server-sent event."""

from __future__ import annotations

import random

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch


def sse(number: int, text: str) -> bytes:
    """A line for the id, one for each line of the text, and an empty one."""
    lines = [f"id: {number}"]
    for line in text.split("\n"):
        lines.append(f"data: {line}")
    return "\n".join(lines).encode() + b"\n\n"


def events(stream: bytes) -> list[tuple[str, str]]:
    """What a page hears of a stream: the id and the text of each event (WHATWG HTML, 9.2.6)."""
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


def heard(number: int, text: str) -> tuple[str, str]:
    """What a page should hear."""
    return str(number), text


def cases(chance: random.Random) -> list[Args]:
    """One line, several, an empty one, blanks at the edge, other alphabets; then random ones."""
    cases = [(1, "one tea"), (2, "one tea\ntwo teas"), (3, ""), (4, " x"), (5, "x\n"), (6, "\n\n")]
    cases += [(7, "چای"), (8, "data: no"), (9, "👋\n:a")]
    for _case in range(how_many(15)):
        cases.append((chance.randrange(1000), "".join(chance.choices("ab: é\n", k=9))))
    return cases


EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases,
        sse,
        bytes,
        section="RFC 6202 2; WHATWG HTML 9.2.6",
        nearest=lambda args, got: got if events(got) == [heard(*args)] else sse(*args),
    ),
    solution=sse,
    wrong={
        "no-empty-line": patch('b"\\n\\n"', 'b"\\n"'),
        "the-id-is-missing": patch('lines = [f"id: {number}"]', "lines = []"),
        "the-text-stands-alone": patch('f"data: {line}"', "line"),
        "several-lines-in-one-field": patch('text.split("\\n")', "[text]"),
        "the-last-empty-line-is-dropped": patch('text.split("\\n")', "text.splitlines()"),
        "no-space-after-the-colon": patch('f"data: {line}"', 'f"data:{line}"'),
    },
)
