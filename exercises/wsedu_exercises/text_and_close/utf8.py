"""UTF-8 as its standard writes it (RFC 3629, 4): an oracle that is no decoder.

How to think about it: a character is one of nine rows of bytes, each with its own borders. A text
is made of such rows, and at its end there may be the beginning of one. With other rows, it is what
a learner may take for UTF-8.
"""

from __future__ import annotations

import functools
import re

# For each byte of a character, the first and the last value.
ROWS = """
00-7f
c2-df 80-bf
e0-e0 a0-bf 80-bf
e1-ec 80-bf 80-bf
ed-ed 80-9f 80-bf
ee-ef 80-bf 80-bf
f0-f0 90-bf 80-bf 80-bf
f1-f3 80-bf 80-bf 80-bf
f4-f4 80-8f 80-bf 80-bf
"""


def other_rows(*changes: tuple[str, str]) -> str:
    """The rows, with something else in place of each text."""
    rows = ROWS
    for old, new in changes:
        assert old in rows, old
        rows = rows.replace(old, new)
    return rows


def _pattern(rows: list[list[str]]) -> str:
    """What matches each of these rows."""
    ranges = (["[\\x{}-\\x{}]".format(*byte.split("-")) for byte in row] for row in rows)
    return "|".join(map("".join, ranges))


@functools.cache
def _text(rows: str, beginnings: str) -> re.Pattern[bytes]:
    whole = [row.split() for row in rows.split("\n") if row]
    begun = [row.split() for row in beginnings.split("\n") if row]
    parts = [row[:size] for row in begun for size in range(1, len(row))]
    return re.compile(f"(?:{_pattern(whole)})*({_pattern(parts)})?".encode())


def unfinished(data: bytes, rows: str = ROWS, beginnings: str = "") -> bytes | None:
    """The unfinished character at the end of a text; None if no text begins like this.

    beginnings: other rows for a character that is not finished yet
    """
    found = _text(rows, beginnings or rows).fullmatch(data)
    return (found[1] or b"") if found else None


@functools.cache
def fault(data: bytes) -> str:
    """What is wrong at the first wrong byte; "" if there is none."""
    before = b""
    for end in range(1, len(data) + 1):
        after = unfinished(data[:end])
        if after is None:
            return _fault(before, data[end - 1])
        before = after
    return ""


def _fault(before: bytes, byte: int) -> str:
    if before and not 0x80 <= byte <= 0xBF:
        return "cut off"
    if before == b"\xed":
        return "surrogate"
    if before == b"\xf4" or (not before and 0xF5 <= byte <= 0xF7):
        return "too large"
    if before or byte in (0xC0, 0xC1):
        return "overlong"
    return "continuation" if byte < 0xC0 else "no start"


FAULTS = {  # a condition -> what is wrong where it holds
    "cut-off": ["cut off"],
    "surrogate": ["surrogate"],
    "too-large": ["too large"],
    "overlong": ["overlong"],
    "no-start": ["no start", "continuation"],
    "continuation": ["continuation"],
}


# What learners take for UTF-8: rows that let in too much, and rows that refuse too much.

_BITS = [
    ("c2-df", "c0-df"),
    ("e0-e0 a0", "e0-e0 80"),
    ("f0-f0 90", "f0-f0 80"),
    ("ed-ed 80-9f", "ed-ed 80-bf"),
    ("f4-f4 80-8f", "f4-f7 80-bf"),
]
_FOUR = "f0-f0 90-bf 80-bf 80-bf\nf1-f3 80-bf 80-bf 80-bf\nf4-f4 80-8f 80-bf 80-bf\n"

LAX = {
    "accepts-c0": other_rows(("c2-df", "c0-df")),
    "accepts-c1": other_rows(("c2-df", "c1-df")),
    "overlong-three": other_rows(("e0-e0 a0", "e0-e0 80")),
    "overlong-four": other_rows(("f0-f0 90", "f0-f0 80")),
    "overlong-three-and-four": other_rows(*_BITS[1:3]),
    "overlong": other_rows(*_BITS[:3]),
    "surrogates": other_rows(_BITS[3]),
    "surrogate-border": other_rows(("ed-ed 80-9f", "ed-ed 80-a0")),
    "above-the-last": other_rows(("f4-f4 80-8f", "f4-f4 80-bf")),
    "above-the-last-border": other_rows(("f4-f4 80-8f", "f4-f4 80-90")),
    "too-large": other_rows(("f4-f4 80-8f", "f4-f7 80-bf")),
    "bits-only": other_rows(*_BITS),
    "second-byte": other_rows(*_BITS[1:4], ("f4-f4 80-8f", "f4-f4 80-bf")),
    "overlong-and-surrogates": other_rows(*_BITS[:4]),
    "overlong-and-too-large": other_rows(*_BITS[:3], _BITS[4]),
    "surrogates-and-too-large": other_rows(*_BITS[3:]),
    "five-bytes": other_rows((_FOUR, _FOUR + "f8-fb 80-bf 80-bf 80-bf 80-bf\n")),
    "old-utf-8": other_rows(
        *_BITS,
        (
            "f4-f7 80-bf 80-bf 80-bf",
            "f4-f7 80-bf 80-bf 80-bf\nf8-fb 80-bf 80-bf 80-bf 80-bf\n"
            "fc-fd 80-bf 80-bf 80-bf 80-bf 80-bf",
        ),
    ),
    "continuation-alone": other_rows(("00-7f", "00-bf")),
    "second-byte-free": other_rows(("c2-df 80-bf", "c2-df 00-ff")),
}
STRICT = {
    "zero-refused": other_rows(("00-7f", "01-7f")),
    "control-refused": other_rows(("00-7f", "20-7f")),
    "7f-refused": other_rows(("00-7f", "00-7e")),
    "ascii-only": "00-7f",
    "two-bytes-at-most": "00-7f\nc2-df 80-bf",
    "four-bytes-refused": other_rows((_FOUR, "")),
    "c2-refused": other_rows(("c2-df", "c3-df")),
    "df-refused": other_rows(("c2-df", "c2-de")),
    "ed-refused": other_rows(("ed-ed 80-9f 80-bf\n", "")),
    "ed-border": other_rows(("ed-ed 80-9f", "ed-ed 80-9e")),
    "e0-refused": other_rows(("e0-e0 a0-bf 80-bf\n", "")),
    "e0-border": other_rows(("e0-e0 a0", "e0-e0 a1")),
    "f0-refused": other_rows(("f0-f0 90-bf 80-bf 80-bf\n", "")),
    "f0-border": other_rows(("f0-f0 90", "f0-f0 91")),
    "f4-refused": other_rows(("f4-f4 80-8f 80-bf 80-bf\n", "")),
    "f4-border": other_rows(("f4-f4 80-8f", "f4-f4 80-8e")),
    "bf-refused": other_rows(("80-bf", "80-be"), ("a0-bf", "a0-be"), ("90-bf", "90-be")),
    "80-refused": other_rows((" 80-", " 81-")),
}
EARLY = {  # unfinished characters that wait for more, although no text begins like this
    "waits-for-overlong": other_rows(*_BITS[1:3]),
    "waits-for-too-large": other_rows(("f4-f4 80-8f", "f4-f4 80-bf")),
    "waits-for-first-two": LAX["second-byte"],
    "waits-for-the-bits": LAX["bits-only"],
    "waits-until-complete": "c2-df 00-ff\ne0-ef 00-ff 00-ff\nf0-f4 00-ff 00-ff 00-ff",
    "waits-until-complete/bits": "c0-df 00-ff\ne0-ef 00-ff 00-ff\nf0-f7 00-ff 00-ff 00-ff",
}
