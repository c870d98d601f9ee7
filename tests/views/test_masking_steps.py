import re

from wsedu.protocol import mask
from wsedu.views.masking_steps import SHOWN, MaskingSteps


def row(picture: MaskingSteps, name: str) -> str:
    slots = picture.slots(picture.state)
    return "".join(slots[f"{name}{i}"] for i in range(SHOWN))


class TestRows:
    def test_masked_is_what_the_protocol_says(self) -> None:
        picture = MaskingSteps("Привет", "01020304")
        assert row(picture, "masked") == mask("Привет".encode(), bytes([1, 2, 3, 4])).hex()

    def test_masked_twice_is_the_payload(self) -> None:
        picture = MaskingSteps("Hello")
        assert row(picture, "back") == row(picture, "payload") == b"Hello".hex()

    def test_the_example_of_the_rfc(self) -> None:
        for key in ("37fa213d", bytes.fromhex("37fa213d")):
            assert "Masked: 7f 9f 4d 51 58." in str(MaskingSteps("Hello", key))


class TestWords:
    def test_a_key_that_is_none_is_explained(self) -> None:
        picture = MaskingSteps("Hello", "37fa")
        assert "4 bytes" in str(picture) and row(picture, "masked") == ""

    def test_what_is_left_out_is_said(self) -> None:
        assert "Bytes not shown: 5." in str(MaskingSteps("x" * (SHOWN + 5)))

    def test_no_payload(self) -> None:
        assert "no payload" in str(MaskingSteps(""))

    def test_the_chosen_byte_is_never_after_the_payload(self) -> None:
        picture = MaskingSteps("Hi")
        picture.state = {**picture.state, "byte": 9}
        assert str(picture).startswith("Byte 1 is in lane B")
        assert picture.state["byte"] == 1
        picture.state = {**picture.state, "text": ""}
        picture.state = {**picture.state, "text": "Hello"}
        assert picture.state["byte"] == 0, "where the slider is"


def test_each_row_has_the_colour_and_the_letter_of_its_field() -> None:
    svg = MaskingSteps("Hello").svg
    assert svg.count('class="f-payload"') == 3 * (SHOWN + 1)
    assert svg.count('class="f-key"') == SHOWN + 1
    badges = re.findall(r'class="f-(\w+)"/><text [^>]*>([A-Z])</text>', svg)
    assert badges == [("payload", "P"), ("key", "K"), ("payload", "P"), ("payload", "P")]


def test_a_payload_is_data() -> None:
    picture = MaskingSteps("<script>alert(1)</script>")
    assert "<script" not in picture.svg and "&lt;" in picture.svg
