"""Causes: the length in a frame header is not the length of the payload.

How to think about it: a wrong length shows later than where it is written. The reader takes too few
bytes, and then begins in the middle of the payload; or too many, and waits, or eats the next frame.
So each cause is tried: if this mistake was made, then the payload ends *there*. It counts only if
something confirms the place: the end of the stream, the end of a chunk, or a frame that begins.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...protocol import FrameLayout, Opcode, mask_fast, read_header, shortest_form
from ...said import Said
from ..evidence import Evidence
from ..frames import FrameUnit
from .case import OTHER, Case, finding, is_readable, whose
from .findings import Finding

_OPCODES = [int(opcode) for opcode in Opcode]
SEARCHED = 2**16  # bytes after a frame among which its true end is looked for


def _suspects(case: Case) -> Iterator[tuple[FrameUnit, FrameLayout]]:
    """Where the length may be wrong: the broken frame, the one before it, an unfinished one."""
    units = [case.unfinished("client"), case.unfinished("server")]
    if case.broken is not None:
        units = [case.before(case.broken), case.broken]
    return ((unit, unit.layout) for unit in units if unit and unit.layout.header)


def _ends_there(case: Case, unit: FrameUnit, end: int) -> bool:
    """Whether a frame may well end at this offset of its stream."""
    stream = case.streams[unit.sender]
    if end == len(stream):
        return True
    if end > len(stream) or end not in case.chunk_ends[unit.sender]:
        return False
    header = read_header(stream, end)
    return header is None or header.opcode in _OPCODES and not (header.rsv2 or header.rsv3)


def _header(case: Case, unit: FrameUnit) -> tuple[Evidence, ...]:
    """The bytes of the frame up to its masking key."""
    return case.show(unit.sender, unit.span.start, unit.layout.extended_length.end)


def little_endian(case: Case) -> Finding | None:
    """The longer length with its least significant byte first."""
    for unit, layout in _suspects(case):
        written = unit.stream[layout.extended_length.start : layout.extended_length.end]
        meant, start = int.from_bytes(written, "little"), layout.span.start + layout.begun.size
        if not written or meant == layout.begun.length:
            continue
        if not meant or not _ends_there(case, unit, start + meant):
            continue
        said = Said(
            "doctor.length-little-endian",
            side=whose(unit.sender),
            written=written.hex(),
            read=f"{layout.begun.length:,}",
            meant=f"{meant:,}",
        )
        return finding(said, _header(case, unit), "5.2")
    return None


def seven_bits_for_126(case: Case) -> Finding | None:
    """126 or 127 written into the seven bits, where they announce a longer length."""
    for unit, layout in _suspects(case):
        second = unit.stream[layout.span.start + 1] & 0x7F
        start = layout.span.start + 2 + (4 if layout.masked else 0)
        if second < 126 or not _ends_there(case, unit, start + second):
            continue
        if layout.truncated is None and not unit.problems:
            continue
        said = Said("doctor.length-126", side=whose(unit.sender), count=second)
        return finding(said, _header(case, unit), "5.2")
    return None


def four_bytes(case: Case) -> Finding | None:
    """127 and then four bytes instead of eight."""
    for unit, layout in _suspects(case):
        if layout.length_form != 64:
            continue
        at = layout.extended_length.start
        meant = int.from_bytes(unit.stream[at : at + 4], "big")
        start = at + 4 + (4 if layout.masked else 0)
        if meant and _ends_there(case, unit, start + meant):
            said = Said("doctor.length-of-four-bytes", side=whose(unit.sender), meant=f"{meant:,}")
            return finding(said, case.show(unit.sender, layout.span.start, at + 8), "5.2")
    return None


def not_minimal(case: Case) -> Finding | None:
    if (unit := case.broken_by("frame.length-not-minimal")) is None:
        return None
    header = unit.layout.begun
    said = Said(
        "doctor.length-not-minimal",
        side=whose(unit.sender),
        length=f"{header.length:,}",
        form=header.length_form,
        enough=shortest_form(header.length),
    )
    return finding(said, _header(case, unit), "5.2")


def mask_bit_without_key(case: Case) -> Finding | None:
    """MASK is 1, and no key was written: the reader takes the first four payload bytes for it."""
    for unit, layout in _suspects(case):
        start = layout.span.start + layout.begun.size - 4
        end = start + layout.begun.length
        if not layout.masked or end - start < 3 or not _ends_there(case, unit, end):
            continue
        if is_readable(unit.stream[start:end]):
            said = Said("doctor.mask-bit-without-key", side=whose(unit.sender))
            return finding(said, case.start_of(unit), "5.2; 5.3")
    return None


def counts_too_much(case: Case) -> Finding | None:
    """The length counts the header, or the key, as well."""
    for unit, layout in _suspects(case):
        header, end = layout.begun.size, layout.span.start + layout.begun.size + layout.begun.length
        for extra in (header, 4) if layout.masked else (header,):
            true_end = end - extra
            if not _ends_there(case, unit, true_end) or layout.begun.length < extra:
                continue
            if end > len(unit.stream) and case.first_end is None:
                continue  # the rest may come
            if end <= len(unit.stream) and end in case.chunk_ends[unit.sender]:
                continue  # it may well end where it says
            what = "key" if extra < header else "header"
            said = Said(
                f"doctor.length-counts-{what}",
                side=whose(unit.sender),
                length=f"{layout.begun.length:,}",
                count=layout.begun.length - extra,
            )
            return finding(said, _header(case, unit), "5.2")
    return None


def counts_characters(case: Case) -> Finding | None:
    """The length is that of the string, and its UTF-8 has more bytes."""
    for unit, layout in _suspects(case):
        start, length = layout.payload.start, layout.begun.length
        if layout.truncated is not None or layout.frame.opcode != Opcode.TEXT:
            continue
        for end in _near(case, unit, start + length):
            payload = unit.stream[start:end]
            if layout.mask_key is not None:
                payload = mask_fast(payload, layout.mask_key)
            try:
                text = payload.decode()
            except UnicodeDecodeError:
                continue
            # JavaScript and Java count in units of 16 bits.
            if length in (len(text), len(text.encode("utf-16-le")) // 2):
                said = Said(
                    "doctor.length-counts-characters",
                    side=whose(unit.sender),
                    length=f"{length:,}",
                    count=len(payload),
                )
                evidence = case.start_of(unit, 12) + case.show(unit.sender, start, end)
                return finding(said, evidence, "5.2")
    return None


def sixteen_bits_too_few(case: Case) -> Finding | None:
    """A payload of more than 65,535 bytes whose length was cut to 16 bits."""
    for unit, layout in _suspects(case):
        start, length = layout.span.start + layout.begun.size, layout.begun.length
        if layout.length_form != 16:
            continue
        for end in range(start + length + 2**16, len(unit.stream) + 1, 2**16):
            if _ends_there(case, unit, end):
                said = Said(
                    "doctor.length-wrapped",
                    side=whose(unit.sender),
                    length=f"{length:,}",
                    count=f"{end - start:,}",
                )
                return finding(said, _header(case, unit), "5.2")
    return None


def too_short(case: Case) -> Finding | None:
    """After the payload come bytes that begin no frame."""
    unit = case.broken
    if unit is None or len(unit.problems) < 2:
        return None
    before = case.before(unit)
    if before is None or unit.span.start in case.chunk_ends[unit.sender]:
        return None
    said = Said(
        "doctor.length-too-short",
        side=whose(unit.sender),
        length=f"{before.layout.begun.length:,}",
    )
    return finding(said, _header(case, before) + case.start_of(unit), "5.2")


def too_long(case: Case) -> Finding | None:
    """The stream ended before the payload was complete."""
    if (end := case.first_end) is None:
        return None
    unit = case.cut(end.sender)
    if unit is None or unit.layout.header is None or unit.problems or case.close(OTHER[end.sender]):
        return None
    said = Said(
        "doctor.frame-cut",
        side=whose(unit.sender),
        length=f"{unit.layout.begun.length:,}",
        came=f"{len(unit.layout.payload):,}",
    )
    return finding(said, case.start_of(unit), "5.2; 7.1.5")


def _near(case: Case, unit: FrameUnit, end: int) -> list[int]:
    """Where the frame may end instead: ends of chunks, not far away."""
    return sorted(e for e in case.chunk_ends[unit.sender] if end < e <= end + SEARCHED)[:50]


CAUSES = (
    mask_bit_without_key,
    little_endian,
    seven_bits_for_126,
    four_bytes,
    sixteen_bits_too_few,
    not_minimal,
    counts_too_much,
    counts_characters,
    too_short,
)
LAST_CAUSES = (too_long,)
