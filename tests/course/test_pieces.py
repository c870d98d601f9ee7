"""The pieces: what passed is kept whole, nothing is lost, and what cannot be kept is said."""

import functools
import linecache
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wsedu import mine
from wsedu.course import check, pieces
from wsedu.course.catalogue import exercises
from wsedu.course.verdict import NotYet

EXERCISES = exercises()

REFERENCE = EXERCISES["check-request"].solution


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path / "mine"))
    return tmp_path / "mine"


def cells(*sources: str) -> dict[str, Any]:
    """The names of a notebook after these cells."""
    names: dict[str, Any] = {"__name__": "__main__", "In": list(sources)}
    for number, source in enumerate(sources):
        file = f"<cell {number} {hash(source)}>"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        exec(compile(source, file, "exec"), names)
    return names


def kept(*sources: str) -> Any:
    """The function ``f`` of these cells, kept and loaded again."""
    said = pieces.keep("f", cells(*sources)["f"])
    assert said == "Kept as pieces/f.py, a piece of your server."
    return pieces.load("f")


def why_not(*sources: str) -> str:
    said = pieces.keep("f", cells(*sources)["f"])
    assert not (pieces.folder() / "f.py").exists()
    prefix = "It could not be kept for your server: "
    assert said.startswith(prefix)
    return said.removeprefix(prefix)


class TestKeep:
    @pytest.mark.parametrize(
        "sources",
        [
            ("def f(x):\n    return x + 1\n",),
            ("import struct\n", "def f(x):\n    return struct.unpack('!B', bytes([x + 1]))[0]\n"),
            ("import urllib.parse\ndef f(x):\n    return urllib.parse.quote('a') and x + 1\n",),
            ("from operator import add as plus\ndef f(x):\n    return plus(x, 1)\n",),
            ("ONE = 1\ndef helper(x):\n    return x + ONE\n", "def f(x):\n    return helper(x)\n"),
            ("def f(x):\n    def inner(y):\n        return y + 1\n    return inner(x)\n",),
            ("f = lambda x: x + 1\n",),
            ("import functools\n@functools.cache\ndef f(x):\n    return x + 1\n",),
            ("def even(x):\n    return x == 0 or f(x - 1)\ndef f(x):\n    return x + 1\n",),
            ("class One:\n    value = 1\n", "def f(x):\n    return x + One.value\n"),
            ("x = object()\ndef f(x):\n    return x + 1\n",),
            ("def g(x):\n    return x + 1\nf = g\n",),
        ],
    )
    def test_what_it_uses_is_kept_with_it(self, sources: tuple[str, ...]) -> None:
        assert kept(*sources)(41) == 42

    def test_lent_piece_is_asked_for_again(self, capsys: pytest.CaptureFixture[str]) -> None:
        lent = "from wsedu import mine\ncheck = mine('check-request')\n"
        assert (
            kept(lent, "def f(data):\n    return check(data)\n")(b"POST / HTTP/1.1\r\n\r\n")[0]
            == 405
        )
        text = (pieces.folder() / "f.py").read_text()
        assert "check = take('check-request')" in text

    @pytest.mark.parametrize(
        ("source", "why"),
        [
            ("def f(x):\n    return x if True else nowhere\n", "the name nowhere is not defined"),
            ("thing = object()\ndef f(x):\n    return thing\n", "it uses thing, which is neither"),
            (
                "def make(y):\n    def f(x):\n        return y\n    return f\nf = make(1)\n",
                "around",
            ),
            ("f = [lambda x: x][0]\n", "not a plain function"),
            ("class C:\n    def __call__(self, x):\n        return x\nf = C()\n", "not a plain"),
        ],
    )
    def test_what_cannot_be_kept_says_why(self, source: str, why: str) -> None:
        assert why in why_not(source)

    def test_function_without_source(self) -> None:
        names: dict[str, Any] = {}
        exec("def f(x):\n    return x\n", names)
        assert "the source of f cannot be had" in pieces.keep("f", names["f"])
        assert "not a plain function" in pieces.keep("f", functools.partial(int))

    def test_no_version_is_lost(self) -> None:
        first, second = "def f(x):\n    return 1\n", "def f(x):\n    return 2\n"
        for source in (first, second, first):
            kept(source)
        (pieces.folder() / "f.py").write_text("edited by hand")
        kept(second)
        numbered = [p.read_text() for p in sorted(pieces.folder().glob("f.*.py"))]
        assert len(numbered) == 3 and "edited by hand" in numbered
        assert pieces.load("f")(0) == 2

    def test_interrupted_write_leaves_the_old_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        kept("def f(x):\n    return 1\n")

        def interrupted(*paths: Any) -> None:
            raise OSError("the power is out")

        monkeypatch.setattr(os, "replace", interrupted)
        said = pieces.keep("f", cells("def f(x):\n    return 2\n")["f"])
        assert "the power is out" in said
        assert pieces.load("f")(0) == 1
        assert not list(pieces.folder().glob("*.tmp"))

    def test_what_a_killed_kernel_left_is_cleaned_up(self, home: Path) -> None:
        """In a process of its own, which ends as by ``kill -9`` in the middle of a write."""
        program = (
            "import os\n"
            "from wsedu.course import pieces\n"
            "os.replace = lambda *names: os.kill(os.getpid(), 9)\n"
            "pieces._put('f', b'half')\n"
        )
        run = subprocess.run([sys.executable, "-c", program], timeout=60)
        assert run.returncode != 0
        (left,) = home.rglob("*.tmp")
        assert kept("def f(x):\n    return 1\n")(0) == 1
        assert left.exists(), "it could be another kernel's, which writes right now"
        os.utime(left, (0, 0))
        assert kept("def f(x):\n    return 2\n")(0) == 2
        assert not list(home.rglob("*.tmp"))

    @pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
    def test_full_disk_leaves_no_half_copy(self, home: Path) -> None:
        assert kept("def f(x):\n    return 1\n")(0) == 1
        before = {path: path.read_bytes() for path in home.rglob("*.*")}
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, limits[1]))
        try:
            said = pieces.keep("f", cells("def f(x):\n    return 222222222222222\n")["f"])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert said.startswith("It could not be kept for your server: OSError")
        assert {path: path.read_bytes() for path in home.rglob("*.*")} == before

    def test_home_that_is_a_file_has_no_pieces(
        self, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        home.write_text("I am a file.")
        mine("check-request")
        assert capsys.readouterr().out.endswith("until you have solved it\n")

    def test_folder_that_is_a_file(self, home: Path) -> None:
        home.write_text("I am a file.")
        said = pieces.keep("f", cells("def f(x):\n    return 1\n")["f"])
        assert said.startswith("It could not be kept for your server: ")


class TestMine:
    def test_borrowed_until_solved_and_then_yours(self, capsys: pytest.CaptureFixture[str]) -> None:
        borrowed = "02.3 check_request: borrowed from the course until you have solved it\n"
        assert mine("check-request").__code__ is REFERENCE.__code__
        assert capsys.readouterr().out == borrowed
        check("check-request", REFERENCE)
        assert capsys.readouterr().out.endswith(
            "Kept as pieces/check_request.py, a piece of your server.\n"
        )
        assert mine("check-request").__code__ is not REFERENCE.__code__
        assert capsys.readouterr().out == "02.3 check_request: yours\n"

    @pytest.mark.parametrize(
        "text", ["def (", "", "check_request = 5", "1 / 0", "raise SystemExit"]
    )
    def test_file_that_no_longer_loads(self, text: str, capsys: pytest.CaptureFixture[str]) -> None:
        pieces.folder().mkdir(parents=True)
        (pieces.folder() / "check_request.py").write_text(text)
        assert mine("check-request").__code__ is REFERENCE.__code__
        assert "no longer loads: " in capsys.readouterr().out

    def test_exercise_that_is_not_a_piece(self) -> None:
        with pytest.raises(
            ValueError, match=r"'predict-statuses' builds no piece .*: check-request, compute-acc"
        ):
            mine("predict-statuses")


def test_what_was_lent_is_not_an_answer(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotYet, match="not attempted"):
        check("encode-header", mine("encode-header"))
    assert "the one that mine(...) gave you" in capsys.readouterr().out
