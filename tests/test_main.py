"""The command ``python -m wsedu explain``: what it prints, and its exit codes."""

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wsedu.__main__ import _parser, main
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, Recording

from .recording import ANSWER, REQUEST, conversation
from .recording.test_captures import several
from .recording.test_har import entry, har, message

ROOT = Path(__file__).parent.parent
MASK = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), MASK)
BAD = build_frame(Frame(Opcode.TEXT, b"Hello"))  # a client has to mask
HANDSHAKE = (("client", REQUEST), ("server", ANSWER))


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.fixture
def explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Explain content: (exit code, what was printed, what was printed as an error)."""

    def run(content: bytes | Recording, *options: str) -> tuple[int, str, str]:
        data = content.to_json().encode() if isinstance(content, Recording) else content
        (tmp_path / "file").write_bytes(data)
        code = main(["explain", str(tmp_path / "file"), *options])
        return code, *capsys.readouterr()

    return run


def test_a_healthy_recording_is_printed_as_a_ladder(explain: Any) -> None:
    code, printed, errors = explain(conversation(*HANDSHAKE, ("client", HELLO)))
    assert (code, errors) == (0, "")
    assert "client → server  GET /chat HTTP/1.1" in printed and "text: Hello" in printed
    assert printed.endswith("No problem was found.\n")


def test_the_diagnosis_is_printed_first_with_its_evidence(explain: Any) -> None:
    code, printed, _ = explain(conversation(*HANDSHAKE, ("client", BAD)))
    assert code == 1
    _line, diagnosis, evidence, *_ladder = printed.splitlines()
    assert diagnosis.startswith("Diagnosis: The client did not mask its frame")
    assert evidence == f"  the client's bytes {len(REQUEST)} to {len(REQUEST) + 1}: 81 05"


def test_a_diagnosis_without_a_broken_rule_is_a_problem_too(explain: Any) -> None:
    said = conversation(*HANDSHAKE, ("client", HELLO))
    ends = (Event(9.0, "client", "end"), Event(9.0, "server", "end"))
    code, printed, _ = explain(Recording((*said.events, *ends)))
    assert code == 1 and "Diagnosis: The client ended TCP without a Close" in printed
    assert "No problem was found" not in printed


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (20, 20), (21, 20)])
def test_the_protocol_inside_is_named_and_its_messages_are_readable(
    explain: Any, count: int, shown: int
) -> None:
    chosen = ANSWER[:-2] + b"Sec-WebSocket-Protocol: graphql-ws\r\n\r\n"
    asked = REQUEST[:-2] + b"Sec-WebSocket-Protocol: graphql-ws\r\n\r\n"
    message = build_frame(Frame(Opcode.TEXT, b'{"type":"data","id":"7","payload":{"a":1}}'))
    messages = [("server", message)] * count
    code, printed, _ = explain(conversation(("client", asked), ("server", chosen), *messages))
    assert code == 0 and "operations of GraphQL" in printed
    assert "Sec-WebSocket-Protocol: graphql-ws" in printed
    assert printed.count('  server → client  data 7 {"a": 1}\n') == shown
    assert ("\n  …\n" in printed) is (count > shown)


def test_every_problem_is_printed_also_in_the_middle_of_a_long_ladder(explain: Any) -> None:
    frames = [HELLO] * 100 + [BAD] + [HELLO] * 100
    code, printed, _ = explain(conversation(*HANDSHAKE, *(("client", f) for f in frames)))
    assert code == 1
    assert printed.count("✘ A client's frame must be masked.") == 1
    assert "101 problems:\n  ✘ client, text" in printed  # what follows an error is not read
    assert "arrows not shown" in printed


def test_a_wrong_accept_is_a_problem(explain: Any) -> None:
    wrong = ANSWER.replace(b"s3pP", b"AAAA")
    code, printed, _ = explain(conversation(("client", REQUEST), ("server", wrong)))
    assert code == 1
    assert "Sec-WebSocket-Accept answers the key that was sent" in printed


def test_other_connections_have_a_line_each(explain: Any) -> None:
    code, printed, _ = explain(several())
    assert code == 0 and printed.startswith("192.0.2.1:50000 to 192.0.2.2:8811")
    lines = printed.splitlines()
    assert sum(line.startswith("also in the file: ") for line in lines) == 5
    assert [line for line in lines if line.startswith("--connection 2: 192.0.2.1:50006")]
    code, printed, _ = explain(several(), "--connection", "2")
    assert "\n--connection 1: 192.0.2.1:50000" in printed and code == 1  # refused with 404
    _, printed, _ = explain(several(), "--port", "50001")
    assert printed.startswith("192.0.2.1:50001")


@pytest.mark.parametrize("number", ["0", "3", "-1"])
def test_a_connection_that_is_not_there_is_an_error(explain: Any, number: str) -> None:
    code, printed, errors = explain(several(), "--connection", number)
    assert (code, printed) == (2, "")
    assert f"there is no connection {number}: the file has 2 WebSocket connections" in errors


def test_a_file_that_cannot_be_read_is_one_sentence(explain: Any, tmp_path: Path) -> None:
    code, printed, errors = explain(b"\x89PNG\r\n\x1a\n")
    assert (code, printed) == (2, "") and errors.count("\n") == 1 and "(PNG)" in errors
    assert main(["explain", str(tmp_path / "nothing")]) == 2
    assert main(["explain", str(tmp_path)]) == 2


def test_the_system_says_why_a_file_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(tmp_path / "nothing")]) == 2
    assert capsys.readouterr().err.endswith("nothing: No such file or directory\n")


def test_standard_input_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(HELLO.hex(" ").encode()))
    assert main(["explain", "-"]) == 0
    assert "text: Hello" in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", Stdin(b"hello"))
    assert main(["explain", "-"]) == 2
    assert capsys.readouterr().err.startswith("standard input: The file seems to be text")


def test_no_byte_of_a_peer_moves_the_cursor(explain: Any) -> None:
    evil = "\x1b[2J\x07\u202e\x9b31m\r"
    made = entry([message("send", evil), message("error", evil)], status=0)
    made["request"]["url"] = f"ws://example.com/{evil}"
    recording = conversation(
        ("client", REQUEST.replace(b"/chat", b"/\x1b[2J")),
        ("server", ANSWER.replace(b"\r\n\r\n", b"\r\nX: \x1b]0;x\x07\x9b\r\n\r\n")),
        ("client", build_frame(Frame(Opcode.TEXT, evil.encode()), MASK)),
        ("client", build_frame(Frame(Opcode.CLOSE, b"\x03\xe8" + evil.encode()), MASK)),
    )
    note = Recording(recording.events, f"note {evil}")
    for content in (har(made), note, evil.encode(), b'{"' + b"\\u001b[2J" + b'": 1}'):
        _, printed, errors = explain(content)
        text = (printed + errors).replace("\n", "")
        assert text and text.isprintable()


def test_secrets_are_warned_of(explain: Any) -> None:
    secret = REQUEST.replace(b"Upgrade: ", b"Cookie: a=b\r\nUpgrade: ", 1)
    _, printed, _ = explain(conversation(("client", secret), ("server", ANSWER)))
    assert "Look before you share this" in printed
    _, printed, _ = explain(conversation(*HANDSHAKE))
    assert "Look before you share this" not in printed


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("talk.pcapng", [], 0),
        ("talk.pcapng", ["--connection", "2"], 1),
        ("page.har", [], 0),
        ("server.txt", [], 0),
    ],
)
def test_the_captures_of_the_notebook_are_explained(
    name: str, options: list[str], expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(ROOT / "notebooks/captures" / name), *options]) == expected
    assert "text: Hello" in capsys.readouterr().out


def process(*options: str, data: bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "wsedu", *options],
        cwd=ROOT,
        env=os.environ | environment,
        input=data,
        capture_output=True,
        timeout=60,
    )


def test_the_exit_code_is_that_of_the_process() -> None:
    assert process("explain", "-", data=HELLO).returncode == 0
    bad = process("explain", "-", data=b"\x83\x00".hex().encode(), PYTHONIOENCODING="ascii")
    assert bad.returncode == 1 and b"? server" in bad.stdout
    assert process("explain", "-", data=b"").returncode == 2
    assert process("explain", data=b"").returncode == 2
    assert process(data=b"").returncode == 2


def test_a_reader_that_stops_reading_is_not_an_error() -> None:
    many = conversation(*HANDSHAKE, *[("client", BAD)] * 3000).to_json().encode()
    with subprocess.Popen(
        [sys.executable, "-m", "wsedu", "explain", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdin and running.stdout and running.stderr
        running.stdin.write(many)
        running.stdin.close()
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 1


# The page.


def test_a_page_is_written_and_the_exit_code_is_that_of_the_text(
    explain: Any, tmp_path: Path
) -> None:
    out = tmp_path / "page.html"
    healthy = conversation(*HANDSHAKE, ("client", HELLO))
    code, printed, errors = explain(healthy, "--html", str(out))
    assert (code, printed, errors) == (0, f"{out} is written. Open it in a browser.\n", "")
    assert "<h1>file</h1>" in out.read_text()
    assert explain(conversation(*HANDSHAKE, ("client", BAD)), "--html", str(out))[0] == 1
    assert "A client&#x27;s frame must be masked." in out.read_text()
    assert explain(b"\x89PNG\r\n\x1a\n", "--html", str(out))[0] == 2
    assert "A client&#x27;s frame must be masked." in out.read_text()  # left as it was


def test_a_page_shows_the_connection_and_the_part_that_are_chosen(
    explain: Any, tmp_path: Path
) -> None:
    out = tmp_path / "page.html"
    explain(several(), "--html", str(out), "--connection", "2", "--from", "3")
    assert 'id="connection-2"' in out.read_text() and 'id="connection-1"' not in out.read_text()
    assert "These are arrows 3 to 4 of 4." in out.read_text()


def test_a_page_that_cannot_be_written_is_one_sentence(explain: Any, tmp_path: Path) -> None:
    out = tmp_path / "nothing" / "page.html"
    code, printed, errors = explain(conversation(*HANDSHAKE), "--html", str(out))
    assert (code, printed) == (2, "")
    assert errors.count("\n") == 1 and errors.endswith(": No such file or directory\n")


def test_an_interrupted_run_leaves_no_page(
    explain: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wsedu.__main__.make_page", interrupted)
    code, printed, errors = explain(conversation(*HANDSHAKE), "--html", str(tmp_path / "page.html"))
    assert (code, printed, errors) == (130, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_commands_of_the_readme_are_understood() -> None:
    text = (ROOT / "README.md").read_text()
    commands = re.findall(r"`python -m wsedu ([^`]+)`", text)
    assert [command.split()[0] for command in commands] == ["explain", "tap"]
    for command in commands:
        assert callable(_parser().parse_args(shlex.split(command)).run)
    assert "`--html page.html`" in text
