"""A table of clients: which of the places that may say whose a connection is does each fill?

How to think about it: a server learns who is asking from a few places only. A browser fills some
of them by itself, whatever page opens the WebSocket. The others hold what the page's script chose.
What the browser adds for every page proves nothing about the page that asked.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ..protocol import Text
from ..recording import Dissection, Recording, dissect
from ..words import _
from .drawing import clean, fit, headed, wrap
from .picture import Picture

LEFT, NAME, GAP = 14, 150, 5  # pixels: the margin, the width of a client's name, between columns
ROW, TALL, TOP = 44, 34, 80
MONO = 7.25  # pixels for a character
MOST = 8  # clients
LONGEST = 200  # characters of a value in the words


class Place(NamedTuple):
    """A place in which a client may say who it is.

    width:  pixels of its column
    header: the header that it is, if it is one
    """

    name: str
    width: int
    header: str = ""


PLACES = {
    "origin": Place("Origin", 170, "Origin"),
    "cookie": Place("Cookie", 92, "Cookie"),
    "authorization": Place("Authorization", 100, "Authorization"),
    "query": Place(_("the URL's query"), 112),
    "protocol": Place(_("subprotocols"), 122, "Sec-WebSocket-Protocol"),
    "message": Place(_("first message"), 96),
}
NOT_SET = ("origin", "cookie", "authorization")
GROUPS = {
    _("A page's script cannot set these"): NOT_SET,
    _("The script chooses these"): ("query", "protocol", "message"),
}
TITLE = _("Who sends what")


class WhoSends(Picture):
    """What the requests of some clients carry that may say whose they are.

    clients: a recording for each of them, dissected or not, by what you call the client
    """

    def __init__(self, clients: Mapping[str, Recording | Dissection]) -> None:
        if not isinstance(clients, Mapping):
            raise TypeError(
                _("WhoSends takes a dict, such as {example}, not {type}").format(
                    example='{"Python": lab.recording}', type=type(clients).__name__
                )
            )
        if not 0 < len(clients) <= MOST:
            raise ValueError(f"WhoSends shows 1 to {MOST} clients, not {len(clients)}")
        sent = {name: _sent(recording) for name, recording in clients.items()}
        hint = _("Point at a value to see which other clients fill this place.")
        super().__init__(svg=_draw(sent), text=_describe(sent), hint=hint)


def _sent(recording: Recording | Dissection) -> dict[str, str]:
    """What a client sent in each place; empty where it sent nothing."""
    seen = dissect(recording)
    head = seen.request.head
    if head is None:
        raise ValueError(f"WhoSends needs a request, not {seen.request.title!r}")
    values = {
        name: ", ".join(line.value.text for line in head.find(place.header))
        for name, place in PLACES.items()
    }
    target = head.start_line[1].text if len(head.start_line) > 1 else ""
    values["query"] = target.partition("?")[2]
    messages = [message for side, message in seen.messages if side == "client"]
    first = messages[0] if messages else Text("")
    values["message"] = first.text if isinstance(first, Text) else first.data.hex(" ")
    return {name: value[:LONGEST] for name, value in values.items()}


def _describe(sent: dict[str, dict[str, str]]) -> str:
    """The picture in words: for each client, what it sent in which place."""
    lines = [TITLE]
    for client, values in sent.items():
        lines.append(f"  {clean(client)}")
        for group, names in GROUPS.items():
            said = (f"{PLACES[name].name} {clean(values[name]) or '–'}" for name in names)
            lines.append(f"    {group}: {'; '.join(said)}")
    return "\n".join(lines)


def _draw(sent: dict[str, dict[str, str]]) -> str:
    """A row for each client, a column for each place."""
    drawing = headed(TITLE)
    starts = {}
    x = float(LEFT + NAME)
    for name, place in PLACES.items():
        starts[name] = x
        drawing.text(x, TOP - 8, fit(place.name, place.width, 6.6), "small strong")
        x += place.width + GAP
    for group, names in GROUPS.items():
        left, right = starts[names[0]], starts[names[-1]] + PLACES[names[-1]].width
        drawing.text(left, TOP - 34, fit(group, right - left, 6.6), "small soft")
        drawing.path(f"M{left:g} {TOP - 27}H{right:g}", TOP - 27, "line")
    for number, (client, values) in enumerate(sent.items()):
        y = TOP + ROW * number
        first, *more = wrap(clean(client), NAME - 8, 7.4)
        for n, line in enumerate([first, fit(" ".join(more), NAME - 8, 7.4)]):
            drawing.text(LEFT, y + 15 + 16 * n, line)
        for name, place in PLACES.items():
            value, x = values[name], starts[name]
            # Two items light up together, whichever of them is pointed at: an empty one names none.
            filled = [f"r{n}-{name}" for n, other in enumerate(sent.values()) if other[name]]
            says = f"{client}: {place.name} {value or '–'}"
            with drawing.item(f"r{number}-{name}", says, filled if value else []):
                style = "value" if name in NOT_SET else "word"
                drawing.rect(x, y, place.width, TALL, style if value else "paper")
                shown = fit(clean(value), place.width - 8, MONO) or "–"
                drawing.text(x + 4, y + 21, shown, "mono small")
    return drawing.svg()
