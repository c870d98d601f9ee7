"""UTF-8 as a machine that takes one byte at a time (RFC 3629).

How to think about it: a character takes one byte to four. Its first byte says how many, every
further one lies between 80 and bf. So a reader needs to remember very little: how many bytes are
still expected. That is its state. After four of the first bytes the next one is restricted, so
that no character is written longer than it needs to be (after e0 and f0), that no surrogate
appears (ed), and that nothing lies above U+10FFFF (f4); each of the four is a state of its own.

``NEXT`` is the whole of it as one table, that of RFC 3629 section 4. What is not in the table is
not UTF-8. The machine works at any cut of a stream, because between two bytes it keeps its state.
"""

from enum import Enum

from ..said import Said


class Utf8(Enum):
    """What comes next: a character, or the rest of one."""

    START = "start"
    ONE_MORE = "one more"
    TWO_MORE = "two more"
    THREE_MORE = "three more"
    AFTER_E0 = "two more after e0"
    AFTER_ED = "two more after ed"
    AFTER_F0 = "three more after f0"
    AFTER_F4 = "three more after f4"


# For each state: the bytes from .. to that may come, and the state after them.
NEXT: dict[Utf8, tuple[tuple[int, int, Utf8], ...]] = {
    Utf8.START: (
        (0x00, 0x7F, Utf8.START),
        (0xC2, 0xDF, Utf8.ONE_MORE),
        (0xE0, 0xE0, Utf8.AFTER_E0),
        (0xE1, 0xEC, Utf8.TWO_MORE),
        (0xED, 0xED, Utf8.AFTER_ED),
        (0xEE, 0xEF, Utf8.TWO_MORE),
        (0xF0, 0xF0, Utf8.AFTER_F0),
        (0xF1, 0xF3, Utf8.THREE_MORE),
        (0xF4, 0xF4, Utf8.AFTER_F4),
    ),
    Utf8.ONE_MORE: ((0x80, 0xBF, Utf8.START),),
    Utf8.TWO_MORE: ((0x80, 0xBF, Utf8.ONE_MORE),),
    Utf8.THREE_MORE: ((0x80, 0xBF, Utf8.TWO_MORE),),
    Utf8.AFTER_E0: ((0xA0, 0xBF, Utf8.ONE_MORE),),
    Utf8.AFTER_ED: ((0x80, 0x9F, Utf8.ONE_MORE),),
    Utf8.AFTER_F0: ((0x90, 0xBF, Utf8.TWO_MORE),),
    Utf8.AFTER_F4: ((0x80, 0x8F, Utf8.TWO_MORE),),
}


def next_state(state: Utf8, byte: int) -> Utf8 | None:
    """The state after this byte; None if no text in UTF-8 goes on like this."""
    return next((then for low, high, then in NEXT[state] if low <= byte <= high), None)


def marker_bits(byte: int) -> int:
    """How many bits at the left of a byte say what kind of byte it is: 1 to 5.

    The rest are bits of the code point. 8 for f8 to ff, which are no kind of byte.
    """
    ones = f"{byte:08b}0".index("0")
    return ones + 1 if ones < 5 else 8


def why_refused(state: Utf8, byte: int | None) -> Said:
    """The rule that a byte breaks in this state; None stands for the end of the text.

    For a byte, ``next_state`` gives None; for the end, the state is not START.
    """
    if byte is None:
        return Said("utf8.half")
    if state == Utf8.START:
        if byte < 0xC0:
            return Said("utf8.stray")
        return Said("utf8.overlong-two") if byte < 0xC2 else Said("utf8.never")
    if not 0x80 <= byte <= 0xBF:
        return Said("utf8.interrupted")
    # A further byte, but not one of those that may follow this first byte.
    if state == Utf8.AFTER_ED:
        return Said("utf8.surrogate")
    return Said("utf8.too-large") if state == Utf8.AFTER_F4 else Said("utf8.overlong")
