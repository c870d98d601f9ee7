"""A real hub in a clone of the course, with learners who follow its link.

Run by root, each learner is a system user, who is removed at the end.
"""

import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import playwright.sync_api

from .. import chromium as chromium_program
from ..jupyter import SETTINGS, Notebook
from ..terminal import ROOT, Terminal, clone_with_this_environment, run_in, shell
from .pulling import FOLDER, LESSON

SEPARATED = os.geteuid() == 0
NAME = "hub.test"  # of the hub's machine, as learners know it


def teaching(command: str) -> str:
    """The line of TEACHING.md that starts a command of ``scripts/classroom.py``."""
    page = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    (line,) = re.findall(rf"(?m)^    (python3 scripts/classroom.py {command}\b.*)$", page)
    return str(line)


class Hub:
    """A hub that runs, started as TEACHING.md says, in a clone of the course."""

    def __init__(self, course: Path, port: int, learners: list[str], said: str) -> None:
        self.course, self.port, self.learners = course, port, learners
        found = re.search(r"the password of the class, (\S+)", said)
        assert found is not None
        self.password, self.said = found[1], said
        home = re.escape("https://hub.example.org/class/")
        self.command = re.sub(home, f"http://{NAME}/class/", teaching("link"))
        self.link = self.teacher(self.command).strip()

    def teacher(self, command: str) -> str:
        """What a command prints that the teacher types in the course's folder."""
        done = run_in(self.course, command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def home(self, learner: str) -> Path:
        if SEPARATED:
            return Path(pwd.getpwnam(learner).pw_dir)
        return self.course / "hub" / "homes" / learner

    def link_again(self, notebook: Notebook) -> Notebook:
        """Follow the link in another tab, until the kernel of the first lesson answers."""
        page = notebook.page.context.new_page()
        page.set_default_timeout(60_000)
        page.goto(self.link)
        return self.arrived(page)

    def log_in(self, page: playwright.sync_api.Page, name: str, address: str = "") -> None:
        """Follow the link, or come to another address of the hub, and log in there."""
        page.goto(address or self.link)
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in").click()

    def arrived(self, page: playwright.sync_api.Page) -> Notebook:
        page.wait_for_url(f"**/{LESSON}")
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext")
        notebook = Notebook(page)
        notebook.open(f"{FOLDER}/{LESSON}")
        return notebook


def prepare_home(hub: Hub, learner: str) -> None:
    """Settings of JupyterLab for a test: its objects in the page, and every cell of a notebook."""
    home = hub.home(learner)
    contents = {
        f"lab/user-settings/{name}.jupyterlab-settings": content
        for name, content in SETTINGS.items()
    } | {"jupyter_config.json": {"LabApp": {"expose_app_in_browser": True}}}
    for name, content in contents.items():
        path = home / ".jupyter" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    if SEPARATED:
        subprocess.run(["chown", "-R", f"{learner}:", home / ".jupyter"], check=True)


@contextmanager
def started(*names: str) -> Iterator[Hub]:
    """A hub for learners of these names, or of longer ones that no user of this machine has."""
    # Others can enter this folder, and not pytest's.
    base = Path(tempfile.mkdtemp(prefix="wsedu-hub-"))
    base.chmod(0o755)
    course = clone_with_this_environment(base / "course", "hub", "class")
    *learners, teacher = users = [f"wsedu{os.getpid()}-{name}" for name in (*names, "teacher")]
    assert not {user.pw_name for user in pwd.getpwall()} & set(users)
    roster = base / "names.txt"
    roster.write_text("# the class\n" + "\n".join(learners))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    options = f"--port {port} --base-url /class/ --roster {roster} --teacher {teacher} --board"
    paths = os.pathsep.join(str(course / name) for name in ("", "exercises", "classroom"))
    terminal = Terminal(
        f"{teaching('hub')} {options}", course, shell(base / "home") | {"PYTHONPATH": paths}
    )
    try:
        terminal.says(r"The link for learners: \S+", timeout=60)
        hub = Hub(course, port, learners, terminal.text)
        for learner in learners:
            prepare_home(hub, learner)
        yield hub
    finally:
        status = terminal.ctrl_c()
        if SEPARATED:
            for user in users:
                subprocess.run(["userdel", "--remove", user], capture_output=True)
        shutil.rmtree(base)
    assert status == 0, terminal.text


@contextmanager
def chromium_of_learners(hub: Hub, more: str = "") -> Iterator[playwright.sync_api.Browser]:
    """A Chromium whose pages reach one port, the hub's: this machine has no other for them.

    more: rules for other ports, each with a comma after it
    """
    nowhere = "MAP 127.0.0.1 ~NOTFOUND, MAP localhost ~NOTFOUND"
    rules = f"--host-resolver-rules={more}MAP {NAME} 127.0.0.1:{hub.port}, {nowhere}"
    with (
        playwright.sync_api.sync_playwright() as driver,
        chromium_program.launch(driver, rules) as browser,
    ):
        yield browser
