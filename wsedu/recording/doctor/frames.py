"""Causes in the headers of frames, and in their order.

How to think about it: the first frame that breaks a rule is the cause, and what comes after it is
a consequence. Each rule can be broken in a few ways, and the ways have names.
"""

from __future__ import annotations

import zlib

from ...protocol import Opcode, mask_fast
from ...said import Said
from ..frame_fields import kind_of
from ..frames import FrameUnit
from ..inflating import TAIL
from .case import Case, finding, is_readable, opcode, whose
from .findings import Finding

MOST = 2**20  # bytes that are inflated for a try


def client_before_101(case: Case) -> Finding | None:
    """The client sent a frame before it had the server's response."""
    if (unit := case.broken_by("frame.too-early")) is None:
        return None
    return finding(Said("doctor.frame-before-101"), case.start_of(unit), "4.1")


def not_masked_payload(case: Case) -> Finding | None:
    """The key is there, and the payload is masked with it wrongly, or not at all."""
    unit = case.broken_by("message.not-utf8")
    if unit is None or unit.layout.mask_key is None or unit.sender == "server":
        return None
    layout, key, written = unit.layout, unit.layout.mask_key, unit.layout.written
    tries = {
        "not": written,
        "rotated": mask_fast(written, key[1:] + key[:1]),
        "reversed": mask_fast(written, key[::-1]),
        "first": mask_fast(written, key[:1] * 4),
        "four": mask_fast(written[:4], key) + written[4:],
    }
    for way, payload in tries.items():
        if _is_text(payload):
            evidence = case.show(unit.sender, layout.masking_key.start, layout.payload.end)
            return finding(Said(f"doctor.masked-{way}"), evidence, "5.3")
    return None


def echo_still_masked(case: Case) -> Finding | None:
    """The server sends back the client's bytes as they crossed the wire."""
    masked = {}
    for layout in (unit.layout for unit in case.frames["client"]):
        if len(layout.written) > 3 and layout.written != layout.frame.payload:
            masked[layout.written] = layout.payload
    for layout in (unit.layout for unit in case.frames["server"]):
        if place := masked.get(layout.frame.payload):
            evidence = case.show("client", place.start, place.end)
            evidence += case.show("server", layout.payload.start, layout.payload.end)
            return finding(Said("doctor.echo-still-masked"), evidence, "5.3")
    return None


def _is_text(data: bytes) -> bool:
    """Whether that many bytes can hardly be text by chance: words, or JSON."""
    if len(data) < 5 or not is_readable(data):
        return False
    text = data.decode()
    letters = sum(char.isalnum() or char == " " for char in text)
    return letters * 5 >= len(text) * 4 or (text[0] in "{[" and text[-1] in "}]")


def client_unmasked(case: Case) -> Finding | None:
    if (unit := case.broken_by("frame.client-unmasked")) is None:
        return None
    evidence = case.show("client", unit.span.start, unit.layout.second_byte.end)
    return finding(Said("doctor.client-unmasked"), evidence, "5.1; 5.3")


def server_masked(case: Case) -> Finding | None:
    if (unit := case.broken_by("frame.server-masked")) is None:
        return None
    return finding(Said("doctor.server-masked"), case.start_of(unit, 6), "5.1")


def reserved_bit(case: Case) -> Finding | None:
    """A reserved bit: mostly a compressed message that was not agreed on."""
    if (unit := case.broken_by("frame.reserved-bit")) is None:
        return None
    frame = unit.layout.frame
    evidence = case.lines(case.response, "Sec-WebSocket-Extensions") + case.start_of(unit)
    if frame.rsv1 and frame.opcode in (Opcode.TEXT, Opcode.BINARY) and inflates(frame.payload):
        said = Said("doctor.deflate-not-agreed", side=whose(unit.sender))
        return finding(said, evidence, "5.2; RFC 7692 6")
    bits = [n for n, bit in enumerate((frame.rsv1, frame.rsv2, frame.rsv3), 1) if bit]
    shown = ", ".join(f"RSV{number}" for number in bits)
    said = Said("doctor.reserved-bit", side=whose(unit.sender), bits=shown)
    return finding(said, evidence, "5.2")


def compressed_bit_elsewhere(case: Case) -> Finding | None:
    unit = case.broken_by("frame.rsv1-on-control", "frame.rsv1-on-continuation")
    if unit is None:
        return None
    place = case.wrong.removeprefix("frame.rsv1-on-")
    said = Said(f"doctor.rsv1-on-{place}", side=whose(unit.sender))
    return finding(said, case.start_of(unit), "RFC 7692 6")


def reserved_opcode(case: Case) -> Finding | None:
    if (unit := case.broken_by("frame.reserved-opcode")) is None:
        return None
    said = Said("doctor.reserved-opcode", side=whose(unit.sender), opcode=opcode(unit))
    return finding(said, case.start_of(unit), "5.2")


def control_in_fragments(case: Case) -> Finding | None:
    if (unit := case.broken_by("frame.control-fragment")) is None:
        return None
    said = Said("doctor.control-fragment", side=whose(unit.sender), kind=_kind(unit))
    return finding(said, case.start_of(unit), "5.5")


def control_too_long(case: Case) -> Finding | None:
    if (unit := case.broken_by("frame.control-too-long")) is None:
        return None
    length = f"{unit.layout.begun.length:,}"
    said = Said("doctor.control-too-long", side=whose(unit.sender), kind=_kind(unit), length=length)
    return finding(said, case.start_of(unit), "5.5")


def continuation_of_nothing(case: Case) -> Finding | None:
    """Opcode 0, and no message in progress."""
    if (unit := case.broken_by("message.not-begun")) is None:
        return None
    data = _data_before(case, unit)
    if not data:
        said = Said("doctor.continuation-first", side=whose(unit.sender))
        return finding(said, case.start_of(unit), "5.4")
    said = Said("doctor.first-fragment-has-fin", side=whose(unit.sender))
    if opcode(data[-1]) == Opcode.CONTINUATION:
        said = Said("doctor.fin-too-early", side=whose(unit.sender))
    return finding(said, case.start_of(data[-1], 6) + case.start_of(unit, 6), "5.4")


def message_in_a_message(case: Case) -> Finding | None:
    """A new message while another one is in progress."""
    if (unit := case.broken_by("message.not-ended")) is None:
        return None
    data = _data_before(case, unit)
    # It may have begun before the recording.
    begun = next((each for each in reversed(data) if opcode(each) != Opcode.CONTINUATION), None)
    last = case.frames[unit.sender][-1]
    said = Said("doctor.message-in-message", side=whose(unit.sender))
    if begun and opcode(begun) == opcode(unit) and (data[-1] is begun or last is unit):
        said = Said("doctor.opcode-repeated", side=whose(unit.sender), kind=_kind(unit))
    return finding(said, case.start_of(data[-1], 6) + case.start_of(unit, 6), "5.4")


def after_close(case: Case) -> Finding | None:
    """A frame of a side that has sent its Close."""
    if (unit := case.broken_by("frame.after-close")) is None:
        return None
    close = case.close(unit.sender)
    evidence = (case.start_of(close) if close else ()) + case.start_of(unit)
    said = Said("doctor.data-after-close", side=whose(unit.sender), kind=_kind(unit))
    return finding(said, evidence, "5.5.1; 1.4")


def inflates(payload: bytes) -> bytes:
    """What a payload inflates to as a compressed message of its own; nothing if it does not."""
    inflate = zlib.decompressobj(-15)
    try:
        found = inflate.decompress(payload + TAIL, MOST)
    except zlib.error:
        return b""
    return found if inflate.eof and not inflate.unused_data else b""


def _data_before(case: Case, unit: FrameUnit) -> list[FrameUnit]:
    """The data frames of the same side before this one."""
    return [
        each
        for each in case.frames[unit.sender]
        if each.span.start < unit.span.start and opcode(each) < Opcode.CLOSE
    ]


def _kind(unit: FrameUnit) -> Said:
    return kind_of(opcode(unit))


CAUSES = (
    client_before_101,
    echo_still_masked,
    not_masked_payload,
    client_unmasked,
    server_masked,
    reserved_bit,
    compressed_bit_elsewhere,
    reserved_opcode,
    control_in_fragments,
    control_too_long,
    continuation_of_nothing,
    message_in_a_message,
    after_close,
)
