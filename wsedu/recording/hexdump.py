"""Hex dumps: lines with an offset, bytes, and often the same bytes as characters.

How to think about it: xxd, hexdump, od, tshark, tcpdump and curl all write such lines, and no two
alike. The offsets are the key: they say how many bytes each line has, so nothing in the column of
characters is taken for a byte, even if it looks like hex. An offset may be written in base 16, 8 or
10, and the bytes in hex, bits, octal or decimal, some of them swapped in words. So each pair is
tried, and the one is taken in which the offsets count up by the bytes of every line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

from ..said import Said
from .events import Side
from .packets import CaptureError

LARGEST_REPEAT = 1 << 26  # bytes that one ``*`` stands for

Block = tuple["Side | None", bytes]  # bytes in one piece, and who sent them, if the text says so

_ROW = re.compile(r"[ \t]*(?:0[xX])?([0-9a-fA-F]{3,16})(:?)(?:[ \t]+(\S.*))?\Z")
_WORD = re.compile(r"[0-9a-fA-F]{4}(?:[0-9a-fA-F]{4})?(?:\s|\Z)")

_MORE = re.compile(r"[ \t]?[0-9a-fA-F]{2,}(?:\s|\Z)")

# Headings that say who sent the bytes below them: of curl --trace.
_CURL = re.compile(r"(=>|<=) (?:Send|Recv) (?!SSL)\w+, \d+ bytes")
# Headings of tshark and Wireshark: what is below the second kind is made from the packets before.
_PACKET = re.compile(r"(?:Frame|Packet) \(\d+ bytes?\)")
_DERIVED = re.compile(r"[\w /.-]+ \(\d+ bytes?\):")


class Form(NamedTuple):
    """A way to write bytes: how a group of them looks, and how it is read."""

    group: re.Pattern[str]
    read: Callable[[str], bytes]
    words: bool = False  # whether a group is a word, so that the last one may be filled up


FORMS = {
    "hex": Form(re.compile(r"(?:[0-9a-fA-F]{2})+\Z"), bytes.fromhex),
    "swapped": Form(
        re.compile(r"(?:[0-9a-fA-F]{2}){1,4}\Z"),
        lambda digits: bytes.fromhex(digits)[::-1],
        words=True,
    ),
    "bits": Form(re.compile(r"[01]{8}\Z"), lambda digits: bytes((int(digits, 2),))),
    "octal": Form(re.compile(r"[0-3][0-7]{2}\Z"), lambda digits: bytes((int(digits, 8),))),
    "decimal": Form(
        re.compile(r"(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])\Z"), lambda digits: bytes((int(digits),))
    ),
    "octal-words": Form(
        re.compile(r"[01][0-7]{5}\Z"),
        lambda digits: int(digits, 8).to_bytes(2, "little"),
        words=True,
    ),
}


@dataclass
class Row:
    """A line with an offset.

    second:   whether a tab marks it as the other side's: "Follow TCP stream" writes that
    repeated: whether a ``*`` before it stands for lines like the one before
    """

    offset: str
    rest: str
    second: bool
    repeated: bool


@dataclass
class Dump:
    """Rows whose offsets count up from 0. ``derived``: whether they show no packet of their own."""

    side: Side | None
    colon: bool
    derived: bool
    rows: list[Row] = field(default_factory=list)


def read_dump(text: str) -> tuple[list[Block], list[Said]] | None:
    """The bytes of a hex dump, and what must be said; None if the text is none.

    Raises CaptureError if it is one, and its offsets do not count up by its bytes.
    """
    dumps = list(_dumps(text.splitlines()))
    if any(not dump.derived for dump in dumps):
        dumps = [dump for dump in dumps if not dump.derived]
    blocks: list[Block] = []
    swapped = False
    for dump in dumps:
        rows = [[row for row in dump.rows if row.second == second] for second in (False, True)]
        streams = [_read(part, dump.colon) for part in rows if part]
        if None in streams:
            if len(dumps) == 1 and len(dump.rows) == 1:
                return None  # a line that only looks like one
            raise CaptureError(Said("hex.does-not-count", line=dump.rows[0].rest[:40]))
        swapped |= any(stream and FORMS[stream[0]].words for stream in streams)
        if len(streams) == 1 and streams[0]:
            blocks.append((dump.side, b"".join(streams[0][1])))
        else:
            pieces = [iter(stream[1]) for stream in streams if stream]
            for second, turn in groupby(row.second for row in dump.rows):
                data = b"".join(next(pieces[second]) for _row in turn)
                blocks.append(("server" if second else "client", data))
    return (blocks, [Said("hex.swapped")] if swapped else []) if blocks else None


def _dumps(lines: list[str]) -> Iterator[Dump]:
    """The dumps in a text, in order. A row with the offset 0 begins one."""
    dump: Dump | None = None
    side: Side | None = None
    derived = repeated = follows = False
    for line in lines:
        row = _ROW.match(line)
        if row is None and line.strip() == "*":
            repeated = True
        elif row is None:
            follows |= line.startswith("Follow: ")
            if curl := _CURL.match(line):
                side = "client" if curl[1] == "=>" else "server"
            derived = bool(_DERIVED.match(line)) and not _PACKET.match(line)
            if dump is not None and not follows:
                yield dump
                dump = None
        else:
            offset, colon, rest = row[1], bool(row[2]), row[3] or ""
            second = line[0] == "\t" and not colon
            begins = not offset.strip("0") and bool(rest)
            if begins and not (dump and second != dump.rows[-1].second):
                if dump is not None:
                    yield dump
                dump = Dump(side, colon, derived)
            if dump is not None:
                dump.rows.append(Row(offset, rest, second, repeated))
            repeated = False
    if dump is not None:
        yield dump


def _read(rows: list[Row], colon: bool) -> tuple[str, list[bytes]] | None:
    """The form in which the rows are written, and the bytes of each."""
    # hexdump and od write words without a colon after the offset, and no other tool does.
    words = not colon and _WORD.match(rows[0].rest)
    names = sorted(FORMS, key=lambda name: name != "swapped") if words else list(FORMS)
    best, most = None, -1
    for base in (16, 8, 10) if len(rows) > 1 else (16,):  # one offset is 0 in any base
        offsets = _offsets(rows, base)
        for name in names if offsets else ():
            found = _decode(rows, offsets, FORMS[name])
            if found and found[1] > most:
                best, most = (name, found[0]), found[1]
    return best


def _offsets(rows: list[Row], base: int) -> list[int]:
    """The offsets in that base; nothing if they do not count up."""
    try:
        offsets = [int(row.offset, base) for row in rows]
    except ValueError:
        return []
    return offsets if all(a < b for a, b in pairwise(offsets)) else []


def _decode(rows: list[Row], offsets: list[int], form: Form) -> tuple[list[bytes], int] | None:
    """The bytes of each row, and in how many the characters agree; None if they do not fit."""
    lines: list[bytes] = []
    here = width = widest = agreed = 0
    for number, row in enumerate(rows):
        if missing := offsets[number] - here:
            if not row.repeated or not width or not 0 < missing < LARGEST_REPEAT:
                return None
            lines[-1] += (lines[-1] * (missing // width + 1))[:missing]
            here += missing
        last = number + 1 == len(rows)
        if last and number and not row.rest:
            break  # the last line of hexdump and od: an offset, which is the length
        size = None if last else offsets[number + 1] - offsets[number]
        if not last and rows[number + 1].repeated:
            size = width or None
        padded = number + 2 == len(rows) and not rows[-1].rest
        found = _groups(row.rest, form, size, max(widest, 16), padded)
        if found is None:
            return None
        width = len(found[0])
        widest = max(widest, width)
        here += width
        agreed += found[1]
        lines.append(found[0])
    return lines, agreed


def _groups(
    rest: str, form: Form, size: int | None, most: int, padded: bool
) -> tuple[bytes, bool] | None:
    """The bytes of one row, and whether what is beside them is nothing but their characters.

    size:   how many bytes there are, if that is known
    most:   how many at most
    padded: whether the last word may have been filled up
    """
    if size is not None and form is FORMS["hex"]:  # nearly all rows, so this is the short way
        row = _pairs(size).match(rest)
        after = rest[row.end() :] if row else ""
        if row is None or (row[0][-1:].isalnum() and after[:1].strip()):  # or half of a group
            return None
        return _beside(bytes.fromhex(row[0]), after)
    data = b""
    found: list[tuple[bytes, str]] = []  # the first bytes, and what comes after them
    for group in re.finditer(r"\S+", rest):
        if not form.group.match(group[0]) or len(data) >= (size or most):
            break
        data += form.read(group[0])
        found.append((data, rest[group.end() :]))
    if not found:
        return None
    data, after = found[-1]
    if size is not None:
        filled = padded and form.words and 0 < len(data) - size < 4
        return _beside(data[:size], after) if filled or len(data) == size else None
    for data, after in reversed(found):
        if _shows(after, data):
            return data, True
    data, after = found[-1]
    # Without characters to compare with, a wide gap ends the bytes, but for one after 8 groups.
    for number, (before, then) in enumerate(found, 1):
        if then.startswith("  ") and number != 8:
            return before, False
    return data, False


def _beside(data: bytes, after: str) -> tuple[bytes, bool] | None:
    """The bytes, and whether what comes after them are their characters; None if more bytes do."""
    agrees = not after.strip() or _shows(after, data)
    return None if not agrees and _MORE.match(after) else (data, agrees)


@lru_cache(maxsize=64)
def _pairs(size: int) -> re.Pattern[str]:
    """This number of pairs of hex digits, with or without spaces between them."""
    return re.compile(rf"(?:[0-9a-fA-F]{{2}}[ \t]*+){{{size}}}")


def _shows(text: str, data: bytes) -> bool:
    """Whether a column of characters shows these bytes; spaces do not count."""
    text = "".join(text.split())
    characters = data.translate(_CHARACTERS, b" ").decode("ascii")
    return bool(text) and characters in (text, text[1:-1])


# What a dump shows for each byte: a dot for all that is no character of ASCII.
_CHARACTERS = bytes(byte if 32 < byte < 127 else ord(".") for byte in range(256))
