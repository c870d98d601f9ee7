"""Link layers, IP and TCP: what a packet holds, and why some hold nothing for us."""

import struct

import pytest

from wsedu.recording.segments import NO_NUMBER, read_segment

from .wires import (
    ACK,
    CLIENT,
    CLIENT_6,
    PSH,
    SERVER,
    SERVER_6,
    address,
    cooked,
    cooked_2,
    ethernet,
    exported,
    ipv4,
    ipv6,
    tcp,
)

DATA = b"\x81\x05Hello"
SEGMENT = tcp(CLIENT, SERVER, 77, DATA, PSH | ACK, 99)
IP = ipv4(SEGMENT)
SEGMENT_6 = tcp(CLIENT_6, SERVER_6, 77, DATA, PSH | ACK, 99)
IP_6 = ipv6(SEGMENT_6)
PORTS = struct.pack(">HH", CLIENT[1], SERVER[1])
PATH = address(CLIENT[0]) + address(SERVER[0]) + PORTS
PATH_6 = address(CLIENT_6[0]) + address(SERVER_6[0]) + PORTS
EXPECTED = (PATH, 77, 99, PSH | ACK, DATA, len(DATA))
EXPECTED_6 = (PATH_6, 77, 99, PSH | ACK, DATA, len(DATA))


def read(link: int, data: bytes, original: int | None = None):
    return read_segment(link, data, len(data) if original is None else original)


LINKS = {
    "ethernet": (1, ethernet(IP), ethernet(IP_6, 0x86DD)),
    "vlan": (1, ethernet(IP, tags=[0x8100]), ethernet(IP_6, 0x86DD, [0x8100])),
    "vlan in vlan": (
        1,
        ethernet(IP, tags=[0x88A8, 0x8100]),
        ethernet(IP_6, 0x86DD, [0x9100, 0x8100]),
    ),
    "null of macOS": (0, struct.pack("<I", 2) + IP, struct.pack("<I", 30) + IP_6),
    "null of another byte order": (0, struct.pack(">I", 2) + IP, struct.pack(">I", 24) + IP_6),
    "loop": (108, struct.pack(">I", 2) + IP, struct.pack(">I", 24) + IP_6),
    "cooked": (113, cooked(IP), cooked(IP_6, 0x86DD)),
    "cooked with vlan": (
        113,
        cooked(struct.pack(">HH", 7, 0x0800) + IP, 0x8100),
        cooked(struct.pack(">HH", 7, 0x86DD) + IP_6, 0x8100),
    ),
    "cooked, version 2": (276, cooked_2(IP), cooked_2(IP_6, 0x86DD)),
    "raw": (101, IP, IP_6),
    "ppp": (9, b"\x00\x21" + IP, b"\x00\x57" + IP_6),
    "ppp with address": (9, b"\xff\x03\x00\x21" + IP, b"\xff\x03\x00\x57" + IP_6),
    "ppp over hdlc": (50, b"\xff\x03\x00\x21" + IP, b"\xff\x03\x00\x57" + IP_6),
}


@pytest.mark.parametrize("link, with_4, with_6", LINKS.values(), ids=LINKS)
def test_a_segment_is_found_in_each_link_layer(link: int, with_4: bytes, with_6: bytes) -> None:
    assert read(link, with_4) == EXPECTED
    assert read(link, with_6) == EXPECTED_6


def test_raw_ip_of_one_version_is_read() -> None:
    assert read(228, IP) == EXPECTED
    assert read(229, IP_6) == EXPECTED_6


def test_padding_after_the_ip_packet_is_not_data() -> None:
    short = ipv4(tcp(sequence=77, data=b"ab"))
    frame = ethernet(short) + bytes(60 - 14 - len(short))
    assert read(1, frame)[4:] == (b"ab", 2)
    assert read(1, ethernet(IP_6, 0x86DD) + bytes(9)) == EXPECTED_6


def test_a_total_length_of_0_means_up_to_the_end() -> None:
    big = bytes(70_000)
    assert read(1, ethernet(ipv4(tcp(data=big), total=0)))[4:] == (big, len(big))
    packet = ipv6(tcp(CLIENT_6, SERVER_6, data=big), length=0)
    assert read(1, ethernet(packet, 0x86DD))[4:] == (big, len(big))
    # Captured in part: the record says how long it was.
    assert read(1, ethernet(ipv4(tcp(data=DATA), total=0))[:-3], 14 + 40 + 7)[4:] == (DATA[:-3], 7)


def test_a_packet_that_was_captured_in_part_says_how_long_it_was() -> None:
    assert read(1, ethernet(IP)[:-3], len(ethernet(IP)))[4:] == (DATA[:-3], len(DATA))
    assert read(1, ethernet(IP)[: -len(DATA)], 99)[4:] == (b"", len(DATA))
    # Cut in TCP's options.
    whole = ipv4(tcp(data=DATA, options=bytes(12)))
    assert read(101, whole[:45], len(whole))[4:] == (b"", len(DATA))


def test_options_of_ip_and_tcp_are_passed_over() -> None:
    segment = tcp(CLIENT, SERVER, 77, DATA, PSH | ACK, 99, options=bytes(range(12)))
    assert read(101, ipv4(segment, options=b"\x94\x04\0\0")) == EXPECTED


def extension(following: int, size: int = 8) -> bytes:
    return bytes([following, size // 8 - 1]) + bytes(size - 2)


@pytest.mark.parametrize(
    "headers",
    [
        [(0, extension)],
        [(0, extension), (60, extension), (43, extension), (60, extension), (135, extension)],
        [(51, lambda following: bytes([following, 4]) + bytes(22))],  # it counts in four bytes
        [(44, lambda following: bytes([following, 0, 0, 0, 1, 2, 3, 4]))],  # a fragment, alone
        [(0, lambda following: extension(following, 24))],
    ],
)
def test_extension_headers_of_ipv6_are_passed_over(headers: list) -> None:
    inside, protocol = SEGMENT_6, 6
    for kind, make in reversed(headers):
        inside, protocol = make(protocol) + inside, kind
    assert read(101, ipv6(inside, protocol=protocol)) == EXPECTED_6


@pytest.mark.parametrize("fragment", [0x2000, 0x0001, 0x2001, 0x1FFF])
def test_fragments_of_ip_are_named(fragment: int) -> None:
    assert read(101, ipv4(SEGMENT, fragment=fragment)) == "fragment"
    assert read(101, ipv4(bytes(8), protocol=17, fragment=fragment)) == "fragment"


@pytest.mark.parametrize("offset", [0x0001, 0x0008, 0xFFF9])
def test_fragments_of_ipv6_are_named(offset: int) -> None:
    header = struct.pack(">BBHI", 6, 0, offset, 1)
    assert read(101, ipv6(header + SEGMENT_6, protocol=44)) == "fragment"


@pytest.mark.parametrize(
    "link, data, reason",
    [
        (101, ipv4(bytes(8), protocol=17), "udp"),
        (101, ipv6(bytes(8), protocol=17), "udp"),
        (101, ipv4(bytes(8), protocol=1), "other"),
        (101, ipv6(b"", protocol=59), "other"),
        (101, b"\x50" + bytes(60), "other"),
        (1, ethernet(bytes(28), 0x0806), "other"),  # ARP
        (1, ethernet(bytes(28), 0x0806, [0x8100]), "other"),
        (113, cooked(bytes(28), 0x0806), "other"),
        (276, cooked_2(bytes(28), 0x0806), "other"),
        (9, b"\xc0\x21" + bytes(8), "other"),
        (105, bytes(100), "link-105"),
        (220, bytes(100), "link-220"),
    ],
)
def test_what_is_not_tcp_is_named(link: int, data: bytes, reason: str) -> None:
    assert read(link, data) == reason


@pytest.mark.parametrize("link, with_4, with_6", LINKS.values(), ids=LINKS)
def test_a_cut_header_is_named_at_every_length(link: int, with_4: bytes, with_6: bytes) -> None:
    for packet, data in ((with_4, SEGMENT), (with_6, SEGMENT_6)):
        start = len(packet) - len(data)
        for length in range(start + 14):  # up to TCP's flags
            # An Ethernet frame of no type yet, or of 0, may look like another protocol.
            assert read(link, packet[:length], len(packet)) in ("short", "other")
        assert read(link, packet[: start + 14], len(packet))[4:] == (b"", len(DATA))


@pytest.mark.parametrize(
    "packet",
    [
        ipv4(tcp(data=b"abc"), total=39),  # IP ends within TCP's header
        ipv4(tcp()[:12] + b"\x40" + tcp()[13:]),  # a TCP header of 16 bytes
        ipv4(tcp()[:12] + b"\xf0" + tcp()[13:]),  # one longer than the packet
    ],
)
def test_lengths_that_contradict_each_other_are_named(packet: bytes) -> None:
    assert read(101, packet) == "short"


# Wireshark's exported PDUs.


def test_a_decrypted_piece_is_read_by_its_tags() -> None:
    assert read(252, exported(DATA)) == (PATH, NO_NUMBER, 0, 0, DATA, len(DATA))
    six = exported(DATA, CLIENT_6, SERVER_6)
    assert read(252, six) == (PATH_6, NO_NUMBER, 0, 0, DATA, len(DATA))


def test_a_piece_of_something_else_than_tcp_is_named() -> None:
    assert read(252, exported(DATA, kind=3)) == "other"
    # Without addresses, as that of a log.
    tag = struct.pack(">HHIHH", 24, 4, 2, 0, 0)
    assert read(252, tag + DATA) == "other"
    assert read(252, struct.pack(">HH", 0, 0) + DATA) == "other"


def test_tags_that_are_cut_are_named() -> None:
    whole = exported(DATA)
    for length in range(len(whole) - len(DATA)):
        assert read(252, whole[:length]) == "short"
