"""What is said of what an answer did, by the second.

How to think about it: each exercise notes what an answer did as a ``Run`` of its own. What their
verdicts have in common is here.
"""

from __future__ import annotations

from typing import Any

from wsedu.course.judges import Did
from wsedu.course.runner import shorten

from ..played import FOREVER
from .clients import in_words


def parts(begun: list[tuple[float, Any]]) -> dict[str, Any]:
    """What was sent and when, as fields of a result."""
    return {
        "seconds": [at for at, _message in begun],
        "messages": [message for _at, message in begun],
    }


def did(begun: list[tuple[float, Any]], returned: Any, end: float) -> str:
    """What was sent, and how it ended, in words."""
    return f"sends {in_words(begun)}; {ended(returned, end)}"


def ended(returned: Any, end: float) -> str:
    """What an answer returned, and when; or what it did instead."""
    how = returned if isinstance(returned, Did) else f"returns {shorten(returned)}"
    return f"{how} at {end:g} s"


def is_endless(returned: Any) -> bool:
    """Whether an answer went on forever; its result is a copy, so it is not ``FOREVER`` itself."""
    return isinstance(returned, Did) and returned == FOREVER


def compared(first: str, got: str, expected: str) -> dict[str, Any]:
    """A case, what the answer did, and what it should have done: a line each."""
    return {"case": f"{first}\n  got: {got}\n  expected: {expected}"}
