"""DEFLATE, symbol by symbol: what a compressed message is made of (RFC 1951, RFC 7692 7.2).

How to think about it: compressed data is a stream of bits. It is divided into blocks, and a block
into symbols. A symbol is either one byte, as it is (a literal), or a copy: "go back 5 bytes, and
take 4 from there". Frequent symbols have short codes. So the borders between symbols lie anywhere
inside of bytes, and each symbol has a span of bits. Bit 0 is the lowest bit of byte 0.

``zlib`` is what servers use, and is hundreds of times as fast. This reader is for looking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .http import Span

# RFC 7692 7.2.1: the sender takes these four bytes away, and the receiver appends them again.
TAIL = b"\x00\x00\xff\xff"

Kind = Literal["block", "codes", "stored", "literal", "copy", "end", "damaged"]
STORED, FIXED, DYNAMIC = 0, 1, 2  # the three types of a block (RFC 1951 3.2.3)
END_OF_BLOCK = 256

# RFC 1951 3.2.5: what each code for a length, or for a distance, begins at, and how many bits after
# it say how much more it is.
LENGTH_BITS = (*[0] * 8, *(bits for bits in range(1, 6) for _four in range(4)), 0)
LENGTHS = (*(3 + sum(2**bits for bits in LENGTH_BITS[:code]) for code in range(28)), 258)
DISTANCE_BITS = (0, 0, *(bits for bits in range(14) for _two in range(2)))
DISTANCES = tuple(1 + sum(2**bits for bits in DISTANCE_BITS[:code]) for code in range(30))
# 3.2.7: in which order the lengths of the codes for code lengths are written.
ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
# 3.2.6: how long the fixed codes are.
FIXED_LENGTHS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8


@dataclass(frozen=True)
class Symbol:
    """One piece of compressed data.

    kind:     "block" begins one, "codes" says which codes it has, "stored" is bytes that are not
              compressed, with their number; "damaged" is where the reader has to stop
    bits:     where it lies in the data
    data:     what it adds to the message
    distance: of a copy, how far back it begins
    type:     of a block: ``STORED``, ``FIXED`` or ``DYNAMIC``
    """

    kind: Kind
    bits: Span
    data: bytes = b""
    distance: int = 0
    type: int = 0


def read_symbols(data: bytes, history: bytes = b"") -> Iterator[Symbol]:
    """Every symbol of a compressed message, with ``TAIL`` at its end.

    history: what was inflated before, into which copies may reach
    """
    bits, out = _Bits(data), bytearray(history)
    while not bits.at_end():
        start = bits.at
        try:
            for symbol in _block(bits, out):
                out += symbol.data
                start = symbol.bits.end
                yield symbol
        except _Damaged:
            yield Symbol("damaged", Span(start, 8 * len(data)))
            return


class _Damaged(Exception):
    """The bits are no DEFLATE, or end too early."""


class _Bits:
    """Takes bits from bytes, the lowest bit of each byte first (RFC 1951 3.1.1)."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def take(self, count: int) -> int:
        """The next bits as a number, its lowest bit first."""
        if self.at + count > 8 * len(self._data):
            raise _Damaged
        found = 0
        for n in range(count):
            found |= (self._data[self.at // 8] >> self.at % 8 & 1) << n
            self.at += 1
        return found

    def next_byte(self) -> None:
        """Leave out the rest of a byte that has begun."""
        self.at += -self.at % 8

    def at_end(self) -> bool:
        """Whether fewer than 8 bits are left, which only fill the last byte."""
        return self.at + 8 > 8 * len(self._data)


class _Codes:
    """The codes of some symbols, given how many bits each has (RFC 1951 3.2.2).

    A code of fewer bits comes first; of the same length, that of the smaller symbol.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        self._symbols: dict[tuple[int, int], int] = {}
        code = 0
        for size in range(1, 16):
            code *= 2
            for symbol, length in enumerate(lengths):
                if length == size:
                    self._symbols[size, code] = symbol
                    code += 1
        # No code may be the beginning of another; only a single code leaves some unused.
        if code > 2**15 or (code < 2**15 and max(lengths) > 1):
            raise _Damaged

    def read(self, bits: _Bits) -> int:
        """The next symbol. A code has its highest bit first, unlike a number."""
        code = 0
        for size in range(1, 16):
            code = 2 * code + bits.take(1)
            if (size, code) in self._symbols:
                return self._symbols[size, code]
        raise _Damaged


def _block(bits: _Bits, out: bytearray) -> Iterator[Symbol]:
    """One block (RFC 1951 3.2.3); ``out`` is what came before it, and grows meanwhile."""
    start = bits.at
    last, type = bits.take(1), bits.take(2)
    if type > DYNAMIC:
        raise _Damaged
    yield Symbol("block", Span(start, bits.at), type=type)
    if type == STORED:
        yield _stored(bits)
    else:
        literals, distances = _Codes(FIXED_LENGTHS), _Codes([5] * 32)
        if type == DYNAMIC:
            start = bits.at
            literals, distances = _dynamic(bits)
            yield Symbol("codes", Span(start, bits.at))
        while (symbol := _next(bits, literals, distances, out)).kind != "end":
            yield symbol
        yield symbol
    if last:
        bits.next_byte()  # RFC 7692 7.2.3.4: another block may follow all the same


def _stored(bits: _Bits) -> Symbol:
    """Bytes as they are, from the next whole byte on, after their number (3.2.4)."""
    start = bits.at
    bits.next_byte()
    count, check = bits.take(16), bits.take(16)
    if count ^ check != 0xFFFF:
        raise _Damaged
    data = bytes(bits.take(8) for _byte in range(count))
    return Symbol("stored", Span(start, bits.at), data)


def _dynamic(bits: _Bits) -> tuple[_Codes, _Codes]:
    """The codes that a block brings with it, themselves compressed (3.2.7)."""
    count, distances, few = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    if count > 286 or distances > 30:
        raise _Damaged
    sizes = [0] * 19
    for symbol in ORDER[:few]:
        sizes[symbol] = bits.take(3)
    if max(sizes) == 1:
        raise _Damaged
    codes = _Codes(sizes)
    lengths: list[int] = []
    while len(lengths) < count + distances:
        symbol = codes.read(bits)
        if symbol == 16 and not lengths:
            raise _Damaged
        if symbol < 16:
            lengths.append(symbol)
        elif symbol == 16:  # the one before, again
            lengths += lengths[-1:] * (3 + bits.take(2))
        else:
            lengths += [0] * (3 + bits.take(3) if symbol == 17 else 11 + bits.take(7))
    if len(lengths) > count + distances or not lengths[END_OF_BLOCK]:
        raise _Damaged
    return _Codes(lengths[:count]), _Codes(lengths[count:])


def _next(bits: _Bits, literals: _Codes, distances: _Codes, out: bytearray) -> Symbol:
    """A literal, a copy, or the end of the block."""
    start = bits.at
    symbol = literals.read(bits)
    if symbol < END_OF_BLOCK:
        return Symbol("literal", Span(start, bits.at), bytes([symbol]))
    if symbol == END_OF_BLOCK:
        return Symbol("end", Span(start, bits.at))
    code = symbol - END_OF_BLOCK - 1
    if code >= len(LENGTHS):
        raise _Damaged
    length = LENGTHS[code] + bits.take(LENGTH_BITS[code])
    code = distances.read(bits)
    if code >= len(DISTANCES):
        raise _Damaged
    distance = DISTANCES[code] + bits.take(DISTANCE_BITS[code])
    if distance > len(out):
        raise _Damaged
    # A copy may take what it has just written: distance 1 repeats a byte.
    piece = bytes(out[-distance:])
    data = (piece * (length // distance + 1))[:length]
    return Symbol("copy", Span(start, bits.at), data, distance)
