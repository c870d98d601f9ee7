"""Streams from segments: whatever order and damage, the bytes are those that were sent."""

import random
from collections import Counter

import pytest

import wsedu.recording.tcp as tcp_module
from wsedu.recording.tcp import Conversation, read_conversations

from .wires import ACK, CLIENT, FIN, RST, SERVER, SYN, Packet, Wire, exported, ipv4

GET = b"GET /chat HTTP/1.1\r\n\r\n"
HALLO = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


def read(packets: list[Packet], port: int | None = SERVER[1]) -> list[Conversation]:
    found, _others = read_conversations(
        ((p.time, p.link, p.data, p.original or len(p.data)) for p in packets), port
    )
    return found


def one(packets: list[Packet], port: int | None = SERVER[1]) -> Conversation:
    (conversation,) = read(packets, port)
    return conversation


def stream(conversation: Conversation, side: int) -> bytes:
    return b"".join(
        event
        for sender, event in zip(conversation.sides, conversation.events, strict=True)
        if sender == side and isinstance(event, bytes)
    )


def story(conversation: Conversation) -> list[tuple[int, bytes | str]]:
    return list(zip(conversation.sides, conversation.events, strict=True))


def missing(conversation: Conversation) -> list[tuple[int, int, int]]:
    """For each side: bytes in order, bytes of the first gap, bytes that came after it."""
    return [(h.read, h.missing, h.reached - h.read - h.missing) for h in conversation.halves]


def test_a_whole_connection_is_told_in_order() -> None:
    wire = Wire()
    wire.send("client", GET)
    wire.send("server", HALLO)
    wire.send("client", b"abc")
    wire.send("server")
    wire.send("client", flags=FIN | ACK)
    wire.send("server", b"def")
    wire.send("server", flags=FIN | ACK)
    wire.send("client")
    found = one(wire.packets)
    assert story(found) == [(0, GET), (1, HALLO), (0, b"abc"), (0, "end"), (1, b"def"), (1, "end")]
    assert list(found.times) == pytest.approx([0.003, 0.004, 0.005, 0.007, 0.008, 0.009])
    assert found.opener is found.halves[0] and found.ports == (50000, 8811)
    assert missing(found) == [(len(GET) + 3, 0, 0), (len(HALLO) + 3, 0, 0)]


def test_an_end_may_come_with_the_last_bytes() -> None:
    wire = Wire()
    wire.send("client", b"abc", FIN | ACK)
    wire.send("server")
    assert story(one(wire.packets)) == [(0, b"abc"), (0, "end")]
    assert missing(one(wire.packets))[0] == (3, 0, 0)


def test_a_reset_is_told_once_and_its_words_are_no_data() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.packets.append(wire.packet("server", 2001, b"no such thing", RST | ACK))
    wire.packets.append(wire.packet("server", 2001, b"", RST))
    assert story(one(wire.packets)) == [(0, b"abc"), (1, "lost")]
    assert missing(one(wire.packets)) == [(3, 0, 0), (0, 0, 0)]


def test_retransmissions_and_duplicates_are_dropped() -> None:
    wire = Wire()
    for piece in (b"abc", b"defgh", b"i"):
        wire.send("client", piece)
    wire.send("client", flags=FIN | ACK)
    twice = [packet for packet in wire.packets for _ in range(2)]
    again = wire.packets + wire.packets[3:]
    for packets in (twice, again):
        assert story(one(packets)) == [(0, b"abc"), (0, b"defgh"), (0, b"i"), (0, "end")]
        assert missing(one(packets))[0] == (9, 0, 0)


def test_of_a_segment_that_overlaps_the_new_bytes_are_taken() -> None:
    wire = Wire()
    wire.send("client", b"abcdef")
    wire.packets.append(wire.packet("client", 1004, b"defghi"))
    wire.packets.append(wire.packet("client", 1001, b"abcdefghijkl"))
    assert story(one(wire.packets)) == [(0, b"abcdef"), (0, b"ghi"), (0, b"jkl")]


def test_what_comes_early_waits_until_the_bytes_before_it_are_there() -> None:
    wire = Wire()
    first = [wire.send("client", piece) for piece in (b"ab", b"cd", b"ef")]
    end = wire.send("client", flags=FIN | ACK)
    wire.packets = [*wire.packets[:3], end, first[2], first[0], first[1]]
    found = one(wire.packets)
    assert story(found) == [(0, b"ab"), (0, b"cd"), (0, b"ef"), (0, "end")]
    # The time is when the bytes were of use to their receiver.
    assert found.times[2] == found.times[1] == found.times[3]


@pytest.mark.parametrize("junk", [b"", b"\0"])
def test_a_keepalive_probe_is_not_data(junk: bytes) -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.packets.append(wire.packet("client", 1003, junk))
    wire.send("server")
    wire.send("client", b"def")
    found = one(wire.packets)
    assert story(found) == [(0, b"abc"), (0, b"def")]
    assert missing(found) == [(6, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize("first", [2**32 - 2, 2**32 - 1, 2**32 - 5, 2**31 - 3])
def test_numbers_begin_again_at_0(first: int) -> None:
    wire = Wire(first=(first, first))
    pieces = [bytes([n]) * 3 for n in range(6)]
    for piece in pieces:
        wire.send("client", piece)
        wire.send("server", piece)
    swapped = wire.packets[:5] + wire.packets[7:9] + wire.packets[5:7] + wire.packets[9:]
    for packets in (wire.packets, swapped, wire.packets + wire.packets[4:]):
        found = one(packets)
        assert stream(found, 0) == stream(found, 1) == b"".join(pieces)
        assert missing(found) == [(18, 0, 0), (18, 0, 0)]


def test_data_in_the_syn_are_read() -> None:
    """TCP Fast Open, RFC 7413."""
    wire = Wire(opened=False)
    wire.packets += [wire.packet("client", 1000, b"abc", SYN)]
    wire.packets += [wire.packet("client", 1004, b"def")]
    assert stream(one(wire.packets), 0) == b"abcdef"


# Connections that use the same ports one after the other.


def test_a_syn_with_another_number_begins_a_new_connection() -> None:
    one_, two = Wire(first=(1000, 2000)), Wire(first=(900_000, 2_000_000))
    for wire, data in ((one_, b"abc"), (two, b"xyz")):
        wire.send("client", data)
        wire.send("server", data.upper())
    found = read(one_.packets + two.packets)
    assert [(stream(c, 0), stream(c, 1)) for c in found] == [(b"abc", b"ABC"), (b"xyz", b"XYZ")]


def test_a_syn_that_is_sent_again_begins_no_new_connection() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    packets = [*wire.packets[:1] * 3, *wire.packets[1:2] * 2, *wire.packets[2:]]
    assert stream(one(packets), 0) == b"abc"


def test_a_syn_after_the_middle_of_a_connection_begins_a_new_one() -> None:
    old, new = Wire(opened=False, first=(7, 8)), Wire(first=(1000, 2000))
    old.send("server", b"old")
    new.send("client", b"new")
    for packets in (
        old.packets + new.packets,
        old.packets + new.packets[1:],
    ):  # SYN, or only its answer
        first, second = read(packets)
        assert stream(first, 0) == b"old" and stream(second, second.opener.side) == b"new"


def test_the_answer_to_a_syn_tells_the_numbers_of_both_sides() -> None:
    wire = Wire()
    sent = [wire.send("client", piece) for piece in (b"ab", b"cd")]
    packets = [wire.packets[1], sent[1], sent[0]]  # the SYN is not there
    found = one(packets)
    assert stream(found, 1) == b"abcd" and found.opener is found.halves[1]


def test_several_connections_at_once_are_told_apart() -> None:
    wires = [Wire(client=("192.0.2.1", 50000 + n)) for n in range(5)]
    for wire in wires:
        for n in range(10):
            wire.send("client", b"%d %d;" % (wires.index(wire), n))
    packets = [
        packet for group in zip(*(w.packets for w in wires), strict=True) for packet in group
    ]
    found = read(packets)
    assert [stream(c, 0) for c in found] == [
        b"".join(b"%d %d;" % (w, n) for n in range(10)) for w in range(5)
    ]


# Bytes that are missing.


def test_a_stream_ends_at_its_first_gap() -> None:
    wire = Wire()
    pieces = [wire.send("client", bytes([65 + n]) * 10) for n in range(10)]
    wire.send("server", b"fine")
    wire.send("client", flags=FIN | ACK)
    lost = [packet for packet in wire.packets if packet not in (pieces[3], pieces[4], pieces[8])]
    found = one(lost)
    assert stream(found, 0) == b"A" * 10 + b"B" * 10 + b"C" * 10
    assert missing(found) == [(30, 20, 50), (4, 0, 0)]
    # The end is told, at its time.
    assert story(found)[-2:] == [(1, b"fine"), (0, "end")]


def test_a_late_retransmission_fills_a_gap() -> None:
    wire = Wire()
    pieces = [wire.send("client", bytes([65 + n]) * 10) for n in range(100)]
    late = [packet for packet in wire.packets if packet is not pieces[3]] + [pieces[3]]
    assert stream(one(late), 0) == b"".join(bytes([65 + n]) * 10 for n in range(100))


def test_bytes_that_only_the_other_side_saw_are_missing() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.send("client", b"defghij")
    wire.send("server", b"thanks")
    del wire.packets[4]
    assert missing(one(wire.packets)) == [(3, 7, 0), (6, 0, 0)]


def test_bytes_before_an_end_are_missing() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.send("client", flags=FIN | ACK)
    del wire.packets[3]
    found = one(wire.packets)
    assert missing(found)[0] == (0, 3, 0) and story(found) == [(0, "end")]


def test_an_end_after_missing_bytes_is_told_when_it_came() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.send("client", flags=FIN | ACK)
    wire.send("server", b"def")
    del wire.packets[3]
    found = one(wire.packets)
    assert story(found) == [(0, "end"), (1, b"def")]
    assert found.times[0] < found.times[1]


def test_an_end_that_was_lost_is_not_a_missing_byte() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.send("client", flags=FIN | ACK)
    wire.send("server")  # confirms it
    wire.send("client")  # with a number after it
    del wire.packets[4]
    assert missing(one(wire.packets)) == [(3, 0, 0), (0, 0, 0)]


def test_a_segment_that_was_captured_in_part_leaves_a_gap() -> None:
    wire = Wire()
    wire.send("client", b"abcdef")
    whole = wire.packets[-1]
    wire.packets[-1] = whole._replace(data=whole.data[:-2], original=len(whole.data))
    wire.send("client", b"ghi")
    found = one(wire.packets)
    assert stream(found, 0) == b"abcd"
    assert missing(found)[0] == (4, 2, 3) and found.cut == 1
    # The last one leaves one too.
    assert missing(one(wire.packets[:-1]))[0] == (4, 2, 0)


def test_a_number_out_of_all_reach_is_counted() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.packets.append(wire.packet("client", 1004 + 2**31, b"xyz"))
    wire.packets.append(wire.packet("client", 1004 + 2**31, b""))
    wire.send("client", b"def")
    found = one(wire.packets)
    assert stream(found, 0) == b"abcdef" and found.halves[0].odd == 1
    assert missing(found)[0] == (6, 0, 0)


def test_a_confirmation_out_of_all_reach_is_not_believed() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.next["client"] += 2**31
    wire.send("server", b"def")
    assert missing(one(wire.packets)) == [(3, 0, 0), (3, 0, 0)]


def test_a_limited_number_of_segments_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_module, "MOST_WAITING", 10)
    wire = Wire()
    for n in range(100):
        wire.send("client", bytes([n]))
    del wire.packets[5]
    found = one(wire.packets)
    assert missing(found)[0] == (2, 1, 97) and len(found.halves[0].waiting) == 10


# Captures that begin in the middle.


def test_a_capture_may_begin_in_the_middle() -> None:
    wire = Wire(opened=False, first=(2**32 - 4, 77))
    wire.send("client")
    wire.send("server", b"abc")
    wire.send("client", b"defgh")
    wire.send("server", b"ijk")
    found = one(wire.packets)
    assert stream(found, 1) == b"abcijk" and stream(found, 0) == b"defgh"
    assert found.opener is None and missing(found) == [(5, 0, 0), (6, 0, 0)]


def test_of_a_capture_of_one_direction_the_other_is_missing() -> None:
    wire = Wire()
    wire.send("client", b"abc")
    wire.send("server", b"defgh")
    wire.send("client", b"ij")
    del wire.packets[4], wire.packets[1]
    assert missing(one(wire.packets)) == [(5, 0, 0), (0, 5, 0)]


# What is kept.


def test_what_does_not_begin_like_http_is_counted_and_not_kept() -> None:
    wire = Wire()
    wire.send("client", b"\x16\x03\x01" + bytes(100))
    wire.send("server", b"\x16\x03\x03" + bytes(200))
    wire.send("client", bytes(1000))
    wire.send("server", flags=FIN | ACK)
    found = one(wire.packets, port=None)
    assert story(found) == [(1, "end")]
    assert missing(found) == [(1103, 0, 0), (203, 0, 0)]
    assert [half.start[:3] for half in found.halves] == [b"\x16\x03\x01", b"\x16\x03\x03"]
    assert len(stream(one(wire.packets, port=SERVER[1]), 0)) == 1103


@pytest.mark.parametrize("start", [b"G", b"GE", b"GET", b"GET ", b"HTTP/1.1 101"])
def test_a_request_may_come_in_pieces(start: bytes) -> None:
    wire = Wire()
    wire.send("client", start)
    wire.send("client", b"/ more")
    assert stream(one(wire.packets, port=None), 0) == start + b"/ more"


# Packets without segments, and decrypted pieces.


def test_packets_without_a_segment_are_counted_by_reason() -> None:
    packets = [
        (0, 101, ipv4(bytes(8), protocol=17), 28),
        (0, 101, ipv4(bytes(8), protocol=17), 28),
        (0, 101, b"", 0),
        (0, 105, b"", 0),
    ]
    assert read_conversations(packets) == ([], Counter(udp=2, short=1) + Counter({"link-105": 1}))


def test_decrypted_pieces_are_put_together() -> None:
    pieces = [
        exported(GET),
        exported(HALLO, SERVER, CLIENT),
        exported(b"\x81\x85"),
        exported(b"ab"),
    ]
    found = one([Packet(data, link=252) for data in pieces], port=None)
    assert story(found) == [(0, GET), (1, HALLO), (0, b"\x81\x85"), (0, b"ab")]
    assert found.exported and missing(found) == [(len(GET) + 4, 0, 0), (len(HALLO), 0, 0)]


# Against another way to do it: every byte in its place, the first one wins.


def placed(packets: list[Packet], first: int) -> tuple[bytes, bool]:
    """The client's bytes up to the first gap; whether there is one."""
    places: dict[int, int] = {}
    for packet in packets:
        number = int.from_bytes(packet.data[24:28])
        for n, byte in enumerate(packet.data[40:]):
            places.setdefault((number + n - first - 1) % 2**32, byte)
    length = next(n for n in range(2**32) if n not in places)
    return bytes(places[n] for n in range(length)), length < len(places)


@pytest.mark.parametrize("seed", range(200))
def test_any_order_gives_the_bytes_that_were_sent(seed: int) -> None:
    chance = random.Random(seed)
    first = chance.choice([1000, 2**32 - 300, chance.randrange(2**32)])
    sent = chance.randbytes(600)
    wire = Wire(first=(first, 5))
    opening, wire.packets = wire.packets, []
    at = 0
    while at < len(sent):
        size = chance.randint(1, 40)
        wire.packets.append(wire.packet("client", first + 1 + at, sent[at : at + size]))
        at += size
    for _ in range(chance.randrange(30)):  # other cuts of the same bytes, from anywhere
        start = chance.randrange(len(sent))
        data = sent[start : start + chance.randint(0, 80)]
        wire.packets.append(wire.packet("client", first + 1 + start, data))
    if chance.random() < 0.5:
        chance.shuffle(wire.packets)
    if chance.random() < 0.5:
        wire.packets = [packet for packet in wire.packets if chance.random() < 0.95]
    start = opening[-1].time
    wire.packets = [p._replace(time=start + n) for n, p in enumerate(wire.packets)]
    expected, gap = placed(wire.packets, first)
    found = one(opening + wire.packets)
    assert stream(found, 0) == expected
    assert (found.halves[0].missing > 0) == gap
    assert list(found.times) == sorted(found.times)
