"""From a captured packet to its TCP segment: link layer, IP, TCP, taken off one after the other.

How to think about it: each layer is an envelope around the next one. Its header says where the
inner one begins and what it is: Ethernet says "IPv4, after 14 bytes", IPv4 says "TCP, after 20
bytes, and I end there", TCP says "data, after 32 bytes". Only IP knows where the data end: a short
Ethernet frame has padding after them, and a capture may have cut the packet before their end.

The link types are listed at https://www.tcpdump.org/linktypes.html. IPv4 is RFC 791, IPv6 RFC 8200,
TCP RFC 9293, VLAN tags IEEE 802.1Q, PPP RFC 1662.
"""

from __future__ import annotations

import struct

# Addresses and ports of sender and receiver, as they are in the packet; the number of the first
# byte, or NO_NUMBER; the number of the byte that the sender waits for; flags; the bytes, as far
# as they were captured; how many bytes the sender sent.
Segment = tuple[bytes, int, int, int, bytes, int]

NO_NUMBER = -1
FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
TCP, UDP = 6, 17

NULL, ETHERNET, PPP, PPP_HDLC, RAW, LOOP = 0, 1, 9, 50, 101, 108
COOKED, RAW_IPV4, RAW_IPV6, EXPORTED, COOKED_2 = 113, 228, 229, 252, 276
IPV4, IPV6 = 0x0800, 0x86DD  # types in Ethernet
VLANS = (0x8100, 0x88A8, 0x9100)
PPP_IP = (0x0021, 0x0057)

# Headers of IPv6 between it and TCP, and which of them counts its length in another way.
EXTENSIONS = (0, 43, 44, 51, 60, 135)
FRAGMENT, AUTHENTICATION = 44, 51

_read_ipv4 = struct.Struct(">BxHxxHxB").unpack_from
_read_ipv6 = struct.Struct(">4xHB").unpack_from
_read_tcp = struct.Struct(">4xIIBB").unpack_from
_read_two = struct.Struct(">H").unpack_from


def read_segment(link: int, data: bytes, original: int) -> Segment | str:
    """The TCP segment in a packet, or why there is none.

    The reasons: "udp", "other" (no IP, or neither TCP nor UDP inside), "fragment" (a part of an
    IP packet), "short" (a header is cut or makes no sense), or "link-" and the link type.
    """
    try:
        if link == ETHERNET and data[12:14] == b"\x08\x00":  # the most frequent one first
            start = 14
        elif link == EXPORTED:
            return _read_exported(data)
        elif isinstance(found := _find_ip(link, data), str):
            return found
        else:
            start = found
        if data[start] >> 4 == 4:
            first, total, fragment, protocol = _read_ipv4(data, start)
            tcp = start + (first & 15) * 4
            addresses = data[start + 12 : start + 20]
            whole = not fragment & 0x3FFF
        elif data[start] >> 4 == 6:
            total, protocol = _read_ipv6(data, start)
            total += 40 if total else 0
            tcp, protocol, whole = _after_extensions(data, start + 40, protocol)
            addresses = data[start + 8 : start + 40]
        else:
            return "other"
        if not whole:
            return "fragment"
        if protocol != TCP:
            return "udp" if protocol == UDP else "other"
        sequence, acknowledged, offset, flags = _read_tcp(data, tcp)
        begin = tcp + (offset >> 4) * 4
        # A total of 0: the network card was to cut this packet into smaller ones.
        end = start + total if total else max(original, len(data))
        if begin > end or begin < tcp + 20:
            return "short"
        path = addresses + data[tcp : tcp + 4]
        return path, sequence, acknowledged, flags, data[begin:end], end - begin
    except (struct.error, IndexError):
        return "short"


def _find_ip(link: int, data: bytes) -> int | str:
    """Where the IP packet begins, or why there is none."""
    if link == ETHERNET:
        return _after_type(data, 12)
    if link == COOKED:
        return _after_type(data, 14)
    if link == COOKED_2:
        return 20 if _read_two(data)[0] in (IPV4, IPV6) else "other"
    if link in (NULL, LOOP):  # the four bytes name the family, by numbers that differ by system
        return 4
    if link in (RAW, RAW_IPV4, RAW_IPV6):
        return 0
    if link in (PPP, PPP_HDLC):
        start = 2 if data[:2] == b"\xff\x03" else 0
        return start + 2 if _read_two(data, start)[0] in PPP_IP else "other"
    return f"link-{link}"


def _after_type(data: bytes, at: int) -> int | str:
    """What comes after the type at this offset; a VLAN tag, or two, may come before IP."""
    while (kind := _read_two(data, at)[0]) in VLANS:
        at += 4
    return at + 2 if kind in (IPV4, IPV6) else "other"


def _after_extensions(data: bytes, at: int, protocol: int) -> tuple[int, int, bool]:
    """Where the headers of IPv6 end; the protocol inside; whether the packet is whole."""
    whole = True
    while protocol in EXTENSIONS:
        size = (data[at + 1] + 1) * 8
        if protocol == FRAGMENT:
            size = 8
            whole = whole and not _read_two(data, at + 2)[0] & 0xFFF9
        elif protocol == AUTHENTICATION:
            size = (data[at + 1] + 2) * 4
        protocol, at = data[at], at + size
    return at, protocol, whole


# Wireshark can write what it decrypted, each piece after a list of tags that say whose it is.

_END, _PORT_KIND, _SOURCE_PORT, _TARGET_PORT = 0, 24, 25, 26
_PORT_KIND_TCP = 2
_EXPORTED_ADDRESSES = ((20, 21, 4), (22, 23, 16))  # tags of both addresses, and their size


def _read_exported(data: bytes) -> Segment | str:
    """A piece of a stream without a number: these come in order, and nothing tells of a gap."""
    tags, at, code = {}, 0, -1
    while code != _END:
        code, length = struct.unpack_from(">HH", data, at)
        tags[code] = data[at + 4 : at + 4 + length]
        at += 4 + length
    if int.from_bytes(tags.get(_PORT_KIND, b"")) != _PORT_KIND_TCP:
        return "other"
    for source, target, size in _EXPORTED_ADDRESSES:
        path = tags.get(source, b"") + tags.get(target, b"")
        path += tags.get(_SOURCE_PORT, b"")[-2:] + tags.get(_TARGET_PORT, b"")[-2:]
        if len(path) == 2 * size + 4:
            return path, NO_NUMBER, 0, 0, data[at:], len(data) - at
    return "other"
