import random
import re
from itertools import product
from xml.etree import ElementTree

import pytest

from wsedu.protocol import Frame, FrameReader, Opcode, ProtocolError, build_frame
from wsedu.protocol.frames import LengthForm
from wsedu.views.drawing import Slots
from wsedu.views.frame_checks import CHECKS, LEAST, FrameChecks

from . import SVG

KEY = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), KEY)
SIGNS = {"✔": "good", "✘": "bad", "…": "line", "–": "end"}


def signs(slots: Slots) -> str:
    return "".join(slots[f"sign{n}"] for n in range(len(CHECKS)))


def after(data: bytes, come: int | None = None, limit: int = 2**20) -> Slots:
    checks = FrameChecks(data, come, limit)
    return checks.slots(checks.state)


def refusal(data: bytes) -> str:
    """What the reader of the course says of the bytes, with the limit of the picture."""
    try:
        list(FrameReader("server", max_size=2**20).receive(data))
    except ProtocolError as error:
        return f"{error.close_code}: {error}"
    return ""


# One broken frame for each check: how many bytes tell, and the code.
BROKEN = {
    "RSV2": (build_frame(Frame(Opcode.TEXT, b"Hello", rsv2=True), KEY), 1, 1002),
    "opcode 3": (build_frame(Frame(3, b"Hello"), KEY), 1, 1002),
    "Ping in parts": (build_frame(Frame(Opcode.PING, b"", fin=False), KEY), 1, 1002),
    "no mask": (build_frame(Frame(Opcode.TEXT, b"Hello")), 2, 1002),
    "long Ping": (build_frame(Frame(Opcode.PING, bytes(126)), KEY), 2, 1002),
    "top bit": (b"\x81\xff\x80" + bytes(7) + KEY, 10, 1002),
    "long form": (build_frame(Frame(Opcode.TEXT, b"Hello"), KEY, 16), 4, 1002),
    "too big": (b"\x81\xff" + (2**20 + 1).to_bytes(8, "big") + KEY, 10, 1009),
}


class TestLights:
    @pytest.mark.parametrize("name", BROKEN)
    def test_each_check_fails_with_the_byte_that_tells(self, name: str) -> None:
        data, need, code = BROKEN[name]
        number = [*BROKEN].index(name)
        before, then = after(data, need - 1), after(data, need)
        assert signs(before) == "✔" * before_count(need - 1, data) + "…" * (
            len(CHECKS) - before_count(need - 1, data)
        )
        assert signs(then) == "✔" * number + "✘" + "–" * (len(CHECKS) - number - 1)
        assert then[f"found{number}"] == f"broken: {code}"
        assert then["verdict"].endswith(f"Bytes that it needed for that: {need}.")

    def test_bytes_that_come_later_change_no_verdict(self) -> None:
        for data, need, _code in BROKEN.values():
            for come in range(need, len(FrameChecks(data).words["data"]) + 1):
                assert after(data, come) == {
                    **after(data, need),
                    **{
                        k: v for k, v in after(data, come).items() if k[:3] in ("box", "sha", "bit")
                    },
                }

    def test_a_good_frame_passes_with_its_length(self) -> None:
        assert signs(after(HELLO, 0)) == "…" * 8
        assert signs(after(HELLO, 1)) == "✔✔✔" + "…" * 5
        assert signs(after(HELLO, 2)) == "✔" * 8
        assert "The header breaks no rule" in str(FrameChecks(HELLO))

    def test_lamp_and_sign_say_the_same(self) -> None:
        for data, need, _code in BROKEN.values():
            slots = after(data, need)
            for n in range(len(CHECKS)):
                assert slots[f"lamp{n}.class"] == SIGNS[slots[f"sign{n}"]]

    def test_limit_may_be_another(self) -> None:
        assert signs(after(HELLO, limit=4))[-1] == "✘"
        assert "announces 5 bytes; the limit is 4." in after(HELLO, limit=4)["why"]


def before_count(come: int, data: bytes) -> int:
    """How many checks are made when that many bytes of a header have come."""
    needs = (1, 1, 1, 2, 2, *[2 + len(LEAST.get(data[1] & 127, b""))] * 3)
    return sum(come >= need for need in needs)


class TestReader:
    def test_verdict_on_each_header_is_that_of_the_reader(self) -> None:
        """All values of the first two bytes, and extended lengths of every kind."""
        for rest in (bytes(8), (2**40).to_bytes(8, "big"), b"\xff" * 8):
            checks = FrameChecks(b"\x81\x85" + rest)
            for first, second in product(range(256), range(0, 256)):
                if (first & 8 and second & 127 > 125) or second % 5 and 3 < second % 128 < 120:
                    continue  # control frames: see below; of the short lengths, some do
                flipped = (first ^ 0x81) << 8 | second ^ 0x85
                slots = checks.slots({"come": 10, "flipped": flipped})
                end = 2 + len(LEAST.get(second & 127, b""))
                wanted = refusal((bytes([first, second]) + rest)[:end])
                assert slots["why"] == wanted, (first, second, rest)

    def test_a_control_frame_with_more_than_seven_bits_of_length_is_refused_at_once(self) -> None:
        """Whatever the extended length says: it is too great, or it is not in its shortest form."""
        forms: tuple[LengthForm, ...] = (16, 64)
        for form in forms:
            data = build_frame(Frame(Opcode.PING, b"Hello"), KEY, form)
            assert refusal(data), "the reader refuses it too, two bytes or eight later"
            assert after(data, 2)["why"].startswith("1002: A control frame's payload may have 125")
            assert after(data)["why"] == after(data, 2)["why"]

    def test_each_section_is_that_of_the_error(self) -> None:
        for n, (data, _need, code) in enumerate(BROKEN.values()):
            why = after(data)["why"]
            assert why.startswith(f"{code}: ")
            assert why.endswith(f"(RFC 6455 {CHECKS[n].section})")


class TestPicture:
    def test_bits_can_be_flipped_each_alone(self) -> None:
        checks = FrameChecks(HELLO)
        groups = ElementTree.fromstring(checks.svg).iter(f"{SVG}g")
        acts = {g.get("data-item"): g.get("data-act") for g in groups}
        for n in range(16):
            name, _sign, bit = (acts[f"bit{n}"] or "").partition("^")
            slots = checks.slots({**checks.state, name: int(bit)})
            bits = "".join(slots[f"bit{m}"] for m in range(16))
            assert int(bits, 2) == int.from_bytes(HELLO[:2], "big") ^ 0x8000 >> n
            assert slots["byte0"] + slots["byte1"] == f"{int(bits, 2):04x}"

    def test_what_has_not_come_is_an_outline(self) -> None:
        slots = after(HELLO, 1)
        assert slots["box7.class"] == "f-opcode" and slots["box8.class"] == "line"
        assert slots["bit8.says"] == "bit 8, MASK: 1; it has not come yet"
        slots = after(HELLO, 3)
        assert slots["shade2.class"] == "f-key" and slots["shade3.class"] == "line"

    def test_letters_follow_the_bits(self) -> None:
        def letters(flipped: int) -> str:
            slots = FrameChecks(HELLO).slots({"come": 11, "flipped": flipped})
            return "".join(slots[f"letter{n}"] for n in range(2, 11))

        assert letters(0) == "KKKKPPPPP"
        assert letters(0x0080) == "PPPPP++++"  # no mask
        assert letters(5 ^ 126) == "EEKKKKPPP"
        assert letters(5 ^ 127) == "EEEEEEEEK"
        assert letters(5) == "KKKK+++++"

    def test_a_check_lights_its_bits(self) -> None:
        groups = ElementTree.fromstring(FrameChecks(HELLO).svg).iter(f"{SVG}g")
        lights = {g.get("data-item"): g.get("data-lights") for g in groups}
        assert lights["check0"] == "bit1 bit2 bit3" and lights["check3"] == "bit8"

    def test_words_are_those_of_the_picture_as_it_is_now(self) -> None:
        checks = FrameChecks(HELLO, come=1)
        assert str(checks).endswith("Bytes that have come: 1. Nothing is wrong so far.")
        checks.state = {"come": 1, "flipped": 0x4000}
        assert str(checks).startswith("✘ RSV1, RSV2 and RSV3 are 0 (5.2): broken: 1002\n–")
        assert re.search("not checked", checks.forms()["image/svg+xml"])

    def test_long_frames_are_drawn_as_far_as_there_is_room(self) -> None:
        data = build_frame(Frame(Opcode.BINARY, random.Random(1).randbytes(1000)), KEY)
        assert FrameChecks(data).state["come"] == 21 == FrameChecks(data).controls[0]["max"]


@pytest.mark.parametrize("data", [b"", b"\x81"])
def test_half_a_header_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="two bytes or more"):
        FrameChecks(data)


def test_arguments_of_a_wrong_type_are_named() -> None:
    with pytest.raises(TypeError, match="takes bytes, not str"):
        FrameChecks("81 85")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="come is a number of bytes, not '2'"):
        FrameChecks(HELLO, "2")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"limit is a number of bytes, not 1\.5"):
        FrameChecks(HELLO, limit=1.5)  # type: ignore[arg-type]
