"""DEFLATE, symbol by symbol: what zlib reads, and where each symbol lies."""

import random
import zlib
from itertools import pairwise

import pytest

from wsedu.protocol.deflate import DISTANCES, LENGTHS, TAIL, Symbol, read_symbols

HELLO = bytes.fromhex("f248cdc9c90700")


def compress(*messages: bytes, level: int = -1, strategy: int = 0) -> list[bytes]:
    """Messages by one compressor, each without its tail."""
    compressor = zlib.compressobj(level, wbits=-15, strategy=strategy)
    flushed = [compressor.compress(m) + compressor.flush(zlib.Z_SYNC_FLUSH) for m in messages]
    assert all(data.endswith(TAIL) for data in flushed)
    return [data.removesuffix(TAIL) for data in flushed]


def said(symbols: list[Symbol]) -> list[str]:
    return [f"{s.kind} {s.bits.start}-{s.bits.end} {s.data.decode()}".strip() for s in symbols]


def test_symbols_of_the_example_of_the_rfc() -> None:
    """RFC 7692 7.2.3.1."""
    assert said(list(read_symbols(HELLO + TAIL))) == [
        "block 0-3",
        "literal 3-11 H",
        "literal 11-19 e",
        "literal 19-27 l",
        "literal 27-35 l",
        "literal 35-43 o",
        "end 43-50",
        "block 50-53",
        "stored 53-88",
    ]


def test_second_message_copies_from_the_first() -> None:
    """RFC 7692 7.2.3.2."""
    symbols = list(read_symbols(bytes.fromhex("f200110000") + TAIL, b"Hello"))
    assert said(symbols)[1:3] == ["literal 3-11 H", "copy 11-24 ello"]
    assert symbols[2].distance == 5


def test_a_copy_into_a_context_that_is_missing_is_damage() -> None:
    *_before, last = read_symbols(bytes.fromhex("f200110000") + TAIL)
    assert last == Symbol("damaged", last.bits) and (last.bits.start, last.bits.end) == (11, 72)


@pytest.mark.parametrize(
    ("hex", "kinds"),
    [
        # Examples of RFC 7692, 7.2.3: a stored block, one marked as the last, two blocks.
        ("000500faff48656c6c6f00", "block stored block stored"),
        ("f348cdc9c9070000", "block literal literal literal literal literal end block stored"),
        (
            "f24805000000ffffcac9c90700",
            "block literal literal end block stored block literal literal literal end block stored",
        ),
    ],
)
def test_blocks_of_every_kind(hex: str, kinds: str) -> None:
    symbols = list(read_symbols(bytes.fromhex(hex) + TAIL))
    assert " ".join(symbol.kind for symbol in symbols) == kinds
    assert b"".join(symbol.data for symbol in symbols) == b"Hello"


def messages(chance: random.Random) -> list[bytes]:
    words = [chance.randbytes(chance.randrange(1, 9)) for _word in range(20)]
    texts = [b" ".join(chance.choices(words, k=chance.randrange(60))) for _text in range(3)]
    return [*texts, b"a" * chance.randrange(600), chance.randbytes(chance.randrange(80))]


@pytest.mark.parametrize("seed", range(40))
def test_it_reads_what_zlib_writes_and_its_spans_follow_each_other(seed: int) -> None:
    chance = random.Random(seed)
    sent, history, types = messages(chance), b"", set()
    level, strategy = chance.choice([0, 1, 6, 9]), chance.choice([zlib.Z_DEFAULT_STRATEGY, 4])
    for message, payload in zip(sent, compress(*sent, level=level, strategy=strategy), strict=True):
        symbols = list(read_symbols(payload + TAIL, history))
        assert b"".join(symbol.data for symbol in symbols) == message
        assert all(a.bits.end == b.bits.start for a, b in pairwise(symbols))
        assert symbols[-1].bits.end == 8 * len(payload + TAIL)
        types |= {symbol.type for symbol in symbols if symbol.kind == "block"}
        history += message
    assert types == {0} if level == 0 else types <= {0, 1, 2}


def test_codes_that_a_block_brings_are_one_symbol() -> None:
    text = b"".join(b"%d: a line of a message\n" % n for n in range(200))
    (payload,) = compress(text)
    symbols = list(read_symbols(payload + TAIL))
    assert [symbol.kind for symbol in symbols[:2]] == ["block", "codes"]
    assert b"".join(symbol.data for symbol in symbols) == text


def block(*numbers: tuple[int, int]) -> bytes:
    """A block with codes of its own, from numbers and how many bits each has."""
    bits = "001" + "".join(f"{number:0{count}b}"[::-1] for number, count in numbers)
    return bytes(int(bits[n : n + 8][::-1], 2) for n in range(0, len(bits), 8))


FOUR = ((0, 4), *((2, 3) for _code in range(4)))  # codes of 2 bits for 0, 16, 17 and 18
REPEAT, ZEROS = (0b10, 2), (0b11, 2)  # those for 16 and 18, as they are written

# Codes for 18, 0 and 1, of 1, 2 and 2 bits.
LONE = tuple(({2: 1, 3: 2, 17: 2}.get(place, 0), 3) for place in range(18))


@pytest.mark.parametrize(
    "data",
    [
        block((30, 5), (0, 5), *FOUR),  # 287 codes for literals and lengths
        block((0, 5), (0, 5), (0, 4), (1, 3), (0, 9)),  # a single code for code lengths
        block((0, 5), (0, 5), (1, 4), *((2, 3) for _code in range(5))),  # five codes of 2 bits
        block((0, 5), (0, 5), *FOUR, REPEAT, (0, 2)),  # the one before, and there is none
        block((0, 5), (0, 5), *FOUR, ZEROS, (127, 7), ZEROS, (109, 7)),  # no end of the block
        block((0, 5), (0, 5), *FOUR, ZEROS, (127, 7), ZEROS, (127, 7)),  # lengths of too many codes
        # A copy, in a block that has no code for a distance.
        block(
            (1, 5),
            (0, 5),
            (14, 4),
            *LONE,
            (0, 1),
            (127, 7),
            (0, 1),
            (107, 7),
            (0b01_11_11, 6),
            (1, 1),
        ),
        b"\x07",  # a type that does not exist
        b"\x00\x05\x00\xfb\xff",  # a number that is not confirmed
    ],
)
def test_codes_that_cannot_be_are_damage_for_zlib_too(data: bytes) -> None:
    assert list(read_symbols(data + bytes(20)))[-1].kind == "damaged"
    with pytest.raises(zlib.error):
        zlib.decompressobj(-15).decompress(data + bytes(20))


def test_tables_end_where_the_rfc_says() -> None:
    assert len(LENGTHS) == 29 and LENGTHS[:12] == (3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17)
    assert LENGTHS[-2:] == (227, 258)
    assert DISTANCES[:5] == (1, 2, 3, 4, 5) and DISTANCES[-1] == 24577


@pytest.mark.parametrize("seed", range(300))
def test_damaged_bytes_are_damaged_for_zlib_too(seed: int) -> None:
    chance = random.Random(seed)
    text = b" ".join(chance.choices([b"one", b"two", b"three", b"%d" % seed], k=60))
    (payload,) = compress(text)
    data = bytearray(payload + TAIL)
    for _bit in range(chance.randrange(1, 4)):
        data[chance.randrange(len(payload))] ^= 1 << chance.randrange(8)
    symbols = list(read_symbols(bytes(data)))
    found = b"".join(symbol.data for symbol in symbols)
    reader, inflated, damaged = zlib.decompressobj(-15), b"", False
    unread = bytes(data)
    try:
        while unread:
            inflated += reader.decompress(unread)
            unread = reader.unused_data
            if reader.eof:
                reader = zlib.decompressobj(-15, inflated)
    except zlib.error:
        damaged = True
    complete = symbols[-1].kind != "damaged"
    assert complete or damaged or not reader.eof
    assert not (complete and damaged)
    if complete:
        assert found == inflated
