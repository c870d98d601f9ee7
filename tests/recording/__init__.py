"""What the tests of recordings share."""

from collections.abc import Iterable

from wsedu.protocol import build_request, build_response
from wsedu.recording import Dissection, Event, Field, Recording, Side, Unit

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
REQUEST = build_request("example.com:8000", "/chat", KEY).to_bytes()
ANSWER = build_response(KEY).to_bytes()


def conversation(*said: tuple[Side, bytes]) -> Recording:
    """A recording in which these things were said, a second after one another."""
    return Recording(
        tuple(Event(float(time), side, "data", data) for time, (side, data) in enumerate(said))
    )


def byte_by_byte(recording: Recording) -> Recording:
    """The same recording, every byte of it an event of its own."""
    return Recording(
        tuple(
            Event(event.time, event.sender, "data", bytes([byte]))
            for event in recording.events
            for byte in event.data
        ),
        recording.note,
        recording.dropped,
    )


def seen_as(units: Iterable[Unit]) -> list[tuple[object, ...]]:
    """Units without the index of the event that completed them."""
    return [
        (unit.sender, unit.kind, unit.span, unit.data, unit.title, unit.sentence)
        + (unit.fields, unit.problems, unit.head, unit.checks, unit.layout)
        for unit in units
    ]


def assert_tiled(seen: Dissection) -> None:
    """Every byte of a side belongs to one unit, and to one field of it; parts lie inside."""
    for side in ("client", "server"):
        stream = seen.recording.sent_by(side)
        here = 0
        for unit in (unit for unit in seen.units if unit.sender == side):
            assert unit.span.start == here
            assert stream[unit.span.start : unit.span.end] == unit.data != b""
            here = unit.span.end
            assert_fields_tile(unit.fields, unit)
        assert here == len(stream)


def assert_fields_tile(fields: tuple[Field, ...], unit: Unit) -> None:
    here = unit.span.start
    for field in fields:
        assert field.span.start == here < field.span.end
        here = field.span.end
        inside = field.span.start
        for part in field.parts:
            assert len(part.span) and part.name
            assert field.span.start <= part.span.start and part.span.end <= field.span.end
            # Parts follow one another, or are bits of the same byte.
            assert part.span.start >= inside or part.span == field.span
            inside = part.span.end
    assert here == unit.span.end
