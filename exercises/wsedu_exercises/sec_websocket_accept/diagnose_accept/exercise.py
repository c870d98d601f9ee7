"""Name the bug behind a wrong Accept."""

from __future__ import annotations

import base64
import hashlib
import random
from typing import Any

from websockets.utils import accept_key

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args
from wsedu.course.reference import random_key
from wsedu.protocol import GUID

from .. import recipes


def diagnose(key: str, value: str) -> str:
    """The name of the bug: compute the value that each bug gives, and compare."""

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
    """The value that each bug gives, made in another way than ``diagnose`` makes it."""
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
    """As long as the value of a hex digest, but not the value of any bug."""
    return base64.b64encode(chance.randbytes(20).hex().encode()).decode()


def reference(key: str, value: str) -> str:
    """The name of the bug."""
    return next((name for name, wrong in _bugs(key).items() if wrong == value), "unknown")


# Steps of which one may ask whether the bug has this name.
DOUBTFUL = {"hex-digest/upper", "newline-after-value", "newline-after-value/crlf"}


def _others(key: str) -> list[str]:
    """What other bugs give, all of them as strings in Base64; and values that are nearly right."""
    values = [accept(key) for name, accept in recipes.mistakes().items() if name not in DOUBTFUL]
    right, nonce, guid = accept_key(key), base64.b64decode(key), GUID.encode()
    digest, text = base64.b64decode(right), key.encode()
    values += [recipes.made_by("decoded-key", "hex-digest")(key)]
    values += [right.swapcase(), right[:-4] + "AAA=", right[:24], ""]
    hashed = (nonce, digest.hex().encode(), b"\n" + text + guid, text + b"\n", text + b"\\n" + guid)
    values += [base64.b64encode(hashlib.sha1(one).digest()).decode() for one in hashed]
    values += [base64.b64encode(one).decode() for one in (digest + b"\n", digest.lower())]
    return [value for value in values if isinstance(value, str) and _is_base64(value)]


def _is_base64(value: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(value, validate=True)).decode() == value
    except ValueError:
        return False


def cases(chance: random.Random) -> list[Args]:
    """Every bug for some keys, and what other bugs give."""
    example = "dGhlIHNhbXBsZSBub25jZQ=="
    keys = [example] + [random_key(chance) for _case in range(how_many(5))]
    found = [(key, value) for key in keys for value in [*_bugs(key).values(), _stranger(chance)]]
    found += [(example, value) for value in _others(example)]
    found += [(example, accept_key(example).rstrip("="))]
    found += [(example, accept_key(example)[:-2] + "p=")]  # it decodes to the same bytes
    swapped = random_key(chance)
    return [*found, (swapped, accept_key(example)), (swapped, _bugs(swapped)["right"].lower())]


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What to say if no mistake fits."""
    return exercise.words.say("named", got=got, right=reference(*args))


EXERCISE = Exercise(
    stars=3,
    judge=Cases(
        cases,
        reference,
        lambda got: isinstance(got, str) and got in _bugs(""),
        section="4.2.2",
        explain=explain,
    ),
    solution=diagnose,
)
