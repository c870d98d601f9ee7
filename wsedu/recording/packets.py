"""Capture files, as Wireshark, dumpcap and tcpdump write them: from the file to its packets.

How to think about it: a capture file is a log of packets. Classic pcap is a header of 24 bytes,
then one record for each packet: a time, two lengths, the bytes. pcapng is a chain of blocks: each
says its type and its length, so a reader skips what it does not know. The first four bytes tell
the two apart, and their order tells the byte order of the computer that wrote the file.

A file is read in pieces, and each packet is handed on before the next one is read. Capture files
are often cut or damaged: all packets before that place are read, and ``CaptureFile.notes`` says
what is wrong.

The formats: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng; gzip is RFC 1952.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from math import gcd
from typing import Any, BinaryIO, NamedTuple, Protocol

from ..said import Said

# When, in nanoseconds since 1970 (a float has too few digits for them); the link type; the bytes
# that were captured; how many bytes there were on the wire.
Packet = tuple[int, int, bytes, int]

BILLION = 10**9
CHUNK = 1 << 20  # how many bytes of a file are read at a time
SMALL = 1 << 8  # of a compressed one: zlib tells of damage, and not what came just before it
LONGEST_PACKET = 1 << 18  # a longer one is damage; Wireshark has the same limit
LONGEST_BLOCK = 1 << 24  # of a pcapng file
MOST_UNZIPPED = 1 << 30  # how many bytes of a compressed file are read

# The first four bytes of a pcap file as a number: parts of a second, size of a record's head.
PCAP = {
    0xA1B2C3D4: (10**6, 16),
    0xA1B23C4D: (10**9, 16),
    0xA1B2CD34: (10**6, 24),  # "modified", by an old Linux: 8 bytes more, of no use here
}
GZIP = b"\x1f\x8b"

# Types of pcapng's blocks. The first one reads the same in both byte orders.
SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET = 0x0A0D0D0A, 1, 2, 3
STATISTICS, PACKET, SECRETS = 5, 6, 10
BYTE_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
TIME_RESOLUTION, TIME_OFFSET = 9, 14  # options of an interface
DROPPED = 5  # an option of its statistics
TLS_KEYS = 0x544C534B  # a type of secrets


class CaptureError(ValueError):
    """A file that holds nothing for us. ``said`` is one sentence: what it seems to be, what helps.

    What is wrong with a file that holds something is not raised: it is a note.
    """

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


class CaptureFile:
    """A capture file, open for reading; iterate over it once, for its packets.

    Complete when the last packet has been read:
    notes:    what is wrong with the file
    lost:     how many packets the capturing program did not get, as it says itself
    tls_keys: whether the file holds keys for decrypting TLS

    Raises CaptureError if the file is neither pcap nor pcapng, compressed with gzip or not.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.notes: list[Said] = []
        self.tls_keys = False
        self._sections: list[_Section] = []
        compressed = file.read(2) == GZIP
        file.seek(0)
        self._file: _Readable = _Unzipped(file, self.notes) if compressed else file
        self._buffer = self._file.read(CHUNK)
        self._before = 0  # how many bytes of the file come before those of the buffer
        self._packets = self._reader()

    def __iter__(self) -> Iterator[Packet]:
        return self._packets

    @property
    def lost(self) -> int:
        return sum(sum(section.dropped.values()) for section in self._sections)

    def _reader(self) -> Iterator[Packet]:
        magic = self._buffer[:4]
        if magic == SECTION.to_bytes(4, "big"):
            return self._read_pcapng()
        little, big = int.from_bytes(magic, "little"), int.from_bytes(magic, "big")
        for order, number in (("<", little), (">", big)):
            if number in PCAP and len(self._buffer) >= 24:
                return self._read_pcap(order, *PCAP[number])
        if self.notes and not self._buffer:
            raise CaptureError(Said("capture.is-damaged-gzip"))
        raise CaptureError(name_file(self._buffer))

    # The loops below run once for each packet, and there may be a million of them: what they
    # need is in local names.

    def _read_pcap(self, order: str, parts: int, head_size: int) -> Iterator[Packet]:
        (network,) = struct.unpack_from(order + "I", self._buffer, 20)
        link = network & 0xFFFF  # the bits above it may hold the length of Ethernet's checksum
        scale = BILLION // parts
        read_head = struct.Struct(order + "IIII").unpack_from
        at = 24
        while True:
            buffer, limit = self._buffer, len(self._buffer)
            while (start := at + head_size) <= limit:
                seconds, part, captured, original = read_head(buffer, at)
                if captured > LONGEST_PACKET:
                    return self._damaged(at)
                if (end := start + captured) > limit:
                    break
                yield seconds * BILLION + part * scale, link, buffer[start:end], original
                at = end
            if not self._read_on(at):
                return
            at = 0

    def _read_pcapng(self) -> Iterator[Packet]:
        time, unreadable = 0, 0
        section = _Section("<")  # until the first block, which begins one
        interfaces, read_packet = section.interfaces, section.read_packet
        for order, kind, body in self._read_blocks():
            try:
                if kind == PACKET:
                    number, high, low, captured, original = read_packet(body)
                    link, multiply, divide, offset, _snaplen = interfaces[number]
                    time = (high << 32 | low) * multiply // divide + offset
                    if len(data := body[20 : 20 + captured]) < captured:
                        raise IndexError
                    yield time, link, data, original
                elif kind == SECTION:
                    section = _Section(order)
                    self._sections.append(section)
                    interfaces, read_packet = section.interfaces, section.read_packet
                elif kind == INTERFACE:
                    section.add_interface(body)
                elif kind == STATISTICS:
                    section.add_statistics(body)
                elif kind == OLD_PACKET:
                    packet = section.old_packet(body)
                    time = packet[0]
                    yield packet
                elif kind == SIMPLE_PACKET:  # the only one without a time: take the last one
                    yield time, *section.simple_packet(body)
                elif kind == SECRETS:
                    self.tls_keys |= section.unpack("I", body) == (TLS_KEYS,)
            except (struct.error, IndexError):  # too short, or of an interface that is not there
                unreadable += 1
        if unreadable:
            self.notes.append(Said("capture.unreadable-blocks", count=unreadable))

    def _read_blocks(self) -> Iterator[tuple[str, int, bytes]]:
        """The byte order, the type and the body of each block."""
        order, at = "<", 0
        read_head = struct.Struct("<II").unpack_from
        while True:
            buffer, limit = self._buffer, len(self._buffer)
            while at + 12 <= limit:
                kind, length = read_head(buffer, at)
                if kind == SECTION:
                    if (mark := buffer[at + 8 : at + 12]) not in BYTE_ORDERS:
                        return self._damaged(at)
                    order = BYTE_ORDERS[mark]
                    read_head = struct.Struct(order + "II").unpack_from
                    kind, length = read_head(buffer, at)
                if length % 4 or not 12 <= length <= LONGEST_BLOCK:
                    return self._damaged(at)
                if (end := at + length) > limit:
                    break
                if buffer[end - 4 : end] != buffer[at + 4 : at + 8]:  # a block repeats its length
                    return self._damaged(at)
                yield order, kind, buffer[at + 8 : end - 4]
                at = end
            if not self._read_on(at):
                return
            at = 0

    def _read_on(self, used: int) -> bool:
        """Put what is not used yet, and more of the file, into the buffer; False at the end."""
        more = self._file.read(CHUNK)
        if not more and used < len(self._buffer) and not self.notes:
            self.notes.append(Said("capture.cut", offset=self._before + used))
        self._buffer = self._buffer[used:] + more
        self._before += used
        return bool(more)

    def _damaged(self, at: int) -> None:
        self.notes.append(Said("capture.damaged", offset=self._before + at))


class _Interface(NamedTuple):
    """Where packets come from. Its clock counts units of multiply / divide nanoseconds."""

    link: int
    multiply: int
    divide: int
    offset: int  # nanoseconds
    snaplen: int  # the most bytes of a packet that are captured; 0 is no limit


class _Section:
    """A part of a pcapng file, with a byte order and interfaces of its own."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.read_packet = struct.Struct(order + "IIIII").unpack_from
        self.interfaces: list[_Interface] = []
        self.dropped: dict[int, int] = {}  # packets, by the number of their interface

    def unpack(self, form: str, data: bytes) -> tuple[Any, ...]:
        return struct.unpack_from(self.order + form, data)

    def options(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Code and value of each option; a value is filled up to a multiple of four bytes."""
        while len(data) >= 4:
            code, length = self.unpack("HH", data)
            yield code, data[4 : 4 + length]
            data = data[4 + length + -length % 4 :]

    def add_interface(self, body: bytes) -> None:
        link, snaplen = self.unpack("HxxI", body)
        parts, offset = 10**6, 0  # of a second; seconds
        for code, value in self.options(body[8:]):
            if code == TIME_RESOLUTION:
                (power,) = self.unpack("B", value)
                parts = 2 ** (power & 0x7F) if power & 0x80 else 10**power
            elif code == TIME_OFFSET:
                (offset,) = self.unpack("q", value)
        common = gcd(BILLION, parts)
        self.interfaces.append(
            _Interface(link, BILLION // common, parts // common, offset * BILLION, snaplen)
        )

    def add_statistics(self, body: bytes) -> None:
        (number,) = self.unpack("I", body)
        for code, value in self.options(body[12:]):
            if code == DROPPED:  # counted from the beginning: the last statistics say all
                (self.dropped[number],) = self.unpack("Q", value)

    def old_packet(self, body: bytes) -> Packet:
        number, high, low, captured, original = self.unpack("HxxIIII", body)
        link, multiply, divide, offset, _snaplen = self.interfaces[number]
        time = (high << 32 | low) * multiply // divide + offset
        return time, link, body[20 : 20 + captured], original

    def simple_packet(self, body: bytes) -> tuple[int, bytes, int]:
        """A packet without its time; it is of the first interface."""
        (original,) = self.unpack("I", body)
        interface = self.interfaces[0]
        captured = min(original, interface.snaplen or original)
        return interface.link, body[4 : 4 + captured], original


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Unzipped:
    """A file that is compressed with gzip, read as if it were not."""

    def __init__(self, file: BinaryIO, notes: list[Said]) -> None:
        self._notes = notes
        self._bytes = self._unzip(file)
        self._left = MOST_UNZIPPED

    def read(self, size: int, /) -> bytes:
        """The next bytes, about ``size`` of them; none at the end."""
        pieces, count = [], 0
        for piece in self._bytes:
            pieces.append(piece)
            count += len(piece)
            if count >= size:
                break
        self._left -= count
        if count and self._left < 0:
            self._notes.append(Said("capture.gzip-large", limit=MOST_UNZIPPED >> 20))
            self._bytes = iter(())
        return b"".join(pieces)

    def _unzip(self, file: BinaryIO) -> Iterator[bytes]:
        waiting = file.read(SMALL)
        while waiting[:2] == GZIP:  # such files may be laid one after the other
            inflate = zlib.decompressobj(31)  # 31: with the header and the checksum of gzip
            while not inflate.eof:
                try:
                    yield inflate.decompress(waiting, CHUNK)
                except zlib.error:
                    return self._notes.append(Said("capture.gzip-damaged"))
                waiting = inflate.unconsumed_tail or file.read(SMALL)
                if not waiting and not inflate.eof:
                    yield inflate.flush()
                    return self._notes.append(Said("capture.gzip-cut"))
            waiting = inflate.unused_data + waiting


# What a file seems to be.

_COMPRESSED = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"PK\3\4": "zip",
}
_OTHER_CAPTURES = {
    b"snoop\0\0\0": "snoop",
    b"GMBU": "Microsoft Network Monitor",
    b"RTSS": "Microsoft Network Monitor",
    b"TRSNIFF data": "Network General Sniffer",
}
_KEY_LOG = (b"CLIENT_", b"SERVER_", b"# SSL", b"# TLS", b"RSA ")


def name_file(start: bytes) -> Said:
    """What a file that begins so seems to be, and what would help."""
    for magic, kind in _COMPRESSED.items():
        if start.startswith(magic):
            return Said("capture.is-compressed", kind=kind)
    for magic, kind in _OTHER_CAPTURES.items():
        if start.startswith(magic):
            return Said("capture.is-other-capture", kind=kind)
    if start.startswith(_KEY_LOG):
        return Said("capture.is-key-log")
    if not start:
        return Said("capture.is-empty")
    if any(int.from_bytes(start[:4], order) in PCAP for order in ("little", "big")):
        return Said("capture.is-cut", count=len(start))
    # A character of UTF-8 may be cut at the end, and nowhere else.
    words = " ".join(start[:40].decode("utf-8", "replace").rstrip("\ufffd").split())
    if words and words.isprintable() and "\ufffd" not in words:
        return Said("capture.is-text", shown=words)
    return Said("capture.is-unknown", shown=start[:8].hex(" "))
