"""The quiz on paper and as a notebook, and the comparison of a class before and after."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from wsedu_classroom.concepts import (
    FORMS,
    LETTERS,
    RIGHT,
    Unreadable,
    compare,
    gain,
    questions,
    read_letters,
)

from .printed import PAPERS, sheets

ROOT = Path(__file__).parent.parent.parent

sys.path.insert(0, str(ROOT / "scripts"))
import quiz  # noqa: E402

QUESTIONS = questions()
HEAD = ",".join(["learner", "form", *(str(n) for n in range(1, 13))])


def sheet(name: str, form: str, believes: str = RIGHT, **others: str) -> str:
    """A line of the table: what a learner believes, and what else in which concept."""
    letters = []
    for question in QUESTIONS:
        options = list(question.forms[form].options)
        wanted = others.get(question.concept.replace("-", "_"), believes)
        letters.append(LETTERS[options.index(wanted)] if wanted in options else "")
    return ",".join([name, form, *letters])


# Counting.


def test_the_gain_is_the_part_of_what_could_be_gained() -> None:
    assert gain(0.25, 0.75) == pytest.approx(2 / 3)
    assert gain(0.5, 0.25) == -0.5
    assert gain(1.0, 0.5) is None


def test_a_class_is_compared_by_concept_and_by_misconception_in_both_forms() -> None:
    before = [
        sheet("ada", "A", markers_of_length="seven-bits", who_sends_1006="sent-as-code"),
        sheet("grace", "B", markers_of_length="seven-bits", who_sends_1006=""),
        sheet("alan", "a".upper(), markers_of_length="with-key"),
        sheet("left", "A"),
    ]
    after = [
        sheet("grace", "A"),
        sheet("ada", "B", markers_of_length="one-byte-more"),
        sheet("alan", "B"),
        sheet("late", "A"),
    ]
    tables = [read_letters("\n".join([HEAD, *lines])) for lines in (before, after)]
    rows = {row.name: (row, wrong) for row, wrong in compare(*tables)}
    header, wrong = rows["How long the header is"]
    assert (header.before, header.after, header.gain) == (0, pytest.approx(2 / 3), header.after)
    assert {row.name: (round(row.before, 2), round(row.after, 2)) for row in wrong} == {
        "seven-bits": (0.67, 0),
        "one-byte-more": (0, 0.33),
        "with-key": (0.33, 0),
    }
    code, wrong = rows["The code 1006"]
    assert (code.before, code.after, code.gain) == (pytest.approx(1 / 3), 1, 1)
    assert sum(row.before for row in wrong) == pytest.approx(1 / 3)  # no answer is no belief
    everything, _none = rows["All questions"]
    assert everything.before == pytest.approx((10 + 0 + 1 / 3) / 12)
    assert everything.after == pytest.approx((11 + 2 / 3) / 12)
    assert rows["One read"][0].gain is None


def test_small_letters_spaces_semicolons_and_missing_cells_are_read() -> None:
    text = "\ufefflearner;form;" + ";".join(map(str, range(1, 13))) + "\r\nada; b ;a;; C\r\n;;\r\n"
    (found,) = read_letters(text).values()
    assert (found.form, found.letters) == ("B", ("A", "", "C", *[""] * 9))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("ada,C,A", "line 2: the form is A or B, not 'C'"),
        ("ada,A,E", "line 2: an answer is A, B, C, D or empty, not 'E'"),
        ("ada,A,AB", "line 2: an answer is A, B, C, D or empty, not 'AB'"),
        ("ada,A" + ",A" * 13, "line 2: there are 12 questions, not 13"),
        ("ada,A\nada,B", "line 3: ada has a line already"),
    ],
)
def test_a_line_that_cannot_be_counted_is_named(line: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_letters(f"{HEAD}\n{line}\n")
    assert str(error.value) == sentence


# What is made.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quiz")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert all(path.exists() for path in quiz.make())
    return folder / quiz.FOLDER


def test_a_form_on_paper_has_every_option_and_no_answer(folder: Path) -> None:
    for name in FORMS:
        page = (folder / f"{name}.html").read_text(encoding="utf-8")
        plain = html.unescape(re.sub(r"</?code>", "`", page))
        for question in QUESTIONS:
            form = question.forms[name]
            assert form.asks in plain
            options = "".join(f"<li>{option}</li>" for option in form.options.values())
            assert options in plain
            assert not any(sentence in plain for sentence in question.said.values())
        assert "For teachers" not in page and RIGHT not in re.findall(r'(?:id|class)="(.+?)"', page)


def test_the_answer_sheet_has_the_letters_of_both_forms_and_every_sentence(folder: Path) -> None:
    page = html.unescape((folder / "answers.html").read_text(encoding="utf-8"))
    assert "For teachers" in page
    for number, question in enumerate(QUESTIONS, 1):
        right = " / ".join(question.forms[name].right for name in FORMS)
        assert f"<tr><td>{number}</td><td>{right}</td>" in page
        for sentence in question.said.values():
            assert quiz.code(sentence).replace("&#x27;", "'") in page


def test_a_learner_sends_the_line_that_the_notebook_prints(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in FORMS:
        notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        words = json.dumps(notebook.cells)
        assert not any(sentence in words for q in QUESTIONS for sentence in q.said.values())
        source = notebook.cells[-1].source
        source = source.replace('name = ""', 'name = "Lovelace, Ada"').replace(
            '"",  # 5', '"b",  # 5'
        )
        exec(compile(source, name, "exec"), {})
        head = (folder / "letters.csv").read_text(encoding="utf-8")
        (found,) = read_letters(head + capsys.readouterr().out).values()
        assert (found.form, found.letters) == (name, ("",) * 4 + ("B",) + ("",) * 7)


def test_two_tables_become_one_for_the_terminal(tmp_path: Path) -> None:
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    before.write_text("\n".join([HEAD, sheet("ada", "A"), sheet("bo", "A", "")]))
    after.write_text("\n".join([HEAD, sheet("ada", "B"), sheet("bo", "B"), sheet("cy", "A")]))
    lines = quiz.table(before, after).splitlines()
    assert lines[:2] == [
        "Learners in both tables: 2.",
        "Only in one of the tables, and not counted: cy.",
    ]
    assert "One read".ljust(34) + "    50%   100%   +1.00" in lines
    assert "  one-frame".ljust(34) + "     0%     0%" in lines
    assert lines[-1].startswith("All questions") and lines[-1].endswith("+1.00")
    assert len(lines) == 4 + 12 * 4 + 1


def test_tables_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.csv" for name in ("one", "other", "none", "bad")}
    paths["one"].write_text(f"{HEAD}\n{sheet('ada', 'A')}\n")
    paths["other"].write_text(f"{HEAD}\n{sheet('bo', 'A')}\n")
    paths["bad"].write_text(f"{HEAD}\nada,Z\n")
    with pytest.raises(SystemExit, match="No learner is in both tables"):
        quiz.table(paths["one"], paths["other"])
    with pytest.raises(SystemExit, match="none.csv: "):
        quiz.table(paths["one"], paths["none"])
    with pytest.raises(SystemExit, match="bad.csv: line 2: the form"):
        quiz.table(paths["bad"], paths["one"])


def test_a_table_is_read_as_spreadsheets_write_it() -> None:
    right = sheet("Zoé", "A")
    found = read_letters(f"{HEAD}\n{right}\n")
    for text in (
        f"\r\n\r\n{HEAD}\r\n{right}",
        f"{HEAD}\n{right}".replace(",", "\t"),
        f"{HEAD}\n{right}".replace(",", ";").replace("\n", "\r"),
        f"{HEAD}\n{right}".replace("é", "e\u0301"),
        f"{right}\n",  # without a heading, no learner is taken for one
    ):
        assert read_letters(text) == found


def test_a_table_that_is_not_in_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "before.csv"
    path.write_bytes(f"{HEAD}\n{sheet('Zoé', 'A')}".encode("utf-16"))
    with pytest.raises(SystemExit, match=r"before\.csv: the file is not in UTF-8"):
        quiz.table(path, path)


def test_a_table_that_was_filled_in_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quiz.make()
    letters = quiz.FOLDER / "letters.csv"
    letters.write_text(f"{HEAD}\n{sheet('ada', 'A')}\n")
    before = letters.read_bytes()
    quiz.make()
    assert letters.read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file")
    command = [sys.executable, str(ROOT / "scripts" / "quiz.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    said = done.stderr.replace("\\", "/").splitlines()
    assert done.returncode == 1 and len(said) == 1 and said[0].startswith("build"), said


def test_one_table_alone_is_not_a_comparison() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "classroom.py"), "quiz", "--before", "a.csv"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "a comparison needs both tables: --before TABLE --after TABLE" in done.stderr


@pytest.mark.browser
def test_each_page_of_the_quiz_is_one_sheet_on_either_paper(folder: Path) -> None:
    pages = sorted(folder.glob("*.html"))
    assert sheets(pages) == {path.stem: dict.fromkeys(PAPERS, 1) for path in pages}
    assert len(pages) == 3
