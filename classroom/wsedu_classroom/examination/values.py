"""Values as text, and back: what a frozen examination can hold.

How to think about it: the file is JSON, which has no bytes, no tuples and no infinity. So each
value is written as Python writes it. What Python cannot read back in this way is not frozen.
"""

from __future__ import annotations

import ast
import base64
import zlib
from typing import Any

LONG = 500  # characters; a longer text is packed
PACKED = "zlib:"
RAISES = "raises ValueError"


def text_of(value: Any) -> str:
    """The value as text. Raises ValueError if it cannot be read back."""
    text = "1e999" if value == float("inf") else repr(value)
    try:
        same = ast.literal_eval(text) == value
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        same = False
    if not same:
        raise ValueError(f"no text stands for {text:.60}")
    if len(text) <= LONG:
        return text
    return PACKED + base64.b85encode(zlib.compress(text.encode(), 9)).decode()


def value_of(text: str) -> Any:
    """The value for which ``text_of`` gave this text."""
    if text.startswith(PACKED):
        text = zlib.decompress(base64.b85decode(text.removeprefix(PACKED))).decode()
    return ast.literal_eval(text)
