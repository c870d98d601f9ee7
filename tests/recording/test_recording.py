"""Recordings: values that are made of events."""

import pytest

from wsedu.recording import Event, Recording


async def talk() -> Recording:
    return Recording()


def test_coroutine_is_not_events() -> None:
    with pytest.raises(TypeError, match="is an `await` missing"):
        Recording(talk())  # type: ignore[arg-type]
    assert Recording([]).events == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "ended"),
    [
        ((), False),
        ((Event(0, "server", "end"),), False),
        ((Event(0, "server", "end"), Event(1, "server", "lost")), False),
        ((Event(0, "server", "end"), Event(1, "client", "end")), True),
        ((Event(0, "client", "lost"), Event(1, "server", "end")), True),
        ((Event(0, "client", "data", b"GET"), Event(1, "server", "end")), False),
    ],
)
def test_recording_has_ended_when_both_sides_have(events: tuple[Event, ...], ended: bool) -> None:
    assert Recording(events).ended is ended
