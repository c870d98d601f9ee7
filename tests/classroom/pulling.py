"""A teacher's repository and a learner's folder, which the real nbgitpuller fills."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
FOLDER = "websocket-byte-by-byte"
LESSON = Path("notebooks/en/00_start_here.ipynb")


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Class:
    """The first lesson in a repository, and a learner who has pulled it."""

    def __init__(self, base: Path, attributes: str = "") -> None:
        """attributes: git's, for the repository; without them, those of the course"""
        self.teachers, self.learners = base / FOLDER, base / "home" / "course"
        (self.teachers / LESSON).parent.mkdir(parents=True)
        shutil.copy(ROOT / LESSON, self.teachers / LESSON)
        shutil.copy(ROOT / ".gitattributes", self.teachers)
        if attributes:
            (self.teachers / ".gitattributes").write_text(attributes)
        git(self.teachers, "init", "--quiet", "--initial-branch=main")
        self.url = self.teachers.as_uri()
        self.send()
        self.pull()

    def send(self) -> None:
        """The teacher commits everything."""
        git(self.teachers, "add", "--all")
        git(self.teachers, "commit", "--quiet", "--message", "More")

    def pull(self) -> None:
        """The learner opens the link."""
        self.learners.parent.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "nbgitpuller.pull", self.url, "main", str(self.learners)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr

    def teacher_changes(self, words: str = "Newer.", path: Path = LESSON) -> None:
        change(self.teachers / path, 0, words)
        self.send()

    def sent(self, path: Path = LESSON) -> bytes:
        return (self.teachers / path).read_bytes()

    def had(self, path: Path = LESSON) -> bytes:
        return (self.learners / path).read_bytes()


def change(file: Path, number: int, source: str) -> bytes:
    """Write into a cell of a notebook, as JupyterLab saves it; returns the whole file."""
    notebook: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    notebook["cells"][number]["source"] = source.splitlines(keepends=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8")
    return text.encode()
