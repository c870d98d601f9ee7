"""Capture files: every format, byte order, resolution and kind of damage."""

import gzip
import io
import random
import struct
import tracemalloc
import zlib

import pytest

import wsedu.recording.packets as packets
from wsedu.recording.packets import CaptureError, CaptureFile

from .wires import Packet, block, enhanced, interface, option, pcap, pcapng, section

TIME = 1_700_000_000_123_456_789
MADE = [Packet(bytes([n % 256]) * n, TIME + n * 1_000_000, 101) for n in (60, 1, 0, 7, 1500)]


def read(data: bytes) -> CaptureFile:
    """A file whose packets are read: ``found`` below."""
    return CaptureFile(io.BytesIO(data))


def found(capture: CaptureFile) -> list[tuple[int, int, bytes, int]]:
    return list(capture)


def said(capture: CaptureFile) -> list[str]:
    return [note.id for note in capture.notes]


def expected(resolution: int = 1000) -> list[tuple[int, int, bytes, int]]:
    return [(p.time // resolution * resolution, p.link, p.data, len(p.data)) for p in MADE]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "magic, parts", [(0xA1B2C3D4, 10**6), (0xA1B23C4D, 10**9), (0xA1B2CD34, 10**6)]
)
def test_each_kind_of_pcap_is_read_in_both_byte_orders(order: str, magic: int, parts: int) -> None:
    capture = read(pcap(MADE, order, magic, parts=parts))
    assert found(capture) == expected(10**9 // parts)
    assert said(capture) == [] and capture.lost == 0 and not capture.tls_keys


def test_bits_above_the_link_type_are_ignored() -> None:
    """``54 00 00 01``: the length of Ethernet's checksum."""
    assert {link for _, link, _, _ in read(pcap(MADE, upper_bits=0x54000000))} == {101}


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_is_read_in_both_byte_orders(order: str) -> None:
    capture = read(pcapng(MADE, order))
    assert found(capture) == expected()
    assert said(capture) == []


def test_each_packet_has_the_link_type_of_its_interface() -> None:
    mixed = [
        packet._replace(link=link) for packet, link in zip(MADE, (1, 113, 1, 276, 0), strict=True)
    ]
    assert [link for _, link, _, _ in read(pcapng(mixed))] == [1, 113, 1, 276, 0]


def test_a_second_section_has_its_own_byte_order_and_interfaces() -> None:
    other = [packet._replace(link=1) for packet in MADE]
    capture = read(pcapng(MADE, "<") + pcapng(other, ">") + pcapng(MADE, "<"))
    assert [(link, data) for _, link, data, _ in capture] == [
        (link, packet.data) for link in (101, 1, 101) for packet in MADE
    ]


@pytest.mark.parametrize(
    "resolution, per_second",
    [(0, 1), (3, 10**3), (6, 10**6), (9, 10**9), (12, 10**12), (0x80, 1), (0x80 | 20, 2**20)],
)
def test_times_are_in_the_resolution_of_the_interface(resolution: int, per_second: int) -> None:
    nanoseconds = 12_345_678_901_234_567  # in 1970: 64 bits do not hold today in picoseconds
    ticks = nanoseconds * per_second // 10**9
    options = option(9, bytes([resolution])) + option(0, b"")
    data = section() + interface(options=options) + enhanced(MADE[0], ticks=ticks)
    ((time, *_),) = read(data)
    assert time == ticks * 10**9 // per_second
    assert 0 <= nanoseconds - time <= 10**9 // per_second


def test_the_offset_of_an_interface_is_added() -> None:
    options = option(2, b"eth0") + option(14, struct.pack("<q", -3600))
    data = section() + interface(options=options) + enhanced(MADE[0])
    ((time, *_),) = read(data)
    assert time == MADE[0].time // 1000 * 1000 - 3600 * 10**9


@pytest.mark.parametrize("order", ["<", ">"])
def test_old_and_simple_packet_blocks_are_read(order: str) -> None:
    ticks = TIME // 1000
    old = struct.pack(order + "HHIIII", 1, 0xFFFF, ticks >> 32, ticks & 0xFFFFFFFF, 5, 9) + b"12345"
    data = section(order) + interface(1, order, snaplen=4) + interface(101, order)
    data += block(2, old, order)
    data += block(3, struct.pack(order + "I", 3) + b"abc", order)
    data += block(3, struct.pack(order + "I", 9) + b"abcd", order)
    capture = read(data)
    time = ticks * 1000
    assert found(capture) == [
        (time, 101, b"12345", 9),
        (time, 1, b"abc", 3),  # a simple packet has no time
        (time, 1, b"abcd", 9),  # as much of it as the interface captures
    ]
    assert said(capture) == []


def test_unknown_blocks_and_options_are_passed_over() -> None:
    tail = option(1, b"a comment") + option(2988, b"xyz")
    data = section(options=option(4, b"some program")) + block(0xBAD, b"custom") + interface()
    data += block(4, b"names of addresses") + enhanced(MADE[0], tail=tail) + block(0x80000001, b"")
    capture = read(data)
    assert found(capture) == expected()[:1]
    assert said(capture) == []


@pytest.mark.parametrize("order", ["<", ">"])
def test_packets_that_the_program_lost_are_counted(order: str) -> None:
    def statistics(number: int, dropped: int) -> bytes:
        head = struct.pack(order + "III", number, 0, 0)
        return block(
            5,
            head + option(4, bytes(8), order) + option(5, struct.pack(order + "Q", dropped), order),
            order,
        )

    once = section(order) + interface(1, order) + interface(1, order)
    # The second count of an interface includes the first.
    once += statistics(0, 3) + statistics(1, 10) + statistics(0, 5)
    capture = read(once + once)
    assert found(capture) == []
    assert capture.lost == 30


def test_keys_for_tls_are_noticed() -> None:
    keys = b"CLIENT_RANDOM 00 11\n"
    for kind, there in ((0x544C534B, True), (0x57474B4C, False)):
        secrets = block(10, struct.pack("<II", kind, len(keys)) + keys)
        capture = read(section() + secrets + interface() + enhanced(MADE[0]))
        assert len(found(capture)) == 1
        assert capture.tls_keys is there


# Files that are cut or damaged.


@pytest.mark.parametrize("make", [pcap, pcapng])
def test_a_file_that_is_cut_is_read_up_to_the_cut(make) -> None:
    whole = make(MADE)
    ends = {len(make(MADE[:count])): count for count in range(len(MADE) + 1)}
    complete = 0
    for length in range(len(make([])), len(whole) + 1):
        complete = ends.get(length, complete)
        capture = read(whole[:length])
        if make is pcap and length < 24:
            continue
        assert found(capture) == expected()[:complete]
        if length in ends:
            assert said(capture) == []
        elif complete:
            assert said(capture) == ["capture.cut"]
            assert capture.notes[0].args["offset"] < length


def test_a_cut_is_said_with_its_place() -> None:
    capture = read(pcap(MADE)[:-1])
    found(capture)
    assert capture.notes[0].args == {"offset": len(pcap(MADE[:-1]))}
    assert "middle of a packet" in str(capture.notes[0])


def test_a_record_of_an_impossible_length_is_damage() -> None:
    good = pcap(MADE[:2])
    capture = read(good + struct.pack("<IIII", 1, 2, 2**18 + 1, 2**18 + 1) + bytes(2**19))
    assert found(capture) == expected()[:2]
    assert said(capture) == ["capture.damaged"]
    assert capture.notes[0].args == {"offset": len(good)}


@pytest.mark.parametrize(
    "bad",
    [
        struct.pack("<II", 6, 33) + bytes(100),  # no multiple of four
        struct.pack("<II", 6, 8) + bytes(100),
        struct.pack("<II", 6, 2**24 + 4) + bytes(100),
        struct.pack("<III", 0x0A0D0D0A, 28, 0x1A2B3C4E) + bytes(100),  # of no byte order
        struct.pack("<IIII", 9, 16, 0, 20),  # another length at its end
    ],
)
def test_a_block_that_makes_no_sense_ends_the_file(bad: bytes) -> None:
    good = pcapng(MADE)
    capture = read(good + bad + pcapng(MADE))
    assert found(capture) == expected()
    assert said(capture) == ["capture.damaged"]
    assert capture.notes[0].args == {"offset": len(good)}


@pytest.mark.parametrize(
    "bad",
    [
        enhanced(MADE[0], number=3),  # no such interface
        block(6, bytes(8)),
        block(6, struct.pack("<IIIII", 0, 0, 0, 100, 100) + b"short"),
        block(1, b""),
        block(5, b""),
        block(10, b""),
        block(2, struct.pack("<HHIIII", 7, 0, 0, 0, 0, 0)),
        interface(options=option(9, b"")),
        interface(options=option(14, b"1234")),
    ],
)
def test_a_block_with_a_wrong_body_is_passed_over_and_said(bad: bytes) -> None:
    data = pcapng(MADE[:1]) + bad + enhanced(MADE[1])
    capture = read(data)
    assert found(capture) == expected()[:2]
    assert said(capture) == ["capture.unreadable-blocks"]
    assert capture.notes[0].args == {"count": 1}


def test_a_simple_packet_without_an_interface_is_passed_over() -> None:
    capture = read(section() + block(3, struct.pack("<I", 3) + b"abc"))
    assert found(capture) == [] and said(capture) == ["capture.unreadable-blocks"]


# Compressed files.


@pytest.mark.parametrize("make", [pcap, pcapng])
def test_a_compressed_file_is_read_by_its_content(make) -> None:
    capture = read(gzip.compress(make(MADE), mtime=0))
    assert found(capture) == expected() and said(capture) == []


def test_compressed_files_may_follow_one_another() -> None:
    data = pcapng([Packet(random.Random(1).randbytes(1000), TIME)])
    for cut in range(600, 900):  # so that the first one ends at every place of what is read at once
        capture = read(gzip.compress(data[:cut], mtime=0) + gzip.compress(data[cut:]) + bytes(20))
        assert len(found(capture)) == 1 and said(capture) == []


def test_a_compressed_file_that_is_cut_is_read_up_to_the_cut() -> None:
    noise = random.Random(1)
    made = [Packet(noise.randbytes(100), TIME, 101) for _ in range(100)]
    whole = gzip.compress(pcap(made), mtime=0)
    for length in range(100, len(whole), 97):
        capture = read(whole[:length])
        there = zlib.decompressobj(31).decompress(whole[:length])
        assert len(found(capture)) == (len(there) - 24) // 116
        assert said(capture) == ["capture.gzip-cut"]


def test_a_compressed_file_that_is_damaged_is_read_up_to_there() -> None:
    noise = random.Random(2)
    made = [Packet(noise.randbytes(100), TIME, 101) for _ in range(100)]
    whole = bytearray(gzip.compress(pcap(made), mtime=0))
    whole[-5] ^= 1  # of the checksum
    capture = read(bytes(whole))
    assert len(found(capture)) > 95  # zlib keeps back the last of what it has
    assert said(capture) == ["capture.gzip-damaged"]


def test_of_a_huge_compressed_file_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packets, "CHUNK", 1000)
    monkeypatch.setattr(packets, "MOST_UNZIPPED", 10_000)
    capture = read(gzip.compress(pcap([Packet(bytes(84), TIME, 101)] * 1000)))
    assert 95 < len(found(capture)) < 120
    assert said(capture) == ["capture.gzip-large"]


# Large files.


@pytest.mark.parametrize("make", [pcap, pcapng])
@pytest.mark.parametrize("chunk", [64, 1000, 2**20])
def test_packets_are_the_same_however_the_file_is_read(make, chunk, monkeypatch) -> None:
    monkeypatch.setattr(packets, "CHUNK", chunk)
    capture = read(make(MADE * 3))
    assert found(capture) == expected() * 3 and said(capture) == []


@pytest.mark.slow
def test_a_file_is_read_packet_by_packet() -> None:
    """Of 64 MB, no more than a few are in memory."""

    class Endless(io.RawIOBase):
        """Many packets, none of which exists before it is read."""

        def __init__(self) -> None:
            self.start = io.BytesIO(pcap([]))
            self.record = pcap([Packet(bytes(1000), TIME, 1)])[24:]
            self.left = 64_000

        def seek(self, position: int, whence: int = 0) -> int:
            return self.start.seek(position, whence)

        def read(self, size: int = -1) -> bytes:
            if data := self.start.read(size):
                return data
            count = min(self.left, size // len(self.record))
            self.left -= count
            return self.record * count

    tracemalloc.start()
    count = sum(1 for _ in CaptureFile(Endless()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 64_000 and peak < 5_000_000


# What is not a capture.


@pytest.mark.parametrize(
    "data, id, words",
    [
        (b"", "capture.is-empty", "is empty"),
        (b"\x28\xb5\x2f\xfd....", "capture.is-compressed", "zstd"),
        (b"\x04\x22\x4d\x18....", "capture.is-compressed", "lz4"),
        (b"BZh91AY", "capture.is-compressed", "bzip2"),
        (b"\xfd7zXZ\0\0", "capture.is-compressed", "xz"),
        (b"PK\x03\x04....", "capture.is-compressed", "zip"),
        (b"snoop\0\0\0\0\0\0\2", "capture.is-other-capture", "editcap"),
        (b"GMBU\0\2\0\0", "capture.is-other-capture", "Network Monitor"),
        (b"CLIENT_RANDOM 0011 2233\n", "capture.is-key-log", "keys"),
        (b"# SSL/TLS secrets log file", "capture.is-key-log", "keys"),
        (pcap([])[:23], "capture.is-cut", "after 23 bytes"),
        (b'{"log": {"version": "1.2"}}', "capture.is-text", '{"log"'),
        ("привет, мир\n".encode(), "capture.is-text", "привет"),
        (b"\x81\x85\x37\xfa\x21\x3d", "capture.is-unknown", "81 85 37 fa 21 3d"),
        (gzip.compress(b"\x00\x01\x02", mtime=0), "capture.is-unknown", "00 01 02"),
        (b"\x1f\x8b", "capture.is-damaged-gzip", "damaged"),
        (b"\x1f\x8b not gzip", "capture.is-damaged-gzip", "damaged"),
        (gzip.compress(b"hello", mtime=0), "capture.is-text", "hello"),
    ],
)
def test_what_is_not_a_capture_is_named_in_one_sentence(data: bytes, id: str, words: str) -> None:
    with pytest.raises(CaptureError) as raised:
        read(data)
    assert isinstance(raised.value, ValueError)
    assert raised.value.said.id == id
    sentence = str(raised.value)
    assert words in sentence and sentence.endswith(".") and "\n" not in sentence
    assert ": " in sentence  # what it is: what helps
