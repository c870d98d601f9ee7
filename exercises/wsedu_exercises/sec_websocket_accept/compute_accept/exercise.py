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
    cases = [("dGhlIHNhbXBsZSBub25jZQ==",)]
    cases += [(random_key(chance),) for _case in range(how_many(20))]
    return cases


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, str, section="4.2.2"),
    solution=accept,
    wrong={
        "bytes-instead-of-text": patch(".decode()", ""),
        "the-key-is-decoded": patch(
            "(key + GUID).encode()", "base64.b64decode(key) + GUID.encode()"
        ),
        "the-hex-digest": patch(
            (".digest()", ".hexdigest()"), ("b64encode(digest)", "b64encode(digest.encode())")
        ),
        "hex-instead-of-base64": patch("base64.b64encode(digest).decode()", "digest.hex()"),
        "a-newline-at-the-end-of-the-key": patch("key + GUID", 'key + "\\n" + GUID'),
        "a-newline-after-the-guid": patch("key + GUID", 'key + GUID + "\\n"'),
        "the-signs-of-bytes": patch(
            "base64.b64encode(digest).decode()", "str(base64.b64encode(digest))"
        ),
        "the-alphabet-of-addresses": patch("b64encode", "urlsafe_b64encode"),
        "a-newline-at-the-end-of-the-value": patch("b64encode", "encodebytes"),
        "the-guid-in-lower-case": patch("GUID)", "GUID.lower())"),
        "the-guid-first": patch("key + GUID", "GUID + key"),
        "no-guid": patch("key + GUID", "key"),
        "another-hash": patch("sha1", "sha256"),
    },
    piece="accept",
)
