"""grades.csv: who is in it, without grading anything."""

import csv
import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's own code
def test_a_learner_whose_folder_was_renamed_is_in_the_table_under_the_new_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    programs = str(Path(sys.executable).parent)  # nbgrader calls one of them
    monkeypatch.setenv("PATH", programs + os.pathsep + os.environ["PATH"])
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    import grade

    with Gradebook("sqlite:///gradebook.db") as book:
        book.add_assignment("first")
        for name in ("ana", "anna", "ben"):  # ana is what the folder was called once
            (tmp_path / "submitted" / name).mkdir(parents=True)
            book.add_student(name)
            book.add_submission("first", name)
    (tmp_path / "submitted" / "ana").rmdir()
    grade.Class().export()
    with open("grades.csv", newline="", encoding="utf-8") as file:
        assert [row["student_id"] for row in csv.DictReader(file)] == ["anna", "ben"]
    said = "ana is not in grades.csv: there is no folder submitted/ana.\n"
    assert capsys.readouterr().out == f"  {said}"
    (tmp_path / "submitted" / "ana").mkdir()  # nothing was lost
    grade.Class().export()
    assert len(Path("grades.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3
