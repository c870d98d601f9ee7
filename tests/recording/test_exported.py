"""Decrypted bytes that Wireshark exports twice are taken once."""

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording.exported import Unrepeated

from . import ANSWER, REQUEST

KEY = bytes.fromhex("37fa213d")
SMALL = build_frame(Frame(Opcode.TEXT, b"Hello"), KEY)
LARGE = build_frame(Frame(Opcode.BINARY, bytes(range(256)) * 160), KEY)  # 40,960 bytes
RECORD = 16384  # the most that a record of TLS holds


def taken(*pieces: bytes) -> list[bytes]:
    side = Unrepeated()
    return [side.take(piece) for piece in pieces]


def test_pieces_that_do_not_repeat_are_kept() -> None:
    assert taken(REQUEST, SMALL, SMALL, SMALL) == [REQUEST, SMALL, SMALL, SMALL]
    assert taken(SMALL + SMALL, SMALL) == [SMALL + SMALL, SMALL]


def test_a_large_frame_that_comes_once_cut_and_once_whole_is_taken_once() -> None:
    assert taken(REQUEST, LARGE[:RECORD], LARGE, SMALL) == [
        REQUEST,
        LARGE[:RECORD],
        LARGE[RECORD:],
        SMALL,
    ]


def test_only_the_unfinished_frame_of_a_piece_is_repeated() -> None:
    first = SMALL * 3 + LARGE[:100]
    assert taken(ANSWER + first, LARGE, SMALL) == [ANSWER + first, LARGE[100:], SMALL]


def test_a_frame_may_go_on_without_a_repetition() -> None:
    """Wireshark 4.0 does this after it has lost its place."""
    assert taken(
        LARGE[:RECORD], LARGE[RECORD : 2 * RECORD], LARGE[2 * RECORD :] + SMALL, SMALL
    ) == [
        LARGE[:RECORD],
        LARGE[RECORD : 2 * RECORD],
        LARGE[2 * RECORD :] + SMALL,
        SMALL,
    ]


def test_after_several_heads_only_what_is_unfinished_is_repeated() -> None:
    first = REQUEST * 2 + SMALL[:5]
    assert taken(first, SMALL, SMALL) == [first, SMALL[5:], SMALL]


@pytest.mark.parametrize("head", [REQUEST, ANSWER])
@pytest.mark.parametrize("cut", [1, 10, 50, -1])
def test_a_head_that_comes_once_cut_and_once_whole_is_taken_once(head: bytes, cut: int) -> None:
    assert b"".join(taken(head[:cut], head, SMALL)) == head + SMALL


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_frame_that_is_cut_in_its_header_is_taken_once(cut: int) -> None:
    frame = build_frame(Frame(Opcode.BINARY, bytes(70_000)), KEY)
    assert b"".join(taken(SMALL + frame[:cut], frame)) == SMALL + frame


def test_many_records_of_any_size_give_the_stream() -> None:
    stream = ANSWER + b"".join(
        build_frame(Frame(Opcode.TEXT, b"%04d" % n + b"a" * n)) for n in range(0, 9000, 250)
    )
    for size in (100, 1000, 16384):
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert b"".join(taken(*pieces)) == stream
