"""Start a hub for a class, print its link, collect its answers; ``classroom.py`` starts this.

How to think about it: this asks the teacher for the few things that only a teacher knows, checks
that learners can use what is here, and says who can do what. ``wsedu_classroom.hub`` makes the
decisions, and JupyterHub runs in a process of its own, whose log is a file.
"""

from __future__ import annotations

import argparse
import fcntl
import io
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

from environment import ROOT
from wsedu_classroom import hub
from wsedu_classroom.board import tokens
from wsedu_classroom.hub import Settings

HOME = ROOT / "hub"
DEFAULT = "(default: %(default)s)"  # in the help of an option
SMALLEST = 256  # MiB with which a learner's server starts
MOST = 100 * 2**20  # bytes of an assignment of a learner that are collected
SECONDS = 60  # for reading them
CONFIG = ROOT / "classroom" / "wsedu_classroom" / "jupyterhub_config.py"
# What a class leaves in the teacher's folder, and what learners on the same machine may not read.
OTHERS_WORK = (
    *("submitted", "ordered", "autograded", "feedback", "exams", "build/keys", "build/quiz"),
    *("gradebook.db", "grades.csv", "look-at.csv", "nbgrader.log"),
)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="classroom.py")
    add_commands(parser.add_subparsers(dest="command", required=True))
    told = parser.parse_args(words)
    os.umask(0o022)  # learners read the hub's copy of the course
    return {"hub": run, "link": print_link, "collect": collect}[told.command](told)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands of this file and their options, for the parser of ``classroom.py``."""
    run = commands.add_parser("hub", help="run a hub for a class on this machine")
    network = "an address of this machine at which others reach the hub, 0.0.0.0 for all"
    run.add_argument(
        "--open-to-the-network", metavar="ADDRESS", default="127.0.0.1", help=f"{network} {DEFAULT}"
    )
    port = "the port on which the hub listens"
    run.add_argument("--port", type=number(1, 2**16 - 1), default=8000, help=f"{port} {DEFAULT}")
    base_url = "the path at which a proxy in front shows the hub, such as /class/"
    run.add_argument("--base-url", default="/", help=f"{base_url} {DEFAULT}")
    run.add_argument("--roster", type=Path, help="a file with a name a line; else any name")
    run.add_argument("--teacher", default="teacher", help=f"the name of the teacher {DEFAULT}")
    memory = "MiB for each process of a learner"
    run.add_argument("--memory", type=number(SMALLEST), default=1024, help=f"{memory} {DEFAULT}")
    run.add_argument(
        "--servers", type=number(1), default=40, help=f"how many learners at once {DEFAULT}"
    )
    idle = "minutes until an unused server stops"
    run.add_argument("--idle", type=number(1), default=60, help=f"{idle} {DEFAULT}")
    run.add_argument(
        "--board", action="store_true", help="run a board too, which learners may join"
    )
    link = commands.add_parser("link", help="print the link that hands out the course")
    link.add_argument("--hub", required=True, help="the address of the hub, as learners know it")
    for command in (run, link):
        command.add_argument("--repo", default="", help="your repository; else what is committed")
        command.add_argument("--branch", default="", help="of that repository")
    collect = commands.add_parser("collect", help="fetch answers from the hub into submitted")
    names = sorted(path.parent.name for path in (ROOT / "exercises" / "en").glob("*/*.ipynb"))
    collect.add_argument("assignment", nargs="+", choices=names, metavar="ASSIGNMENT")
    folder = f"where the hub keeps all {DEFAULT}"
    for command in (run, link, collect):
        command.add_argument("--folder", type=Path, default=HOME, help=folder)


def number(least: int, most: int = 10**6) -> Callable[[str], int]:
    """What reads a number of an option, and refuses one that no hub can work with."""

    def read(text: str) -> int:
        if text.isdecimal() and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"{text} is no number from {least} to {most}")

    return read


# The hub.


def run(told: argparse.Namespace) -> int:
    folder = told.folder.resolve()
    with the_only_one(folder) as held:
        return run_in(folder, told, held)


def run_in(folder: Path, told: argparse.Namespace, held: TextIO) -> int:
    """Run the hub of this folder, which the open file ``held`` keeps for it alone."""
    try:
        hub.proxy_command()
    except FileNotFoundError as error:
        sys.exit(str(error))
    settings = Settings(
        folder=str(folder),
        repository=repository(told),
        branch=told.branch,
        address=told.open_to_the_network,
        port=told.port,
        base_url=f"/{told.base_url.strip('/')}/".replace("//", "/"),
        teacher=checked(told.teacher, "--teacher"),
        roster=roster(told.roster),
        memory=told.memory,
        servers=told.servers,
        idle=told.idle,
        board=told.board,
        **passwords(folder),
    )
    settings.write()
    if hub.learners_are_separated():
        keep_apart(folder)
        are_free(settings)
    check_port(settings)
    environment = os.environ | {"WSEDU_HUB": str(folder)}
    command = [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)]
    log = settings.private / "jupyterhub.log"
    log.unlink(missing_ok=True)  # what is left of a lost hub may still write into the old one
    with (
        log.open("a") as file,
        subprocess.Popen(
            command,
            cwd=settings.private,
            env=environment,
            stdout=file,
            stderr=file,
            pass_fds=[held.fileno()],  # so it keeps the folder, even if this program is lost
        ) as process,
    ):
        end_with_this(process)
        print(process.pid, file=held, flush=True)
        try:
            if not answers(process, settings):
                print(log.read_text()[-2000:], file=sys.stderr)
                print(f"The hub did not start; {log} says more.", file=sys.stderr)
                return 1
            print(what_is_open(settings), flush=True)
            return process.wait()
        except KeyboardInterrupt:  # it has heard of it too, and stops the servers of the learners
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            process.wait()
            return 0


def end_with_this(process: subprocess.Popen[bytes]) -> None:
    """Let a SIGTERM, with which a system ends its services, end the process, which ends this."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: process.terminate())


def the_only_one(folder: Path) -> TextIO:
    """A file that is open while a hub runs in a folder, and says which process it is.

    Exits if one runs there: a second one would end its proxy.
    """
    (folder / "private").mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (folder / "private" / "running").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            process = file.read().strip() or "that is starting"
        sys.exit(f"A hub runs in {folder} already: process {process}. Only one can.")
    file.truncate(0)
    return file


def passwords(folder: Path) -> dict[str, str]:
    """Those of the last time, or new ones."""
    try:
        old = Settings.read(folder)
    except (ValueError, TypeError, LookupError):
        file = folder / "private" / "settings.json"
        sys.exit(f"{file} is damaged. Remove it, and the hub gets new passwords.")
    except FileNotFoundError:
        words = "-".join(tokens.typed(4) for _word in range(3))
        return {"class_password": words, "teacher_password": secrets.token_urlsafe(32)}
    return {"class_password": old.class_password, "teacher_password": old.teacher_password}


def roster(file: Path | None) -> tuple[str, ...]:
    """The names in a file: one a line, nothing after a #.

    Exits with a sentence if one is odd, or if there is none: without names, all would be let in.
    """
    if file is None:
        return ()
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()  # Windows may begin it with a BOM
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"The roster cannot be read as UTF-8 text: {file}: {error}.")
    names = [name for line in lines if (name := line.partition("#")[0].strip())]
    if not names:
        sys.exit(f"{file} has no name, so no learner could log in.")
    return tuple(checked(name, str(file)) for name in names)


def checked(name: str, place: str) -> str:
    """The name as the hub knows it. Exits with a sentence if no user can have it."""
    name = name.lower()
    if not re.fullmatch(hub.NAME, name):
        sys.exit(
            f"{place}: a name has at most 31 lowercase letters, digits and -, a letter first, and "
            f"not {name}."
        )
    return name


def are_free(settings: Settings) -> None:
    """Exit if a name belongs to an account that no hub has made: it could never log in."""
    users = {user.pw_name for user in pwd.getpwall()}
    names = users & {settings.teacher, *settings.roster}
    if strange := sorted(name for name in names if not hub.made_here(name)):
        sys.exit(
            f"This machine has accounts of its own with the names {', '.join(strange)}, and the "
            "hub opens none of them. Choose other names, for yourself with --teacher."
        )


def keep_apart(folder: Path) -> None:
    """Make the group of the learners, and check what they can read. Exits if that is too little."""
    subprocess.run(["groupadd", "--force", hub.GROUP], check=True)
    for path in (ROOT / name for name in OTHERS_WORK):
        if path.exists():
            path.chmod(0o700 if path.is_dir() else 0o600)
    reads = "import jupyterhub.singleuser, wsedu_classroom, sys; open(sys.argv[1])"
    learner = [sys.executable, "-c", reads, hub.git_settings(folder)]
    done = subprocess.run(learner, user="nobody", capture_output=True)
    if done.returncode:
        sys.exit(
            f"Learners cannot read {ROOT}, {folder} or {sys.executable}. Move the course to a "
            "folder that all users of this machine may read, such as /opt, and start again."
        )


def answers(process: subprocess.Popen[bytes], settings: Settings) -> bool:
    """Wait until the hub answers; False if it ended instead."""
    address = "127.0.0.1" if settings.address == "0.0.0.0" else settings.address
    health = f"http://{address}:{settings.port}{settings.base_url}hub/health"
    while process.poll() is None:
        try:
            with urllib.request.urlopen(health, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def check_port(settings: Settings) -> None:
    """Exit if the hub cannot listen: another program would answer in its place."""
    if (settings.private / "proxy.pid").exists():  # of a hub that was lost: the new one ends it
        return
    try:
        socket.create_server((settings.address, settings.port)).close()
    except OSError as error:
        sys.exit(f"The hub cannot listen at {settings.url}: {error.strerror or error}.")


def what_is_open(settings: Settings) -> str:
    lines = [
        f"The hub is at {settings.url} and Ctrl-C ends it.",
        f"Learners: a name and the password of the class, {settings.class_password}",
        f"You: {settings.teacher} and your password, {settings.teacher_password}",
    ]
    if settings.board:
        _learners, teachers = tokens.tokens(settings.tokens)
        lines += [f"The board, for you alone: {settings.url}services/board/{teachers}/"]
    course = hub.link(settings.url, settings.repository, settings.branch)
    lines += [f"The link for learners: {course}", f"Or type: {settings.url}"]
    if settings.address != "127.0.0.1":
        lines += [
            f"Any machine that reaches {settings.address} can ask to log in. Passwords and answers "
            "cross the network unencrypted: put a proxy with TLS in front of the hub."
        ]
    if not hub.learners_are_separated():
        lines += [
            "You are not root, so all learners share your account: each can read and change the "
            "files of the others, and yours. This is for trying out."
        ]
    return "\n".join(lines)


# What is handed out.


def repository(told: argparse.Namespace) -> str:
    """The teacher's own one, or the hub's copy of what is committed here."""
    if told.repo:
        return str(told.repo)
    told.folder.mkdir(parents=True, exist_ok=True)
    try:
        return hub.copy_of(ROOT, told.folder.resolve())
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"{ROOT} is not a clone of a git repository: name one with --repo.")


def print_link(told: argparse.Namespace) -> int:
    try:
        print(hub.link(told.hub, repository(told), told.branch))
    except ValueError as error:
        sys.exit(str(error))
    return 0


# What is handed in.


def collect(told: argparse.Namespace) -> int:
    try:
        settings = Settings.read(told.folder)
        found = homes(settings)
    except (FileNotFoundError, sqlite3.OperationalError):
        sys.exit(f"No hub has run in {told.folder} yet.")
    copied = [
        name
        for name, home in found.items()
        for assignment in told.assignment
        if collect_from(home, hub.folder_of(settings.repository), name, assignment)
    ]
    print(f"Collected from {', '.join(copied) or 'no learner'}, into the folder submitted.")
    return 0


def homes(settings: Settings) -> dict[str, Path]:
    """The home of each learner, by name."""
    if not hub.learners_are_separated():
        found = Path(settings.folder, "homes").glob("*")
        return {home.name: home for home in sorted(found) if home.name != settings.teacher}
    with closing(sqlite3.connect(settings.private / "jupyterhub.sqlite")) as database:
        names = {name for (name,) in database.execute("select name from users")}
    names = {name for name in names - {settings.teacher} if hub.made_here(name)}
    return {name: Path(pwd.getpwnam(name).pw_dir) for name in sorted(names)}


def collect_from(home: Path, course: str, name: str, assignment: str) -> bool:
    """Copy a learner's folder of an assignment to ``submitted``; False if there is none.

    What cannot be collected is said, and what was collected before stays. The learner's own
    account reads the folder. A link that a learner has put there leads to nothing that the learner
    may not read.
    """
    folder = home / course / "exercises" / "en"
    submitted = ROOT / "submitted"
    try:
        if not (folder / assignment).is_dir():
            return False
        submitted.mkdir(parents=True, exist_ok=True)
        submitted.chmod(0o700)
        archive = io.BytesIO(archive_of(folder, name, assignment))
        with (
            tempfile.TemporaryDirectory(dir=submitted) as new,
            tarfile.open(fileobj=archive) as files,
        ):
            files.extractall(new, [file for file in files if file.isreg()], filter="data")
            (submitted / name).mkdir(exist_ok=True)
            shutil.rmtree(submitted / name / assignment, ignore_errors=True)
            (Path(new) / assignment).rename(submitted / name / assignment)
    except (OSError, ValueError, tarfile.TarError) as error:
        print(f"Nothing was collected of {name}, {assignment}: {error}", file=sys.stderr)
        return False
    return True


def archive_of(folder: Path, name: str, assignment: str) -> bytes:
    """A tar of a learner's folder. ValueError if it is too large, or takes too long to read."""
    learner: dict[str, Any] = {"user": name, "group": name, "extra_groups": []}
    command = ["tar", "--create", "--dereference", "--hard-dereference"]
    with subprocess.Popen(
        [*command, "--directory", folder, assignment],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        **(learner if hub.learners_are_separated() else {}),
    ) as process:
        assert process.stdout is not None
        too_long = threading.Timer(SECONDS, process.kill)
        too_long.start()
        data = process.stdout.read(MOST + 1)
        if len(data) > MOST:
            process.kill()
        process.wait()
        too_long.cancel()
    if process.returncode < 0:
        raise ValueError(f"more than {MOST} bytes, or than {SECONDS} s to read them")
    return data


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
