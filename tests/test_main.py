"""The command ``python -m wsedu explain``: what it prints, and its exit codes."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wsedu.__main__ import main
from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Recording

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
