"""The UTF-8 machine against Python's own decoder."""

import codecs
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.protocol import MessageReader, ProtocolError
from wsedu.protocol.frames import Frame, Opcode, build_frame
from wsedu.protocol.reader import FrameReader
from wsedu.protocol.utf8 import NEXT, Utf8, marker_bits, next_state, why_refused


def state_after(data: bytes) -> Utf8 | None:
    """The state after these bytes; None once the machine has refused."""
    state: Utf8 | None = Utf8.START
    for byte in data:
        state = state and next_state(state, byte)
    return state


def can_go_on(data: bytes) -> bool:
    """Whether some text in UTF-8 begins like this, by Python's decoder.

    It waits for a third byte before it refuses a surrogate: so the rest of a character is tried.
    """
    for rest in ("", "80", "8080", "808080", "a080", "908080"):
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(data + bytes.fromhex(rest), final=True)
        except UnicodeDecodeError:
            continue
        return True
    return False


def agree(data: bytes) -> None:
    """The machine refuses what no text begins with, and accepts as whole what can be decoded."""
    state = state_after(data)
    assert (state is not None) == can_go_on(data), data.hex()
    try:
        data.decode()
    except UnicodeDecodeError:
        assert state != Utf8.START, data.hex()
    else:
        assert state == Utf8.START, data.hex()


def test_every_sequence_of_one_and_two_bytes_is_as_python_says() -> None:
    for length in (0, 1, 2):
        for octets in product(range(256), repeat=length):
            agree(bytes(octets))


# The bytes at both sides of every border in the table.
BORDERS = sorted(
    {n for ranges in NEXT.values() for low, high, _ in ranges for n in (low, high)}
    | {n for ranges in NEXT.values() for low, high, _ in ranges for n in (low - 1, high + 1)} - {-1}
)


@pytest.mark.parametrize("length", [3, 4])
def test_borders_in_every_place_are_as_python_says(length: int) -> None:
    first = [byte for byte in BORDERS if byte >= 0xC0]
    later = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
    for octets in product(first, *[later] * (length - 1)):
        agree(bytes(octets))


@given(st.binary(max_size=12) | st.text(max_size=6).map(lambda text: text.encode()))
def test_any_bytes_are_as_python_says(data: bytes) -> None:
    agree(data)


def test_every_code_point_is_accepted() -> None:
    for code in [*range(0xD800), *range(0xE000, 0x3000), *range(0x10000, 0x110000, 257), 0x10FFFF]:
        assert state_after(chr(code).encode()) == Utf8.START


def test_ranges_of_a_state_are_in_order_and_apart() -> None:
    assert set(NEXT) == set(Utf8)
    for ranges in NEXT.values():
        assert all(low <= high for low, high, _then in ranges)
        assert all(one[1] < two[0] for one, two in pairwise(ranges))


@given(st.binary(min_size=1, max_size=6))
def test_machine_and_message_reader_refuse_the_same_byte(data: bytes) -> None:
    frames, messages = FrameReader("client"), MessageReader()
    frame = build_frame(Frame(Opcode.TEXT, data, fin=False))
    for n in range(1, len(frame) + 1):
        try:
            for piece in frames.receive(frame[n - 1 : n]):
                messages.receive(piece)
        except ProtocolError:
            assert state_after(frame[2:n]) is None
            return
        assert state_after(frame[2:n]) is not None


@pytest.mark.parametrize("byte", range(256))
def test_marker_bits_leave_the_bits_of_the_code_point(byte: int) -> None:
    """Marker and rest of a character's bytes give its code point again."""
    kinds = {0x80: 1, 0xC0: 2, 0xE0: 3, 0xF0: 4, 0xF8: 5, 0x100: 8}
    assert marker_bits(byte) == next(bits for end, bits in kinds.items() if byte < end)
    for char in ("A", "я", "€", "👋"):
        bits = "".join(f"{octet:08b}"[marker_bits(octet) :] for octet in char.encode())
        assert int(bits, 2) == ord(char)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ("80", "utf8.stray"),
        ("41 bf", "utf8.stray"),
        ("c0", "utf8.overlong-two"),
        ("c1", "utf8.overlong-two"),
        ("f5", "utf8.never"),
        ("ff", "utf8.never"),
        ("e2 28", "utf8.interrupted"),
        ("f4 c0", "utf8.interrupted"),
        ("ed 7f", "utf8.interrupted"),
        ("e0 9f", "utf8.overlong"),
        ("f0 8f", "utf8.overlong"),
        ("ed a0", "utf8.surrogate"),
        ("f4 90", "utf8.too-large"),
    ],
)
def test_the_broken_rule_is_named(data: str, rule: str) -> None:
    *before, byte = bytes.fromhex(data)
    state = state_after(bytes(before))
    assert state is not None and next_state(state, byte) is None
    assert why_refused(state, byte).id == rule


def test_every_refusal_has_a_sentence() -> None:
    for state, byte in product(Utf8, range(256)):
        if next_state(state, byte) is None:
            assert "RFC 3629" in str(why_refused(state, byte))
        if state != Utf8.START:
            assert "ends in the middle" in str(why_refused(state, None))
