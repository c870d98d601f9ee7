"""Frames: the units in which everything travels after the handshake (section 5).

How to think about it: a frame is a short header and a payload. The header says what the
payload is (opcode), whether the message ends here (FIN), how long the payload is, and with
which key it is masked. Lay this file next to the figure in 5.2: ``build_frame`` writes the bits
in its order. ``reader`` reads them in the same order.

There are two values for a frame. ``Frame``, here, is what it means. ``FrameLayout``, in
``layout``, is how it was written: which key, which of the three length forms, which bytes each
field has.
"""

from enum import IntEnum
from typing import Literal, NamedTuple

from .masking import Mask, mask_fast

Role = Literal["client", "server"]
LengthForm = Literal[7, 16, 64]  # bits in which a payload length is written


class Opcode(IntEnum):
    """What the payload is (5.2). All other numbers are reserved."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    # 5.5: "Control frames are identified by opcodes where the most significant bit of the
    # opcode is 1."
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


# 126 and 127 in the seven bits announce the longer forms; a 64-bit length begins with a 0 bit.
_LONGEST: dict[LengthForm, int] = {7: 125, 16: 2**16 - 1, 64: 2**63 - 1}
_SHOWN = 40  # bytes of a payload that ``repr`` shows


class Frame(NamedTuple):
    """What a frame means, on either side and in any form: ``Frame(Opcode.TEXT, b"Hello")``.

    opcode:  one of ``Opcode``, or a reserved number
    payload: the application's bytes, not masked
    fin:     whether the message ends with this frame
    rsv1-3:  bits that belong to extensions
    """

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False

    def __repr__(self) -> str:
        """One readable line: ``Frame(TEXT, b'Hello')``, and the bits only if they are unusual."""
        opcode = self.opcode.name if isinstance(self.opcode, Opcode) else f"{self.opcode:#x}"
        shown = repr(self.payload[:_SHOWN])
        if len(self.payload) > _SHOWN:
            shown += f"… {len(self.payload):,} bytes"
        bits = {"rsv1": self.rsv1, "rsv2": self.rsv2, "rsv3": self.rsv3}
        unusual = [] if self.fin else ["fin=False"]
        unusual += [f"{name}=True" for name, bit in bits.items() if bit]
        return f"Frame({', '.join([opcode, shown, *unusual])})"


# Building a frame, in the order of the figure in 5.2.


def build_frame(
    frame: Frame,
    mask_key: bytes | None = None,
    length_form: LengthForm | None = None,
    mask: Mask = mask_fast,
) -> bytes:
    """The frame's bytes: masked if there is a key, in the shortest form if none is given.

    Every frame that can be written is allowed, wrong ones too: lessons need them. Raises
    ValueError for what does not fit into the bits.
    """
    opcode, payload, fin, rsv1, rsv2, rsv3 = frame
    if isinstance(payload, str):
        raise TypeError("the payload of a frame is bytes, not str; write b'...' or .encode()")
    length = len(payload)
    form = length_form or shortest_form(length)
    if length_form and length > _LONGEST[length_form]:
        raise ValueError(f"a payload of {length} bytes does not fit the {form}-bit length form")
    if not 0 <= opcode <= 0b1111:
        raise ValueError(f"an opcode has four bits, which {opcode} does not fit")
    if mask_key is not None and len(mask_key) != 4:
        raise ValueError(f"a masking key has 4 bytes, not {len(mask_key)}: RFC 6455 5.3")
    first = (
        0b1000_0000 * fin | 0b0100_0000 * rsv1 | 0b0010_0000 * rsv2 | 0b0001_0000 * rsv3 | opcode
    )
    masked = 0b0000_0000 if mask_key is None else 0b1000_0000
    if form == 7:
        header = bytes((first, masked | length))
    elif form == 16:
        header = bytes((first, masked | 126)) + length.to_bytes(2, "big")
    else:
        header = bytes((first, masked | 127)) + length.to_bytes(8, "big")
    if mask_key is None:
        return header + payload
    return header + mask_key + mask(payload, mask_key)


def shortest_form(length: int) -> LengthForm:
    """5.2: "the minimal number of bytes MUST be used to encode the length"."""
    return 7 if length <= 125 else 16 if length <= 0xFFFF else 64
