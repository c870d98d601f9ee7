"""A text is judged by the real program that reads it."""

from pathlib import Path

import pytest

from wsedu import Lab
from wsedu.course import check, journal, solution
from wsedu.course.catalogue import exercises
from wsedu.course.commands import judge
from wsedu.course.verdict import NotYet
from wsedu.live.programs import WITHOUT, Program, find
from wsedu.live.proxies import Nginx

REPAIR = exercises()["repair-proxy"]
needs_nginx = pytest.mark.skipif(find("nginx") is None, reason="nginx is not installed")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path))
    return tmp_path


class TestMissingProgram:
    @pytest.fixture(autouse=True)
    def without(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(WITHOUT, "nginx")

    @pytest.mark.parametrize("text", [REPAIR.solution, "server {"])
    def test_neither_right_nor_wrong(self, text: str) -> None:
        verdict = judge("repair-proxy", text)
        assert verdict.outcome == "not judged" and not verdict.passed
        assert "nginx is missing" in verdict.sentence and "environment.py world" in verdict.sentence

    def test_counts_as_no_try(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(NotYet, match="not judged"):
            check("repair-proxy", REPAIR.solution)
        assert capsys.readouterr().out.startswith("○ 14.2: This answer cannot be judged here")
        assert journal.read("tried") == []

    def test_solution_may_be_seen(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(NotYet):
            check("repair-proxy", "server {}")
        capsys.readouterr()
        solution("repair-proxy")
        assert "Try first" not in capsys.readouterr().out

    def test_dots_and_other_types_are_seen_all_the_same(self) -> None:
        assert judge("repair-proxy", REPAIR.judge.begin).outcome == "not attempted"
        said = "Answer with the text of a configuration, not with bytes."
        assert judge("repair-proxy", b"server {}").sentence == said


@needs_nginx
@pytest.mark.slow  # real programs run
class TestRunning:
    def test_words_of_the_program_are_shown(self) -> None:
        verdict = judge("repair-proxy", REPAIR.solution.replace("_timeout", "_tmieout"))
        assert 'nginx: [emerg] unknown directive "proxy_read_tmieout"' in verdict.case

    def test_own_lab_and_proxy_go_on(self) -> None:
        lab = Lab()
        try:
            with Nginx(lab, "server { listen 127.0.0.1:PORT; }") as proxy:
                assert judge("repair-proxy", REPAIR.solution).passed
                assert proxy.running and lab.url
        finally:
            lab.close()

    def test_nothing_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        started: list[Program] = []
        start = Program.__init__

        def noted(self: Program, *args: object, **more: object) -> None:
            started.append(self)
            start(self, *args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(Program, "__init__", noted)
        for text in (REPAIR.solution, REPAIR.solution.replace("1h;", "1h")):
            judge("repair-proxy", text)
        assert len(started) == 2
        assert not any(program.running or program.folder.exists() for program in started)

    @pytest.mark.parametrize("listen", ["listen PORT", "listen 0.0.0.0:PORT", "listen [::]:PORT"])
    def test_nothing_listens_elsewhere(self, listen: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Program, "__init__", None)  # it would raise
        text = REPAIR.solution.replace("listen 127.0.0.1:PORT", listen)
        assert judge("repair-proxy", text).outcome == "not yet"

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"upgrade"', "upgrade"),
            ('"upgrade"', "$http_connection"),
            ("$http_upgrade", '"websocket"'),
            ("1h;", "1h; # long"),
            ("1h;", "3600;"),
            ("1h;", "500ms;"),
            ("        proxy_read_timeout 1h;\n", ""),
            ("$host;\n        proxy", "$http_host;\n        proxy"),
            ("/chat {", "= /chat {"),
            ("/chat {", "~ ^/chat {"),
            ("Upgrade $", "upgrade $"),
            ("1h;", "1h; proxy_http_version 1.1;"),
        ],
    )
    def test_what_works_is_right(self, old: str, new: str) -> None:
        assert REPAIR.solution.count(old) == 1
        verdict = judge("repair-proxy", REPAIR.solution.replace(old, new))
        assert verdict.passed, verdict

    def test_map_is_right_too(self) -> None:
        before = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n"
        text = before + REPAIR.solution.replace('"upgrade"', "$connection_upgrade")
        assert judge("repair-proxy", text).passed
