"""The doctor: from what is in a recording, the likeliest cause of its trouble.

How to think about it: a cause is one short function. It looks at a ``Case``, and either it sees
signs that speak for itself and gives a ``Finding`` with the bytes as evidence, or it gives None.
All of them stand in one list, in the order in which a careful reader asks: is it WebSocket at all,
what is wrong in the request, why was it refused, is the 101 right; then the frames, from their
headers to what they carry; then how it ended. A cause stays silent when it is not sure.

To add a cause, write its function, put it into the list of its module, and give its sentence to
``wsedu.words.sentences``.
"""

from __future__ import annotations

from ..._awaited import values_only
from ..dissect import Dissection, dissect
from ..evidence import Evidence
from ..recording import Recording
from . import endings, frames, lengths, messages, payloads, refusals, requests, responses, strangers
from .case import Case, Cause
from .findings import Diagnosis, Finding

__all__ = ["CAUSES", "Diagnosis", "Evidence", "Finding", "diagnose"]

CAUSES: tuple[Cause, ...] = (
    *responses.FIRST_CAUSES,
    *strangers.CAUSES,
    *requests.CAUSES,
    *refusals.CAUSES,
    *responses.CAUSES,
    *lengths.CAUSES,
    *frames.CAUSES,
    *payloads.CAUSES,
    *lengths.LAST_CAUSES,
    *messages.FIRST_CAUSES,
    *endings.CAUSES,
    *messages.CAUSES,
    *endings.LAST_CAUSES,
)


@values_only
def diagnose(recording: Recording | Dissection) -> Diagnosis:
    """The causes that fit a recording, the likeliest first; none if nothing speaks for one."""
    seen = dissect(recording)
    case = Case(seen)
    found = [finding for cause in CAUSES if (finding := cause(case)) is not None]
    return Diagnosis(tuple(found))
