"""Causes in the payload: text that is not UTF-8, compressed bytes that are damaged, Close frames.

How to think about it: a reader only says "not UTF-8" or "cannot be inflated". What the bytes are
instead can often be told: an image, another encoding, a character cut in two, another container
around the compressed bytes. A Close frame's code is two bytes in network byte order, and no text.
"""

from __future__ import annotations

from ...protocol import Opcode, agreed_deflate
from ...protocol.closing import is_sendable
from ...said import Said
from ..frames import FrameUnit
from .case import OTHER, Case, code_of, finding, is_readable, reason_of, whose
from .findings import Finding
from .frames import inflates

# How files and compressed bytes begin that are sent as text by mistake.
_BINARY = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"PK\3\4": "zip",
    b"\x1f\x8b": "gzip",
    b"RIFF": "RIFF",
    b"OggS": "Ogg",
    b"\x1aE\xdf\xa3": "WebM",
}
# The problems of a compressed message that does not inflate.
_DAMAGED = ("inflate.damaged", "inflate.unfinished")


def text_of_binary(case: Case) -> Finding | None:
    """A file in a text frame."""
    if (unit := case.broken_by("message.not-utf8")) is None:
        return None
    payload = unit.layout.frame.payload
    kind = next((kind for start, kind in _BINARY.items() if payload.startswith(start)), None)
    if kind is None:
        return None
    said = Said("doctor.binary-as-text", side=whose(unit.sender), kind=kind)
    return Finding((said, *_closed_1007(case)), case.payload(unit), "5.6; 8.1")


def text_is_compressed(case: Case) -> Finding | None:
    """A compressed message without RSV1."""
    unit = case.broken_by("message.not-utf8")
    if unit is None or len(unit.layout.frame.payload) < 4:
        return None
    if not is_readable(text := inflates(unit.layout.frame.payload)) or not text:
        return None
    said = Said("doctor.rsv1-missing", side=whose(unit.sender))
    return Finding((said, *_closed_1007(case)), case.payload(unit), "RFC 7692 6")


def text_in_utf_16(case: Case) -> Finding | None:
    """Text of 16-bit units, with a byte order mark or without."""
    for unit in case.frames["client"] + case.frames["server"]:
        frame, payload = unit.layout.frame, unit.layout.frame.payload
        if frame.opcode != Opcode.TEXT or frame.rsv1 or len(payload) < 4 or len(payload) % 2:
            continue
        fewer, more = sorted((payload[0::2].count(0), payload[1::2].count(0)))
        if payload[:2] in (b"\xff\xfe", b"\xfe\xff") or fewer < more == len(payload) // 2:
            said = Said("doctor.utf-16", side=whose(unit.sender))
            return finding(said, case.payload(unit), "5.6")
    return None


def character_is_cut(case: Case) -> Finding | None:
    """The message ends in the middle of a character."""
    unit = case.broken_by("message.not-utf8")
    if unit is None or not unit.layout.frame.fin:
        return None
    if _problem(unit).args["reason"] != Said("utf8.unfinished"):
        return None
    said = Said("doctor.character-cut", side=whose(unit.sender))
    return Finding((said, *_closed_1007(case)), case.payload(unit), "8.1")


def text_in_latin_1(case: Case) -> Finding | None:
    """One byte for each character: Latin-1, or what Windows made of it."""
    if (unit := case.broken_by("message.not-utf8")) is None:
        return None
    payload = unit.layout.frame.payload
    try:
        text = payload.decode("cp1252")
    except UnicodeDecodeError:
        return None
    letters = sum(char.isascii() for char in text)
    if not all(char.isprintable() or char in "\t\r\n" for char in text) or letters * 2 < len(text):
        return None
    byte = next((byte for byte in payload if byte > 0x7F), None)
    if byte is None:  # it is the fragment before that ends in the middle of a character
        return None
    letter = bytes([byte]).decode("cp1252")
    said = Said("doctor.latin-1", side=whose(unit.sender), byte=byte, letter=letter)
    return Finding((said, *_closed_1007(case)), case.payload(unit), "5.6; 8.1")


def not_utf8(case: Case) -> Finding | None:
    """Any other text that is not UTF-8."""
    if (unit := case.broken_by("message.not-utf8")) is None:
        return None
    said = Said("doctor.not-utf8", side=whose(unit.sender), problem=_problem(unit))
    return Finding((said, *_closed_1007(case)), case.payload(unit), "5.6; 8.1")


# Compressed messages.


def wrong_container(case: Case) -> Finding | None:
    """zlib's or gzip's header before the compressed bytes, or none of them is compressed."""
    unit = case.broken_by(*_DAMAGED)
    if unit is None or not unit.layout.frame.rsv1:
        return None
    payload, evidence = unit.layout.frame.payload, case.payload(unit)
    if payload[:1] == b"\x78" and len(payload) > 1 and (payload[0] << 8 | payload[1]) % 31 == 0:
        said = Said("doctor.deflate-zlib-header", side=whose(unit.sender))
        return finding(said, evidence, "RFC 7692 7.2.1; RFC 1950 2.2")
    if payload[:2] == b"\x1f\x8b":
        said = Said("doctor.deflate-gzip-header", side=whose(unit.sender))
        return finding(said, evidence, "RFC 7692 7.2.1; RFC 1952 2.3")
    if is_readable(payload) and len(payload) > 3:
        said = Said("doctor.rsv1-on-plain", side=whose(unit.sender))
        return finding(said, evidence, "RFC 7692 6")
    return None


def context_taken_over(case: Case) -> Finding | None:
    """The sender points back into an earlier message, and has promised not to."""
    unit, agreed = case.broken, agreed_deflate(case.answered) if case.answered else None
    if unit is None or agreed is None:
        return None
    promised = agreed.client_no_context_takeover
    if unit.sender == "server":
        promised = agreed.server_no_context_takeover
    said_by_zlib = [str(problem.said.args.get("reason")) for problem in unit.problems]
    if not promised or not any("too far back" in reason for reason in said_by_zlib):
        return None
    evidence = case.lines(case.response, "Sec-WebSocket-Extensions") + case.payload(unit)
    said = Said("doctor.context-taken-over", side=whose(unit.sender))
    return finding(said, evidence, "RFC 7692 7.1.1")


def window_too_large(case: Case) -> Finding | None:
    """The sender looks back further than was agreed on."""
    if (unit := case.broken_by("inflate.too-far")) is None:
        return None
    evidence = case.lines(case.response, "Sec-WebSocket-Extensions") + case.payload(unit)
    bits, size = unit.problems[0].said.args["bits"], unit.problems[0].said.args["size"]
    said = Said("doctor.window-too-large", side=whose(unit.sender), bits=bits, size=size)
    return finding(said, evidence, "RFC 7692 7.1.2")


def damaged(case: Case) -> Finding | None:
    unit = case.broken_by(*_DAMAGED)
    if unit is None or case.recording.begins == "frames":
        return None  # it may point back into messages that are not here
    said = Said("doctor.deflate-damaged", side=whose(unit.sender), problem=unit.problems[0].said)
    return finding(said, case.payload(unit), "RFC 7692 7.2.2")


# Close frames.


def close_code(case: Case) -> Finding | None:
    """A Close frame whose first two bytes are no code that may be sent."""
    if (unit := case.broken_by("close.code-not-sendable")) is None:
        return None
    payload, side = unit.layout.frame.payload, whose(unit.sender)
    code, swapped = int.from_bytes(payload[:2], "big"), int.from_bytes(payload[:2], "little")
    if code in (1005, 1006, 1015):
        said = Said("doctor.close-code-never-sent", side=side, code=code)
    elif payload[:4].isdigit():
        said = Said("doctor.close-code-as-text", side=side, text=payload[:4].decode())
    elif payload[:2].isalpha() and is_readable(payload):
        said = Said("doctor.close-without-code", side=side)
    elif is_sendable(swapped):
        said = Said("doctor.close-code-little-endian", side=side, code=code, meant=swapped)
    else:
        said = Said("doctor.close-code-reserved", side=side, code=code)
    return finding(said, case.payload(unit), "5.5.1; 7.4")


def close_of_one_byte(case: Case) -> Finding | None:
    if (unit := case.broken_by("close.one-byte")) is None:
        return None
    said = Said("doctor.close-one-byte", side=whose(unit.sender))
    return finding(said, case.payload(unit), "5.5.1")


def close_reason(case: Case) -> Finding | None:
    if (unit := case.broken_by("close.reason-not-utf8")) is None:
        return None
    said = Said("doctor.close-reason-not-utf8", side=whose(unit.sender))
    return finding(said, case.payload(unit), "5.5.1; 8.1")


def _problem(unit: FrameUnit) -> Said:
    """What is wrong with a frame, without the code with which its reader closes."""
    sentence: Said = unit.problems[0].said.args["sentence"]
    return sentence


def _closed_1007(case: Case) -> tuple[Said, ...]:
    """What the other side made of it."""
    close = case.close(OTHER[case.broken.sender]) if case.broken else None
    if close is None or (code_of(close) != 1007 and "utf" not in reason_of(close).lower()):
        return ()
    return (Said("doctor.closed-with", side=whose(close.sender), code=code_of(close)),)


CAUSES = (
    text_of_binary,
    text_is_compressed,
    text_in_utf_16,
    character_is_cut,
    text_in_latin_1,
    not_utf8,
    wrong_container,
    context_taken_over,
    window_too_large,
    damaged,
    close_code,
    close_of_one_byte,
    close_reason,
)
