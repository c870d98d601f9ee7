"""A compressed message in a picture: its symbols, their bits, and where a copy comes from."""

import random
import zlib

import pytest

from wsedu.protocol.deflate import TAIL
from wsedu.views import DeflateSteps
from wsedu.views.deflate_steps import LONGEST, SHOWN, STYLES

from . import SVG, assert_three_forms, items, read, words

SECOND = bytes.fromhex("f200110000")  # the second "Hello" of RFC 7692 7.2.3.2


def compress(message: bytes, context: bytes = b"") -> bytes:
    compressor = zlib.compressobj(wbits=-15, zdict=context)
    return (compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)


def borders(shown: DeflateSteps, step: int, style: str) -> list[int]:
    """The bytes with such a border, counted from where the message begins."""
    found = shown.slots({"step": step}).items()
    return [int(n[1:-6]) for n, value in found if n.startswith("b") and value == style]


class TestSteps:
    def test_each_symbol_is_a_step_with_its_bits_as_they_are_read(self) -> None:
        assert str(DeflateSteps(SECOND, b"Hello")).splitlines() == [
            "0  The receiver has appended 00 00 ff ff. Message:",
            "1  Bits 0 to 2, 010: a block begins, with the fixed codes. Message:",
            "2  Bits 3 to 10, 01111000: the byte 48, H. Message: H",
            "3  Bits 11 to 23, 0000010001000: go back 5 and copy 4 bytes: ello. Message: Hello",
            "4  Bits 24 to 30, 0000000: the block ends. Message: Hello",
            "5  Bits 31 to 33, 000: a block begins, not compressed. Message: Hello",
            "6  Bits 34 to 71, 0000000000…1111111111: "
            "the rest of a byte, and how many bytes follow: 0. Message: Hello",
        ]

    def test_a_copy_has_its_source_in_the_context(self) -> None:
        shown = DeflateSteps(SECOND, b"Hello")
        assert borders(shown, 3, "switch") == [-4, -3, -2, -1]
        assert borders(shown, 3, "arrow") == [1, 2, 3, 4]
        assert borders(shown, 2, "switch") == [] and borders(shown, 2, "arrow") == [0]

    def test_a_copy_may_take_what_it_has_just_written(self) -> None:
        shown = DeflateSteps(compress(b"abababab"))
        (step,) = [n for n, line in enumerate(str(shown).splitlines()) if "go back 2" in line]
        assert borders(shown, step, "switch") == [0, 1] or borders(shown, step, "switch") == [1, 2]
        assert str(shown).endswith("Message: abababab")

    def test_without_its_context_a_copy_has_no_source(self) -> None:
        last = str(DeflateSteps(SECOND)).splitlines()[-1]
        assert "✘ a wrong code or length, or a copy from too far back." in last
        assert last.endswith("Message: H")

    @pytest.mark.parametrize("seed", range(20))
    def test_message_is_what_zlib_inflates_and_each_byte_has_its_origin(self, seed: int) -> None:
        chance = random.Random(seed)
        context = chance.randbytes(60) + b"the same words "
        message = chance.choice([b"the same", b"words", b""]) + chance.randbytes(
            chance.randrange(9)
        )
        shown = DeflateSteps(compress(message, context), context)
        slots = shown.slots({"step": shown.controls[0]["max"]})
        assert {slots[f"m{n}.class"] for n in range(len(message))} <= {"word", "name"}
        copied = sum(slots[f"m{n}.class"] == STYLES["copy"] for n in range(len(message)))
        told = [line for line in str(shown).splitlines() if "go back" in line]
        assert copied == sum(int(line.split("copy ")[1].split()[0]) for line in told)
        assert "✘" not in str(shown)

    def test_bytes_that_are_not_compressed_are_named(self) -> None:
        text = str(DeflateSteps(bytes.fromhex("000500faff48656c6c6f00")))
        assert "a block begins, not compressed." in text and "as it is, 5 bytes: Hello." in text

    def test_a_long_message_is_cut_in_the_picture(self) -> None:
        shown = DeflateSteps(compress(b"a" * 300))
        last = shown.slots({"step": shown.controls[0]["max"]})
        assert last["more"] == "…" and f"m{SHOWN}" not in last
        assert f"Message: {'a' * SHOWN} …" in shown.text

    def test_what_has_no_room_is_refused(self) -> None:
        DeflateSteps(bytes(LONGEST))
        with pytest.raises(ValueError, match=f"{LONGEST} bytes, not for {LONGEST + 1}"):
            DeflateSteps(bytes(LONGEST + 1))
        for wrong in ("Hello", [72]):
            with pytest.raises(TypeError, match="takes bytes"):
                DeflateSteps(wrong)  # type: ignore[arg-type]
            with pytest.raises(TypeError, match="takes bytes"):
                DeflateSteps(b"", wrong)  # type: ignore[arg-type]


class TestPicture:
    def test_three_forms_of_the_picture(self) -> None:
        shown = DeflateSteps(SECOND, b"Hello")
        paper = shown.forms()["image/svg+xml"]
        assert "the rest of a byte, and how many bytes follow: 0" in words(paper)
        assert "appended" in words(shown.svg)
        shown.state = {"step": len(shown.text.splitlines()) - 1}
        shown.svg = paper
        assert_three_forms(shown)

    def test_a_symbol_is_a_control_and_has_a_short_name_below_its_bits(self) -> None:
        shown = DeflateSteps(SECOND, b"Hello")
        said = items(shown.svg)
        assert said["s2"] == "Bits 11 to 23, 0000010001000: go back 5 and copy 4 bytes: ello."
        assert [f'data-act="step={n}"' in shown.svg for n in range(1, 7)] == [True] * 6
        assert {"4 ← 5", "H", "[", "]"} <= set(words(shown.svg).splitlines())

    def test_every_bit_is_drawn_once_in_the_order_in_which_it_is_read(self) -> None:
        payload = compress(b"the first line and the second")
        rows = [
            (float(text.get("y") or 0), float(text[0].get("x") or 0), "".join(text.itertext()))
            for text in read(DeflateSteps(payload).svg).iter(f"{SVG}text")
            if len(text)  # a row of bits; other texts are in one piece
        ]
        drawn = "".join(bits for _y, _x, bits in sorted(rows))
        assert drawn == "".join(f"{byte:08b}"[::-1] for byte in payload + TAIL)
