"""Choose a subprotocol as a server does."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from websockets.datastructures import Headers
from websockets.exceptions import NegotiationError
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args


def choose_subprotocol(offered, spoken):
    """The first name in ``spoken`` that the client offers, or None (4.2.2)."""
    names = [name.strip() for line in offered for name in line.split(",")]
    for name in spoken:
        if name in names:
            return name
    return None


def reference(offered: list[str], spoken: list[str]) -> str | None:
    """What a ``websockets`` server chooses. Where nothing fits, it would refuse the request."""
    headers = Headers([("Sec-WebSocket-Protocol", line) for line in offered])
    server = ServerProtocol(subprotocols=[Subprotocol(name) for name in spoken])
    try:
        return server.process_subprotocol(headers)
    except NegotiationError:
        return None


# Names in use, and names that look like one another.
NAMES = (
    "chat superchat Chat chat.v2 v12.stomp v11.stomp mqtt mqttv3.1 ocpp1.6 ocpp2.0.1 wamp.2.json "
    "graphql-ws graphql-transport-ws v4.channel.k8s.io"
).split()


def cases(chance: random.Random) -> list[Args]:
    """One name, two, none that fits; then several lines, spaces, and names drawn by chance."""
    fixed: list[Args] = [
        (["chat"], ["chat"]),
        (["chat, superchat"], ["superchat"]),
        (["chat"], ["superchat", "chat"]),
        (["chat"], []),
        ([], ["chat"]),
        ([], []),
        (["chat"], ["superchat"]),
        # Both speak several: the server's order counts, which is that of no alphabet.
        (["chat, superchat"], ["superchat", "chat"]),
        (["superchat, chat"], ["chat", "superchat"]),
        (["b, a, c"], ["c", "a", "b"]),
        (["c, b, a"], ["b", "c"]),
        (["a, b, c, d"], ["e", "c", "b"]),
        (["bb, a"], ["bb", "a"]),
        (["a, bb"], ["a", "bb"]),
        # A name within another; and names that differ in case only.
        (["superchat"], ["chat"]),
        (["chat"], ["superchat", "cha"]),
        (["chat.v2"], ["chat"]),
        (["v2.chat"], ["chat"]),
        (["ch, at"], ["chat"]),
        (["chat"], ["ch"]),
        (["mqttv3.1"], ["mqtt", "mqttv3.1"]),
        (["graphql-transport-ws"], ["graphql-ws", "graphql-transport-ws"]),
        (["Chat"], ["chat"]),
        (["chat"], ["Chat"]),
        (["Chat, chat"], ["chat"]),
        (["CHAT, SuperChat"], ["SuperChat", "CHAT"]),
        # Signs that a name may have (RFC 2616 2.2).
        (["v12.stomp, v11.stomp, v10.stomp"], ["v11.stomp", "v10.stomp"]),
        (["v4.channel.k8s.io"], ["v5.channel.k8s.io", "v4.channel.k8s.io"]),
        (["a+b_c~d!e, 13"], ["a+b_c~d!e"]),
        (["13"], ["13"]),
        (["chat-v2"], ["chat.v2"]),
        (["chat~2"], ["chat~2"]),
        # Several lines are one list (11.3.4).
        (["chat", "superchat"], ["superchat"]),
        (["chat", "superchat"], ["chat"]),
        (["chat", "superchat"], ["superchat", "chat"]),
        (["a", "b", "c"], ["c"]),
        (["a", "b", "c"], ["d", "b"]),
        (["a, b", "c, d"], ["d"]),
        (["a, b", "c, d"], ["b", "c"]),
        (["cha", "t"], ["chat"]),
        # Any spaces and tabs may surround a name; an element may be empty.
        (["chat,superchat"], ["superchat"]),
        (["chat,superchat"], ["chat"]),
        (["chat ,superchat"], ["chat"]),
        (["chat,  superchat"], ["superchat"]),
        (["chat,\tsuperchat"], ["superchat"]),
        (["chat\t, superchat"], ["chat"]),
        (["chat , superchat"], ["superchat", "x"]),
        (["chat,, superchat"], ["superchat"]),
        (["chat,, superchat"], ["chat"]),
        (["chat, "], ["superchat"]),
    ]
    for _case in range(how_many(20)):
        offered = chance.sample(NAMES, chance.randint(1, 6))
        cut = chance.randint(0, len(offered))
        lines = [offered[:cut], offered[cut:]]
        comma = chance.choice([",", ", ", " ,\t", ",,"])
        spoken = chance.sample(NAMES, chance.randint(0, 4))
        fixed.append(([comma.join(line) for line in lines if line], spoken))
    return fixed


def _names(offered: list[str]) -> list[str]:
    return [name.strip() for name in ",".join(offered).split(",")]


def _common(offered: list[str], spoken: list[str]) -> set[str]:
    return {*_names(offered)} & {*spoken}


CONDITIONS: dict[str, Callable[[list[str], list[str]], bool]] = {
    "no-offer": lambda offered, spoken: not offered,
    "none-spoken": lambda offered, spoken: not spoken,
    "none": lambda offered, spoken: not _common(offered, spoken),
    "none-although": lambda offered, spoken: (
        bool(offered and spoken) and not _common(offered, spoken)
    ),
    "one": lambda offered, spoken: len(_common(offered, spoken)) == 1,
    "some": lambda offered, spoken: bool(_common(offered, spoken)),
    "several": lambda offered, spoken: len(_common(offered, spoken)) > 1,
    "not-first-spoken": lambda offered, spoken: (
        bool(_common(offered, spoken)) and reference(offered, spoken) != spoken[0]
    ),
    "not-first-offered": lambda offered, spoken: (
        bool(_common(offered, spoken)) and reference(offered, spoken) != _names(offered)[0]
    ),
    "lines": lambda offered, spoken: len(offered) > 1,
    "one-line": lambda offered, spoken: len(offered) == 1,
    "several-names": lambda offered, spoken: len(_names(offered)) > 1,
    "no-space": lambda offered, spoken: " " not in " ".join(offered).replace(", ", ","),
    "tab": lambda offered, spoken: any("\t" in line for line in offered),
    "empty": lambda offered, spoken: bool(offered) and "" in _names(offered),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str:
    """What is right in this case, if no mistake fits."""
    right = reference(*args)
    if right is None:
        return exercise.words.say("none")
    return exercise.words.say("choice", right=right)


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, str | None, section="4.2.2; 11.3.4").telling(
        conditions=CONDITIONS, explain=explain
    ),
    solution=choose_subprotocol,
)
