"""What the readers of bytes have to say, before it is said in a language.

How to think about it: ``protocol`` and ``recording`` find things in bytes: a rule that is broken,
a field, a title. They write no sentences. They give a ``Said``: an id, such as
``"frame.reserved-opcode"``, and the arguments that its sentence needs. ``wsedu.words`` has a
sentence for every id, and makes it when it is read: ``str(said)``. So one value can be shown in
any language, and a frame that no picture shows costs no words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, init=False)
class Said:
    """An id and its arguments; two of them are equal if they mean the same.

    An argument is a number, a string that came over the wire, or another ``Said``.
    """

    id: str
    args: dict[str, Any] = field(hash=False)

    def __init__(self, id: str, /, **args: Any) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "args", args)

    def __str__(self) -> str:
        """The sentence, in the language of the course."""
        return _speak(self, False)

    def in_english(self) -> str:
        """The sentence for a wire: what travels is never translated."""
        return _speak(self, True)


# (what is said, whether in English) -> the sentence
Speaker = Callable[[Said, bool], str]

_speak: Speaker


def install(speak: Speaker) -> None:
    """Let this function make the sentences; importing ``wsedu`` installs that of ``words``."""
    global _speak
    _speak = speak
