"""01.4: one asks, everybody else hears."""

from __future__ import annotations

import random

from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...runner import Attempt
from ...verdict import Verdict


def solution(order: str, sender: str, connected: list[str]) -> tuple[int, dict[str, str]]:
    """An empty order is a bad request; a good one goes to all who are not the sender."""
    if not order:
        return 400, {}
    news = {}
    for name in connected:
        if name != sender:
            news[name] = f"{sender}: {order}"
    return 200, news


def witness(order: str, sender: str, connected: list[str]) -> tuple[int, dict[str, str]]:
    """The same with sets."""
    others = set(connected) - {sender} if order else set()
    return 200 if order else 400, dict.fromkeys(others, f"{sender}: {order}")


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """A sender who is connected, one who is not, nobody, and an empty order."""
    cases = [
        ("tea", "Ann", ["Ann", "Bob", "Cem"]),
        ("tea", "Ann", ["Bob", "Cem"]),
        ("tea", "Ann", []),
        ("tea", "Ann", ["Ann"]),
        ("", "Ann", ["Ann", "Bob"]),
        ("two teas: hot", "Zoë", ["Bob", "Zoë", "李"]),
    ]
    for _case in range(how_many(15)):
        names = chance.sample(["Ann", "Bob", "Cem", "Dee", "Eva", "Fay"], chance.randrange(6))
        cases.append((chance.choice(["tea", "coffee", ""]), chance.choice(["Ann", "Bob"]), names))
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="place_order",
        fits=lambda got: (
            isinstance(got, tuple)
            and len(got) == 2
            and type(got[0]) is int
            and isinstance(got[1], dict)
        ),
        like=_("a status and a dict from name to message, such as (200, {'Bob': 'Ann: tea'})"),
        passed=_("One orders, all others hear."),
        section="1.1",
    )


SLIPS = (
    Slip(
        "the sender hears it too",
        edited(solution, ("if name != sender:", "if True:")),
        _("The client that ordered has its HTTP response; send messages only to the others."),
    ),
    Slip(
        "an empty order is announced",
        edited(solution, ("if not order:", "if False:")),
        _("Refuse an empty order with 400, and send no message."),
    ),
    Slip(
        "only if the sender is connected",
        edited(solution, ("if name != sender:", "if name != sender and sender in connected:")),
        _("The sender need not be connected: anybody can order by HTTP."),
    ),
    Slip(
        "only the first hears it",
        edited(solution, ("    return 200, news", "    return 200, dict(list(news.items())[:1])")),
        _("Send it to all who are connected, not only to the first."),
    ),
    Slip(
        "the sender is left out",
        edited(solution, ('f"{sender}: {order}"', "order")),
        _("Say in the message who ordered, and what: 'Ann: tea'."),
    ),
)

EXERCISE = Exercise(
    name="01.4",
    title=_("One orders, everybody else hears"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "To tell the others is the program's work, not the protocol's: a WebSocket connection has "
        "two ends, and knows of no other. So the server keeps a list, and goes through it."
    ),
    hints=(
        _("First decide about the order itself; then about who is to hear of it."),
        _("Go through the list of those who are connected, and leave out one."),
        _("A dict {name: f'{sender}: {order}' for name in connected if ...} does it."),
    ),
    slips=SLIPS,
)
