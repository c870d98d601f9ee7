"""The lanes: each frame in a column of its own, and the messages below."""

import re
from dataclasses import replace
from time import process_time

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording, Side, dissect
from wsedu.views import Lanes, bytes_and_fields
from wsedu.views.lanes import COLUMNS, FIRST, LAST

from . import ANSWER, MASK, REQUEST, SVG, assert_three_forms, items, read, recording, words

TEXT, BINARY, MORE, CLOSE, PING, PONG = 1, 2, 0, Opcode.CLOSE, Opcode.PING, Opcode.PONG


def talk(*frames: tuple[Side, Frame]) -> Recording:
    said: list[tuple[Side, bytes]] = [("client", REQUEST), ("server", ANSWER)]
    for sender, frame in frames:
        said.append((sender, build_frame(frame, MASK if sender == "client" else None)))
    return recording(*said)


HELLO = talk(
    ("client", Frame(TEXT, b"Hel", fin=False)),
    ("client", Frame(PING, b"?")),
    ("server", Frame(PONG, b"?")),
    ("client", Frame(MORE, b"lo")),
    ("server", Frame(TEXT, b"Hello")),
)
INSIDE = talk(
    ("client", Frame(TEXT, b"Hel", fin=False)),
    ("client", Frame(TEXT, b"lo")),
    ("server", Frame(CLOSE, b"\x03\xea")),
)


def fragments(count: int) -> Recording:
    """One message of the client in that many frames."""
    middle = [("client", Frame(MORE, b"", fin=False))] * (count - 2)
    return talk(
        ("client", Frame(BINARY, b"", fin=False)), *middle, ("client", Frame(MORE, b"\xff"))
    )


def boxes(lanes: Lanes) -> dict[str, tuple[float, float, float]]:
    """Of each item its left and right edge, and its top."""
    found = {}
    for item in read(lanes.svg).iter(f"{SVG}g"):
        rects = list(item.iter(f"{SVG}rect"))
        lefts = [float(rect.get("x", "")) for rect in rects]
        rights = [float(rect.get("x", "")) + float(rect.get("width", "")) for rect in rects]
        tops = [float(rect.get("y", "")) for rect in rects]
        found[item.get("data-item", "")] = min(lefts), max(rights), min(tops)
    return found


def lights(lanes: Lanes, name: str) -> list[str]:
    (item,) = [g for g in read(lanes.svg).iter(f"{SVG}g") if g.get("data-item") == name]
    return (item.get("data-lights") or "").split()


class TestWords:
    def test_each_frame_has_a_line_and_each_message(self) -> None:
        assert str(Lanes(HELLO)).splitlines() == [
            "The client: 3 frames, 1 whole message. The server: 2 frames, 1 whole message.",
            "   1  client  text (goes on): Hel",
            "      It is fragment 1 of 2.",
            '   2  client  ping: "?"',
            "      It comes in the middle of a message.",
            '   3  server  pong: "?"',
            "   4  client  continuation: 6c 6f",
            "      It is fragment 2 of 2.",
            "   5  server  text: Hello",
            "client  text message, 5 bytes: Hello (frames 1, 4)",
            "server  text message, 5 bytes: Hello (frame 5)",
        ]

    def test_a_broken_rule_and_an_unfinished_message_are_named(self) -> None:
        lanes = Lanes(INSIDE)
        broken = "✘ A message begins before the one in progress has ended. Close code 1002."
        assert f"   2  client  text: lo\n      It belongs to no message.\n      {broken}" in str(
            lanes
        )
        assert "      It is fragment 1 of an unfinished message." in str(lanes)
        assert "client  ✘ text message, unfinished (frame 1)" in str(lanes)
        assert f"frame 2: {broken}" in words(lanes.svg) and "✘ unfinished" in words(lanes.svg)
        assert "✘ 2" in words(lanes.svg), "the frame itself is marked"

    def test_a_message_that_may_still_end_is_unfinished_and_not_wrong(self) -> None:
        lanes = Lanes(talk(("client", Frame(BINARY, b"Hel", fin=False)), ("client", Frame(PING))))
        assert lanes.text.splitlines()[-1] == "client  binary message, unfinished (frame 1)"
        assert "unfinished" in words(lanes.svg).splitlines() and "✘" not in words(lanes.svg)

    def test_items_say_the_sentence_of_their_frame(self) -> None:
        said = items(Lanes(HELLO).svg)
        frames = dissect(HELLO).find("frame")
        for number, unit in enumerate(frames):
            assert said[f"f{number}"].startswith(f"Frame {number + 1}, {unit.sender}: {unit.title}")
            assert unit.sentence in said[f"f{number}"]
        assert said["f1"].endswith(" It comes in the middle of a message.")
        assert said["m0-0"] == "text message, 5 bytes: Hello (frames 1, 4)"

    def test_where_it_comes_from_is_said(self) -> None:
        lanes = Lanes(replace(HELLO, note="A kept recording.", dropped=7))
        for form in (lanes.text, words(lanes.svg)):
            assert "A kept recording." in form and "7 more bytes are not in it" in form

    def test_nothing_yet(self) -> None:
        assert str(Lanes(Recording())) == "No frames were recorded yet"
        assert_three_forms(Lanes(recording(("client", REQUEST))))


class TestPicture:
    def test_three_forms(self) -> None:
        for story in (HELLO, INSIDE, fragments(40)):
            assert_three_forms(Lanes(story))

    def test_a_ping_hangs_between_the_fragments_of_a_message(self) -> None:
        found = boxes(Lanes(HELLO))
        columns = [found[f"f{number}"][:2] for number in range(5)]
        assert all(a[1] < b[0] for a, b in zip(columns, columns[1:], strict=False))
        message = found["m0-0"]
        assert message[0] == found["f0"][0] and message[1] == found["f3"][1]
        assert message[0] < found["f1"][0] and found["f1"][1] < message[1]
        assert found["f1"][2] < found["f0"][2] == found["f3"][2] < message[2]

    def test_control_frames_have_cut_corners(self) -> None:
        borders = re.findall(r'data-item="(f\d)".*?<path d="([^"]+)"', Lanes(HELLO).svg)
        assert [(name, "l9 9" in path) for name, path in borders] == [
            ("f0", False),
            ("f1", True),
            ("f2", True),
            ("f3", False),
            ("f4", False),
        ]

    def test_a_message_lights_its_fragments_and_each_of_them_the_message(self) -> None:
        lanes = Lanes(HELLO)
        assert lights(lanes, "m0-0") == ["f0", "f3"]
        assert lights(lanes, "f0") == lights(lanes, "f3") == ["m0-0"]
        assert lights(lanes, "f1") == []

    def test_frames_are_walked_in_their_order(self) -> None:
        named = [name for name in items(Lanes(HELLO).svg) if name[0] == "f"]
        assert named == ["f0", "f1", "f2", "f3", "f4"]

    def test_a_selected_frame_opens_its_bytes_and_a_message_does_not(self) -> None:
        lanes = Lanes(HELLO)
        lanes.selected = "f1"
        assert lanes.detail == bytes_and_fields.draw(dissect(HELLO).find("frame")[1])
        for other in ("m0-0", "f99", "f01", "nonsense"):
            lanes.selected = other
            assert lanes.detail == ""

    def test_a_long_payload_is_shown_as_its_length(self) -> None:
        shown = words(Lanes(talk(("server", Frame(BINARY, bytes(131000))))).svg)
        assert "131,000 bytes" in shown.splitlines()
        assert "empty" in words(Lanes(talk(("server", Frame(TEXT, b"")))).svg)

    def test_of_a_close_the_code_is_whole(self) -> None:
        close = ("server", Frame(CLOSE, b"\x03\xea" + b"a reason that is long"))
        alone, many = Lanes(talk(close)), Lanes(talk(*[("server", Frame(PING))] * 6, close))
        for lanes in (alone, many):
            assert "1002" in words(lanes.svg).splitlines()


class TestMany:
    def test_a_message_goes_on_in_the_next_band(self) -> None:
        found = boxes(Lanes(fragments(COLUMNS + 2)))
        assert found[f"f{COLUMNS}"][0] == found["f0"][0]
        assert found[f"f{COLUMNS}"][2] > found["f0"][2]
        assert {name for name in found if name[0] == "m"} == {"m0-0", f"m0-{COLUMNS}"}

    def test_a_side_without_frames_takes_no_room(self) -> None:
        assert "server's" not in words(Lanes(fragments(3)).svg)

    def test_of_many_frames_both_ends_are_shown(self) -> None:
        lanes = Lanes(fragments(10_000))
        named = [int(name[1:]) for name in items(lanes.svg) if name[0] == "f"]
        assert named == [*range(FIRST), *range(10_000 - LAST, 10_000)]
        for form in (lanes.text, words(lanes.svg)):
            assert f"… {10_000 - FIRST - LAST:,} frames not shown …" in form
        assert "fragment 10,000 of 10,000" in lanes.text
        assert len(lanes.svg) < 100_000

    def test_ten_thousand_frames_take_less_than_a_second_of_work(self) -> None:
        story = fragments(10_000)
        start = process_time()
        Lanes(story)
        assert process_time() - start < 1
