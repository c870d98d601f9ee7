"""06.1: predict what a reader has after each chunk."""

from __future__ import annotations

import random

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

from ....words import _
from ...exercise import Exercise, Slip
from ...judges import by_letter
from ...runner import Attempt
from ...verdict import Verdict

# As the notebook shows them.
CHUNKS = ("81 05 48 65 6c", "6c 6f 89 00 82", "01 ff 81 7e")

SOLUTION = {"A": 0, "B": 2, "C": 1, "D": 2}

_RULES = {
    "A": _("Look at A again: how many bytes does this frame have, with its header?"),
    "B": _("Look at B again: begin with what is left of the first chunk."),
    "C": _("Look at C again: begin with what is left of the second chunk."),
    "D": _("Look at D again: what stands behind the last whole frame?"),
}


def counted() -> dict[str, int]:
    """How many frames a ``websockets`` client has more after each chunk, and what is left."""
    client = ClientProtocol(parse_uri("ws://example.com/"), state=State.OPEN)
    counts = []
    for chunk in CHUNKS:
        client.receive_data(bytes.fromhex(chunk))
        counts.append(len(client.events_received()))
    whole = [frame for frame in ("810548656c6c6f", "8900", "8201ff")[: sum(counts)]]
    left = len(bytes.fromhex("".join(CHUNKS))) - sum(len(frame) // 2 for frame in whole)
    return dict(zip("ABCD", [*counts, left], strict=True))


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each number as a real client counts."""
    return by_letter(
        attempt,
        counted(),
        _RULES,
        SLIPS,
        like=_("a number such as 3"),
        passed=_("A real client counts the same."),
        section="5.2",
    )


SLIPS = (
    Slip(
        "a chunk is a frame",
        SOLUTION | {"A": 1},
        _("A: the header announces five bytes, and three have come: no frame is whole."),
    ),
    Slip(
        "only one at a time",
        SOLUTION | {"B": 1},
        _("B: a chunk may end one frame and hold another one: 89 00 is a whole frame, too."),
    ),
    Slip(
        "a header is a frame",
        SOLUTION | {"B": 3},
        _("B: of the frame that begins with 82, the length has not even come."),
    ),
    Slip(
        "what was left is forgotten",
        SOLUTION | {"C": 0},
        _("C: the 82 of the chunk before belongs here: 82 01 ff is a frame."),
    ),
    Slip(
        "counted in all",
        SOLUTION | {"C": 3},
        _("C: that is how many there are in all; how many more are there after this chunk?"),
    ),
    Slip(
        "the last header is a frame",
        SOLUTION | {"C": 2},
        _("C: 7e says that two bytes of length follow, and they have not come."),
    ),
    Slip(
        "nothing is left",
        SOLUTION | {"D": 0},
        _("D: 81 7e is the beginning of a frame; a reader keeps it."),
    ),
)

EXERCISE = Exercise(
    name="06.1",
    title=_("Three chunks"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "A reader keeps what it cannot use yet, and takes as many whole frames as there are. "
        "Chunks and frames have nothing to do with each other."
    ),
    hints=(
        _("Write all chunks in one line, and mark where each frame begins and ends."),
        _("81 05: seven bytes in all. 89 00: two. 82 01: three."),
        _("After the second chunk, 82 is left; after the third, 81 7e."),
    ),
    slips=SLIPS,
)
