"""Compute Sec-WebSocket-Accept."""

from __future__ import annotations

import random

from websockets.utils import accept_key as reference

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args, patch
from wsedu.course.reference import random_key

from ...server import accept


def cases(chance: random.Random) -> list[Args]:
    """The example of the RFC, then random keys, against the ``websockets`` library."""
    keys = ["dGhlIHNhbXBsZSBub25jZQ=="] + [random_key(chance) for _case in range(how_many(20))]
    return [(key,) for key in keys]


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, str, section="4.2.2"),
    solution=accept,
    wrong={
        "bytes-not-str": patch(".decode()", ""),
        "decoded-key": patch("(key + GUID).encode()", "base64.b64decode(key) + GUID.encode()"),
        "hex-digest": patch(
            (".digest()", ".hexdigest()"), ("b64encode(digest)", "b64encode(digest.encode())")
        ),
        "hex-not-base64": patch("base64.b64encode(digest).decode()", "digest.hex()"),
        "newline-after-key": patch("key + GUID", 'key + "\\n" + GUID'),
        "newline-after-guid": patch("key + GUID", 'key + GUID + "\\n"'),
        "str-of-bytes": patch("base64.b64encode(digest).decode()", "str(base64.b64encode(digest))"),
        "urlsafe-base64": patch("b64encode", "urlsafe_b64encode"),
        "newline-after-value": patch("b64encode", "encodebytes"),
        "guid-in-lower-case": patch("GUID)", "GUID.lower())"),
        "guid-first": patch("key + GUID", "GUID + key"),
        "no-guid": patch("key + GUID", "key"),
        "sha-256": patch("sha1", "sha256"),
    },
    piece="accept",
)
