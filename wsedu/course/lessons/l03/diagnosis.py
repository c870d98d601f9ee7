"""03.3: name the bug behind a wrong Accept."""

from __future__ import annotations

import base64
import hashlib
import random

from websockets.utils import accept_key

from ....protocol import GUID
from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...reference import random_key
from ...runner import Attempt
from ...verdict import Verdict


def solution(key: str, value: str) -> str:
    """Compute each candidate as the bug would, and see which one is the value."""

    def hashed(text: bytes) -> bytes:
        return hashlib.sha1(text).digest()

    guid = GUID.encode()
    candidates = {
        "right": hashed(key.encode() + guid),
        "decoded key": hashed(base64.b64decode(key) + guid),
        "hex digest": hashed(key.encode() + guid).hex().encode(),
        "newline": hashed(key.encode() + b"\n" + guid),
        "lower case": hashed(key.encode() + guid.lower()),
    }
    for name, digest in candidates.items():
        if base64.b64encode(digest).decode() == value:
            return name
    return "unknown"


def _bugs(key: str) -> dict[str, str]:
    """The value that each bug gives, made in another way than the solution makes it."""
    lower = hashlib.sha1(f"{key}{GUID.lower()}".encode())
    decoded = hashlib.sha1(base64.b64decode(key))
    decoded.update(GUID.encode())
    right = base64.b64decode(accept_key(key))
    digests = {
        "decoded key": decoded.digest(),
        "hex digest": right.hex().encode(),
        "newline": base64.b64decode(accept_key(key + "\n")),
        "lower case": lower.digest(),
        "unknown": hashlib.sha1(key.encode()).digest(),
    }
    values = {name: base64.b64encode(digest).decode() for name, digest in digests.items()}
    return values | {"right": accept_key(key)}


def _stranger(chance: random.Random) -> str:
    """As long as the value of the hex digest, and none."""
    return base64.b64encode(chance.randbytes(20).hex().encode()).decode()


def witness(key: str, value: str) -> str:
    """The name of the bug."""
    return next((name for name, wrong in _bugs(key).items() if wrong == value), "unknown")


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Every bug for some keys."""
    keys = ["dGhlIHNhbXBsZSBub25jZQ=="] + [random_key(chance) for _case in range(how_many(5))]
    return by_cases(
        attempt,
        [(key, value) for key in keys for value in [*_bugs(key).values(), _stranger(chance)]],
        witness,
        SLIPS,
        called="diagnose",
        fits=lambda got: isinstance(got, str) and got in [*_bugs(keys[0])],
        like=_("one of the six names"),
        passed=_("You tell every bug from its value."),
        section="4.2.2",
    )


SLIPS = (
    Slip(
        "only right or unknown",
        edited(solution, ("return name", 'return name if name == "right" else "unknown"')),
        _("You tell right from wrong; name the bug as well."),
    ),
    Slip(
        "never unknown",
        edited(solution, ('return "unknown"', 'return "lower case"')),
        _("No name fits this value, and still you name a bug; return 'unknown'."),
    ),
    Slip(
        "long is hex",
        edited(
            solution,
            (
                "    candidates = {",
                """    if len(value) > 28:
        return "hex digest"
    candidates = {""",
            ),
        ),
        _("A long value may be the Base64 of other digits: compute the hex digest, and compare."),
    ),
    Slip(
        "hex in the wrong place",
        edited(
            solution, ("hashed(key.encode() + guid).hex().encode()", "hashed(key.encode()+guid)")
        ),
        _("'hex digest' is the Base64 of the 40 hex digits; you do not find it."),
    ),
    Slip(
        "a newline at the end",
        edited(solution, ('b"\\n" + guid', 'guid + b"\\n"')),
        _("The newline of this bug comes with the key: put it before the GUID."),
    ),
)

EXERCISE = Exercise(
    name="03.3",
    title=_("Name the bug"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "A hash cannot be read backwards, so a wrong value does not show its bug. But the bugs "
        "are few: compute what each of them gives for this key, and compare."
    ),
    hints=(
        _("The value alone shows nothing; from the key you can compute what each bug gives."),
        _("A dict from name to value makes it short; go through it and compare."),
        _("Only for 'hex digest' encode something else: the hex digits, 40 bytes of text."),
    ),
    slips=SLIPS,
)
