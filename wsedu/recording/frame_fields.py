"""What a frame means: its fields in the order of the figure in 5.2, a title, and one sentence."""

from __future__ import annotations

from codecs import getincrementaldecoder

from ..protocol import FrameLayout, Opcode, Span
from ..protocol.closing import meaning_of_code
from ..protocol.http import shorten
from ..said import Said
from .fields import Field
from .inflating import Inflated

KINDS: dict[int, Said] = {
    Opcode.CONTINUATION: Said("opcode.continuation"),
    Opcode.TEXT: Said("opcode.text"),
    Opcode.BINARY: Said("opcode.binary"),
    Opcode.CLOSE: Said("opcode.close"),
    Opcode.PING: Said("opcode.ping"),
    Opcode.PONG: Said("opcode.pong"),
}

NAMES = {
    "first_byte": Said("field.first-byte"),
    "second_byte": Said("field.second-byte"),
    "extended_length": Said("field.extended-length"),
    "masking_key": Said("field.masking-key"),
    "payload": Said("field.payload"),
}


def title_of_frame(layout: FrameLayout, inflated: Inflated | None = None) -> Said:
    """A few words for an arrow: which kind of frame, and how its payload begins."""
    kind, shown = kind_of(layout.frame.opcode), _payload(layout, 40)
    if inflated is not None:
        kind, shown = Said("frame.compressed", kind=kind), _inflated(layout, inflated, 40)
    if not layout.frame.fin:
        kind = Said("frame.goes-on", kind=kind)
    return Said("frame.title", kind=kind, shown=shown) if shown else kind


def describe_frame(layout: FrameLayout, inflated: Inflated | None = None) -> Said:
    """What a frame is, in one plain sentence."""
    if layout.truncated is not None:
        return _unfinished(layout, NAMES[layout.truncated])
    size = Said("frame.payload-size", count=len(layout.frame.payload))
    if inflated is not None:
        size = Said("frame.inflated-size", size=size, count=inflated.size)
    return Said(
        "frame.sentence",
        kind=kind_of(layout.frame.opcode),
        place=_place_in_message(layout),
        payload=size,
        masked=Said("frame.masked") if layout.masked else Said("frame.not-masked"),
    )


def _unfinished(layout: FrameLayout, field: Said) -> Said:
    """Where a frame ends too early; and how much of it came, if that is known."""
    if layout.length is None:
        return Said("frame.unfinished", field=field)
    came = len(layout.payload)
    return Said("frame.unfinished-payload", field=field, count=layout.length, came=came)


def _place_in_message(layout: FrameLayout) -> Said:
    frame = layout.frame
    if frame.opcode >= 8:
        return Said("frame.is-control")
    if not frame.fin:
        return Said("frame.is-fragment")
    if frame.opcode == Opcode.CONTINUATION:
        return Said("frame.is-last-fragment")
    return Said("frame.is-message")


def kind_of(opcode: int) -> Said:
    """The name of a kind of frame."""
    return KINDS.get(opcode) or Said("opcode.reserved-number", opcode=opcode)


# Its fields, in the order of the figure.


def fields_of_frame(
    layout: FrameLayout, stream: bytes, inflated: Inflated | None = None
) -> tuple[Field, ...]:
    """The fields that have arrived."""
    fields = (
        _first_byte(layout, stream, inflated),
        _second_byte(layout, stream),
        _extended_length(layout),
        _masking_key(layout, stream),
        _payload_field(layout, inflated),
    )
    return tuple(field for field in fields if field is not None and len(field.span))


def _first_byte(layout: FrameLayout, stream: bytes, inflated: Inflated | None) -> Field:
    frame, span = layout.frame, layout.first_byte
    fin = Said("meaning.fin") if frame.fin else Said("meaning.no-fin")
    reserved, rsv1, section = Said("meaning.rsv"), Said("meaning.rsv"), ""
    if inflated is not None and frame.rsv1:
        rsv1, section = Said("meaning.rsv1"), "RFC 7692 6"
    opcode = Said(
        "opcode.shown",
        opcode=frame.opcode,
        kind=KINDS.get(frame.opcode) or Said("opcode.reserved"),
    )
    parts = (
        Field("FIN", span, str(int(frame.fin)), fin, bits=Span(0, 1), kind="fin"),
        Field("RSV1", span, str(int(frame.rsv1)), rsv1, section, bits=Span(1, 2), kind="rsv"),
        Field("RSV2", span, str(int(frame.rsv2)), reserved, bits=Span(2, 3), kind="rsv"),
        Field("RSV3", span, str(int(frame.rsv3)), reserved, bits=Span(3, 4), kind="rsv"),
        Field("opcode", span, opcode, Said("meaning.opcode"), bits=Span(4, 8), kind="opcode"),
    )
    bits = _bits(stream, span)
    return Field(NAMES["first_byte"], span, bits, Said("meaning.first-byte"), "5.2", parts)


def _second_byte(layout: FrameLayout, stream: bytes) -> Field | None:
    span = layout.second_byte
    if not len(span):
        return None
    masked = Said("meaning.mask") if layout.masked else Said("meaning.no-mask")
    seven_bits = stream[span.start] & 0b0111_1111
    shown: Said | str = str(seven_bits)
    meaning = Said("meaning.length-itself")
    if seven_bits >= 126:
        following = 2 if seven_bits == 126 else 8
        shown = Said("length.see-next", length=seven_bits, following=following)
        meaning = Said("meaning.length-follows", following=following)
    name = Said("field.payload-length")
    parts = (
        Field("MASK", span, str(int(layout.masked)), masked, bits=Span(8, 9), kind="mask"),
        Field(name, span, shown, meaning, bits=Span(9, 16), kind="length"),
    )
    bits = _bits(stream, span)
    return Field(NAMES["second_byte"], span, bits, Said("meaning.second-byte"), "5.2", parts)


def _extended_length(layout: FrameLayout) -> Field | None:
    span, meaning = layout.extended_length, Said("meaning.extended-length")
    if not len(span):
        return None
    shown = "?" if layout.length is None else f"{layout.length:,}"
    return Field(NAMES["extended_length"], span, shown, meaning, "5.2", kind="extended")


def _masking_key(layout: FrameLayout, stream: bytes) -> Field:
    span, meaning = layout.masking_key, Said("meaning.masking-key")
    shown = stream[span.start : span.end].hex(" ")
    return Field(NAMES["masking_key"], span, shown, meaning, "5.3", kind="key")


def _payload_field(layout: FrameLayout, inflated: Inflated | None) -> Field:
    if inflated is not None:
        return _compressed_field(layout, inflated)
    meaning = Said("meaning.masked-payload") if layout.masked else Said("meaning.payload")
    shown, parts = _payload(layout, 200), _close_parts(layout)
    return Field(NAMES["payload"], layout.payload, shown, meaning, "5.2", parts, kind="payload")


def _compressed_field(layout: FrameLayout, inflated: Inflated) -> Field:
    """A compressed payload: how many bytes it has, and what they stand for."""
    count, written = len(layout.payload), layout.frame.payload
    shown = Said("payload.inflated", count=count, shown=_inflated(layout, inflated, 200))
    written_as = Said("meaning.compressed", shown=hex_start(written, 16))
    if inflated.lost is not None:
        written_as = Said("meaning.compressed-lost", written=written_as, why=inflated.lost)
    section = "RFC 7692 7.2.2"
    return Field(NAMES["payload"], layout.payload, shown, written_as, section, kind="payload")


def _inflated(layout: FrameLayout, inflated: Inflated, limit: int) -> Said | str:
    """What a compressed payload stands for, as much of it as was read."""
    if inflated.lost is not None and not inflated.start:
        return Said("payload.not-read")
    if layout.frame.opcode == Opcode.TEXT:
        return shorten(inflated.start.decode("utf-8", "replace"), limit)
    if layout.frame.opcode == Opcode.CONTINUATION:
        return text_or_hex(inflated.start, limit)
    return hex_start(inflated.start, limit // 3)


def hex_start(data: bytes, limit: int) -> str:
    """The first bytes in hexadecimal; "…" marks that there are more."""
    return data[:limit].hex(" ") + (" …" if len(data) > limit else "")


def _close_parts(layout: FrameLayout) -> tuple[Field, ...]:
    """The code and the reason in the payload of a Close frame."""
    payload, span = layout.frame.payload, layout.payload
    if layout.frame.opcode != Opcode.CLOSE or len(payload) < 2:
        return ()
    code, place = int.from_bytes(payload[:2], "big"), Span(span.start, span.start + 2)
    parts = [Field(Said("field.close-code"), place, str(code), meaning_of_code(code), "7.4")]
    if len(payload) > 2:
        reason, place = text_or_hex(payload[2:], 130), Span(span.start + 2, span.end)
        parts.append(Field(Said("field.reason"), place, reason, None, "7.1.6"))
    return tuple(parts)


def _bits(stream: bytes, span: Span) -> str:
    bits = f"{stream[span.start]:08b}"
    return f"{bits[:4]} {bits[4:]}"


def _payload(layout: FrameLayout, limit: int) -> Said | str:
    frame = layout.frame
    if frame.opcode == Opcode.CLOSE:
        if len(frame.payload) < 2:
            return frame.payload.hex() or Said("close.no-code")
        code = int.from_bytes(frame.payload[:2], "big")
        return f"{code} {text_or_hex(frame.payload[2:], limit)}".strip()
    if frame.opcode == Opcode.TEXT:
        start = frame.payload[: limit * 4 + 4]  # one character more than is shown
        return shorten(start.decode("utf-8", "replace"), limit)
    if frame.opcode in (Opcode.PING, Opcode.PONG):
        return text_or_hex(frame.payload, limit)
    return hex_start(frame.payload, limit // 3)


def text_or_hex(data: bytes, limit: int) -> str:
    """Bytes that need not be text: in quotes if they are printable text, else in hexadecimal.

    limit: how many characters are shown; "…" marks what is longer
    """
    # One character more than is shown; the last one may be cut in the middle.
    start = data[: limit * 4 + 4]
    try:
        text = getincrementaldecoder("utf-8")().decode(start, final=start == data)
    except UnicodeDecodeError:
        text = ""
    if not text.isprintable() or not text:
        return hex_start(data, limit // 3)
    return f'"{text[:limit]}"' + (" …" if len(text) > limit else "")
