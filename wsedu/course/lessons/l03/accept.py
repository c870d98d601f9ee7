"""03.2: compute Sec-WebSocket-Accept."""

from __future__ import annotations

import base64
import hashlib
import random

from websockets.utils import accept_key as witness

from ....protocol import GUID
from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...reference import random_key
from ...runner import Attempt
from ...verdict import Verdict


def solution(key: str) -> str:
    """The text of the key and the GUID, SHA-1, Base64."""
    digest = hashlib.sha1((key + GUID).encode()).digest()
    return base64.b64encode(digest).decode()


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """The example of the RFC, then random keys, against the ``websockets`` library."""
    cases = [("dGhlIHNhbXBsZSBub25jZQ==",)]
    cases += [(random_key(chance),) for _case in range(how_many(20))]
    return by_cases(
        attempt,
        cases,
        witness,
        SLIPS,
        called="accept",
        fits=lambda got: isinstance(got, str),
        like=_("a text (str)"),
        passed=_("The library computes the same value for every key."),
        section="4.2.2",
    )


SLIPS = (
    Slip(
        "bytes instead of text",
        edited(solution, (".decode()", "")),
        _("Your function returned bytes; .decode() makes a string of what b64encode gives."),
    ),
    Slip(
        "the key is decoded",
        edited(solution, ("(key + GUID).encode()", "base64.b64decode(key) + GUID.encode()")),
        _("You hashed the decoded key; RFC 6455 4.2.2 hashes the Base64 text as it was sent."),
    ),
    Slip(
        "the hex digest",
        edited(
            solution,
            (".digest()", ".hexdigest()"),
            ("b64encode(digest)", "b64encode(digest.encode())"),
        ),
        _("You encoded the 40 hex digits; Base64 takes the 20 bytes: .digest(), not .hexdigest()."),
    ),
    Slip(
        "hex instead of Base64",
        edited(solution, ("base64.b64encode(digest).decode()", "digest.hex()")),
        _("This is the hash in hex; the header carries it in Base64."),
    ),
    Slip(
        "a newline at the end of the key",
        edited(solution, ("key + GUID", 'key + "\\n" + GUID')),
        _("A newline has got in between the key and the GUID; echo on a command line adds one."),
    ),
    Slip(
        "a newline after the GUID",
        edited(solution, ("key + GUID", 'key + GUID + "\\n"')),
        _("A newline has got in after the GUID; what is hashed ends with the GUID."),
    ),
    Slip(
        "the signs of bytes",
        edited(solution, ("base64.b64encode(digest).decode()", "str(base64.b64encode(digest))")),
        _("str() of bytes writes b'...' around them; .decode() makes a string of them."),
    ),
    Slip(
        "the alphabet of addresses",
        edited(solution, ("b64encode", "urlsafe_b64encode")),
        _("This Base64 has - and _, as in addresses; the header wants the usual one, + and /."),
    ),
    Slip(
        "a newline at the end of the value",
        edited(solution, ("b64encode", "encodebytes")),
        _("Your value ends with a newline: encodebytes adds one, b64encode does not."),
    ),
    Slip(
        "the GUID in lower case",
        edited(solution, ("GUID)", "GUID.lower())")),
        _("The GUID is in lower case; a hash sees the difference, and the RFC writes capitals."),
    ),
    Slip(
        "the GUID first",
        edited(solution, ("key + GUID", "GUID + key")),
        _("The GUID comes after the key, not before it."),
    ),
    Slip(
        "no GUID",
        edited(solution, ("key + GUID", "key")),
        _("You hashed the key alone; append the GUID to it first (4.2.2)."),
    ),
    Slip(
        "another hash",
        edited(solution, ("sha1", "sha256")),
        _("This is SHA-256; the RFC has SHA-1, and both sides must use the same."),
    ),
)

EXERCISE = Exercise(
    name="03.2",
    title=_("Compute Accept"),
    stars=2,
    judge=judge,
    solution=solution,
    reason=_(
        "4.2.2 gives the recipe: the value of the key as it was sent, the GUID after it, SHA-1, "
        "Base64. That SHA-1 is weak for signatures does not matter here; nothing is secret."
    ),
    hints=(
        _("The picture of the steps in the lesson has a row for each line of your function."),
        _("hashlib.sha1 takes bytes, and base64.b64encode takes and gives bytes."),
        _("Encode key + guid, take .digest() of its SHA-1, then b64encode and .decode()."),
    ),
    slips=SLIPS,
    piece="accept",
)
