"""Number the messages of each channel, before they are published."""

# Learners paste solutions into their notebooks, where the names of types are not at hand.
# mypy: allow-untyped-defs

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, Results, how_many
from wsedu.course.mistakes import Args


def number_messages(messages, last):
    """The messages with their numbers, and the last number of each channel afterwards."""
    last = dict(last)
    numbered = []
    for channel, text in messages:
        last[channel] = last.get(channel, 0) + 1
        numbered.append((channel, last[channel], text))
    return numbered, last


Messages = list[tuple[str, str]]
Last = dict[str, int]
Numbered = list[tuple[str, int, str]]


def counted(messages: Messages, last: Last) -> tuple[Numbered, Last]:
    """Each number is the last one of its channel, and how many of its messages came since."""
    channels = [channel for channel, _text in messages]
    numbered = [
        (channel, last.get(channel, 0) + channels[: place + 1].count(channel), text)
        for place, (channel, text) in enumerate(messages)
    ]
    return numbered, {
        channel: last.get(channel, 0) + channels.count(channel) for channel in [*last, *channels]
    }


def _said(*written: str) -> Messages:
    """Messages, each written as ``"channel: text"``."""
    return [(channel, text) for channel, _, text in (one.partition(": ") for one in written)]


CASES: list[tuple[Messages, Last]] = [
    ([], {}),
    (_said("chat: coffee"), {}),
    (_said("chat: coffee"), {"chat": 7}),
    (_said("chat: coffee"), {"chat": 0}),
    ([], {"chat": 7}),
    ([], {"chat": 7, "news": 2}),
    (_said("chat: coffee", "chat: tea"), {}),
    (_said("chat: coffee", "chat: tea", "chat: milk"), {"chat": 7}),
    # Several channels, of which some are new.
    (_said("chat: coffee", "news: rain"), {}),
    (_said("chat: coffee", "news: rain"), {"chat": 7}),
    (_said("chat: coffee", "news: rain"), {"news": 7}),
    (_said("chat: coffee", "news: rain"), {"chat": 7, "news": 2}),
    (_said("chat: coffee", "chat: tea", "news: rain"), {"chat": 7, "news": 2}),
    (_said("news: rain", "chat: coffee", "news: snow"), {"chat": 7, "news": 2}),
    (_said("news: rain", "chat: coffee", "news: snow", "chat: tea"), {}),
    (_said("b: 1", "a: 2", "c: 3", "a: 4", "b: 5"), {"a": 1, "c": 30}),
    (_said("chat: tea"), {"news": 7}),
    (_said("chat: tea", "chat: milk"), {"news": 7, "sport": 3}),
    # The same again, and nothing: each is a message of its own.
    (_said("chat: tea", "chat: tea"), {"chat": 7}),
    (_said("chat: tea", "news: rain", "chat: tea"), {}),
    (_said("chat: tea", "news: tea"), {"chat": 7, "news": 2}),
    ([("chat", "")], {"chat": 7}),
    ([("chat", "tea"), ("chat", ""), ("chat", "milk")], {}),
    # Channels with names that look alike, or like nothing.
    (_said("chat: tea", "Chat: tea"), {"chat": 7}),
    (_said("chat: tea", "chat : tea", "chat2: tea"), {"chat": 7}),
    ([("", "tea"), ("", "milk")], {}),
    ([("", "tea"), ("chat", "milk")], {"": 4}),
    (_said("7: tea", "7: milk"), {"chat": 7}),
    # Numbers grow, and never begin again.
    (_said("chat: tea", "chat: milk"), {"chat": 8}),
    (_said("chat: tea", "chat: milk"), {"chat": 254}),
    (_said("chat: tea", "chat: milk"), {"chat": 65_534}),
    (_said("chat: tea", "chat: milk"), {"chat": 2**31 - 2}),
    (_said("chat: tea", "chat: milk"), {"chat": 2**32 - 2}),
    (_said("chat: tea"), {"chat": 2**53}),
    (_said(*[f"chat: {number}" for number in range(12)]), {"chat": 3}),
]


def cases(chance: random.Random) -> list[Args]:
    """Each thing that may be, and batches by chance."""
    found = list(CASES)
    for _case in range(how_many(15)):
        channels = chance.sample(["chat", "news", "sport", "a", "b", "room 5"], 3)
        texts = ["coffee", "tea", "milk", ""]
        length = chance.randint(1, 9)
        messages = [(chance.choice(channels), chance.choice(texts)) for _ in range(length)]
        last = {channel: chance.randint(1, 99) for channel in chance.sample(channels, 2)}
        found.append((messages, last))
    return found


def what(got: Any) -> Any:
    """The result; one that has a generator is like any other."""
    return got[0] if isinstance(got, tuple) and got and isinstance(got[0], Iterator) else got


def fields(got: tuple[Numbered, Last]) -> dict[str, Any]:
    """The numbers, the messages that have them, and the dict."""
    numbered, last = got
    return {
        "messages": [(channel, text) for channel, _number, text in numbered],
        "numbers": [number for _channel, number, _text in numbered],
        "last": last,
    }


Holds = Callable[[Messages, Last], bool]

CONDITIONS: dict[str, Holds] = {
    "empty": lambda messages, last: not messages,
    "one": lambda messages, last: len(messages) == 1,
    "several": lambda messages, last: len(messages) > 1,
    "channels": lambda messages, last: len({channel for channel, _text in messages}) > 1,
    "same-channel": lambda messages, last: len(messages) > len(dict(messages)),
    "new": lambda messages, last: any(channel not in last for channel, _text in messages),
    "known": lambda messages, last: any(channel in last for channel, _text in messages),
    "first": lambda messages, last: not last,
    "quiet": lambda messages, last: not set(last) <= set(dict(messages)),
    "same-text": lambda messages, last: len(messages) > len({text for _channel, text in messages}),
    "empty-text": lambda messages, last: any(not text for _channel, text in messages),
    "empty-channel": lambda messages, last: any(not channel for channel, _text in messages),
    "large": lambda messages, last: max(last.values(), default=0) > 250,
}


def explain(exercise: Exercise, args: Args, got: Any, results: Results) -> str | None:
    """The first part that is wrong, if no mistake fits."""
    say, found, right = exercise.words.say, fields(got), fields(counted(*args))
    wrong = next(part for part in found if found[part] != right[part])
    return say("last" if wrong == "last" else "numbers" if wrong == "numbers" else "messages")


EXERCISE = Exercise(
    stars=2,
    judge=Cases(
        cases, counted, tuple[list[tuple[str, int, str]], dict[str, int]], section="1.5"
    ).telling(what=what, fields=fields, conditions=CONDITIONS, explain=explain),
    solution=number_messages,
)
