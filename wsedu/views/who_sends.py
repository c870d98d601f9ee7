"""A table of clients: which of the places that may say whose a connection is does each fill?

How to think about it: a server learns who is asking from a few places only. A browser fills some
of them by itself, whatever page opens the WebSocket. The others hold what the page's script chose.
What the browser adds for every page proves nothing about the page that asked.
"""

from collections.abc import Mapping

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

HEADERS = {
    "origin": "Origin",
    "cookie": "Cookie",
    "authorization": "Authorization",
    "protocol": "Sec-WebSocket-Protocol",
}

# Each place with the width of its column; a page's script cannot set the first three.
WIDTHS = {"origin": 170, "cookie": 92, "authorization": 100, "query": 112, "protocol": 122}
WIDTHS |= {"message": 96}
NOT_SET = 3


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


def _places() -> dict[str, str]:
    return {
        "origin": "Origin",
        "cookie": "Cookie",
        "authorization": "Authorization",
        "query": _("the URL's query"),
        "protocol": _("subprotocols"),
        "message": _("first message"),
    }


def _groups() -> tuple[str, str]:
    return _("A page's script cannot set these"), _("The script chooses these")


def _title() -> str:
    return _("Who sends what")


def _sent(recording: Recording | Dissection) -> dict[str, str]:
    """What a client sent in each place; empty where it sent nothing."""
    seen = dissect(recording)
    head = seen.request.head
    if head is None:
        raise ValueError(f"WhoSends needs a request, not {seen.request.title!r}")
    values = {
        place: ", ".join(line.value.text for line in head.find(header))
        for place, header in HEADERS.items()
    }
    target = head.start_line[1].text if len(head.start_line) > 1 else ""
    values["query"] = target.partition("?")[2]
    messages = [message for side, message in seen.messages if side == "client"]
    first = messages[0] if messages else Text("")
    values["message"] = first.text if isinstance(first, Text) else first.data.hex(" ")
    return {place: values[place][:LONGEST] for place in WIDTHS}


def _describe(sent: dict[str, dict[str, str]]) -> str:
    """The picture in words: for each client, what it sent in which place."""
    lines, names = [_title()], _places()
    for client, values in sent.items():
        lines.append(f"  {clean(client)}")
        for group, places in zip(_groups(), _halves(), strict=True):
            said = (f"{names[place]} {clean(values[place]) or '–'}" for place in places)
            lines.append(f"    {group}: {'; '.join(said)}")
    return "\n".join(lines)


def _draw(sent: dict[str, dict[str, str]]) -> str:
    """A row for each client, a column for each place."""
    drawing, names = headed(_title()), _places()
    starts = {}
    x = float(LEFT + NAME)
    for place, width in WIDTHS.items():
        starts[place] = x
        drawing.text(x, TOP - 8, fit(names[place], width, 6.6), "small strong")
        x += width + GAP
    for group, places in zip(_groups(), _halves(), strict=True):
        left, right = starts[places[0]], starts[places[-1]] + WIDTHS[places[-1]]
        drawing.text(left, TOP - 34, fit(group, right - left, 6.6), "small soft")
        drawing.path(f"M{left:g} {TOP - 27}H{right:g}", TOP - 27, "line")
    for number, (client, values) in enumerate(sent.items()):
        y = TOP + ROW * number
        first, *more = wrap(clean(client), NAME - 8, 7.4)
        for n, line in enumerate([first, fit(" ".join(more), NAME - 8, 7.4)]):
            drawing.text(LEFT, y + 15 + 16 * n, line)
        for place, width in WIDTHS.items():
            # Two items light up together, whichever of them is pointed at: an empty one names none.
            filled = [f"r{n}-{place}" for n, other in enumerate(sent.values()) if other[place]]
            others = filled if values[place] else []
            says = f"{client}: {names[place]} {values[place] or '–'}"
            with drawing.item(f"r{number}-{place}", says, others):
                not_set = place in _halves()[0]
                style = "value" if not_set else "word"
                drawing.rect(starts[place], y, width, TALL, style if values[place] else "paper")
                shown = fit(clean(values[place]), width - 8, MONO) or "–"
                drawing.text(starts[place] + 4, y + 21, shown, "mono small")
    return drawing.svg()


def _halves() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The places that a page's script cannot set, and the others."""
    places = tuple(WIDTHS)
    return places[:NOT_SET], places[NOT_SET:]
