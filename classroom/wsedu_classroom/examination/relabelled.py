"""New letters for an exercise: two learners who compare "C is 404" compare two situations.

How to think about it: a letter names a situation in the task, in the solution, and in the
sentences. All of them change together. In a sentence, a capital alone is a letter, unless it is the
article "A".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ROW = re.compile(r"(?m)^(?:- (?P<item>[A-Z]): |\| (?P<row>[A-Z]) \| ).*$")
CODE = re.compile(r"(`[^`]*`|\"[^\"]*\")")  # no letter in there names a situation
ALONE = r"(?<![\w+'])(?:[B-Z]|A(?! [^ ]|\w)|(?<=of )A|(?<=in )A|A(?= (?:and|to|or|raises|again)\b))"
ALONE += r"(?![\w+'])"
SEVERAL = re.compile(rf"{ALONE}(?:(?:, | and | to ){ALONE})*")


def can_be_relabelled(task: str, letters: str) -> bool:
    """Whether each letter has a line of its own in the task."""
    return "".join(match["item"] or match["row"] for match in ROW.finditer(task)) == letters


def in_text(text: str, new: Mapping[str, str]) -> str:
    """A text with the new letters in it; a list of letters is in order again."""

    def renamed(match: re.Match[str]) -> str:
        words = match[0]
        if " to " in words:
            first, last = words.split(" to ")
            names = [chr(code) for code in range(ord(first), ord(last) + 1)]
        else:
            names = re.split(", | and ", words)
        if not set(names) <= set(new):
            return words
        renewed = sorted(new[name] for name in names)
        joined = " and " if " and " in words or " to " in words else ", "
        return joined.join(filter(None, [", ".join(renewed[:-1]), renewed[-1]]))

    parts = CODE.split(text)
    parts[::2] = [SEVERAL.sub(renamed, part) for part in parts[::2]]
    return "".join(parts)


def in_task(task: str, new: Mapping[str, str]) -> str:
    """A task with the new letters in it, and its lines in their order."""
    task = ROW.sub(lambda match: _with_letter(match, new), in_text_beside_rows(task, new))
    lines = sorted((match[0] for match in ROW.finditer(task)), key=lambda line: line[2])
    in_order = iter(lines)
    return ROW.sub(lambda match: next(in_order), task)


def in_text_beside_rows(task: str, new: Mapping[str, str]) -> str:
    """The letters that name a line elsewhere in the task; the line's own letter stays."""

    def line(text: str) -> str:
        match = ROW.match(text)
        return text[:4] + in_text(text[4:], new) if match else in_text(text, new)

    return "\n".join(map(line, task.split("\n")))


def _with_letter(match: re.Match[str], new: Mapping[str, str]) -> str:
    line = match[0]
    return line[:2] + new[line[2]] + line[3:]


def in_keys(answers: Mapping[str, Any], new: Mapping[str, str]) -> dict[str, Any]:
    """What belongs to each letter, under its new one, in order."""
    return dict(sorted((new[letter], value) for letter, value in answers.items()))
