"""01.5: write a server-sent event."""

from __future__ import annotations

import random

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict


def solution(number: int, text: str) -> bytes:
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


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """One line, several, an empty one, blanks at the edge, other alphabets; then random ones."""
    cases = [(1, "one tea"), (2, "one tea\ntwo teas"), (3, ""), (4, " x"), (5, "x\n"), (6, "\n\n")]
    cases += [(7, "چای"), (8, "data: no"), (9, "👋\n:a")]
    for _case in range(how_many(15)):
        cases.append((chance.randrange(1000), "".join(chance.choices("ab: é\n", k=9))))
    return by_cases(
        attempt,
        cases,
        solution,
        SLIPS,
        called="sse",
        fits=lambda got: isinstance(got, bytes),
        like=_("bytes"),
        passed=_("A page hears all of it."),
        section="RFC 6202 2; WHATWG HTML 9.2.6",
        nearest=lambda args, got: got if events(got) == [heard(*args)] else solution(*args),
    )


SLIPS = (
    Slip(
        "no empty line",
        edited(solution, ('b"\\n\\n"', 'b"\\n"')),
        _("An event ends with an empty line; until it comes, the page goes on waiting."),
    ),
    Slip(
        "the id is missing",
        edited(solution, ('lines = [f"id: {number}"]', "lines = []")),
        _("Without its id the page cannot tell the server, after a break, what it heard last."),
    ),
    Slip(
        "the text stands alone",
        edited(solution, ('f"data: {line}"', "line")),
        _('Begin each line of the text with "data: "; a line without it is not data.'),
    ),
    Slip(
        "several lines in one field",
        edited(solution, ('text.split("\\n")', "[text]")),
        _('Each line of the text needs its own "data: "; only the first one has it.'),
    ),
    Slip(
        "the last empty line is dropped",
        edited(solution, ('text.split("\\n")', "text.splitlines()")),
        _(
            "text.splitlines() drops an empty line at the end, and finds none in an empty text; "
            "text.split('\\n') keeps them."
        ),
    ),
    Slip(
        "no space after the colon",
        edited(solution, ('f"data: {line}"', 'f"data:{line}"')),
        _(
            "The page takes away one space after the colon. If you write none, a text that begins "
            "with a space loses it."
        ),
    ),
)

EXERCISE = Exercise(
    name="01.5",
    title=_("Write an event"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "A stream of events is text in lines, and an empty line ends an event. So a text with "
        "lines of its own has to be cut into them. A WebSocket frame says a length instead, and "
        "may hold anything: lesson 04."
    ),
    hints=(
        _("What ends an event? And what then if the text has several lines?"),
        _("text.split('\\n') gives the lines, the empty ones too; each gets its own data."),
        _("id: 7, then data: ... for each line, then an empty line; at the end encode()."),
    ),
    slips=SLIPS,
)
