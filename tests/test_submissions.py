"""A right answer is found and checked, whatever was done to the notebook around it."""

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from wsedu.course.catalogue import exercises

from .answers import (
    LESSONS,
    NOTEBOOKS,
    ROOT,
    argument,
    cells,
    earlier_edition,
    exercises_of,
    load,
    solved,
)

sys.path.insert(0, str(ROOT / "scripts"))
import submissions  # noqa: E402

(LESSON,) = [lesson for lesson in LESSONS if lesson.number == "04"]
SLUG, NAME = LESSON.slug, "04_exercises.ipynb"
SOURCES = {slug: load(slug) for slug in NOTEBOOKS}
ALL = [exercise.name for exercise in LESSON.exercises]


def run(notebook: Any) -> list[str]:
    """Run all cells here, and name the exercises whose check was passed."""
    names: dict[str, Any] = {}
    passed = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.source.startswith("progress"):
            try:
                exec(compile(cell.source, "cell", "exec"), names)
            except Exception:
                continue
            if cell.metadata.get("nbgrader"):
                passed += re.findall(r"^check\(.([\w-]+).,", cell.source)
    return passed


def put(path: Path, notebook: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def order(notebook: Any, tmp_path: Path) -> Any:
    """What becomes of it; nbgrader's own part is where it belongs."""
    handed = submissions.read(put(tmp_path / NAME, notebook))
    ordered = submissions.in_order(handed, SOURCES[SLUG])
    nbformat.validate(ordered)
    ids = [cell.id for cell in ordered.cells]
    assert len(set(ids)) == len(ids)
    checks = [cell for cell in ordered.cells if cell.metadata]
    assert sorted(checks, key=lambda cell: ALL.index(cell.metadata.nbgrader.grade_id)) == list(
        cells(SOURCES[SLUG], "-check")
    )
    return ordered


def test_what_was_not_disturbed_stays_in_its_order(tmp_path: Path) -> None:
    for notebook in (load(SLUG), solved(LESSON)):
        assert order(notebook, tmp_path).cells == notebook.cells


# What learners do to a notebook. Each of these leaves four right answers in it.

DEEDS: list[Callable[[Any], None]] = []


def deed(function: Callable[[Any], None]) -> Callable[[Any], None]:
    DEEDS.append(function)
    return function


@deed
def delete_checks(notebook: Any) -> None:
    notebook.cells = [cell for cell in notebook.cells if not cell.id.endswith("-check")]


@deed
def delete_one_check(notebook: Any) -> None:
    notebook.cells.remove(list(cells(notebook, "-check"))[2])


@deed
def change_checks(notebook: Any) -> None:
    texts = [
        "True",
        "# check",
        'check("decode-header", encode_header)',
        'check("minimal-length", None)',
    ]
    for cell, text in zip(cells(notebook, "-check"), texts, strict=True):
        cell.source = text


@deed
def rename_the_answers(notebook: Any) -> None:
    for check in cells(notebook, "-check"):
        name = argument(check)
        check.source = check.source.replace(f" {name})", f" my_{name})")
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.id.endswith("-answer"):
                cell.source = re.sub(rf"\b{name}\b", f"my_{name}", cell.source)


@deed
def turn_checks_into_text(notebook: Any) -> None:
    for cell in cells(notebook, "-check"):
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]


@deed
def move_checks_to_the_top(notebook: Any) -> None:
    notebook.cells.sort(key=lambda cell: not cell.id.endswith("-check"))


@deed
def move_answers_below_their_checks(notebook: Any) -> None:
    notebook.cells.sort(key=lambda cell: cell.id.endswith("-answer"))


@deed
def keep_the_dots_and_answer_in_new_cells(notebook: Any) -> None:
    for old, answer in zip(
        cells(load(SLUG), "-answer"), list(cells(notebook, "-answer")), strict=True
    ):
        notebook.cells.append(nbformat.v4.new_code_cell(answer.source))
        answer.source = old.source


@deed
def join_answers_and_checks(notebook: Any) -> None:
    for answer, check in zip(
        list(cells(notebook, "-answer")), list(cells(notebook, "-check")), strict=True
    ):
        answer.source += "\n\n" + check.source
        notebook.cells.remove(check)


@deed
def answer_in_the_checks(notebook: Any) -> None:
    for answer, check in zip(
        list(cells(notebook, "-answer")), list(cells(notebook, "-check")), strict=True
    ):
        check.source = answer.source
        notebook.cells.remove(answer)


@deed
def join_all_code(notebook: Any) -> None:
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    code.insert(2, 'check("read-header", 7)')  # fails, and everything below it would be lost
    notebook.cells = [nbformat.v4.new_code_cell("\n\n".join(code))]


@deed
def delete_the_first_cell(notebook: Any) -> None:
    notebook.cells.remove(next(cells(notebook, "exercises-start")))


@deed
def run_the_first_cell_last(notebook: Any) -> None:
    start = next(cells(notebook, "exercises-start"))
    notebook.cells.remove(start)
    notebook.cells.append(start)


@deed
def add_to_the_first_cell_and_run_it_last(notebook: Any) -> None:
    run_the_first_cell_last(notebook)
    notebook.cells[-1].source += "\nimport struct"


@deed
def delete_all_text(notebook: Any) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]


@deed
def use_a_name_again(notebook: Any) -> None:
    check = next(cells(notebook, "-check"))
    at = notebook.cells.index(check)
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell('header = b"\\x81\\x05"'))


@deed
def delete_checks_and_use_a_name_again(notebook: Any) -> None:
    use_a_name_again(notebook)
    delete_checks(notebook)


@deed
def paste_cells_twice(notebook: Any) -> None:
    notebook.cells += [nbformat.from_dict(dict(cell)) for cell in notebook.cells]


@deed
def write_checks_in_another_way(notebook: Any) -> None:
    for cell in cells(notebook, "-check"):
        cell.source = cell.source.replace('"', "'").replace("(", "( ") + ";  # mine"


@deed
def save_in_another_editor(notebook: Any) -> None:
    notebook.nbformat_minor = 4
    notebook.metadata = {}
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata = {"colab": {"base_uri": "somewhere"}}


@deed
def delete_checks_and_save_in_another_editor(notebook: Any) -> None:
    delete_checks(notebook)
    save_in_another_editor(notebook)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_right_answers_score_after(deed: Callable[[Any], None], tmp_path: Path) -> None:
    notebook = solved(LESSON)
    deed(notebook)
    assert run(order(notebook, tmp_path)) == ALL


@pytest.mark.parametrize("deed", [None, *DEEDS], ids=lambda deed: getattr(deed, "__name__", ""))
def test_right_answers_in_an_earlier_edition_score_after(deed: Any, tmp_path: Path) -> None:
    """The teacher has a newer edition than the learner; nothing is lost by that."""
    notebook = earlier_edition()
    assert [cell.source for cell in cells(notebook, "-check")][1] == 'check("04.2", encode_header)'
    if deed:
        deed(notebook)
    ordered = order(notebook, tmp_path)
    assert run(ordered) == exercises_of(earlier_edition())
    assert sum("import check" in cell.source for cell in ordered.cells) == 1 or deed


@pytest.mark.parametrize("nothing", [None, "x", ["x"], {"grade_id": ["x"]}])
def test_right_answers_score_whatever_is_in_the_metadata(nothing: Any, tmp_path: Path) -> None:
    notebook = solved(LESSON)
    notebook.metadata = {"wsedu": nothing}
    for cell in notebook.cells:
        cell.metadata = {"nbgrader": nothing}
    path = put(tmp_path / NAME, notebook)
    assert submissions.find(tmp_path, SLUG, NAME, SOURCES).path == path
    assert run(order(notebook, tmp_path)) == ALL


def test_an_earlier_edition_is_recognised(tmp_path: Path) -> None:
    put(tmp_path / "anna.ipynb", earlier_edition())
    assert found(tmp_path) == ("anna.ipynb", ["misnamed"])
    for cell in (
        nbformat.v4.new_markdown_cell("## 04.2 Write the header ★★"),
        nbformat.v4.new_code_cell('check("04.3", decode_header)'),
    ):
        put(tmp_path / "anna.ipynb", nbformat.v4.new_notebook(cells=[cell]))
        assert found(tmp_path) == ("anna.ipynb", ["misnamed"])


def test_the_deeds_would_do_harm() -> None:
    """As they are, without an order, most of them cost points."""
    harmed = []
    for deed in DEEDS:
        notebook = solved(LESSON)
        deed(notebook)
        passed = [] if "id" not in notebook.cells[0] else run(notebook)
        harmed += [deed] if passed != ALL else []
    assert len(harmed) >= len(DEEDS) - 3


def test_wrong_answers_do_not_score_after_any_of_them(tmp_path: Path) -> None:
    for deed in DEEDS:
        notebook = solved(LESSON)
        for cell, check in zip(cells(notebook, "-answer"), cells(notebook, "-check"), strict=True):
            name = argument(check)
            is_function = cell.source.startswith("def ")
            cell.source = f"def {name}(*_):\n    return 0" if is_function else f"{name} = {{}}"
        deed(notebook)
        assert run(order(notebook, tmp_path)) == [], deed.__name__


def test_a_notebook_that_was_not_begun_has_no_points(tmp_path: Path) -> None:
    for deed in DEEDS:
        notebook = load(SLUG)
        deed(notebook)
        assert run(order(notebook, tmp_path)) == [], deed.__name__


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_lesson_can_be_put_in_order_without_its_ids_and_checks(lesson: Any) -> None:
    notebook, source = solved(lesson), load(lesson.slug)
    delete_checks_and_save_in_another_editor(notebook)
    for cell in notebook.cells:
        cell.id = None
    ordered = submissions.in_order(notebook, source).cells
    answers = [cell.source for cell in cells(solved(lesson), "-answer")]
    for answer, check in zip(answers, cells(source, "-check"), strict=True):
        at = ordered.index(check)
        assert ordered[at - 1].source == answer


def test_two_exercises_with_an_answer_of_one_name_are_found_by_their_headings() -> None:
    """As in an examination, after an editor dropped the ids and the learner the checks."""
    source = load("10_fragments_and_messages")
    other = load("12_browser_as_client")
    source.cells += other.cells
    for cell in source.cells[1:]:
        cell.source = cell.source.replace("answers = {", "answers = {  # mine")
    handed = nbformat.from_dict(source)
    handed.cells = [
        nbformat.v4.new_markdown_cell(cell.source)
        if cell.cell_type == "markdown"
        else nbformat.v4.new_code_cell(cell.source.replace("...", "1"))
        for cell in source.cells
        if not cell.id.endswith("-check")
    ]
    for cell in handed.cells:
        cell.id = ""
    sources = [cell.source for cell in submissions.in_order(handed, source).cells]
    for name in ("valid-sequences", "order-of-events"):
        at = sources.index(f'check("{name}", answers)')
        number = next(i for i in reversed(range(at)) if sources[i].startswith("## "))
        assert exercises()[name].number in sources[number]
        assert "answers = {" in sources[at - 1]


# Giving it out.


@pytest.mark.parametrize("slug", NOTEBOOKS)
def test_what_is_given_out_links_to_nothing_outside_its_folder(slug: str) -> None:
    released = submissions.without_links_out(load(slug))
    assert "(../" in str(load(slug)) and "../" not in str(released)
    assert [cell.source.replace("[", "") for cell in released.cells] == [
        re.sub(r"\]\(\.\./.*?\)", "", cell.source).replace("[", "") for cell in load(slug).cells
    ]


def test_other_links_stay_and_so_does_code() -> None:
    text = "[a](../../x.ipynb#b), [c](https://d.example), [e](#f), [g](h.py)"
    kinds = (nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell)
    notebook = nbformat.v4.new_notebook(cells=[kind(text) for kind in kinds])
    released = submissions.without_links_out(notebook)
    assert [cell.source for cell in released.cells] == [
        text.replace("[a](../../x.ipynb#b)", "a"),
        text,
    ]


# Finding it.


def found(folder: Path) -> tuple[str | None, list[str]]:
    result = submissions.find(folder, SLUG, NAME, SOURCES)
    place = str(result.path.relative_to(folder)) if result.path else None
    assert (result.notebook is None) == (place is None)
    return place, [reason for reason, _sentence in result.remarks]


@pytest.mark.parametrize(
    "place",
    [f"{SLUG}/04_exercises (1).ipynb", f"{SLUG}/04_exercises-copy.IPYNB", f"{SLUG}/anna.ipynb"]
    + ["anna.ipynb", "homework/04_exercises (1).ipynb", f"{SLUG}/05_exercises.ipynb"],
)
def test_it_is_found_under_any_name(place: str, tmp_path: Path) -> None:
    put(tmp_path / place, solved(LESSON))
    for lesson in LESSONS:
        if lesson is not LESSON:
            put(tmp_path / lesson.slug / f"{lesson.number}_exercises.ipynb", solved(lesson))
    put(tmp_path / SLUG / ".ipynb_checkpoints" / NAME, load(SLUG))
    assert found(tmp_path) == (place, ["misnamed"])


@pytest.mark.parametrize(
    "place", [NAME, f"{SLUG}/{NAME}", f"homework/{NAME}", f"{SLUG}/{SLUG}/{NAME}"]
)
def test_the_name_that_was_given_out_needs_no_remark(place: str, tmp_path: Path) -> None:
    put(tmp_path / place, solved(LESSON))
    assert found(tmp_path) == (place, [])


@pytest.mark.parametrize("place", [NAME, f"{SLUG}/{NAME}"])
def test_its_own_name_is_enough(place: str, tmp_path: Path) -> None:
    put(tmp_path / place, nbformat.v4.new_notebook(cells=[]))
    assert found(tmp_path) == (place, [])


def test_it_is_recognised_by_any_one_trace(tmp_path: Path) -> None:
    for cell in (
        nbformat.v4.new_code_cell("", id="read-header-answer"),
        nbformat.v4.new_markdown_cell("## 04.2 Write the header"),
        nbformat.v4.new_code_cell("check('decode-header', decode_header)"),
        nbformat.v4.new_code_cell("", metadata={"nbgrader": {"grade_id": "read-header"}}),
    ):
        put(tmp_path / "x.ipynb", nbformat.v4.new_notebook(cells=[cell]))
        assert found(tmp_path) == ("x.ipynb", ["misnamed"])


def test_of_two_the_newest_is_taken_and_said(tmp_path: Path) -> None:
    first = put(tmp_path / SLUG / NAME, load(SLUG))
    second = put(tmp_path / SLUG / "04_exercises (1).ipynb", solved(LESSON))
    os.utime(first, (1000, 1000))
    os.utime(second, (2000, 2000))
    assert found(tmp_path) == (f"{SLUG}/04_exercises (1).ipynb", ["several", "misnamed"])
    os.utime(first, (3000, 3000))
    assert found(tmp_path) == (f"{SLUG}/{NAME}", ["several"])


def test_a_copy_that_the_browser_edition_keeps_is_old(tmp_path: Path) -> None:
    kept = put(tmp_path / SLUG / NAME.replace(".ipynb", ".mine.ipynb"), solved(LESSON))
    assert found(tmp_path) == (f"{SLUG}/{kept.name}", ["misnamed"])
    put(tmp_path / SLUG / NAME, load(SLUG))
    os.utime(tmp_path / SLUG / NAME, (1000, 1000))
    assert found(tmp_path) == (f"{SLUG}/{NAME}", ["several"])


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"nbformat": 4}', "{}", '{"cells": [1]}'])
def test_what_is_not_a_notebook_is_unreadable(text: str, tmp_path: Path) -> None:
    path = put(tmp_path / SLUG / NAME, None)
    path.write_text(text)
    assert found(tmp_path) == (None, ["unreadable"])


@pytest.mark.parametrize("place", ["x.ipynb", "homework/x.ipynb"])
def test_a_damaged_notebook_is_not_missing_whatever_its_name(place: str, tmp_path: Path) -> None:
    path = put(tmp_path / place, solved(LESSON))
    path.write_text(path.read_text()[:-100])
    assert found(tmp_path) == (None, ["unreadable"])
    put(tmp_path / NAME, solved(LESSON))
    assert found(tmp_path) == (NAME, [])


@pytest.mark.parametrize("place", ["05_exercises (1).ipynb", "05_masking/x.ipynb"])
def test_a_damaged_notebook_of_another_assignment_is_not_this_one(
    place: str, tmp_path: Path
) -> None:
    put(tmp_path / place, None).write_text("{")
    assert found(tmp_path) == (None, ["missing"])


def test_what_cannot_be_read_is_told_though_another_can(tmp_path: Path) -> None:
    put(tmp_path / SLUG / "broken.ipynb", None).write_text("{")
    put(tmp_path / SLUG / NAME, solved(LESSON))
    assert found(tmp_path) == (f"{SLUG}/{NAME}", ["unreadable"])


def test_nothing_is_missing_and_other_files_are_named(tmp_path: Path) -> None:
    assert found(tmp_path) == (None, ["missing"])
    (tmp_path / SLUG).mkdir()
    (tmp_path / SLUG / "04_exercises.py").write_text("check('read-header', header)")
    result = submissions.find(tmp_path, SLUG, NAME, SOURCES)
    assert result.remarks == [
        ("missing", f"there is no notebook of it, only {SLUG}/04_exercises.py")
    ]


@pytest.mark.parametrize("sign", "=+-@")
def test_the_name_of_a_file_does_not_become_a_formula_in_a_table(sign: str, tmp_path: Path) -> None:
    put(tmp_path / f"{sign}1+1.ipynb", solved(LESSON))
    put(tmp_path / f"{sign}2.ipynb", None).write_text("{")
    put(tmp_path / f"{sign}3.ipynb", solved(LESSON))
    result = submissions.find(tmp_path, SLUG, NAME, SOURCES)
    assert {reason for reason, _sentence in result.remarks} >= {"several", "misnamed"}
    (tmp_path / f"{sign}1+1.ipynb").unlink()
    (tmp_path / f"{sign}3.ipynb").unlink()
    alone = submissions.find(tmp_path, SLUG, NAME, SOURCES)
    assert [reason for reason, _sentence in alone.remarks] == ["unreadable"]
    for _reason, sentence in result.remarks + alone.remarks:
        assert sentence[0] not in "=+-@"


def test_a_notebook_of_an_old_format_is_read(tmp_path: Path) -> None:
    old = nbformat.convert(solved(LESSON), 3)
    path = put(tmp_path / SLUG / NAME, old)
    assert found(tmp_path) == (f"{SLUG}/{NAME}", [])
    assert run(submissions.in_order(submissions.read(path), SOURCES[SLUG])) == ALL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f = 1", True),
        ("f: int = 1", True),
        ("async def f(): pass", True),
        ("if True:\n    def f(): pass", True),
        ("from somewhere import f", True),
        ("%matplotlib inline\nx, f = 1, 2", True),
        ("await g()\nf = await g()", True),
        ("class f: pass", True),
        ('f = mine("encode-header")', False),
        ("f(1)", False),
        ("def g():\n    f = 1", False),
        ("f = ", False),
        ("def f(:", False),
    ],
)
def test_binds(text: str, expected: bool) -> None:
    assert submissions.binds(text, "f") == expected
