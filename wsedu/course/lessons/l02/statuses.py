"""02.1: predict what a real server says to eight changed requests."""

from __future__ import annotations

import random
from typing import Any

from ....protocol import build_request
from ....words import _
from ...exercise import Exercise, Slip
from ...reference import server_status, unit_of
from ...runner import Attempt, shorten
from ...verdict import Verdict, not_attempted, not_yet

_good = build_request("example.com:8000", "/connect-to-ws", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes()

# The letter is the learner's key; the notebook describes each change in words.
REQUESTS = {
    "A": _good.replace(b"GET ", b"POST "),
    "B": _good.replace(b"Upgrade: websocket\r\n", b""),
    "C": _good.replace(b"Connection: Upgrade", b"Connection: keep-alive"),
    "D": _good.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"SGVsbG8sIHdvcmxkIQ=="),
    "E": _good.replace(b"Version: 13", b"Version: 12"),
    "F": _good[:-2] + b"Origin: http://evil.example\r\n\r\n",
    "G": _good.replace(b"Connection: Upgrade", b"connection: keep-alive, upgrade"),
    "H": _good[:-2] + b"X-Lunch: soup\r\n\r\n",
}

_RULES = {
    "A": (_("Look at A again: HTTP has a status for a wrong method."), "RFC 9110 15.5.6"),
    "B": (
        _("Look at B again: the server asks for another protocol first."),
        "RFC 9110 15.5.22",
    ),
    "C": (
        _("Look at C again: for this server, it is as if Upgrade were not there."),
        "4.2.1, item 4; RFC 9110 15.5.22",
    ),
    "D": (_("Look at D again: how many bytes does this key decode to?"), "4.2.1, item 5"),
    "E": (_("Look at E again: this server speaks version 13 only."), "4.2.1, item 6; 4.4"),
    "F": (_("Look at F again: who is asking, and whom does the server let in?"), "4.2.2, item 4"),
    "G": (_("Look at G again: which of its changes does the RFC care about?"), "4.2.1, item 4"),
    "H": (_("Look at H again: must a server know every header?"), "4.2.1, item 10"),
}


def statuses() -> dict[str, int | None]:
    """What a real server answers to each request."""
    return {letter: server_status(data) for letter, data in REQUESTS.items()}


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Each letter's status against the answer of a real server."""
    answer = attempt.answer
    if not isinstance(answer, dict):
        return not_yet(
            _("The answer is a dict from letter to status, not {type}.").format(
                type=type(answer).__name__
            )
        )
    if all(value is ... for value in answer.values()):
        return not_attempted()
    right = statuses()
    missing = sorted(letter for letter in right if answer.get(letter, ...) is ...)
    if missing:
        return not_yet(_("No answer yet for {letters}.").format(letters=", ".join(missing)))
    for letter, value in answer.items():
        if letter in right and (isinstance(value, bool) or not isinstance(value, int)):
            return not_yet(
                _("The status of {letter} is a number such as 101, not {value}.").format(
                    letter=letter, value=shorten(value, 40)
                )
            )
    wrong = [letter for letter in right if answer[letter] != right[letter]]
    if not wrong:
        return Verdict("passed", _("All eight are as the server answers them."), "4.2.1; 4.2.2")
    first = wrong[0]
    sentence, section = _RULES[first]
    for slip in SLIPS:
        if first in slip.wrong and slip.wrong[first] == answer[first] != SOLUTION[first]:
            sentence = slip.sentence
            break
    return not_yet(sentence, section, message=unit_of(REQUESTS[first]))


SOLUTION = {"A": 405, "B": 426, "C": 426, "D": 400, "E": 400, "F": 403, "G": 101, "H": 101}


def _with(**changed: int) -> dict[str, Any]:
    return SOLUTION | changed


SLIPS = (
    Slip(
        "the key is not looked at",
        _with(D=101),
        _(
            "D: this server looks at the key. It must be the Base64 of 16 bytes, and this one "
            "decodes to 'Hello, world!', which is 13."
        ),
    ),
    Slip(
        "the RFC's suggestion for the version",
        _with(E=426),
        _(
            "E: the RFC suggests 426 (4.2.2), and some servers send it; this one says 400, as you "
            "have seen in the lesson."
        ),
    ),
    Slip(
        "400 where nothing asks for the change",
        _with(B=400),
        _(
            'B: the RFC would allow 400 ("such as 400"), and some servers send it; this one asks '
            "for another protocol first, which is 426."
        ),
    ),
    Slip(
        "case matters",
        _with(G=426),
        _(
            "G: case does not matter in header names, nor in the words of Connection, and "
            "'keep-alive, upgrade' names Upgrade among others."
        ),
    ),
    Slip(
        "unknown headers are refused",
        _with(H=400),
        _("H: a server ignores headers that it does not know (4.2.1, item 10)."),
    ),
    Slip(
        "an ordinary answer without Upgrade",
        _with(B=200),
        _(
            "B: without Upgrade this is an ordinary request, and this server has no page at that "
            "address; it says which protocol it wants instead."
        ),
    ),
    Slip(
        "Origin is harmless",
        _with(F=101),
        _("F: Origin says which page asks, and this server lets in only its own pages."),
    ),
    Slip(
        "one code for every refusal",
        _with(A=400),
        _("A: some servers send 400; this one sends the status that HTTP has for a wrong method."),
    ),
)

EXERCISE = Exercise(
    name="02.1",
    title=_("Predict the status of eight requests"),
    stars=1,
    judge=judge,
    solution=SOLUTION,
    reason=_(
        "This server answers 405 to a wrong method, 426 to a missing Upgrade or a Connection that "
        "does not name it, 400 to a wrong key or version (the RFC suggests 426 for the version, "
        "4.2.2), and 403 to a page that it does not know. Case and unknown headers change "
        "nothing. Other servers choose other statuses."
    ),
    hints=(
        _("Go through the list of RFC 6455 4.2.1: which item does each change break, if any?"),
        _("Two of the eight break nothing. Header names and the words of Connection ignore case."),
        _(
            "405 belongs to a method, 426 to a missing offer to change the protocol, 403 to a "
            "stranger, 400 to the rest. You may try each in the lesson: await status_of(...)."
        ),
    ),
    slips=SLIPS,
)
