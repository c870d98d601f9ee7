"""Packets and capture files, written here byte by byte: nothing of it comes from wsedu.

The tests of the readers would prove little if the readers' own module wrote what they read.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
CLIENT, SERVER = ("192.0.2.1", 50000), ("192.0.2.2", 8811)
CLIENT_6, SERVER_6 = ("2001:db8::1", 50000), ("2001:db8::2", 8811)
End = tuple[str, int]


class Packet(NamedTuple):
    """time: nanoseconds since 1970."""

    data: bytes
    time: int = 1_700_000_000_123_456_789
    link: int = 101
    original: int | None = None


# From the inside to the outside.


def address(text: str) -> bytes:
    import ipaddress

    return ipaddress.ip_address(text).packed


def tcp(
    source: End = CLIENT,
    target: End = SERVER,
    sequence: int = 0,
    data: bytes = b"",
    flags: int = ACK,
    acknowledged: int = 0,
    options: bytes = b"",
) -> bytes:
    head = struct.pack(
        ">HHIIBBHHH",
        source[1],
        target[1],
        sequence % 2**32,
        acknowledged % 2**32,
        (5 + len(options) // 4) << 4,
        flags,
        65535,
        0,
        0,
    )
    return head + options + data


def ipv4(
    inside: bytes,
    source: End = CLIENT,
    target: End = SERVER,
    protocol: int = 6,
    fragment: int = 0x4000,
    options: bytes = b"",
    total: int | None = None,
) -> bytes:
    size = 20 + len(options)
    total = size + len(inside) if total is None else total
    head = struct.pack(">BBHHHBBH", 0x40 | size // 4, 0, total, 7, fragment, 64, protocol, 0)
    return head + address(source[0]) + address(target[0]) + options + inside


def ipv6(
    inside: bytes,
    source: End = CLIENT_6,
    target: End = SERVER_6,
    protocol: int = 6,
    length: int | None = None,
) -> bytes:
    length = len(inside) if length is None else length
    head = struct.pack(">IHBB", 6 << 28, length, protocol, 64)
    return head + address(source[0]) + address(target[0]) + inside


def ethernet(inside: bytes, kind: int = 0x0800, tags: Iterable[int] = ()) -> bytes:
    """tags: the types of VLAN tags, the outer one first"""
    types = [*tags, kind]
    vlan = b"".join(struct.pack(">HH", 7, following) for following in types[1:])
    return bytes(12) + struct.pack(">H", types[0]) + vlan + inside


def cooked(inside: bytes, kind: int = 0x0800) -> bytes:
    return struct.pack(">HHH8sH", 0, 772, 6, bytes(8), kind) + inside


def cooked_2(inside: bytes, kind: int = 0x0800) -> bytes:
    return struct.pack(">HHIHBB8s", kind, 0, 1, 772, 0, 6, bytes(8)) + inside


def exported(
    data: bytes,
    source: End = CLIENT,
    target: End = SERVER,
    kind: int = 2,
    name: bytes = b"http_tls",
) -> bytes:
    ends = address(source[0]), address(target[0])
    first = 20 if len(ends[0]) == 4 else 22
    tags = [(13, name), (first, ends[0]), (first + 1, ends[1]), (24, struct.pack(">I", kind))]
    tags += [(25, struct.pack(">I", source[1])), (26, struct.pack(">I", target[1])), (0, b"")]
    return b"".join(struct.pack(">HH", c, len(v)) + v for c, v in tags) + data


# Files.


def pcap(
    packets: Iterable[Packet],
    order: str = "<",
    magic: int = 0xA1B2C3D4,
    upper_bits: int = 0,
    parts: int = 10**6,
) -> bytes:
    packets = list(packets)
    link = packets[0].link if packets else 1
    pieces = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link | upper_bits)]
    for packet in packets:
        seconds, rest = divmod(packet.time, 10**9)
        original = len(packet.data) if packet.original is None else packet.original
        fraction = rest * parts // 10**9
        pieces.append(struct.pack(order + "IIII", seconds, fraction, len(packet.data), original))
        if magic == 0xA1B2CD34:
            pieces.append(struct.pack(order + "IHBB", 3, 8, 4, 0))
        pieces.append(packet.data)
    return b"".join(pieces)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order: str = "<", options: bytes = b"") -> bytes:
    head = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)
    return block(0x0A0D0D0A, head + options, order)


def interface(link: int = 101, order: str = "<", options: bytes = b"", snaplen: int = 0) -> bytes:
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options, order)


def enhanced(
    packet: Packet, order: str = "<", number: int = 0, ticks: int | None = None, tail: bytes = b""
) -> bytes:
    """ticks: the time in the units of the interface; else microseconds"""
    ticks = packet.time // 1000 if ticks is None else ticks
    original = len(packet.data) if packet.original is None else packet.original
    head = struct.pack(
        order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(packet.data), original
    )
    return block(6, head + packet.data + bytes(-len(packet.data) % 4) + tail, order)


def pcapng(packets: Iterable[Packet], order: str = "<") -> bytes:
    """One interface for each link type, in microseconds."""
    packets = list(packets)
    links = list(dict.fromkeys(packet.link for packet in packets))
    pieces = [section(order), *(interface(link, order) for link in links)]
    pieces += [enhanced(packet, order, links.index(packet.link)) for packet in packets]
    return b"".join(pieces)


class Wire:
    """A TCP connection whose segments are written down as it goes, as raw IPv4 packets."""

    def __init__(
        self,
        client: End = CLIENT,
        server: End = SERVER,
        first: tuple[int, int] = (1000, 2000),
        opened: bool = True,
        start: int = 1_700_000_000_000_000_000,
    ) -> None:
        """first: the number of the SYN of each side"""
        self.ends = {"client": client, "server": server}
        self.next = {"client": first[0], "server": first[1]}
        self.packets: list[Packet] = []
        self.time = start
        if opened:
            self.send("client", flags=SYN)
            self.send("server", flags=SYN | ACK)
            self.send("client")
        else:
            self.next = {side: number + 1 for side, number in self.next.items()}

    def packet(self, side: str, sequence: int, data: bytes = b"", flags: int = ACK) -> Packet:
        """A packet that changes nothing here: one more millisecond, these bytes."""
        self.time += 1_000_000
        other = "server" if side == "client" else "client"
        acknowledged = self.next[other] if flags & ACK else 0
        ends = self.ends[side], self.ends[other]
        segment = tcp(*ends, sequence, data, flags, acknowledged)
        return Packet(ipv4(segment, *ends), self.time)

    def send(self, side: str, data: bytes = b"", flags: int = ACK) -> Packet:
        packet = self.packet(side, self.next[side], data, flags)
        self.next[side] += len(data) + bool(flags & (SYN | FIN))
        self.packets.append(packet)
        return packet
