"""One page that explains a file: it needs no Jupyter, no kernel and no network.

How to think about it: the pictures are those of a notebook, with the same module in the page. What
Python would draw when an arrow is selected is drawn beforehand, for every arrow that the page
shows. That is some 8 kB each, nearly the same words again and again, so it is packed: a page of
1,000 arrows has less than 1 MB. Of a longer recording the page shows a part, and says which.

The file comes from anywhere. Its bytes are text here and never markup; besides, the page allows no
script but its own, and nothing from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from ..protocol import Span
from ..recording import Dissection, Found, Unit, diagnose, dissect
from ..recording.doctor import Evidence, Finding
from ..words import LANGUAGE, _, ngettext
from . import bytes_and_fields
from .checklist import Checklist
from .drawing import DARK_BY_SYSTEM, STYLE, clean
from .inner import inner_lines
from .ladder import Ladder
from .picture import HERE, Picture, module, named
from .problems import problems_of

ARROWS = 1_000  # units that a page shows of all its connections; each has a picture of its bytes
CONNECTIONS = 10  # that a page shows
LISTED = 200  # problems of a connection, and other connections of the file
OPEN = 10  # problems that are listed before the reader asks for more


@dataclass(frozen=True)
class Shown:
    """A connection that a page shows.

    number: among the WebSocket connections of the file; 1 is the first
    span:   which of its units are shown
    """

    number: int
    line: str
    seen: Dissection
    span: Span

    @property
    def id(self) -> str:
        """Where it is in the page."""
        return f"connection-{self.number}"


def make_page(
    name: str, found: Sequence[Found], only: int | None = None, first: int = 1
) -> tuple[str, bool]:
    """The page as HTML, and whether nothing is wrong with the connections that it shows.

    name:  of the file
    found: what is in it
    only:  the number of the one connection to show; else the first ``CONNECTIONS`` are shown
    first: the number of the first arrow to show; 1 is the first of a connection
    """
    sockets = [each for each in found if each.is_websocket]
    numbers = [only] if only is not None else list(range(1, len(sockets) + 1))[:CONNECTIONS]
    most = ARROWS // len(numbers)
    shown = [_show(number, sockets[number - 1], first, most) for number in numbers]
    others = [each for each in found if not each.is_websocket]
    problems = [problems_of(each.seen) for each in shown]
    causes = [diagnose(each.seen).findings[:1] for each in shown]  # the likeliest
    body = [
        f"<h1>{_say(name)}</h1>",
        _paragraph(_what(found, sockets, others)),
        *_warnings(shown),
        f"<nav><h2>{_say(_('Connections'))}</h2>",
        _list(
            f'<a href="#{each.id}">{_say(each.line)}</a> ({_say(_count(broken, cause))})'
            for each, broken, cause in zip(shown, problems, causes, strict=True)
        ),
        *_rest(sockets, numbers),
        *_other(others),
        "</nav>",
        *map(_section, shown, problems, causes),
    ]
    return _frame(name, "\n".join(body)), not any([*problems, *causes])


def _show(number: int, found: Found, first: int, most: int) -> Shown:
    seen = dissect(found.recording)
    start = max(0, min(first - 1, len(seen.units) - 1))
    return Shown(number, found.line, seen, Span(start, min(start + most, len(seen.units))))


def _what(found: Sequence[Found], sockets: Sequence[Found], others: Sequence[Found]) -> str:
    connections = ngettext(
        "It has {count} WebSocket connection.",
        "It has {count} WebSocket connections.",
        len(sockets),
    ).format(count=f"{len(sockets):,}")
    if others:
        connections += " " + ngettext(
            "{count} other connection is in it too.",
            "{count} other connections are in it too.",
            len(others),
        ).format(count=f"{len(others):,}")
    return _("This is {file}. {connections}").format(file=found[0].file, connections=connections)


def _warnings(shown: Sequence[Shown]) -> list[str]:
    recordings = [each.seen.recording for each in shown]
    if all(each.with_secrets_covered() is each for each in recordings):
        return []
    return [
        _paragraph(
            _("Look before you share this: there are cookies, passwords or tokens in it."),
            "warning",
        )
    ]


def _count(broken: Sequence[object], cause: Sequence[Finding]) -> str:
    if not broken:
        return _("see the diagnosis") if cause else _("no problem was found")
    count = ngettext("{count} problem", "{count} problems", len(broken))
    return count.format(count=f"{len(broken):,}")


def _rest(sockets: Sequence[Found], numbers: Sequence[int]) -> list[str]:
    """The WebSocket connections that this page does not show."""
    left_out = [(n, each) for n, each in enumerate(sockets, 1) if n not in numbers]
    if not left_out:
        return []
    return [
        _paragraph(
            _("These are not on this page. Add --connection N to the command to see number N:")
        ),
        _list(f"{n}: {_say(each.line)}" for n, each in left_out[:LISTED]),
        *_more(len(left_out)),
    ]


def _other(others: Sequence[Found]) -> list[str]:
    if not others:
        return []
    lines = _list(_say(each.line) for each in others[:LISTED])
    return [_paragraph(_("Also in the file:")), lines, *_more(len(others))]


def _more(count: int) -> list[str]:
    if count <= LISTED:
        return []
    return [_paragraph(_("… {count} more …").format(count=f"{count - LISTED:,}"))]


def _section(shown: Shown, broken: list[tuple[int, str]], causes: Sequence[Finding]) -> str:
    seen, recording = shown.seen, shown.seen.recording
    parts = [f'<section id="{shown.id}"><h2>{shown.number}: {_say(shown.line)}</h2>']
    if recording.note:
        parts.append(_paragraph(recording.note))
    for cause in causes:
        parts += [f"<h3>{_say(_('Diagnosis'))}</h3>", _paragraph(cause.sentence)]
        parts.append(_list(_evidence(shown, each) for each in cause.evidence))
    if broken or not causes:
        parts += [f"<h3>{_say(_('Problems'))}</h3>", *_problems(shown, broken)]
    parts += [f"<h3>{_say(_('What was sent'))}</h3>", *_which(shown), _ladder(shown)]
    if inner := list(inner_lines(seen)):
        parts.append(f"<h3>{_say(_('Inside the messages'))}</h3>")
        parts += [_paragraph(inner[0]), f"<pre>{_lines(inner[1:])}</pre>"]
    heads = [unit for unit in _handshake(seen) if unit.checks]
    if heads:
        parts.append(f"<h3>{_say(_('The opening handshake'))}</h3>")
    for unit in heads:
        picture = Checklist(unit)
        parts.append(_picture("picture", picture, {}))
    return "\n".join([*parts, "</section>"])


def _problems(shown: Shown, broken: list[tuple[int, str]]) -> list[str]:
    if not broken:
        return [_paragraph(_("No problem was found."), "good")]
    lines = []
    for number, sentence in broken[:LISTED]:
        lines.append(f"{_arrow(shown, number)} {_say(sentence)}")
    first, others = _list(lines[:OPEN], "problems"), lines[OPEN:]
    if not others:
        return [first]
    more = _("{count} more problems").format(count=f"{len(broken) - OPEN:,}")
    return [
        first,
        f"<details><summary>{_say(more)}</summary>",
        _list(others, "problems"),
        *_more(len(broken)),
        "</details>",
    ]


def _evidence(shown: Shown, evidence: Evidence) -> str:
    """The bytes that show a cause, with the arrow in which they are."""
    for number, unit in enumerate(shown.seen.units):
        if unit.sender == evidence.side and evidence.span.start < unit.span.end:
            return f"{_arrow(shown, number)} {_say(str(evidence))}"
    return _say(str(evidence))


def _arrow(shown: Shown, number: int) -> str:
    """The number of an arrow; where the page shows it, a button that opens its bytes."""
    arrow = _say(_("arrow {number}").format(number=f"{number + 1:,}"))
    if not shown.span.start <= number < shown.span.end:
        return arrow
    name = f"u{number - shown.span.start}"
    return f'<button type="button" value="{name}" disabled>{arrow}</button>'


def _which(shown: Shown) -> list[str]:
    """Which part of a long recording the page shows."""
    span, count = shown.span, len(shown.seen.units)
    if len(span) == count:
        return []
    sentence = _(
        "These are arrows {first} to {last} of {count}. "
        "Add --connection {number} --from N to the command to see those from number N on."
    )
    return [
        _paragraph(
            sentence.format(
                first=f"{span.start + 1:,}",
                last=f"{span.end:,}",
                count=f"{count:,}",
                number=shown.number,
            )
        )
    ]


def _ladder(shown: Shown) -> str:
    seen, span = shown.seen, shown.span
    switch = None if seen.switch is None else seen.switch - span.start
    part = Dissection(
        replace(seen.recording, note=""),  # it is above
        seen.units[span.start : span.end],
        switch if switch is not None and 0 <= switch < len(span) else None,
    )
    ladder = Ladder(part, times=any(event.time for event in seen.recording.events))
    state = {"frame": _without_style(ladder.frame), "rows": ladder.rows, "tops": ladder.tops}
    details = {
        f"u{number}": _without_style(bytes_and_fields.draw(unit))
        for number, unit in enumerate(part.units)
    }
    return _picture("ladder", ladder, state | {"details": details})


def _handshake(seen: Dissection) -> list[Unit]:
    """The request and the response with which the WebSocket began, or the last ones before."""
    heads = [u for u in seen.units[: (seen.switch or len(seen.units)) + 1] if u.head is not None]
    requests = [unit for unit in heads if unit.kind == "request"]
    responses = [unit for unit in heads if unit.kind == "response" and not unit.is_interim]
    return requests[-1:] + responses[-1:]


def _picture(kind: str, picture: Picture, state: dict[str, Any]) -> str:
    """A picture, what its widget needs, and the same in words."""
    values = {"details": {}} | state | {"text": picture.text, "hint": picture.hint}
    packed = zlib.compress(json.dumps(values, ensure_ascii=False).encode("utf-8", "replace"), 9)
    return (
        f'<div class="wsedu" data-picture="{kind}">{_without_style(picture.svg)}'
        f'<script type="text/plain">{base64.b64encode(packed).decode()}</script></div>'
        f"<details><summary>{_say(_('The same in words'))}</summary>"
        f"<pre>{escape(picture.text)}</pre></details>"
    )


def _without_style(svg: str) -> str:
    """A drawing without its stylesheet, which the page has once."""
    return svg.replace(f"<style>{STYLE}</style>", "")


def _say(text: str) -> str:
    return escape(clean(text))


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(map(_say, lines))


def _paragraph(text: str, style: str = "") -> str:
    return f'<p class="{style}">{_say(text)}</p>' if style else f"<p>{_say(text)}</p>"


def _list(items: Any, style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f"<ul{kind}>" + "\n".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _frame(name: str, body: str) -> str:
    script = "\n".join(
        (
            module("interactive_svg.js"),
            named(module("ladder.js"), "ladder"),
            named(module("picture.js"), "picture"),
            module("without_kernel.js", "page.js"),
        )
    )
    style = "\n".join(
        (
            (HERE / "picture.css").read_text(encoding="utf-8"),
            (HERE / "page.css").read_text(encoding="utf-8"),
            STYLE,
            DARK_BY_SYSTEM,
        )
    )
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{allowed}'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGE}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_say(_('{name}: WebSocket, byte by byte').format(name=name))}</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        f'<script type="module">{script}</script>\n</body>\n</html>\n'
    )
