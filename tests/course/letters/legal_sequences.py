"""The right answers to legal-sequences, from what they are about."""

from __future__ import annotations

import codecs
import re

from wsedu.course.catalogue import exercises

USUAL = exercises()["legal-sequences"].words["task"]


def is_legal(data: bytes) -> bool:
    """What Python's codec says."""
    try:
        codecs.decode(data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def right(task: str = USUAL) -> dict[str, object]:
    """Letter -> answer."""
    lines = re.findall(r"(?m)^- ([A-J]): `([0-9a-f ]+)`$", task)
    return {letter: is_legal(bytes.fromhex(line)) for letter, line in lines}
