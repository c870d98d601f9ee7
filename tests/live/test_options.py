"""The options of a lab: a wrong one is named before anything is closed or started."""

import inspect
import math
import re
import threading
from typing import Any

import pytest

from wsedu.live import Lab
from wsedu.live.options import RULES, check
from wsedu.recording import dissect

from .test_lab import REQUEST

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_lab_is_left")]

SECONDS = ("open_timeout", "ping_interval", "ping_timeout", "close_timeout")


WRONG_TYPES: dict[str, list[Any]] = {
    **dict.fromkeys(SECONDS, ["2", b"2", [2], True, False, 2j]),
    "max_size": ["1024", 10.0, True, (1, 2)],
    "origins": ["http://example.com", b"x", 1, re.compile(".*")],
    "subprotocols": ["chat", b"chat", 1, {"chat": 1}],
    "date": [1, b"today"],
    "set_cookie": [1, b"shop=1"],
    "notifications": [1, None, "yes"],
    "handler": [1, "echo", False],
    "raw": [1],
    "server": [1],
    "upstream": ["8000", 80.0, True],
    "network": [None, 1],
    "open_to_the_network": [1, True],
    "token": [12345678, b"opensesame"],
}
WRONG_VALUES: dict[str, list[Any]] = {
    **dict.fromkeys(SECONDS, [-1, -0.5, math.inf, math.nan]),
    "ping_interval": [0, 0.0, -1, math.inf, math.nan],
    "max_size": [-1],
    "upstream": [-1, 0, 2**16],
    "origins": [[1], [b"http://example.com"]],
    "subprotocols": [[1], [None], ["two words"], [""], ["a,b"]],
    "date": ["Thu\r\nX-Lunch: soup", "d\xe9cembre"],
    "set_cookie": ["shop=1\r\nX-Lunch: soup", "caf\xe9=1"],
    "network": ["pigeons"],
}
WRONG = [
    (error, name, value)
    for error, cases in ((TypeError, WRONG_TYPES), (ValueError, WRONG_VALUES))
    for name, values in cases.items()
    for value in values
]


@pytest.mark.parametrize(("error", "name", "value"), WRONG)
async def test_wrong_option_is_named_and_the_old_lab_stays_open(
    error: type[Exception], name: str, value: Any
) -> None:
    lab = Lab()
    before = threading.active_count()
    words = f"{name} must be {RULES[name].words}, not {value!r}"
    with pytest.raises(error, match=f"^{re.escape(words)}$"):
        Lab(**{name: value})
    assert threading.active_count() == before
    assert Lab._current is lab and dissect(await lab.talk(REQUEST)).status == 101


RIGHT: dict[str, list[Any]] = {
    **dict.fromkeys(SECONDS, [None, 0.5, 3]),
    "close_timeout": [0],
    "max_size": [None, 0, 100],
    "origins": [[None, "http://example.com", re.compile("http://.*")], ("http://a.example",), []],
    "subprotocols": [["chat", "superchat"], ("chat",), []],
    "date": ["Thu, 01 Dec 2011 00:00:00 GMT"],
    "set_cookie": ["shop=1; HttpOnly"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values]
)
def test_right_option_starts_a_lab(name: str, value: Any) -> None:
    assert Lab(**{name: value}).url.startswith("ws://127.0.0.1:")


def test_every_option_of_a_lab_has_a_rule_and_its_default_keeps_it() -> None:
    parameters = inspect.signature(Lab).parameters.values()
    found = {parameter.name: parameter.default for parameter in parameters}
    assert set(found) == set(RULES)
    check(**found)
    assert set(WRONG_TYPES) == set(RULES)
