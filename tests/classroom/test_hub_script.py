"""scripts/hub.py: what it says, refuses and collects, without starting a hub."""

import argparse
import importlib.util
import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from wsedu_classroom.hub import FOLDER, Settings

from .pulling import git

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"
SLUG = "04_frame_layout"
COURSE = Path(FOLDER, "exercises", "en", SLUG)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, for a course in a folder of its own."""
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    monkeypatch.delitem(sys.modules, "environment", raising=False)
    spec = importlib.util.spec_from_file_location("hub_script", SCRIPTS / "hub.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = tmp_path / "course"
    module.ROOT.mkdir()
    return module


@pytest.fixture
def together(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(script.hub, "learners_are_separated", lambda: False)
    yield


def settings(tmp_path: Path, **changes: object) -> Settings:
    given = {
        "folder": str(tmp_path / "hub"),
        "repository": f"https://example.org/{FOLDER}",
        "class_password": "kdzp-gyca-t8zf",
        "teacher_password": "of-the-teacher",
    }
    return Settings(**given | changes)


def test_the_roster_has_a_name_a_line(script: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("# the class\nada\n\n  Ben  # left early\ncyd-2\n", encoding="utf-8")
    assert script.roster(file) == ("ada", "ben", "cyd-2")
    assert script.roster(None) == ()


def test_the_roster_may_be_a_file_from_windows(script: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes("\ufeffada\r\nBen\r\n".encode())
    assert script.roster(file) == ("ada", "ben")


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "ada@example.org", "2ada", "émile", "a" * 32, "..", "ada/ben"]
)
def test_an_odd_name_is_named(script: ModuleType, tmp_path: Path, name: str) -> None:
    file = tmp_path / "names.txt"
    file.write_text(f"ben\n{name}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=f"and not {re.escape(name.lower())}"):
        script.roster(file)
    with pytest.raises(SystemExit, match="--teacher: a name has"):
        script.checked(name, "--teacher")
    assert script.checked("Teacher-2", "--teacher") == "teacher-2"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no name, so no learner"),
        (b"# ada\n\n", "has no name, so no learner"),
        ("émile".encode("latin-1"), "cannot be read as UTF-8"),
        (None, "cannot be read as UTF-8"),
    ],
)
def test_a_roster_without_names_lets_in_no_one_instead_of_all(
    script: ModuleType, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "names.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SystemExit, match=said):
        script.roster(file)


@pytest.mark.parametrize(
    "option",
    ["--port=0", "--port=65536", "--memory=64", "--memory=-1", "--servers=0", "--idle=0"],
)
def test_a_number_with_which_no_hub_works_is_refused(
    script: ModuleType, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        script.main(["hub", option])
    assert "is no number from" in capsys.readouterr().err


def test_names_of_accounts_that_no_hub_has_made_are_named(
    script: ModuleType, tmp_path: Path
) -> None:
    script.are_free(settings(tmp_path, teacher="wsedu-not-there", roster=("wsedu-neither",)))
    with pytest.raises(SystemExit, match="with the names daemon, root, and"):
        script.are_free(settings(tmp_path, teacher="root", roster=("daemon", "wsedu-not-there")))


def test_two_hubs_never_share_a_folder_though_the_first_command_was_lost(
    script: ModuleType, tmp_path: Path
) -> None:
    with script.the_only_one(tmp_path) as held:
        print(7, file=held, flush=True)
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[held.fileno()]) as its_hub:
            held.close()
            with pytest.raises(SystemExit, match="already: process 7"):
                script.the_only_one(tmp_path)
            its_hub.communicate()
    script.the_only_one(tmp_path).close()


def test_a_port_on_which_another_program_listens_is_named(
    script: ModuleType, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        of_another = settings(tmp_path, port=taken.getsockname()[1])
        with pytest.raises(SystemExit, match="cannot listen at http.*in use"):
            script.check_port(of_another)
    script.check_port(of_another)
    with pytest.raises(SystemExit, match="cannot listen at http://192.0.2.1"):
        script.check_port(settings(tmp_path, address="192.0.2.1"))


def test_a_hub_does_not_outlive_the_command_that_a_system_ends(script: ModuleType) -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
            script.end_with_this(process)
            os.kill(os.getpid(), signal.SIGTERM)
            assert process.wait(30) == -signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"folder": "x", "of another version": 1}'])
def test_settings_that_are_damaged_are_named(
    script: ModuleType, tmp_path: Path, content: str
) -> None:
    settings(tmp_path).write()
    (tmp_path / "hub" / "private" / "settings.json").write_text(content)
    with pytest.raises(SystemExit, match="settings.json is damaged"):
        script.passwords(tmp_path / "hub")


def test_passwords_are_new_the_first_time_and_stay(script: ModuleType, tmp_path: Path) -> None:
    first, other = script.passwords(tmp_path / "hub"), script.passwords(tmp_path / "hub")
    assert first["class_password"] != other["class_password"]
    settings(tmp_path, **first).write()
    assert script.passwords(tmp_path / "hub") == first


def test_help_says_what_each_option_is_and_its_default(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        script.main(["hub", "--help"])
    options = capsys.readouterr().out.partition("options:")[2]
    said = {
        words[0]: " ".join(words)
        for words in map(str.split, re.split(r"\n  (?=-)", options))
        if words
    }
    assert "0.0.0.0" in said["--open-to-the-network"]
    for option, default in (
        *(("--open-to-the-network", "127.0.0.1"), ("--port", "8000"), ("--base-url", "/")),
        *(("--memory", "1024"), ("--servers", "40"), ("--idle", "60"), ("--teacher", "teacher")),
    ):
        assert said[option].endswith(f"(default: {default})")
    assert all(len(words.split()) > 4 for words in said.values()) and "None" not in options


@pytest.mark.usefixtures("together")
def test_it_says_who_can_do_what(script: ModuleType, tmp_path: Path) -> None:
    said = script.what_is_open(settings(tmp_path))
    for words in ("http://127.0.0.1:8000/", "kdzp-gyca-t8zf", "of-the-teacher", "git-pull?repo="):
        assert words in said
    assert "Or type: http://127.0.0.1:8000/\n" in said
    assert "all learners share your account" in said
    assert "unencrypted" not in said
    opened = script.what_is_open(settings(tmp_path, address="0.0.0.0"))
    assert "Any machine that reaches 0.0.0.0 can ask to log in" in opened


def told(script: ModuleType, tmp_path: Path, **given: str) -> argparse.Namespace:
    return argparse.Namespace(folder=tmp_path / "hub", branch="", **{"repo": ""} | given)


def test_the_copy_holds_what_is_committed_and_is_brought_up_to_date(
    script: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    git(script.ROOT, "init", "--quiet", "--initial-branch=mine")
    for words in ("first", "second"):
        (script.ROOT / "file.txt").write_text(words)
        git(script.ROOT, "add", "--all")
        git(script.ROOT, "commit", "--quiet", "--message", words)
        (script.ROOT / "file.txt").write_text("not committed")
        url = script.repository(told(script, tmp_path))
        assert url == (tmp_path / "hub" / FOLDER).as_uri()
        assert git(tmp_path / "hub" / FOLDER, "show", "main:file.txt") == words
    assert capfd.readouterr() == ("", "")
    assert script.repository(told(script, tmp_path, repo="https://a/b")) == "https://a/b"


def test_a_folder_that_git_does_not_know_is_refused(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(SystemExit, match="name one with --repo"):
        script.repository(told(script, tmp_path))


@pytest.mark.usefixtures("together")
def test_the_answers_of_each_learner_are_collected_and_the_teachers_are_not(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(tmp_path).write()
    for name in ("ada", "ben", "cyd", "teacher"):
        folder = tmp_path / "hub" / "homes" / name / COURSE
        if name != "cyd":
            folder.mkdir(parents=True)
            (folder / "04_exercises.ipynb").write_text(json.dumps(name))
    for _twice in range(2):
        words = argparse.Namespace(folder=tmp_path / "hub", assignment=[SLUG])
        assert script.collect(words) == 0
    assert capsys.readouterr().out.startswith("Collected from ada, ben, into")
    submitted = script.ROOT / "submitted"
    assert {path.name for path in submitted.iterdir()} == {"ada", "ben"}
    assert json.loads((submitted / "ada" / SLUG / "04_exercises.ipynb").read_text()) == "ada"
    assert submitted.stat().st_mode & 0o077 == 0


def test_collecting_before_a_hub_has_run_is_said(script: ModuleType, tmp_path: Path) -> None:
    words = argparse.Namespace(folder=tmp_path / "hub", assignment=[SLUG])
    with pytest.raises(SystemExit, match="No hub has run in"):
        script.collect(words)


@pytest.mark.usefixtures("together")
def test_a_folder_without_an_end_stops_no_other_and_what_was_collected_stays(
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings(tmp_path).write()
    folders = [tmp_path / "hub" / "homes" / name / COURSE for name in ("ada", "ben")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "mine.py").write_text("mine = 1")
        (folder / "again.py").hardlink_to(folder / "mine.py")
    words = argparse.Namespace(folder=tmp_path / "hub", assignment=[SLUG])
    script.collect(words)
    with open(folders[0] / "endless", "wb") as endless:
        endless.truncate(2**40)
    monkeypatch.setattr(script, "MOST", 2**16)
    (folders[1] / "mine.py").write_text("mine = 2")
    script.collect(words)
    out, err = capsys.readouterr()
    assert out.splitlines()[1].startswith("Collected from ben, into")
    assert err == (
        f"Nothing was collected of ada, {SLUG}: more than 65536 bytes, or than 60 s to read them\n"
    )
    for name, number in (("ada", 1), ("ben", 2)):
        folder = script.ROOT / "submitted" / name / SLUG
        assert [(folder / file).read_text() for file in ("mine.py", "again.py")] == [
            f"mine = {number}"
        ] * 2
    assert {path.name for path in (script.ROOT / "submitted").iterdir()} == {"ada", "ben"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as a learner")
def test_a_link_of_a_learner_leads_to_nothing_that_the_learner_may_not_read(
    script: ModuleType, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of another learner")
    secret.chmod(0o600)
    home = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    try:
        (home / COURSE).mkdir(parents=True)
        (home / COURSE / "04_exercises.ipynb").symlink_to(secret)
        (home / COURSE / "mine.py").write_text("mine = 1")
        os.mkfifo(home / COURSE / "endless")
        subprocess.run(["chown", "-hR", "games:games", home], check=True)
        assert pwd.getpwnam("games").pw_uid
        assert script.collect_from(home, FOLDER, "games", SLUG)
    finally:
        subprocess.run(["rm", "-r", home], check=True)
    found = (script.ROOT / "submitted" / "games" / SLUG).iterdir()
    assert [path.name for path in found] == ["mine.py"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as a learner")
def test_root_is_told_when_learners_cannot_read_the_course(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script.hub, "GROUP", "root")  # which is there, and needs no new one
    (script.ROOT / "grades.csv").write_text("names")
    (script.ROOT / "submitted").mkdir()
    (script.ROOT / "exams").mkdir()
    with pytest.raises(SystemExit, match="such as /opt"):  # pytest's folders are closed to others
        script.keep_apart(tmp_path / "hub")
    names = ("grades.csv", "submitted", "exams")
    modes = [(script.ROOT / name).stat().st_mode & 0o777 for name in names]
    assert modes == [0o600, 0o700, 0o700]
