"""Who may log in on a hub, and what a learner's processes may use: without a hub."""

import asyncio
import grp
import os
import pwd
import select
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jupyterhub.spawner import LocalProcessSpawner
from traitlets.config import Config
from wsedu_classroom import hub
from wsedu_classroom.hub import Learners, Settings, configure

CLASS, TEACHER = "kdzp-gyca-t8zf", "a-password-of-thirty-two-letters-or-more"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CONFIGURABLE_HTTP_PROXY", "/bin/true")
    return Settings(
        folder=str(tmp_path),
        repository="https://example.org/course",
        class_password=CLASS,
        teacher_password=TEACHER,
    )


@pytest.fixture
def own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without accounts, whatever names this one has given to its users."""
    monkeypatch.setattr(Learners, "system_user_exists", staticmethod(lambda user: False))


def logs_in(settings: Settings, name: str, password: str) -> dict[str, Any] | None:
    """What the hub knows of a user who types this, None if it refuses."""
    config = Config()
    configure(config, settings)
    data = {"username": name, "password": password}
    found: dict[str, Any] | None = asyncio.run(
        Learners(config=config).get_authenticated_user(None, data)
    )
    return found


@pytest.mark.usefixtures("own_machine")
def test_a_learner_and_the_teacher_log_in_with_their_passwords(settings: Settings) -> None:
    learner, teacher = logs_in(settings, "Ada", CLASS), logs_in(settings, "teacher", TEACHER)
    assert learner is not None and (learner["name"], learner["admin"]) == ("ada", False)
    assert teacher is not None and teacher["admin"]
    for name, password in (("ada", TEACHER), ("teacher", CLASS), ("ada", ""), ("ada", "wrong")):
        assert logs_in(settings, name, password) is None


def test_a_hub_that_starts_again_is_where_the_servers_of_learners_know_it(
    settings: Settings,
) -> None:
    def hub_at() -> str:
        config = Config()
        configure(config, settings)
        return str(config.JupyterHub.hub_bind_url)

    first = hub_at()
    assert hub_at() == first
    with socket.create_server(("127.0.0.1", int(first.rpartition(":")[2]))):
        second = hub_at()
    assert second != first and hub_at() == second


@pytest.mark.skipif(not hub.ending_with_the_hub(), reason="this machine has no setpriv")
def test_what_stops_unused_servers_does_not_outlive_a_hub_that_is_killed(
    settings: Settings,
) -> None:
    config = Config()
    configure(config, settings)
    (service,) = config.JupyterHub.services
    before = service["command"][: service["command"].index(sys.executable)]
    program = f"import subprocess; subprocess.Popen({[*before, 'cat']}).wait()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        parent.stdin.write(b"it runs\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == b"it runs\n"
        parent.kill()
        assert select.select([parent.stdout], [], [], 30)[0]
        assert parent.stdout.read() == b""  # it had this open


@pytest.mark.parametrize(
    "roster, words", [((), "Choose a name of lowercase letters, digits and -"), (("ada",), "list.")]
)
def test_the_login_page_says_which_name_to_type(
    settings: Settings, roster: tuple[str, ...], words: str
) -> None:
    config = Config()
    configure(config, replace(settings, roster=roster))
    said = config.JupyterHub.template_vars["announcement_login"]
    assert words in said and said.endswith("The password is that of the class.")


@pytest.mark.parametrize("name", ["../ada", "a b", "ada\n", "-ada", "a" * 40, "1ada", "ad$a", "é"])
def test_a_name_that_no_user_can_have_is_refused(settings: Settings, name: str) -> None:
    assert logs_in(settings, name, CLASS) is None


@pytest.mark.usefixtures("own_machine")
def test_with_a_roster_only_its_names_log_in(settings: Settings) -> None:
    class_of_two = Settings(**vars(settings) | {"roster": ("ada", "ben")})
    assert logs_in(class_of_two, "ben", CLASS)
    assert logs_in(class_of_two, "teacher", TEACHER)
    assert logs_in(class_of_two, "cyd", CLASS) is None


def test_the_password_of_the_class_opens_no_account_of_the_machine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "learners_are_separated", lambda: True)
    monkeypatch.setattr(hub, "GROUP", "a-group-without-users")
    for user in pwd.getpwall():
        assert logs_in(settings, user.pw_name, CLASS) is None
    # It does open one that a hub has made.
    monkeypatch.setattr(hub, "GROUP", grp.getgrgid(pwd.getpwnam("daemon").pw_gid).gr_name)
    assert logs_in(settings, "daemon", CLASS)
    assert logs_in(settings, "root", CLASS) is None
    assert not hub.made_here("a-user-who-is-not-there")


def test_a_process_of_a_learner_gets_the_memory_of_its_limit_and_not_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that was started by another, as a kernel is."""
    become = lambda *_: lambda: None  # noqa: E731
    monkeypatch.setattr(LocalProcessSpawner, "make_preexec_fn", become)
    spawner = hub.Separated(mem_limit=256 * 2**20)
    for size, ending in ((100, 0), (300, 1)):
        code = f"import os; os.execl({sys.executable!r}, 'python', '-c', 'bytearray({size} << 20)')"
        done = subprocess.run(
            [sys.executable, "-c", code],
            preexec_fn=spawner.make_preexec_fn("ada"),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, "MemoryError" in done.stderr) == (ending, bool(ending))


def test_the_settings_come_back_and_only_their_owner_reads_them(settings: Settings) -> None:
    settings.write()
    assert Settings.read(settings.folder) == settings
    assert settings.private.stat().st_mode & 0o077 == 0
    assert settings.private.stat().st_uid == os.geteuid()


def test_the_hub_listens_on_this_machine_only(settings: Settings) -> None:
    config = Config()
    configure(config, settings)
    for url in (
        config.JupyterHub.bind_url,
        config.JupyterHub.hub_bind_url,
        config.ConfigurableHTTPProxy.api_url,
    ):
        assert url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "repository, folder",
    [
        ("https://example.org/physics", "physics"),
        ("https://example.org/physics.git", "physics"),
        ("https://example.org/physics/", "physics"),
        # The course keeps a learner's work in ~/wsedu.
        ("https://example.org/wsedu", "websocket-byte-by-byte"),
        ("https://example.org/wsedu.git", "websocket-byte-by-byte"),
    ],
)
def test_the_link_names_a_folder_that_is_free(repository: str, folder: str) -> None:
    link = hub.link("https://hub.example.org/class/", repository, "2027")
    assert link.startswith("https://hub.example.org/class/hub/user-redirect/git-pull?repo=")
    assert f"&branch=2027&targetpath={folder}&urlpath=lab%2Ftree%2F{folder}%2F" in link


@pytest.mark.parametrize(
    "address, repository",
    [
        ("hub.example.org", "https://example.org/physics"),
        ("https://hub.example.org", "git@example.org:physics"),
    ],
)
def test_a_link_that_would_not_work_is_refused(address: str, repository: str) -> None:
    with pytest.raises(ValueError, match=r"https://"):
        hub.link(address, repository)
