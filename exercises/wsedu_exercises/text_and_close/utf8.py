"""UTF-8 as its standard writes it (RFC 3629, 4): an oracle that does not decode.

How to think about it: a character is one of nine rows of bytes, each with its own borders. A text
is made of such rows, and at its end there may be the beginning of one. With other rows, it is what
a learner may take for UTF-8. Below are parts of texts that tell these mistakes apart.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable

from wsedu.course.judges import how_many
from wsedu.course.mistakes import Args
from wsedu.protocol.utf8 import Utf8, next_state, why_refused

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
    """The rule that the first wrong byte breaks, as an id of ``wsedu.protocol``; "" if none."""
    state = Utf8.START
    for byte in data:
        after = next_state(state, byte)
        if after is None:
            return why_refused(state, byte).id
        state = after
    return ""


FAULTS = {  # a condition -> the rules that are broken where it holds
    "cut-off": ["utf8.interrupted"],
    "surrogate": ["utf8.surrogate"],
    "too-large": ["utf8.too-large"],
    "overlong": ["utf8.overlong", "utf8.overlong-two"],
    "no-start": ["utf8.stray", "utf8.overlong-two", "utf8.never"],
    "continuation": ["utf8.stray"],
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
    "f5-accepted": other_rows((_FOUR, _FOUR + "f5-f7 80-bf 80-bf 80-bf\n")),
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
    "not-checked": "00-7f\nc2-df 00-ff\ne0-ef 00-ff 00-ff\nf0-f4 00-ff 00-ff 00-ff",
    "not-checked/bits": "00-7f\nc0-df 00-ff\ne0-ef 00-ff 00-ff\nf0-f7 00-ff 00-ff 00-ff",
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
    "borders-kept": other_rows(
        ("a0-bf 80-bf", "a0-bf a0-bf"),
        ("80-9f 80-bf", "80-9f 80-9f"),
        ("90-bf 80-bf 80-bf", "90-bf 90-bf 90-bf"),
        ("80-8f 80-bf 80-bf", "80-8f 80-8f 80-8f"),
    ),
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


def by_rows(rows: str, beginnings: str = "") -> Callable[[bytes, bytes], bytes]:
    """An answer by hand, with other rows than the standard's."""

    def check_text(tail: bytes, data: bytes) -> bytes:
        rest = unfinished(tail + data, rows, beginnings)
        if rest is None:
            raise ValueError
        return rest

    return check_text


BY_ROWS = {name: by_rows(rows) for name, rows in (LAX | STRICT).items()}
BY_ROWS |= {name: by_rows(ROWS, beginnings) for name, beginnings in EARLY.items()}


# The beginning of a text, and what comes next; both in hex.
PARTS = """
/ 61/ /61 /c3 c3/a9 c3/ /c3a9 /e2 /e282 e2/82 e282/ac e2/ e282/ /e282ac e2/82ac e282/ace2
/f0 /f09f /f09f91 f0/9f f09f/91 f09f91/8b f0/9f91 f09f/918b f0/9f918b f0/ f09f/ f09f91/ /f09f918b
f09f91/8bf0 f09f91/8bf09f c3/a961 c3/a9c3 e282/ac61e282 /61e2 /61f09f91 c3/a9c3a9 /c3a961 /61c3a9
/00 /0000 /61006200 00/ /7f /c280 /dfbf /df /c2 /e0a080 /e0a0 /e0 e0/a0 e0/bf /e08080 /e09fbf
/ed /ed9f /ed9fbf ed/9f ed9f/bf ed/80 /ed8080 /ee8080 /ee /ee80 /efbfbf /efbfbe /efbf /ef /efbb
/efb790 /efbfbd /efbbbf /efbbbf4869 ef/bbbf efbb/bf /61efbbbf /e1 /e180 /e18080 /ec /ecbf /ecbfbf
/f0908080 /f090 /f09080 f0/90 /f1808080 /f3bfbfbf /f3 /f1 /f4 /f48f /f48fbf /f48fbfbf f4/8f f4/80
/f48fbfbe /ee80a0 /eea080 /f3b08080 /e2808d /f09f87aaf09f87ba /0d0a /1b5b6d /c285 /e280a8
/f09f91a8e2808df09f91a9 /200961 61/62 6100/
/ff /80 /bf /fe /c0 /c1 /c080 /c1bf /e080 /e09f /eda0 /edbf /eda080 /edbfbf /edafbf /f080 /f08f
/f0808080 /f08fbfbf /f490 /f49f /f4bf /f4908080 /f5 /f6 /f7 /f5808080 /f8 /f8888080 /f888808080 /fc
/fd /fc8480808080 /fb /c328 /e228 /e28228 /f028 /f09f28 /f09f9128 /e974 /e9 /c3c3 /c361 /e2e2
/e282e2 /c3c3a9 /e282c3a9 /f09f91c3a9 /fffe /feff0061 /a9 /c37f /c3c0 /e27f /e2c0 /e2827f /e282c0
/f09f917f /f09f91c0 /c27f /c2c0 /eda0bdedb18b /eda0bd /61ff /ff61 /6180 /61eda0 /61c3 /61c328 /8061
/61c080 c3/28 c3/c3 c3/ff c3/c0 c3/7f e2/28 e2/e2 e0/80 e0/9f ed/a0 ed/bf ed/a080 ed9f/28 ed9f/c0
f0/80 f0/8f f4/90 f4/bf e282/28 e282/e282 e282/e282ac f09f/28 f09f/f0 f09f91/28 f09f91/f0
f09f91/f09f918b c3/a9ff c3/a980 e2/82acff f09f91/8b80 c3/a9eda0 c3/a9ed c3/a9e080 e282/ace2ff
f0/9fff c3/6180 c3/a9c328 /c3a9c328 /c3a9c3a9ff /e282ace282ac80 /f09f918bf09f918b80
"""


def parts(chance: random.Random) -> list[Args]:
    """Characters cut anywhere, borders, what is not UTF-8; then long texts, and random ones."""
    found: list[Args] = []
    for part in PARTS.split():
        tail, data = map(bytes.fromhex, part.split("/"))
        start = unfinished(tail) or b""  # a tail is nothing but an unfinished character
        found.append((start, data))
    long = "Grüße 👋 ".encode() * 40
    found += [(b"", long), (b"", long + b"\xe2\x82"), (b"", long + b"\xff"), (b"", long + b"\xff!")]
    found += [(b"", b"\xff" + long), (b"\xc3", b"\xa9" + long + b"\xed\xa0"), (b"\xc3", long)]
    found += [(b"", b"x" * size + b"\xff" + b"x" * 99) for size in (26, 200)]
    found += [(b"", b"x" * 125 + b"\xc3"), (b"", b"x" * 300)]
    for _case in range(how_many(30)):
        text = "".join(chance.choices("abé€👋\ud7ff\ufeff\0", k=chance.randint(1, 6))).encode()
        cut, end = sorted(chance.choices(range(len(text) + 1), k=2))
        data = text[cut : chance.choice([end, len(text)])]
        if chance.random() < 0.3:
            at = chance.randrange(len(data) + 1)
            data = data[:at] + chance.choice([b"\xff", b"\x80", b"\xed\xa0", b"a"]) + data[at:]
        found.append((unfinished(text[:cut]) or b"", data))
    return list(dict.fromkeys(found))
