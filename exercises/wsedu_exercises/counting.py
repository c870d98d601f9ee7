"""Small numbers in words, for exercises whose numbers may change."""

from __future__ import annotations

WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()
PLACES = "zeroth first second third fourth fifth sixth seventh eighth".split()


def times(count: int) -> str:
    """How often: ``"once"``, ``"twice"``, ``"three times"``."""
    return {1: "once", 2: "twice"}.get(count, f"{WORDS[count]} times")


def moments(seconds: list[int]) -> str:
    """Seconds in a sentence: ``"at 0, at 4 and at 8 s"``."""
    *others, last = (f"at {second}" for second in seconds)
    return f"{', '.join(others)} and {last} s" if others else f"{last} s"
