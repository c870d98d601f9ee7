import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.views.cutter import LONGEST, StreamCutter

KEY = bytes.fromhex("37fa213d")


def stream(*frames: Frame) -> bytes:
    return b"".join(build_frame(frame, KEY) for frame in frames)


HELLO = stream(Frame(Opcode.TEXT, b"Hel", fin=False), Frame(Opcode.CONTINUATION, b"lo"))


class TestKnown:
    def test_nothing_before_the_first_byte_and_everything_after_the_last(self) -> None:
        known = StreamCutter(HELLO, "client").words["known"]
        assert known[0] == "no frame complete; no message."
        assert known[-1] == "2 frames complete; 1 message."

    def test_a_fragment_is_a_frame_and_no_message(self) -> None:
        assert (
            StreamCutter(HELLO, "client")
            .words["known"][9]
            .startswith("1 frame complete; no message")
        )

    def test_a_header_is_complete_with_its_masking_key(self) -> None:
        known = StreamCutter(HELLO, "client").words["known"]
        assert "a header, which is not complete (bytes so far: 5)" in known[5]
        assert "announces 3 bytes, of which 0 have come" in known[6]

    def test_a_broken_rule_is_named(self) -> None:
        unmasked = build_frame(Frame(Opcode.TEXT, b"Hello"))
        assert "masked" in StreamCutter(unmasked, "client").words["known"][-1]
        assert "1 message" in StreamCutter(unmasked, "server").words["known"][-1]


class TestSlots:
    def test_cuts_may_be_given_in_any_order(self) -> None:
        cutter = StreamCutter(HELLO, "client")
        assert cutter.slots({"first": 9, "second": 4}) == cutter.slots({"first": 4, "second": 9})

    def test_two_cuts_at_one_place_leave_a_chunk_without_bytes(self) -> None:
        slots = StreamCutter(HELLO, "client").slots({"first": 4, "second": 4})
        assert slots["title2"] == "Chunk 2: no bytes."

    def test_words_follow_the_state(self) -> None:
        cutter = StreamCutter(HELLO, "client")
        cutter.state = {"first": 0, "second": 1}
        assert str(cutter).startswith("Chunk 1: no bytes.")

    def test_what_is_stored_is_the_picture_as_it_is_now(self) -> None:
        cutter = StreamCutter(HELLO, "client")
        cutter.state = {"first": 1, "second": 2}
        data, _metadata = cutter._repr_mimebundle_()
        assert "Chunk 1, byte 0:" in data["image/svg+xml"]
        assert "Chunk 1, byte 0:" in data["text/plain"]


@pytest.mark.parametrize("wrong", [b"", bytes(LONGEST + 1), HELLO[:-1]])
def test_what_cannot_be_cut_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="stream"):
        StreamCutter(wrong, "client")
