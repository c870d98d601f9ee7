"""What eight servers do with one and the same input: a table from measured rows.

How to think about it: a rule has one text and many readers. Where the RFC says MAY, or says
nothing, good servers differ, and a test against one of them proves little about the others.
``peers.json`` beside this file holds the rows; ``scripts/peers.py`` takes them from the measured
file. What the servers agree to in the handshake is in ``negotiation.json``, which
``scripts/negotiation.py`` measures.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from .._awaited import values_only
from ..words import _


@dataclass(frozen=True)
class Table:
    """Lines of text, which a notebook shows in a box that scrolls: wrapped, it is not a table."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<pre style="white-space: pre; overflow-x: auto">{escape(self.text)}</pre>'


@cache
def measured() -> dict[str, Any]:
    """The kept files as one: their date, the servers' versions, and the rows by their names."""
    kept = read("peers")
    return {**kept, "rows": kept["rows"] | read("negotiation")["rows"]}


def read(name: str) -> dict[str, Any]:
    """One of the kept files."""
    file = Path(__file__).with_name(f"{name}.json")
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def columns(lines: list[list[str]], *notes: str) -> Table:
    """A table of these lines, each a list of its cells, with notes below it."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    return Table("\n".join([*text, *notes]))


def outcome(row: str, server: str, reasons: bool = False) -> str:
    """What a server did with the input, in a word or two: ``"405"``, ``"Close 1002"``.

    reasons: say the reason of a Close too: ``'Close 1002 "invalid opcode"'``
    """
    did = measured()["rows"][row]["servers"][server]
    if "http_status" in did:
        return str(did["http_status"])
    if "header" in did:  # what a header of the 101 says, or that there is none
        return str(did["header"] or _("none"))
    if "program" in did:  # the library asks the program
        return _("your code")
    if did["answer"] == "not agreed":
        return _("no deflate")
    if did["answer"] == "pong":
        return "Pong"
    if did["answer"] == "close":
        code = did["close_code"]
        if code is None or not reasons:
            return _("Close, no code") if code is None else f"Close {code}"
        return f'Close {code} "{did["reason"]}"' if did["reason"] else f"Close {code}"
    if did["answer"] == "frames":  # all eight are echo servers: the message came back, or its parts
        count = did.get("frames", 1)
        return _("echo") if count == 1 else _("{count:,} frames").format(count=count)
    if did["answer"] == "nothing":
        return _("TCP ends") if did["tcp_end"] else _("nothing")
    return _("no Pings")  # it has no keepalive of its own


@values_only
def peers(*rows: str, reasons: bool = False) -> Table:
    """What eight servers did: a line for each server, a column for each named row.

    The rows are those of ``peers.json`` and ``negotiation.json``, such as ``"POST"`` (a handshake;
    the column shows the status), ``"deflate"`` (an offer; the column shows what the 101 says of it)
    or ``"no mask"`` (a frame; the column shows the answer). ValueError for other names.

    reasons: show what a Close says besides its code
    """
    known = measured()["rows"]
    for row in rows:
        if not isinstance(row, str) or row not in known:
            raise ValueError(
                _("There is no row {row}; there are: {known}.").format(
                    row=repr(row), known=", ".join(known)
                )
            )
    lines = [["", *rows]]
    for server, version in measured()["versions"].items():
        name = f"{server} {version.partition(' ')[0]}"
        lines.append([name, *(outcome(row, server, reasons) for row in rows)])
    return columns(lines, _("Measured on {date}.").format(date=measured()["date"]))
