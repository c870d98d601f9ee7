"""The handshake checklist: every line of a message tied to the rules that look at it."""

from ..protocol import Check
from ..recording import Unit
from ..words import _
from .drawing import WIDTH, Drawing, fit, wrap
from .picture import Picture

LINES_END = 400  # the x where the message ends
RULES = 470  # the x where the rules begin
SMALL = 7.1  # pixels for a small character: Base64 has many wide ones
LINES_SHOWN = 20


class Checklist(Picture):
    """One request or response, checked against the rules of the opening handshake."""

    def __init__(self, unit: Unit) -> None:
        if unit.head is None:
            raise ValueError(
                f"the checklist is about a request or a response of the handshake, not {unit.kind}"
            )
        hint = _("Point at a line or a rule to see what belongs together.")
        super().__init__(svg=draw(unit), text=describe(unit), hint=hint)


def describe(unit: Unit) -> str:
    """The checklist in words, a line for each rule."""
    lines = [_title(unit)]
    for check in unit.checks:
        lines.append(f"  {_mark(check)} {check.requirement}: {check.found} ({check.section})")
    lines.append(_verdict(unit))
    return "\n".join(lines)


def draw(unit: Unit) -> str:
    """The checklist as a drawing: the message on the left, the rules on the right."""
    drawing = Drawing(_title(unit))
    drawing.text(14, 26, _("as it was sent"), "strong")
    drawing.text(RULES, 26, _("the rules of RFC 6455"), "strong")
    middles, bottoms = [], 40.0
    for check in unit.checks:
        height = _height(check)
        middles.append(bottoms + height / 2 - 4)
        bottoms += height
    shown = unit.fields[:LINES_SHOWN]
    step = max(28.0, min(48.0, (bottoms - 40) / max(len(shown), 1)))
    for i, field in enumerate(shown):
        y = 40 + step * i + step / 2
        touching = [n for n, check in enumerate(unit.checks) if _touches(check, i, unit)]
        says = f"{field.name}: {field.value}"
        with drawing.item(f"line{i}", says, [f"rule{n}" for n in touching]):
            drawing.rect(10, y - 15, LINES_END - 10, 25, "name" if touching else "end")
            drawing.text(16, y + 2, fit(_line(unit, i), LINES_END - 20, 7.25), "mono small")
            for n in touching:
                drawing.path(
                    f"M{LINES_END} {y - 2:g}C{LINES_END + 35} {y - 2:g} {RULES - 42} "
                    f"{middles[n]:g} {RULES - 8} {middles[n]:g}",
                    y,
                    "line" if unit.checks[n].passed is not False else "wrong",
                )
    if len(unit.fields) > LINES_SHOWN:
        drawing.text(
            16,
            40 + step * LINES_SHOWN + 16,
            _("… {count} more lines …").format(count=len(unit.fields) - LINES_SHOWN),
            "small soft",
        )
    y = 40.0
    for n, check in enumerate(unit.checks):
        y = _draw_rule(drawing, check, n, y)
    drawing.text(WIDTH - 14, y + 22, _verdict(unit), "bad" if _broken(unit) else "good", "end")
    return drawing.svg()


def _draw_rule(drawing: Drawing, check: Check, number: int, top: float) -> float:
    style = {True: "good", False: "bad", None: "soft"}[check.passed]
    requirement = _requirement(check)
    with drawing.item(f"rule{number}", f"{_mark(check)}: {check.requirement}. {check.found}"):
        drawing.rect(RULES - 6, top - 2, WIDTH - RULES, _height(check) - 4, "back")
        drawing.text(RULES, top + 14, _mark(check), style)
        for i, line in enumerate(requirement):
            drawing.text(RULES + 82, top + 14 + 17 * i, line)
        below = top + 13 + 17 * len(requirement)
        for i, line in enumerate(_found(check)):
            drawing.text(RULES + 82, below + 15 * i, line, "small soft")
    return top + _height(check)


def _height(check: Check) -> int:
    return 9 + 17 * len(_requirement(check)) + 15 * len(_found(check))


def _requirement(check: Check) -> list[str]:
    return wrap(check.requirement, WIDTH - RULES - 96, 7)


def _found(check: Check) -> list[str]:
    """What was found, and the rule: on one line if both fit; neither is cut for the other."""
    room, rule = WIDTH - RULES - 92, f"({check.section})"
    both = f"{check.found}  {rule}"
    return [both] if fit(both, room, SMALL) == both else [fit(check.found, room, SMALL), rule]


def _mark(check: Check) -> str:
    return {True: _("✔ holds"), False: _("✘ broken"), None: _("– absent")}[check.passed]


def _broken(unit: Unit) -> int:
    return sum(check.passed is False for check in unit.checks)


def _title(unit: Unit) -> str:
    if unit.kind == "request":
        return _("What the server must check in this request")
    return _("What the client must check in this response")


def _verdict(unit: Unit) -> str:
    broken = _broken(unit)
    if not broken:
        if unit.kind == "request":
            return _("✔ Nothing is broken: a valid request.")
        return _("✔ Nothing is broken: a valid response.")
    return _("✘ Broken: {count}. By the RFC, this does not open a WebSocket.").format(count=broken)


def _touches(check: Check, number: int, unit: Unit) -> bool:
    span = unit.fields[number].span
    return any(span.start <= other.start < span.end for other in check.spans)


def _line(unit: Unit, number: int) -> str:
    field = unit.fields[number]
    if field.parts and field.span.start > unit.span.start:
        return f"{field.name}: {field.value}"
    return field.value
