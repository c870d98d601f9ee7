"""A mistake is a change of the solution, the text of a function, or wrong letters."""

from pathlib import Path

import pytest

from wsedu.course.catalogue import exercises
from wsedu.course.exercise import Exercise
from wsedu.course.mistakes import Code, Patch, patch, read_mistakes


def len_of(text):  # type: ignore[no-untyped-def]
    return len(text)


class TestPatch:
    def test_changes_the_function(self) -> None:
        changed = patch("len(text)", "-len(text)").applied_to(len_of)
        assert (len_of("four"), changed("four")) == (4, -4)

    def test_changes_are_made_in_order(self) -> None:
        changed = patch(("len(text)", "len(text) + 1"), ("+ 1", "+ 2")).applied_to(len_of)
        assert changed("four") == 6

    def test_of_another_function_leaves_the_solution_alone(self) -> None:
        changed = patch("len(text)", "0", of=len_of).applied_to(print)
        assert changed("four") == 0

    def test_of_a_text_gives_the_changed_text(self) -> None:
        assert patch("http:", "https:").applied_to("pass http://a;") == "pass https://a;"
        assert Code("server {}").applied_to("pass http://a;") == "server {}"
        with pytest.raises(ValueError, match="'nowhere' stands 0 times in the solution, not once"):
            patch("nowhere", "").applied_to("pass http://a;")

    @pytest.mark.parametrize(("text", "times"), [("nowhere", 0), ("text", 2)])
    def test_text_that_does_not_stand_there_once_is_an_error(self, text: str, times: int) -> None:
        with pytest.raises(ValueError, match=f"'{text}' stands {times} times in len_of, not once"):
            patch(text, "").applied_to(len_of)

    def test_change_without_its_other_half_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="not \\('only one',\\)"):
            patch(("only one",))  # type: ignore[arg-type]

    @pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)
    def test_of_every_mistake_fits_its_solution(self, exercise: Exercise) -> None:
        """Its text stands there exactly once; else making the wrong answer raises."""
        unfit = []
        for mistake in exercise.mistakes:
            try:
                assert mistake.answer is not exercise.solution
            except ValueError as error:
                unfit.append(f"{mistake.name}: {error}")
        assert unfit == [], "take a piece that is in it once; changes are made one after another"


class TestFile:
    def read(self, folder: Path, text: str) -> dict[str, object]:
        path = folder / "mistakes.toml"
        path.write_text(text, encoding="utf-8")
        return read_mistakes(path)

    def test_holds_changes_functions_and_letters(self, tmp_path: Path) -> None:
        found = self.read(
            tmp_path,
            """
one = ['len(text)', '-len(text)']
two = [['len(text)', '1 + len(text)'], ['1 +', '2 +']]
whole = "lambda text: len(text) + 1"
block = '''
def len_of(text):
    return 7
'''
choice = { D = 126 }
""",
        )
        assert found.pop("choice") == {"D": 126}
        results = {}
        for name, change in found.items():
            assert isinstance(change, (Patch, Code))
            results[name] = change.applied_to(len_of)("four")
        assert results == {"one": -4, "two": 6, "whole": 5, "block": 7}

    def test_missing_file_holds_no_mistakes(self, tmp_path: Path) -> None:
        assert read_mistakes(tmp_path / "mistakes.toml") == {}

    @pytest.mark.parametrize("text", ["half = ['len']", "no toml at all"])
    def test_error_names_the_file(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(ValueError, match=r"mistakes\.toml: "):
            self.read(tmp_path, text)
