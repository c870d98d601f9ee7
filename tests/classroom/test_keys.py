"""Answer keys: everything in them comes from the catalogue, and none of it reaches a learner."""

import html
import re
import sys
from pathlib import Path

import pytest

from wsedu.course.catalogue import lessons
from wsedu.course.lesson import Lesson

ROOT = Path(__file__).parent.parent.parent
LESSONS = [lesson for lesson in lessons() if lesson.exercises]

sys.path.insert(0, str(ROOT / "scripts"))
import keys  # noqa: E402


def words(page: str) -> str:
    """What a reader sees, without space."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", page)))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_key_has_each_task_with_its_points_solution_and_reason(lesson: Lesson) -> None:
    page = words(keys.key(lesson))
    assert page.count("Forteachers:") == 1
    for exercise in lesson.exercises:
        points = f"({exercise.stars}point{'s' * (exercise.stars > 1)})"
        assert words(f"{exercise.number} {html.escape(exercise.title)}") + points in page
        first = exercise.words["task"].strip().splitlines()[0]
        assert words(html.escape(first.replace("`", "").replace("*", "")))[:40] in page
        assert words(html.escape(exercise.reason))[:40].replace("`", "") in page
        if isinstance(exercise.solution, dict):
            for letter, value in exercise.solution.items():
                assert words(html.escape(f"{letter}{value!r}")) in page
        elif callable(exercise.solution):
            assert f"def{exercise.solution.__name__}(" in page
        assert words(html.escape(exercise.mistakes[0].sentence))[:30].replace("`", "") in page


def test_the_code_in_a_key_keeps_its_indentation() -> None:
    (lesson,) = [lesson for lesson in LESSONS if lesson.number == "04"]
    assert "def encode_header(" in keys.key(lesson)
    assert "\n    if length &lt; 126:\n        return first" in keys.key(lesson)


def test_keys_are_written_for_the_lessons_that_were_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keys.main(["04_frame_layout", "07_closing"])
    assert sorted(path.name for path in (tmp_path / keys.FOLDER).iterdir()) == [
        "04_frame_layout.html",
        "07_closing.html",
    ]
    keys.main(["all"])
    assert len(list((tmp_path / keys.FOLDER).iterdir())) == len(LESSONS)
