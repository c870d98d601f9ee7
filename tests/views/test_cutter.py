from xml.etree import ElementTree

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.views.cutter import LONGEST, StreamCutter

from . import SVG

KEY = bytes.fromhex("37fa213d")


def stream(*frames: Frame) -> bytes:
    return b"".join(build_frame(frame, KEY) for frame in frames)


HELLO = stream(Frame(Opcode.TEXT, b"Hel", fin=False), Frame(Opcode.CONTINUATION, b"lo"))


def items_of(cutter: StreamCutter) -> dict[str, str]:
    groups = ElementTree.fromstring(cutter.svg).iter(f"{SVG}g")
    return {g.get("data-item", ""): g.get("data-says", "") for g in groups}


class TestKnown:
    def test_more_frames_and_messages_are_told_from_those_in_all(self) -> None:
        """The question of exercise 06.1: how many more after each chunk."""
        said = StreamCutter(HELLO, "client").slots({"first": 9, "second": 12})["said"]
        assert said.splitlines() == [
            "Chunk 1, bytes 0 to 8: Frames complete: 1 more, 1 in all. "
            "Messages: 0 more, 0 in all. Bytes left over: 0.",
            "Chunk 2, bytes 9 to 11: Frames complete: 0 more, 1 in all. "
            "Messages: 0 more, 0 in all. Bytes left over: 3, part of a header.",
            "Chunk 3, bytes 12 to 16: Frames complete: 1 more, 2 in all. "
            "Messages: 1 more, 1 in all. Bytes left over: 0.",
        ]

    def test_exercise_06_1_can_be_read_off(self) -> None:
        """Its chunks, without the half of a frame at their end."""
        parts = ("81 05 48 65 6c", "6c 6f 89 00 82", "01 ff 81 7e")
        chunks = [bytes.fromhex(part) for part in parts]
        cutter = StreamCutter(b"".join(chunks)[:-2], "server")
        slots = cutter.slots({"first": 5, "second": 10})
        more = [slots[f"counts{n}"].split(",")[0] for n in (1, 2, 3)]
        assert more == [f"Frames complete: {n} more" for n in (0, 2, 1)]

    def test_a_header_is_complete_with_its_masking_key(self) -> None:
        left = StreamCutter(HELLO, "client").words["left"]
        assert left[5] == "Bytes left over: 5, part of a header."
        announced = "and 0 of the 3 bytes of payload that it announces."
        assert left[6] == f"Bytes left over: 6: a header of 6, {announced}"

    def test_a_broken_rule_is_named(self) -> None:
        unmasked = build_frame(Frame(Opcode.TEXT, b"Hello"))
        assert "✘ A client's frame must be masked" in str(StreamCutter(unmasked, "client"))
        assert StreamCutter(unmasked, "server").words["messages"][-1] == 1


class TestFields:
    def test_picture_and_legend_use_the_same_words(self) -> None:
        said = items_of(StreamCutter(HELLO, "client"))
        assert said["b0"] == (
            "byte 0 of the stream, 01: FIN, RSV1-3, opcode, in the header of frame 1"
        )
        assert said["b11"].endswith("masking key, in the header of frame 2")
        assert said["b16"].endswith("payload of frame 2")
        svg = StreamCutter(HELLO, "client").svg
        for kind in ("fin", "rsv", "opcode", "mask", "length"):
            assert svg.count(f'class="f-{kind}"') == 2 + 1  # frames, and the legend
        assert svg.count('class="f-key"') == 2 * 4 + 1
        assert svg.count('class="f-payload"') == 5 + 1
        assert "f-extended" not in svg.split("</style>")[1]
        for word in ("masking key", "payload"):
            assert f">{word}</text>" in svg
        assert "everything before the payload, including the masking key" in svg


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
