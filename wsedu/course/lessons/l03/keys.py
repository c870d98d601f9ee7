"""03.4: why a published test with curl gets 400."""

from __future__ import annotations

import base64
import random
import string

from ....protocol import build_request
from ....words import _
from ...exercise import Exercise, Slip, edited, how_many
from ...judges import by_cases
from ...reference import random_key, server_status
from ...runner import Attempt
from ...verdict import Verdict


def solution(key: str) -> bool:
    """Base64, the whole of it, of 16 bytes."""
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except ValueError:
        return False


def witness(key: str) -> bool:
    """Whether a ``websockets`` server says 101 to a request with this key."""
    return server_status(build_request("example.com:8000", "/", key).to_bytes()) == 101


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """The key of the published test, its neighbours, and random ones, at a real server."""
    right = random_key(chance)
    keys = ["dGhlIHNhbXBsZSBub25jZQ==", "SGVsbG8sIHdvcmxkIQ==", "", "x3JJHMbDL1EzLkh9GBhXDw=="]
    keys += [base64.b64encode(chance.randbytes(size)).decode() for size in (15, 17, 18, 32)]
    keys += [right[:-2], right[:-1], "!" + right, right[:8] + "-" + right[8:], "0123456789abcdef"]
    for _case in range(how_many(10)):
        size = chance.choice([16, 16, chance.randint(0, 40)])
        keys.append(base64.b64encode(chance.randbytes(size)).decode())
        keys.append("".join(chance.choices(string.ascii_letters, k=chance.choice([16, 24]))))
    return by_cases(
        attempt,
        [(key,) for key in keys],
        witness,
        SLIPS,
        called="key_is_good",
        fits=lambda got: isinstance(got, bool),
        like=_("True or False"),
        passed=_("A real server agrees with you about every key."),
        section="4.2.1, item 5",
    )


SLIPS = (
    Slip(
        "every key is good",
        lambda key: True,
        _("You take every key; this server looks at it before it answers 101 (4.2.1, item 5)."),
    ),
    Slip(
        "the published key alone",
        lambda key: key != "SGVsbG8sIHdvcmxkIQ==",
        _("You refuse the published key alone; other keys do not decode to 16 bytes either."),
    ),
    Slip(
        "any Base64",
        edited(solution, ("== 16", "> 0")),
        _(
            "You take any Base64; the RFC asks for 16 bytes, and 'Hello, world!', the key of the "
            "published test, has 13."
        ),
    ),
    Slip(
        "only the length of the text",
        lambda key: len(key) == 24,
        _(
            "You count 24 characters; but 24 characters may stand for 16, 17 or 18 bytes, or for "
            "nothing at all."
        ),
    ),
    Slip(
        "16 characters",
        lambda key: len(key) == 16,
        _("The decoded key must be 16 bytes long, not its Base64 text."),
    ),
    Slip(
        "what is not Base64 is skipped",
        edited(solution, (", validate=True", "")),
        _(
            "b64decode skips characters that are not Base64, unless you say validate=True; this "
            "server refuses such a key."
        ),
    ),
)

EXERCISE = Exercise(
    name="03.4",
    title=_("Why does the published test get 400?"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "SGVsbG8sIHdvcmxkIQ== has 20 characters and decodes to 'Hello, world!': 13 bytes. 4.1 "
        "says that the nonce has 16, and a server that checks this answers 400."
    ),
    hints=(
        _("Decode the published key, and count."),
        _("base64.b64decode raises binascii.Error, which is a ValueError."),
        _("len(base64.b64decode(key, validate=True)) == 16, and False where it raises."),
    ),
    slips=SLIPS,
)
