"""A recording as a capture file that Wireshark opens.

How to think about it: the tap sees two streams of bytes, Wireshark wants packets. So each
chunk is put into TCP segments in IPv4 packets between two made-up addresses, with a TCP
handshake before them, and the packets into the blocks of a pcapng file. The bytes, their
order, their sides and their times are those of the recording; the packets are not.

The file format is that of draft-ietf-opsawg-pcapng; packets are RFC 791 (IPv4) and RFC 9293
(TCP).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from .events import Event, Side

# 192.0.2.0/24 is for documentation (RFC 5737). Port 80 lets Wireshark expect HTTP.
ADDRESSES: dict[Side, tuple[bytes, int]] = {
    "client": (bytes((192, 0, 2, 1)), 49152),
    "server": (bytes((192, 0, 2, 2)), 80),
}
SEGMENT = 1460  # bytes in one packet, as on an Ethernet: of a larger one Wireshark shows a part
RAW_IP = 101  # the link type of packets without a link layer
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10


class Talk(NamedTuple):
    """What happened on one connection.

    port:  the client's
    start: when the connection was opened, in seconds since 1970-01-01T00:00:00Z
    """

    events: tuple[Event, ...]
    port: int = ADDRESSES["client"][1]
    start: float = 0.0


def to_pcapng(talks: Iterable[Talk]) -> bytes:
    """The connections as one pcapng file, in the order of time; times are whole microseconds."""
    blocks = [
        _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        _block(1, struct.pack("<HHI", RAW_IP, 0, 0)),
    ]
    packets = [packet for number, talk in enumerate(talks) for packet in _packets(number, talk)]
    for microseconds, packet in sorted(packets, key=lambda packet: packet[0]):  # stable
        head = struct.pack(
            "<IIIII", 0, microseconds >> 32, microseconds & 0xFFFFFFFF, len(packet), len(packet)
        )
        blocks.append(_block(6, head + packet))
    return b"".join(blocks)


def _packets(number: int, talk: Talk) -> list[tuple[int, bytes]]:
    """The packets of one connection, each with its time in microseconds."""
    # A SYN from the same port with the same sequence number is an old one, sent again.
    connection = _Connection(talk.port, first=number * 10_000_019 % 2**32)
    opened = round(talk.start * 1e6)
    packets = [
        (opened, connection.packet("client", SYN)),
        (opened, connection.packet("server", SYN | ACK)),
        (opened, connection.packet("client", ACK)),
    ]
    for event in talk.events:
        time = opened + round(event.time * 1e6)
        if event.kind == "data":
            for start in range(0, len(event.data), SEGMENT):
                part = event.data[start : start + SEGMENT]
                packets.append((time, connection.packet(event.sender, PSH | ACK, part)))
        elif event.kind in ("end", "lost"):  # Wireshark would not see what the tap held back
            flag = FIN if event.kind == "end" else RST
            packets.append((time, connection.packet(event.sender, flag | ACK)))
    return packets


def _block(kind: int, body: bytes) -> bytes:
    """A block: its type, its length, the body in units of four bytes, the length again."""
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


class _Connection:
    """The sequence numbers of both sides."""

    def __init__(self, port: int, first: int) -> None:
        self._next: dict[Side, int] = {"client": first, "server": first}
        self._ends = ADDRESSES | {"client": (ADDRESSES["client"][0], port)}

    def packet(self, sender: Side, flags: int, data: bytes = b"") -> bytes:
        """One IPv4 packet with one TCP segment."""
        receiver: Side = "server" if sender == "client" else "client"
        source, source_port = self._ends[sender]
        target, target_port = self._ends[receiver]
        acknowledged = self._next[receiver] if flags & ACK else 0
        segment = struct.pack(
            ">HHIIBBHHH",
            source_port,
            target_port,
            self._next[sender],
            acknowledged,
            5 << 4,
            flags,
            65535,
            0,
            0,
        )
        self._next[sender] = (self._next[sender] + len(data) + bool(flags & (SYN | FIN))) % 2**32
        pseudo = source + target + struct.pack(">BBH", 0, 6, len(segment) + len(data))
        check = struct.pack(">H", _checksum(pseudo + segment + data))
        segment = segment[:16] + check + segment[18:] + data
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0)
        header += source + target
        check = struct.pack(">H", _checksum(header))
        return header[:10] + check + header[12:] + segment


def _checksum(data: bytes) -> int:
    """RFC 1071: the ones' complement of the ones' complement sum of 16-bit words."""
    data += bytes(len(data) % 2)
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
