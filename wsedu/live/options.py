"""What a lab may be started with: each option has a type, a range, and words that say both.

How to think about it: a wrong option should fail in the cell that gives it, by its name. Later it
would fail inside a library, or not at all: ``origins="http://..."`` would be taken letter by
letter.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..protocol.http import TOKEN
from ..words import _
from .tap import HOST

LIST = (list, tuple)
NONE = type(None)


@dataclass(frozen=True)
class Rule:
    """What an option must be.

    words: say it, after "must be"
    types: the types that it may have
    holds: whether a value of such a type is allowed; None always is
    """

    words: str
    types: tuple[Any, ...]
    holds: Callable[[Any], bool] = lambda value: True


def _is_line(text: str) -> bool:
    return text.isascii() and text.isprintable()


SECONDS = Rule(
    _("a number of seconds, 0 or more, or None for no limit"),
    (int, float, NONE),
    lambda seconds: 0 <= seconds < math.inf,
)
FUNCTION = Rule(_("an async function"), (Callable, NONE))

RULES = {
    "handler": FUNCTION,
    "raw": FUNCTION,
    "server": FUNCTION,
    "upstream": Rule(
        _("the number of a port, or None"), (int, NONE), lambda port: 0 < port < 2**16
    ),
    "open_timeout": SECONDS,
    "ping_interval": Rule(
        _("a number of seconds, more than 0, or None for no Pings"),
        (int, float, NONE),
        lambda seconds: 0 < seconds < math.inf,
    ),
    "ping_timeout": SECONDS,
    "close_timeout": SECONDS,
    "max_size": Rule(
        _("a number of bytes, 0 or more, or None for no limit"),
        (int, NONE),
        lambda size: size >= 0,
    ),
    "origins": Rule(
        _('a list of origins, such as ["http://example.com", None], or None for all'),
        (*LIST, NONE),
        lambda origins: all(isinstance(origin, (str, re.Pattern, NONE)) for origin in origins),
    ),
    "subprotocols": Rule(
        _('a list of names, such as ["chat"], or None for none'),
        (*LIST, NONE),
        lambda names: all(isinstance(name, str) and TOKEN.fullmatch(name) for name in names),
    ),
    "date": Rule(
        _("a line of ASCII for the Date header, or None for the time of day"),
        (str, NONE),
        _is_line,
    ),
    "set_cookie": Rule(
        _("a line of ASCII for the Set-Cookie header, or None for none"),
        (str, NONE),
        _is_line,
    ),
    "notifications": Rule(_("True or False"), (bool,)),
    "network": Rule(_("loopback or memory"), (str,), lambda value: value in ("loopback", "memory")),
    "open_to_the_network": Rule(_("an address of this machine, or None"), (str, NONE)),
    "token": Rule(_("a string, or None"), (str, NONE)),
}


# These are passed on to ``websockets`` as they are.
TIMEOUTS = ("open_timeout", "ping_interval", "ping_timeout", "close_timeout")
OF_THE_LIBRARY = (*TIMEOUTS, "max_size", "origins", "subprotocols")


def check_each(rules: Mapping[str, Rule], options: Mapping[str, Any]) -> None:
    """Raise TypeError or ValueError for the first option that is wrong by itself."""
    for name, value in options.items():
        rule = rules[name]
        wrong = _("{name} must be {words}, not {value}").format(
            name=name, words=rule.words, value=repr(value)
        )
        # Python takes True and False for numbers.
        number = not isinstance(value, bool) or bool in rule.types
        if not (isinstance(value, rule.types) and number):
            raise TypeError(wrong)
        if value is not None and not rule.holds(value):
            raise ValueError(wrong)


def check(**options: Any) -> None:
    """Raise TypeError or ValueError for the first option that is wrong, or excludes another."""
    check_each(RULES, options)
    if sum(options[script] is not None for script in ("handler", "raw", "server", "upstream")) > 1:
        raise ValueError("handler, raw, server and upstream all say what the server is; give one")
    if options["network"] == "memory" and options["upstream"] is not None:
        raise ValueError("a network in memory does not reach a server that runs elsewhere")
    if options["network"] == "memory" and options["open_to_the_network"] is not None:
        raise ValueError("a network in memory cannot be opened to others")


def allowed_address(address: str | None, token: str | None, plain: bool) -> str:
    """Where to listen: here, unless ``address`` and a ``token`` open the lab to the network.

    plain: whether the server is the library's, which can ask for the token
    """
    if address is None:
        if token is not None:
            raise ValueError(
                "a token goes with open_to_the_network; without it, only this machine can connect"
            )
        return HOST
    if not plain:
        raise ValueError(
            "your own server, a raw one and notifications ask for no token, "
            "so they stay on 127.0.0.1"
        )
    if token is None or len(token) < 8 or not token.isascii() or not token.isalnum():
        raise ValueError(
            "open_to_the_network needs a token of 8 or more letters and digits, "
            "because everything in the network can then reach the lab"
        )
    return address
