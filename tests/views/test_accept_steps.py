import pytest

from wsedu.protocol import accept_key
from wsedu.views.accept_steps import ROWS, STEPS, AcceptSteps

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
WRONG = ("decoded", "hex", "newline", "lower")


def last(way: str) -> str:
    return AcceptSteps(KEY).slots({"way": way, "step": STEPS})["said"].splitlines()[-1]


class TestWays:
    def test_the_right_way_ends_at_the_accept_of_the_rfc(self) -> None:
        slots = AcceptSteps(KEY).slots({"way": "right", "step": STEPS})
        assert slots["value5"] == slots["value6"] == accept_key(KEY)
        assert slots["value4"] == "b37a4f2c c0624f16 90f64606 cf385945 b2bec4ea"
        assert "✔" in slots["note6"]

    @pytest.mark.parametrize("way", WRONG)
    def test_a_wrong_way_ends_elsewhere_and_says_why(self, way: str) -> None:
        slots = AcceptSteps(KEY).slots({"way": way, "step": STEPS})
        assert slots["value5"] != slots["value6"] == accept_key(KEY)
        assert "✘ not the same" in last(way)

    @pytest.mark.parametrize(
        ("way", "first"), [("decoded", 3), ("hex", 5), ("newline", 3), ("lower", 2)]
    )
    def test_the_first_step_that_differs_is_marked_and_all_after_it(
        self, way: str, first: int
    ) -> None:
        picture = AcceptSteps(KEY)
        slots = picture.slots({"way": way, "step": STEPS})
        right = picture.slots({"way": "right", "step": STEPS})
        styles = [slots[f"row{n}.class"] for n in range(1, STEPS + 1)]
        assert styles == [*ROWS[: first - 1], "wrong", *["fault"] * (STEPS - first)]
        differs = [n for n in range(1, STEPS + 1) if slots[f"value{n}"] != right[f"value{n}"]]
        assert differs[0] == first
        assert slots[f"note{first}"].startswith("✘ wrong from here: ")
        assert [n for n in range(1, STEPS) if "✘" in slots[f"note{n}"]] == [first]

    def test_the_right_way_has_no_mark(self) -> None:
        slots = AcceptSteps(KEY).slots({"way": "right", "step": STEPS})
        assert [slots[f"row{n}.class"] for n in range(1, STEPS + 1)] == list(ROWS)
        assert "✘" not in slots["said"]

    def test_each_wrong_way_has_a_sentence_of_its_own(self) -> None:
        said = {
            note
            for way in WRONG
            for note in AcceptSteps(KEY).slots({"way": way, "step": STEPS})["said"].splitlines()
            if "wrong from here" in note
        }
        assert len(said) == len(WRONG)

    def test_the_end_in_bits_is_the_end_of_the_value(self) -> None:
        note = AcceptSteps(KEY).slots({"way": "right", "step": STEPS})["note5"]
        assert note.endswith(accept_key(KEY)[-4:])


class TestSteps:
    def test_what_comes_later_is_not_said(self) -> None:
        slots = AcceptSteps(KEY).slots({"way": "right", "step": 2})
        assert len(slots["said"].splitlines()) == 2
        assert slots["step2.class"] == "" and slots["step3.class"] == "gone"


@pytest.mark.parametrize("key", ["", "SGVsbG8sIHdvcmxkIQ==", "not Base64!"])
def test_what_is_not_a_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        AcceptSteps(key)
