"""Bytes that come without a capture around them, made into a recording.

How to think about it: a piece of a stream has no time, and often does not say who sent it. If it
begins with a request or a response, that tells the side. If it begins with a frame, its masking bit
does: clients mask, servers do not (5.1). Then the opening handshake is not there, and all bytes
belong to frames.
"""

from __future__ import annotations

import re
import struct

from ..protocol import Opcode, read_header
from ..said import Said
from .captures import open_capture
from .events import Begins, Event, Side
from .hexdump import Block
from .packets import CaptureError
from .recording import Recording
from .segments import COOKED, COOKED_2, ETHERNET, EXPORTED, NULL, RAW, read_segment

_REQUEST = re.compile(rb"[A-Z]{3,10} [^ \r\n]+ HTTP/1\.\d\r?\n")
_RESPONSE = re.compile(rb"HTTP/1\.\d \d{3}")
_SECOND = re.compile(rb"\n\r?\n(?=HTTP/1\.\d \d{3})")  # where a response comes after a request
_ARROW = re.compile(rb"^([<>]) ?(.*?)\r?$", re.MULTILINE)  # curl -v
_GAP = re.compile(rb"\[(\d{1,12}) bytes missing in capture file\]\.?")  # of tshark

LINKS = (ETHERNET, RAW, COOKED, COOKED_2, NULL, EXPORTED)  # of packets that a dump shows
_OPCODES = [int(opcode) for opcode in Opcode]
LONGEST = 1 << 24  # bytes of a frame that is believed though most of it is not there


def is_http(data: bytes) -> bool:
    """Whether it begins with the first line of a request or a response."""
    return bool(_REQUEST.match(data) or _RESPONSE.match(data))


def is_frames(data: bytes) -> bool:
    """Whether it begins with a frame, and what comes after it does not speak against that."""
    at = 0
    while len(data) > at + 1:
        # RSV1 may be of an extension; the other two bits have no use.
        if data[at] & 0x30 or data[at] & 0x0F not in _OPCODES:
            return False
        header = read_header(data, at)
        if header is None:
            break
        if header.is_control and (header.length > 125 or not header.fin):
            return False
        at += header.size + header.length
        if at >= len(data):
            return at == len(data) or header.length <= LONGEST
    return at > 0


def is_websocket(data: bytes) -> bool:
    """Whether these bytes may be WebSocket traffic."""
    return is_http(data) or is_frames(data)


def read_handshake(text: str) -> tuple[list[Block], list[Said]] | None:
    """The raw text of a request, a response, or both; None if it is none.

    Copied text has lost the carriage returns, and often the empty line at its end: both are put
    back, and that is said.
    """
    data = text.strip("\ufeff \t\r\n").encode("utf-8", "replace")
    arrows: dict[bytes, list[bytes]] = {b">": [], b"<": []}
    for arrow, line in _ARROW.findall(data):
        arrows[arrow].append(line)
    if _REQUEST.match(b"\n".join(arrows[b">"]) + b"\n"):
        heads = [b"\n".join(lines) for lines in arrows.values()]
    elif is_http(data + b"\n"):
        at = _SECOND.search(data)
        heads = [data[: at.start()], data[at.end() :]] if at else [data]
    else:
        return None
    notes: list[Said] = []
    blocks: list[Block] = []
    for head in filter(None, map(bytes.strip, heads)):
        if b"\r" not in head:
            head = head.replace(b"\n", b"\r\n")
            notes = [Said("text.line-ends")]
        if b"\r\n\r\n" not in head:
            head += b"\r\n\r\n"
        blocks.append((_side(head), head))
    return blocks, notes


def to_recording(blocks: list[Block], notes: list[Said], port: int | None) -> Recording:
    """The blocks as one connection; raises CaptureError if they are something else."""
    packets = [data for side, data in blocks if side is None]
    if len(packets) == len(blocks) and (link := _link(packets)) is not None:
        return _from_packets(packets, link, port)
    events, unknown = [], False
    blocks, notes, dropped = _before_gaps(blocks, notes)
    for side, data in blocks:
        second = _SECOND.search(data) if side is None else None
        pieces = [data[: second.end()], data[second.end() :]] if second else [data]
        for piece in pieces:
            unknown |= side is None and not is_http(piece)
            events.append(Event(0.0, side or _side(piece), "data", piece))
    begins: Begins = "connection"
    if not is_http(events[0].data):
        begins, notes = "frames", [*notes, Said("rebuilt.no-handshake")]
    elif all(event.sender == "server" for event in events):
        begins, notes = "response", [*notes, Said("text.no-request")]
    if unknown:
        notes = [*notes, Said(f"text.side-{events[-1].sender}")]
    return Recording(tuple(events), " ".join(map(str, notes)), dropped, begins)


def _before_gaps(blocks: list[Block], notes: list[Said]) -> tuple[list[Block], list[Said], int]:
    """What each side sent before its first gap; what to say; how many bytes came after it.

    Where packets were lost, "Follow TCP stream" puts a sentence among the bytes.
    """
    kept: list[Block] = []
    cut: set[Side | None] = set()
    dropped = 0
    for side, data in blocks:
        gap = _GAP.search(data) if side and side not in cut else None
        if side in cut:
            dropped += len(data)
        elif gap:
            cut.add(side)
            dropped += int(gap[1]) + len(data) - gap.end()
            notes = [*notes, Said("text.gap", side=Said(f"capture.side-{side}"), count=int(gap[1]))]
            data = data[: gap.start()]
            kept += [(side, data)] if data else []
        else:
            kept.append((side, data))
    return kept or blocks, notes, dropped


def _side(data: bytes) -> Side:
    """The side that sends such bytes."""
    if _REQUEST.match(data):
        return "client"
    if _RESPONSE.match(data):
        return "server"
    return "client" if data[1:2] >= b"\x80" else "server"


# Packets with all their headers, as tshark and tcpdump print them.


def _link(packets: list[bytes]) -> int | None:
    """The link type in which all of them have the headers of IP and TCP, or None.

    Nothing says it, so each is tried; other packets, such as those of UDP, may be among them.
    """
    for link in LINKS:
        found = [read_segment(link, data, len(data)) for data in packets]
        whole = sum(1 for segment in found if not isinstance(segment, str))
        if whole and whole + found.count("udp") + found.count("other") == len(packets):
            return link
    return None


def _from_packets(packets: list[bytes], link: int, port: int | None) -> Recording:
    """Packets without their times, as if they came from a capture file."""
    records = [struct.pack("<IIII", 0, 0, len(data), len(data)) + data for data in packets]
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, link)
    connections = open_capture(head + b"".join(records), port)
    if len(connections) > 1:
        raise CaptureError(Said("open.several-in-dump", count=len(connections)))
    return connections[0].recording
