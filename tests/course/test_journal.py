"""The journal: lines are only ever added, and whatever happens to the file, none is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wsedu.course import journal


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path / "mine"))
    return tmp_path / "mine"


def test_folder_of_the_learner_unless_told(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    assert journal.home() == home
    monkeypatch.setenv("WSEDU_HOME", "")
    assert journal.home() == Path.home() / "wsedu"


def test_nothing_is_there_before_the_first_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert journal.read() == []
    assert not home.exists(), "looking leaves nothing behind"
    assert capsys.readouterr().out == ""


def test_lines_are_found_by_what_and_name() -> None:
    journal.write("tried", "02.1", outcome="passed")
    journal.write("hint", "02.1")
    journal.write("tried", "02.2", outcome="raised")
    assert [entry["name"] for entry in journal.read("tried")] == ["02.1", "02.2"]
    assert [entry["what"] for entry in journal.read(name="02.1")] == ["tried", "hint"]
    assert journal.read("tried", "02.2")[0]["outcome"] == "raised"
    assert len(journal.read()) == 3
    assert all(isinstance(entry["time"], int) for entry in journal.read())


def test_several_kernels_at_once_lose_nothing(home: Path) -> None:
    """They begin together, when the last of them has said that it is ready."""
    program = (
        "import sys\n"
        "from wsedu.course import journal\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for n in range(200): journal.write('tried', sys.argv[1], n=n, long='x' * n * 20)\n"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, f"kernel {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        out, _err = writer.communicate(timeout=60)
        assert (writer.returncode, out) == (0, "")
    for number in range(4):
        entries = journal.read("tried", f"kernel {number}")
        assert [entry["n"] for entry in entries] == list(range(200))
        assert all(entry["long"] == "x" * entry["n"] * 20 for entry in entries)
    assert len(journal.read()) == 800


@pytest.mark.parametrize(
    "damage",
    [
        b'\n{"what": "tried", "name": "02.1", "outc',
        b"\n\xff\xfe\x00",
        b"\n[1, 2]",
        b"\nnull",
        b'\n"text"',
        b'\n{"what": "tried"}',
        b'\n{"name": "02.1"}',
        b"\n" + b"[" * 100_000,
        b"\n\n\n",
    ],
)
def test_damaged_line_costs_only_itself(home: Path, damage: bytes) -> None:
    journal.write("tried", "02.1", n=1)
    with open(home / "journal.jsonl", "ab") as file:
        file.write(damage)
    journal.write("tried", "02.1", n=2)
    assert [entry["n"] for entry in journal.read("tried", "02.1")] == [1, 2]


def test_line_from_a_newer_version_is_kept_and_read(home: Path) -> None:
    home.mkdir()
    newer = {"what": "tried", "name": "02.1", "outcome": "passed", "mood": {"deep": [1]}}
    (home / "journal.jsonl").write_text(json.dumps(newer))
    journal.write("dreamt", "09.9", of="bytes")
    assert journal.read("tried", "02.1") == [newer]
    assert journal.read("dreamt")[0]["of"] == "bytes"
    assert json.dumps(newer) in (home / "journal.jsonl").read_text()


def test_nothing_written_before_is_ever_changed(home: Path) -> None:
    before = b""
    for number in range(5):
        journal.write("hint", f"02.{number}")
        now = (home / "journal.jsonl").read_bytes()
        assert now.startswith(before) and len(now) > len(before)
        before = now


class TestUnusableFolder:
    """What cannot be kept is said; the lesson goes on."""

    def test_folder_that_is_a_file(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        home.write_text("I am a file.")
        journal.write("tried", "02.1")
        assert f"This could not be kept in {home}: " in capsys.readouterr().out
        assert journal.read() == []
        assert f"What was kept in {home} cannot be read: " in capsys.readouterr().out
        assert home.read_text() == "I am a file."

    def test_journal_that_is_a_folder(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (home / "journal.jsonl").mkdir(parents=True)
        journal.write("tried", "02.1")
        assert "This could not be kept in" in capsys.readouterr().out
        assert journal.read() == []
        assert "cannot be read" in capsys.readouterr().out

    @pytest.mark.skipif(
        os.name == "nt" or os.geteuid() == 0, reason="this user may write everywhere"
    )
    def test_folder_without_permission(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        home.mkdir(mode=0o000)
        journal.write("tried", "02.1")
        assert "This could not be kept in" in capsys.readouterr().out
        assert journal.read() == []
        assert "cannot be read" in capsys.readouterr().out
