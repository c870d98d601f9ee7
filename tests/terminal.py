"""A terminal in which somebody types a command of README.md, in a fresh clone, at home."""

import functools
import os
import pty
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent

# What a new user's shell does not have: the settings of Python, Jupyter and the course.
OURS = re.compile(r"PYTHON|VIRTUAL_ENV|JUPYTER|IPYTHON|WSEDU|NBGRADER|XDG_|MPL|COV|BROWSER")


def readme(heading: str) -> str:
    """The command below a heading of README.md, word for word."""
    text = (ROOT / "README.md").read_text()
    found = re.search(rf"(?m)^## {heading}\n\n {{4}}(.+)$", text)
    assert found is not None, heading
    return found[1]


def clone(target: Path) -> Path:
    """A fresh clone of the last commit."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(target)], check=True, timeout=60)
    return target


def clone_with_this_environment(target: Path, *groups: str) -> Path:
    """A fresh clone whose environment is the one of these tests: README's test makes one anew.

    groups: what is in it beside what a learner needs, such as "class"
    """
    folder = clone(target)
    environment = folder / ".venv"
    environment.mkdir()
    for path in Path(sys.prefix).iterdir():
        if not path.name.startswith("installed-"):
            (environment / path.name).symlink_to(path)
    # It is whole, whatever its pins were when it was made; nothing is installed into it here.
    stamps = (
        "import sys; sys.path.insert(0, 'scripts'); import environment as e; "
        f"[e._stamp(group).write_text(e._wanted(group)) for group in {('learner', *groups)}]"
    )
    done = run_in(folder, f'python3 -c "{stamps}"')
    assert done.returncode == 0, done.stderr
    return folder


def run_in(course: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a page in such a clone, at a home of its own."""
    home = course.parent / "home"
    home.mkdir(exist_ok=True)
    keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    # The packages of the environment are those of these tests; the clone's own are meant.
    packages = (course, course / "exercises", course / "classroom")
    paths = os.pathsep.join(map(str, packages))
    return subprocess.run(
        command,
        shell=True,
        cwd=course,
        env=keep | {"HOME": str(home), "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )


@functools.cache
def cache_of_pip() -> str:
    command = [sys.executable, "-m", "pip", "cache", "dir"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def shell(home: Path, browser: str = "true") -> dict[str, str]:
    """The environment variables of a user's shell, with an empty home.

    browser: what opens the address; a machine without a screen has nothing to open it with
    """
    home.mkdir(exist_ok=True)
    return {name: value for name, value in os.environ.items() if not OURS.match(name)} | {
        "HOME": str(home),
        "BROWSER": browser,
        "PIP_CACHE_DIR": cache_of_pip(),  # so that nothing is fetched twice
    }


def listens(port: int) -> bool:
    """Whether something listens at a port of this machine."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Terminal:
    """A command that runs in a terminal, and what it has printed."""

    def __init__(self, command: str, folder: Path, environment: dict[str, str]) -> None:
        self.text, self._over = "", False
        self._news = threading.Condition()
        screen, keyboard = pty.openpty()
        self._process = subprocess.Popen(
            shlex.split(command),
            cwd=folder,
            env=environment,
            stdin=keyboard,
            stdout=keyboard,
            stderr=keyboard,
            start_new_session=True,
        )
        os.close(keyboard)
        self._screen = screen
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._screen, 2**16)
            except OSError:  # so Linux says that the last writer has gone
                data = b""
            with self._news:
                self.text += data.decode(errors="replace")
                self._over = not data
                self._news.notify_all()
            if not data:
                return

    def says(self, pattern: str, timeout: float = 600) -> re.Match[str]:
        """Wait until it prints something."""

        def found() -> re.Match[str] | None:
            return re.search(pattern, self.text)

        with self._news:
            self._news.wait_for(lambda: found() or self._over, timeout)
        match = found()
        assert match is not None, self.text
        return match

    def address(self, timeout: float = 600) -> str:
        """The address that JupyterLab prints, as soon as it also listens there."""
        address = self.says(r"(http://127\.0\.0\.1:(\d+)\S+)\s", timeout)
        deadline = time.monotonic() + 60
        while not listens(int(address[2])):  # it prints a moment too early
            assert time.monotonic() < deadline, self.text
            time.sleep(0.01)
        return address[1]

    def ctrl_c(self, timeout: float = 60) -> int:
        """End it as a terminal does, and return its exit status."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self.end(timeout)

    def end(self, timeout: float = 60) -> int:
        """Wait until it has ended, or end it by force."""
        try:
            return self._process.wait(timeout)
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            self._reader.join(timeout)
            os.close(self._screen)
