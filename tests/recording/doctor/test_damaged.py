"""Damaged recordings: whatever the bytes are, the doctor raises nothing, and shows bytes there."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from wsedu.recording import Event, Recording, diagnose, dissect, inside
from wsedu.recording.events import BEGINS, EventKind, Side

FOLDER = Path(__file__).parent / "recordings"
RECORDINGS = [
    Recording.from_json(json.dumps(entry["recording"]))
    for name in ("libraries", "others")
    for entry in json.loads((FOLDER / f"{name}.json").read_text())
]
KINDS: tuple[EventKind, ...] = ("data", "end", "lost", "held", "fault")
SIDES: tuple[Side, Side] = ("client", "server")


def damage(recording: Recording, chance: random.Random) -> Recording:
    """A few events that are changed, cut, lengthened, left out, or from another recording."""
    events = list(recording.events)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(events))
        data = bytearray(events[at].data)
        place = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0 if data:
                data[place - 1] = chance.randrange(256)
            case 1:
                del data[place:]
            case 2:
                data[place:place] = chance.randbytes(8)
            case 3 if len(events) > 1:
                del events[at]
                continue
            case 4:
                events.insert(at, chance.choice(chance.choice(RECORDINGS).events))
                continue
            case _:
                events[at] = Event(0.0, chance.choice(SIDES), chance.choice(KINDS))
                continue
        events[at] = replace(events[at], data=bytes(data))
    begins, dropped = chance.choice(BEGINS), chance.choice((0, 0, 5))
    return Recording(tuple(events), begins=begins, dropped=dropped)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_recording_is_diagnosed_without_an_error(seed: int) -> None:
    chance = random.Random(seed)
    recording = damage(chance.choice(RECORDINGS), chance)
    seen = dissect(recording)
    for finding in diagnose(seen).findings:
        assert 1 <= len(finding.said) <= 3 and str(finding)
        for each in finding.evidence:
            stream = recording.sent_by(each.side)
            assert stream[each.span.start : each.span.end] == each.data != b""
    found = inside(seen)
    assert found is None or (str(found.evidence) and len(list(found.lines())) >= 0)
