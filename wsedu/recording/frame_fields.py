"""A frame in words: its fields in the order of the figure in 5.2, and one plain sentence."""

from __future__ import annotations

from codecs import getincrementaldecoder

from ..protocol import FrameLayout, Opcode, Span, close_code_meaning
from ..protocol.http import shorten
from ..words import _
from .fields import Field

KINDS = {
    Opcode.CONTINUATION: _("continuation"),
    Opcode.TEXT: _("text"),
    Opcode.BINARY: _("binary"),
    Opcode.CLOSE: _("close"),
    Opcode.PING: _("ping"),
    Opcode.PONG: _("pong"),
}


def name_frame(layout: FrameLayout) -> str:
    """A few words for an arrow: what kind of frame, and how it begins."""
    frame = layout.frame
    part = "" if frame.fin else _(" (goes on)")
    shown = _payload(layout, 40)
    return f"{_kind(layout)}{part}{': ' if shown else ''}{shown}"


def describe_frame(layout: FrameLayout) -> str:
    """One plain sentence."""
    if layout.truncated is not None:
        return _("A frame that has not arrived whole: it ends in its {field}.").format(
            field=_FIELDS[layout.truncated]
        )
    frame = layout.frame
    masked = _("masked") if layout.masked else _("not masked")
    whole = _("a whole message") if frame.fin else _("a fragment; more follows")
    if frame.opcode >= 8:
        whole = _("a control frame")
    elif frame.opcode == Opcode.CONTINUATION:
        whole = _("the last fragment") if frame.fin else _("a fragment; more follows")
    return _("A {kind} frame: {whole}, {count} bytes of payload, {masked}.").format(
        kind=_kind(layout), whole=whole, count=f"{len(frame.payload):,}", masked=masked
    )


def fields_of_frame(layout: FrameLayout, stream: bytes) -> tuple[Field, ...]:
    """The fields that have arrived."""
    fields = [
        Field(
            _("first byte"),
            layout.first_byte,
            _bits(stream, layout.first_byte),
            _("FIN, three reserved bits, and the opcode"),
            "5.2",
            _first_bits(layout),
        )
    ]
    if len(layout.second_byte):
        length = stream[layout.second_byte.start] & 0b0111_1111
        fields.append(
            Field(
                _("second byte"),
                layout.second_byte,
                _bits(stream, layout.second_byte),
                _("MASK, and the length, if it is 125 or less"),
                "5.2",
                (
                    Field(
                        "MASK",
                        layout.second_byte,
                        str(int(layout.masked)),
                        _mask(layout),
                        bits=Span(8, 9),
                        kind="mask",
                    ),
                    Field(
                        _("payload length"),
                        layout.second_byte,
                        str(length)
                        if length < 126
                        else _("{length}: see the next {count} bytes").format(
                            length=length, count=2 if length == 126 else 8
                        ),
                        _("the length itself")
                        if length < 126
                        else _("the length is in the next {count} bytes").format(
                            count=2 if length == 126 else 8
                        ),
                        bits=Span(9, 16),
                        kind="length",
                    ),
                ),
            )
        )
    for kind, name, span, value, meaning, section in (
        (
            "extended",
            _("extended payload length"),
            layout.extended_length,
            "?" if layout.length is None else f"{layout.length:,}",
            _("network byte order"),
            "5.2",
        ),
        (
            "key",
            _("masking key"),
            layout.masking_key,
            stream[layout.masking_key.start : layout.masking_key.end].hex(" "),
            _("each payload byte is combined with one of these by XOR"),
            "5.3",
        ),
        (
            "payload",
            _("payload"),
            layout.payload,
            _payload(layout, 200),
            _("shown unmasked here; the bytes are as they crossed the wire")
            if layout.masked
            else _("as it crossed the wire"),
            "5.2",
        ),
    ):
        if len(span):
            parts = _close_parts(layout) if span == layout.payload else ()
            fields.append(Field(name, span, value, meaning, section, parts, kind=kind))
    return tuple(fields)


def _close_parts(layout: FrameLayout) -> tuple[Field, ...]:
    """The code and the reason in the payload of a Close frame."""
    payload, span = layout.frame.payload, layout.payload
    if layout.frame.opcode != Opcode.CLOSE or len(payload) < 2:
        return ()
    code = int.from_bytes(payload[:2], "big")
    parts = [
        Field(
            _("close code"),
            Span(span.start, span.start + 2),
            str(code),
            close_code_meaning(code),
            "7.4",
        )
    ]
    if len(payload) > 2:
        reason = text_or_hex(payload[2:], 130)
        parts.append(Field(_("reason"), Span(span.start + 2, span.end), reason, "", "7.1.6"))
    return tuple(parts)


_FIELDS = {
    "first_byte": _("first byte"),
    "second_byte": _("second byte"),
    "extended_length": _("extended payload length"),
    "masking_key": _("masking key"),
    "payload": _("payload"),
}


def _kind(layout: FrameLayout) -> str:
    opcode = layout.frame.opcode
    if opcode in KINDS:
        return KINDS[Opcode(opcode)]
    return _("reserved opcode {opcode:#x}").format(opcode=opcode)


def _opcode(layout: FrameLayout) -> str:
    opcode = layout.frame.opcode
    return f"{opcode:#x} {KINDS[Opcode(opcode)] if opcode in KINDS else _('reserved')}"


def text_or_hex(data: bytes, limit: int) -> str:
    """Bytes that need not be text: in quotes if they are printable text, else in hexadecimal.

    limit: how many characters are shown; "…" stands after what is longer
    """
    # One character more than is shown; the last one may be cut in the middle.
    start = data[: limit * 4 + 4]
    try:
        text = getincrementaldecoder("utf-8")().decode(start, final=start == data)
    except UnicodeDecodeError:
        text = ""
    if not text.isprintable() or not text:
        shown, cut = data[: limit // 3].hex(" "), len(data) > limit // 3
    else:
        shown, cut = f'"{text[:limit]}"', len(text) > limit
    return f"{shown} …" if cut else shown


def _payload(layout: FrameLayout, limit: int) -> str:
    frame = layout.frame
    if frame.opcode == Opcode.CLOSE:
        if len(frame.payload) < 2:
            return frame.payload.hex() or _("no code")
        code = int.from_bytes(frame.payload[:2], "big")
        return f"{code} {text_or_hex(frame.payload[2:], limit)}".strip()
    if frame.opcode == Opcode.TEXT:
        start = frame.payload[: limit * 4 + 4]  # one character more than is shown
        return shorten(start.decode("utf-8", "replace"), limit)
    if frame.opcode in (Opcode.PING, Opcode.PONG):
        return text_or_hex(frame.payload, limit)
    shown = frame.payload[: limit // 3].hex(" ")
    return shown if len(frame.payload) <= limit // 3 else f"{shown} …"


def _bits(stream: bytes, span: Span) -> str:
    bits = f"{stream[span.start]:08b}"
    return f"{bits[:4]} {bits[4:]}"


def _mask(layout: FrameLayout) -> str:
    return _("a masking key follows") if layout.masked else _("no masking key")


def _first_bits(layout: FrameLayout) -> tuple[Field, ...]:
    frame, span = layout.frame, layout.first_byte
    fin = _("the message ends with this frame") if frame.fin else _("the message goes on")
    reserved = _("for extensions")
    return (
        Field("FIN", span, str(int(frame.fin)), fin, bits=Span(0, 1), kind="fin"),
        Field("RSV1", span, str(int(frame.rsv1)), reserved, bits=Span(1, 2), kind="rsv"),
        Field("RSV2", span, str(int(frame.rsv2)), reserved, bits=Span(2, 3), kind="rsv"),
        Field("RSV3", span, str(int(frame.rsv3)), reserved, bits=Span(3, 4), kind="rsv"),
        Field(
            "opcode", span, _opcode(layout), _("the kind of frame"), bits=Span(4, 8), kind="opcode"
        ),
    )
