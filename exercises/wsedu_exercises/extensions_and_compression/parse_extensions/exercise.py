"""Read the value of Sec-WebSocket-Extensions."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from websockets.headers import parse_extension

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args


def parse_extensions(value):
    """The extensions that a value lists, in order: (name, {parameter: its value or None}) (9.1)."""
    found = []
    for element in value.split(","):
        name, *written = element.split(";")
        if not name.strip():
            continue
        parameters = {}
        for parameter in written:
            key, equals, word = parameter.partition("=")
            parameters[key.strip()] = word.strip().strip('"') if equals else None
        found.append((name.strip(), parameters))
    return found


Extensions = list[tuple[str, dict[str, str | None]]]


def reference(value: str) -> Extensions:
    """What the ``websockets`` library reads."""
    return [(name, dict(parameters)) for name, parameters in parse_extension(value)]


OFFERS = [
    "permessage-deflate",
    # Of Chromium, of Firefox, and of ``websockets``; and that of RFC 7692 7.1.3, twice.
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=12",
    "permessage-deflate; client_max_window_bits, permessage-deflate",
    'permessage-deflate; client_max_window_bits; server_max_window_bits="10", permessage-deflate',
    "foo",
    "foo, bar",
    "bar, foo",
    "b, a, c",
    "foo; x",
    "foo; x=1",
    "foo; x; y",
    "foo; y=2; x=1",
    "foo; x=1; y; z=3",
    "foo, bar; x=1",
    "foo; x=1, bar",
    "foo; x=1, bar; x=2",
    # The same name several times: each is an offer of its own, in order of preference.
    "foo, foo",
    "foo; x=1, foo; x=2",
    "foo; x=1, foo",
    "foo, foo; x=1",
    "foo; x=1, bar; y, foo; x=1",
    # Quotes may surround a value, and do not belong to it.
    'foo; x="1"',
    'foo; x="10"; y=10',
    'foo; x="a-b_c"',
    # Spaces and tabs.
    "foo;x=1",
    "foo;x;y=2,bar;z",
    "foo,bar",
    "foo ; x=1 , bar ; y",
    "foo;  x=1,  bar",
    "foo;\tx=1,\tbar\t; y",
    "foo; x = 1; y= 2; z =3",
    'foo; x = "1"',
    # Elements that are empty do not count.
    "foo,, bar",
    ", foo",
    "foo,",
    "foo, ,bar",
    # What a name and a value may look like (RFC 2616 2.2).
    "x-webkit-deflate-frame",
    "Foo; Bar=Baz",
    "foo.v2; x.y=1.5",
    "foo; x=0",
    "foo; 0=x",
    "foo; x=08; y=+1",
    "foo; x=None; y=true",
    "foo; x='1'",
    "1; 2=3",
    "f!#$%&'*+-.^_`|~; x=!#$%&'*+-.^_`|~",
]


def cases(chance: random.Random) -> list[Args]:
    """Real offers and each form that a part may have; then lists drawn by chance."""
    found = list(OFFERS)
    names = ["permessage-deflate", "foo", "bar", "x-a.b", "A1"]
    keys = ["client_max_window_bits", "server_no_context_takeover", "x", "y", "Z"]
    for _case in range(how_many(20)):
        elements = []
        for _element in range(chance.randint(1, 3)):
            parts = [chance.choice(names)]
            for key in chance.sample(keys, chance.randint(0, 3)):
                word = str(chance.randint(0, 15))
                equals = chance.choice(["=", " = "])
                parts.append(key + chance.choice(["", f"{equals}{word}", f'{equals}"{word}"']))
            elements.append(chance.choice(["; ", ";", " ;\t"]).join(parts))
        found.append(chance.choice([", ", ",", " , ", ",,"]).join(elements))
    return [(value,) for value in found]


def _fields(got: Extensions) -> dict[str, Any]:
    """The names of the extensions, those of their parameters, and the values."""
    return {
        "names": [name for name, _parameters in got],
        "keys": [list(parameters) for _name, parameters in got],
        "values": [list(parameters.values()) for _name, parameters in got],
    }


def _words(value: str) -> list[str | None]:
    return [word for _name, parameters in reference(value) for word in parameters.values()]


CONDITIONS: dict[str, Callable[[str], bool]] = {
    "one": lambda value: len(reference(value)) == 1,
    "several": lambda value: len(reference(value)) > 1,
    "parameter": lambda value: bool(_words(value)),
    "no-parameter": lambda value: not _words(value),
    "several-parameters": lambda value: any(len(words) > 1 for _name, words in reference(value)),
    "valueless": lambda value: None in _words(value),
    "valued": lambda value: any(_words(value)),
    "quoted": lambda value: '"' in value,
    "spaces-around-equals": lambda value: " =" in value or "= " in value,
    "space-before": lambda value: " ;" in value or " ," in value,
    "no-space": lambda value: " " not in value and ("," in value or ";" in value),
    "tab": lambda value: "\t" in value,
    "twice": lambda value: len({name for name, _words in reference(value)}) < len(reference(value)),
    "empty": lambda value: "" in [element.strip() for element in value.split(",")],
    "capital": lambda value: value != value.lower(),
    "digits": lambda value: any(word and word.isdigit() for word in _words(value)),
    "signs": lambda value: any(sign in value for sign in ".!+'"),
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str | None:
    """The first part that is wrong, if no mistake fits."""
    say, right = exercise.words.say, reference(*args)
    if len(got) != len(right):
        return say("count")
    found, wanted = _fields(got), _fields(right)
    if found["names"] != wanted["names"]:
        return say("names")
    return say("keys") if found["keys"] != wanted["keys"] else say("values")


EXERCISE = Exercise(
    stars=2,
    judge=Cases(cases, reference, list[tuple[str, dict[str, str | None]]], section="9.1").telling(
        fields=_fields, conditions=CONDITIONS, explain=explain
    ),
    solution=parse_extensions,
)
