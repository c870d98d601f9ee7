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
    journal.write("tried", "predict-statuses", outcome="passed")
    journal.write("hint", "predict-statuses")
    journal.write("tried", "build-request", outcome="raised")
    assert [entry["name"] for entry in journal.read("tried")] == [
        "predict-statuses",
        "build-request",
    ]
    assert [entry["what"] for entry in journal.read(name="predict-statuses")] == ["tried", "hint"]
    assert journal.read("tried", "build-request")[0]["outcome"] == "raised"
    assert len(journal.read()) == 3
    assert all(isinstance(entry["time"], int) for entry in journal.read())


@pytest.mark.slow
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
        out, _err = writer.communicate(timeout=300)
        assert (writer.returncode, out) == (0, "")
    for number in range(4):
        entries = journal.read("tried", f"kernel {number}")
        assert [entry["n"] for entry in entries] == list(range(200))
        assert all(entry["long"] == "x" * entry["n"] * 20 for entry in entries)
    assert len(journal.read()) == 800


@pytest.mark.parametrize(
    "damage",
    [
        b'\n{"what": "tried", "name": "predict-statuses", "outc',
        b"\n\xff\xfe\x00",
        b"\n[1, 2]",
        b"\nnull",
        b'\n"text"',
        b'\n{"what": "tried"}',
        b'\n{"name": "predict-statuses"}',
        b"\n" + b"[" * 100_000,
        b"\n\n\n",
    ],
)
def test_damaged_line_costs_only_itself(home: Path, damage: bytes) -> None:
    journal.write("tried", "predict-statuses", n=1)
    with open(home / "journal.jsonl", "ab") as file:
        file.write(damage)
    journal.write("tried", "predict-statuses", n=2)
    assert [entry["n"] for entry in journal.read("tried", "predict-statuses")] == [1, 2]


def test_line_from_a_newer_version_is_kept_and_read(home: Path) -> None:
    home.mkdir()
    newer = {
        "what": "tried",
        "name": "predict-statuses",
        "outcome": "passed",
        "mood": {"deep": [1]},
    }
    (home / "journal.jsonl").write_text(json.dumps(newer))
    journal.write("dreamt", "09.9", of="bytes")
    assert journal.read("tried", "predict-statuses") == [newer]
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
    """What cannot be kept is said once, and remembered; the lesson goes on."""

    def test_folder_that_is_a_file(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        home.write_text("I am a file.")
        for number in range(3):
            journal.write("tried", "predict-statuses", n=number)
        said = capsys.readouterr().out
        assert said.startswith(f"Nothing can be kept in {home}: ") and len(said.splitlines()) == 1
        assert [entry["n"] for entry in journal.read("tried", "predict-statuses")] == [0, 1, 2]
        assert not journal.is_kept()
        assert capsys.readouterr().out == ""
        assert home.read_text() == "I am a file."

    def test_journal_that_is_a_folder(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (home / "journal.jsonl").mkdir(parents=True)
        journal.write("tried", "predict-statuses")
        assert "Nothing can be kept in" in capsys.readouterr().out
        for _time in range(3):
            assert [entry["name"] for entry in journal.read()] == ["predict-statuses"]
        assert capsys.readouterr().out.count("cannot be read") == 1

    @pytest.mark.skipif(
        os.name == "nt" or os.geteuid() == 0, reason="this user may write everywhere"
    )
    def test_folder_without_permission(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        home.mkdir(mode=0o000)
        journal.write("tried", "predict-statuses")
        assert "Nothing can be kept in" in capsys.readouterr().out
        assert [entry["name"] for entry in journal.read()] == ["predict-statuses"]
        assert not journal.is_kept()

    def test_what_was_remembered_is_written_as_soon_as_it_can_be(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        home.write_text("")
        journal.write("tried", "predict-statuses", n=1)
        journal.write("tried", "predict-statuses", n=2)
        home.unlink()
        journal.write("tried", "predict-statuses", n=3)
        assert journal.is_kept()
        lines = (home / "journal.jsonl").read_text().split()
        assert len(lines) > 3 and [entry["n"] for entry in journal.read()] == [1, 2, 3]
        assert capsys.readouterr().out.count("Nothing can be kept") == 1

    def test_what_another_home_could_not_keep_is_not_this_one_s(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home.write_text("")
        journal.write("tried", "predict-statuses")
        monkeypatch.setenv("WSEDU_HOME", str(home.parent / "another"))
        assert journal.read() == [] and journal.is_kept()


FULL_DISK = """
import resource, sys
from wsedu.course import journal
journal.write('tried', 'predict-statuses', n=0)
size = (journal.home() / 'journal.jsonl').stat().st_size
# A file may not grow by more than this: the next write is short, the one after that fails.
resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(sys.argv[1]),) * 2)
for n in range(1, 4):
    journal.write('tried', 'predict-statuses', n=n)
print([entry['n'] for entry in journal.read('tried')], journal.is_kept())
"""


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
@pytest.mark.parametrize("room", [0, 1, 20, 75, 100, 160])
def test_line_that_a_full_disk_cuts_is_not_lost(home: Path, room: int) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(room)], capture_output=True, text=True, timeout=120
    )
    assert run.stderr == ""
    said, result = run.stdout.splitlines()
    assert said.startswith(f"Nothing can be kept in {home}: ")
    assert result == "[0, 1, 2, 3] False"
    # In the next kernel there is room again: every whole line is there, once.
    kept = [entry["n"] for entry in journal.read("tried")]
    assert kept == list(range(len(kept))) and len(kept) <= 3
    journal.write("tried", "predict-statuses", n=9)
    assert journal.read("tried")[-1]["n"] == 9


@pytest.mark.skipif(os.name == "nt", reason="the home of Windows is found otherwise")
def test_tilde_is_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WSEDU_HOME", "~/x")
    monkeypatch.chdir(tmp_path)
    journal.write("tried", "predict-statuses")
    assert journal.home() == tmp_path / "x"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x"]


def test_tilde_of_an_unknown_user_is_a_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WSEDU_HOME", "~nobody-of-this-name/x")
    monkeypatch.chdir(tmp_path)
    journal.write("tried", "predict-statuses")
    assert journal.home() == Path("~nobody-of-this-name/x")
    assert len(list((tmp_path / "~nobody-of-this-name" / "x").iterdir())) == 1


def test_a_page_without_a_disk_keeps_nothing_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a private window: the kernel has no /drive."""
    monkeypatch.setenv("WSEDU_HOME", "/drive/wsedu")
    assert not journal.is_kept()
    journal.write("tried", "encode-header")
    assert "Nothing can be kept in /drive/wsedu" in capsys.readouterr().out
    assert [line["name"] for line in journal.read("tried")] == ["encode-header"]
    assert not Path("/drive").exists()
