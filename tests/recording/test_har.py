"""HARs in the dialects of their producers: small ones, made by hand from what was measured.

``tests/browser/test_har.py`` has real ones.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from wsedu.protocol import Binary, Text
from wsedu.recording import Recording, diagnose, dissect, find

from . import ANSWER, KEY, REQUEST

START = 1795744576.5
STARTED = "2026-11-27T01:56:16.5Z"


def lines(head: bytes) -> list[dict[str, str]]:
    """The headers of a request or response, as a HAR has them."""
    pairs = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
    return [{"name": name, "value": value} for name, value in pairs]


def entry(messages: Any = None, status: int = 101, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "startedDateTime": STARTED,
        "_resourceType": "websocket",
        "request": {
            "method": "GET",
            "url": "ws://example.com:8000/chat",
            "headers": lines(REQUEST),
        },
        "response": {"status": status, "statusText": "Switching Protocols"},
    }
    made["response"]["headers"] = lines(ANSWER) if status > 0 else []
    if messages is not None:
        made["_webSocketMessages"] = messages
    return made | more


def har(*entries: Any, creator: str = "WebInspector") -> bytes:
    ordinary = {"request": {"url": "http://example.com/"}, "response": {"status": 200}}
    log = {"version": "1.2", "creator": {"name": creator}, "entries": [ordinary, *entries]}
    return json.dumps({"log": log}).encode()


def message(
    kind: str, data: Any, time: Any = START + 1, opcode: Any = 1, **more: Any
) -> dict[str, Any]:
    return {"type": kind, "time": time, "opcode": opcode, "data": data} | more


def opened(*entries: Any, creator: str = "WebInspector") -> Recording:
    return Recording.open(har(*entries, creator=creator))


def times(recording: Recording) -> list[float]:
    """When each message was, in seconds after the request."""
    return [round(event.time, 3) for event in recording.events[2:]]


def test_messages_become_frames_that_say_that_they_are_rebuilt() -> None:
    hello = [message("send", "Hello"), message("receive", "AP+A", START + 2, opcode=2)]
    recording = opened(entry(hello))
    seen = dissect(recording)
    assert seen.messages == (("client", Text("Hello")), ("server", Binary(b"\0\xff\x80")))
    assert (seen.request.data, seen.units[1].data) == (REQUEST, ANSWER)
    assert [unit.note for unit in seen.units] == ["rebuilt from a HAR"] * 4
    assert not any(unit.problems for unit in seen.units)
    assert all(check.passed is not False for unit in seen.units for check in unit.checks)
    assert times(recording) == [1, 2]
    assert "keeps messages and not frames" in recording.note
    assert Recording.from_json(recording.to_json()) == recording


# Time.


@pytest.mark.parametrize(
    ("written", "expected", "note"),
    [
        ([START + 1, START + 2], [1, 2], ""),  # Chromium: seconds
        ([(START + 1) * 1000, (START + 2) * 1000], [1, 2], ""),  # Playwright: milliseconds
        ([-1, -1], [0, 0], "The file has no times"),  # Playwright, minimal
        ([8000.5, 8001.5], [0, 1], "a clock with an unknown start"),  # chrome-har-capturer
        ([1, 2], [0, 1], "a clock with an unknown start"),
        ([START + 1, None], [1, 1], "Some messages have no time"),
        ([None, START + 1], [0, 1], "Some messages have no time"),
        (["x", True], [0, 0], "The file has no times"),
        ([1e300, int("9" * 400)], [0, 0], "The file has no times"),
        ([START - 5, START - 4], [0, 1], ""),  # before the request: another clock
        ([START + 1, START + 1], [1, 1], ""),
    ],
)
def test_a_time_is_read_in_its_unit(written: list[Any], expected: list[float], note: str) -> None:
    recording = opened(entry([message("send", "a", time) for time in written]))
    assert times(recording) == expected and note in recording.note


def test_messages_are_sorted_only_if_all_have_a_time() -> None:
    def order(*pairs: tuple[str, float | None]) -> list[Any]:
        made = entry([message("send", text, time) for text, time in pairs])
        return [said.text for _, said in dissect(opened(made)).messages]

    assert order(("b", START + 2), ("a", START + 1)) == ["a", "b"]
    assert order(("b", START + 2), ("a", START + 1), ("c", None)) == ["b", "a", "c"]


def test_a_request_without_a_date_begins_with_its_first_message() -> None:
    for date in (None, "yesterday", "9999999-01-01"):
        made = entry([message("send", "a"), message("send", "b", START + 4)], startedDateTime=date)
        assert times(opened(made)) == [0, 3]


# Data.


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (message("send", "Hello", opcode=None), Text("Hello")),
        (message("send", "Hello", opcode=-1), Text("Hello")),
        (message("send", "Hello", opcode="1"), Text("Hello")),
        ({"type": "send", "data": "Hello"}, Text("Hello")),
        (message("send", None), Text("")),
        (message("send", {"a": 1}), Text('{"a": 1}')),
        (message("send", "", opcode=2), Binary(b"")),
        (message("send", base64.b64encode(bytes(300)).decode(), opcode=2), Binary(bytes(300))),
        (message("send", "no base64!", opcode=2), Binary(b"no base64!")),
        (message("send", "\ud83d"), Text("?")),  # half of a surrogate pair
    ],
)
def test_data_are_what_the_opcode_says(made: dict[str, Any], expected: Text | Binary) -> None:
    assert [said for _, said in dissect(opened(entry([made]))).messages] == [expected]


def test_what_is_wrong_with_data_is_said() -> None:
    recording = opened(entry([message("send", "no base64!", opcode=2)]))
    assert "1 binary message is not Base64" in recording.note
    blob = message("send", "", opcode=2)
    assert "the data of a Blob" in opened(entry([blob])).note
    assert "the data of a Blob" not in opened(entry([message("receive", "", opcode=2)])).note
    assert "leaves out empty messages" in opened(entry([blob]), creator="Playwright").note


def test_lines_that_are_no_messages_are_passed_over() -> None:
    odd: list[Any] = [None, 3, [], {}, {"type": "ping"}, message("send", "Hello")]
    assert len(dissect(opened(entry(odd))).messages) == 1


def test_a_control_frame_is_kept() -> None:
    recording = opened(entry([message("receive", "hi", opcode=9)]))
    assert dissect(recording).find("frame")[0].title == 'ping: "hi"'


# Heads.


def test_a_failed_handshake_has_no_response_and_says_why() -> None:
    error = "Error during WebSocket handshake: Unexpected response code: 404"
    chromium = opened(entry([message("error", error, opcode=-1)], status=0))
    failed = entry(status=-1)
    failed["response"]["_failureText"] = error
    for recording in (chromium, opened(failed)):
        assert [unit.kind for unit in dissect(recording).units] == ["request"]
        assert f'"{error}"' in recording.note and "the handshake failed" in recording.note


def test_a_refused_handshake_is_shown() -> None:
    recording = opened(entry(status=404), creator="Firefox")
    assert dissect(recording).status == 404
    assert "Firefox exports no messages" in recording.note


def test_a_status_of_200_is_http_2() -> None:
    recording = opened(entry([message("send", "Hello")], status=200))
    assert recording.begins == "frames" and len(dissect(recording).messages) == 1
    assert "RFC 8441" in recording.note


@pytest.mark.parametrize("version", ["HTTP/2.0", "h2", "h3"])
def test_a_socket_over_http_2_needs_no_messages_to_be_one(version: str) -> None:
    made = entry([], status=200)
    made["request"] |= {"method": "CONNECT", "httpVersion": version}
    made["response"]["httpVersion"] = version
    recording = opened(made)
    assert recording.begins == "frames" and "RFC 8441" in recording.note
    assert not diagnose(recording)


def test_a_page_instead_of_a_socket_is_none_over_http_1() -> None:
    made = entry([], status=200)
    made["response"]["httpVersion"] = "HTTP/1.1"
    assert diagnose(opened(made)).causes[0] == "status-200"


@pytest.mark.parametrize("status", [101, 0])
def test_messages_without_a_handshake_are_shown(status: int) -> None:
    made = entry([message("send", "Hello")], status=status)
    if status:
        del made["request"]["headers"]
    recording = opened(made)
    assert recording.begins == "frames" and len(dissect(recording).messages) == 1
    assert "The opening handshake is not here" in recording.note


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("ws://example.com", b"GET / HTTP/1.1"),
        ("https://example.com/a?b=c", b"GET /a?b=c HTTP/1.1"),
        ("ws://[::1/", b"GET ws://[::1/ HTTP/1.1"),
    ],
)
def test_the_request_line_is_made_of_the_address(url: str, line: bytes) -> None:
    made = entry([])
    made["request"]["url"] = url
    assert opened(made).sent_by("client").startswith(line + b"\r\n")


def test_a_header_cannot_bring_a_line_of_its_own() -> None:
    made = entry([])
    made["request"]["headers"] = [
        {"name": "A", "value": "b\r\nC: d"},
        {"name": ":method", "value": "CONNECT"},
        {"name": "Größe", "value": "ü"},
        {"name": "Smile", "value": "\U0001f600\ud83d"},
        {"name": 3},
        "x",
    ]
    sent = opened(made).sent_by("client")
    assert sent.count(b"\r\n") == 5 and b"A: b C: d\r\n" in sent and b"CONNECT" not in sent


def test_what_is_known_of_the_end_is_said() -> None:
    closed = entry([], _webSocketClose={"code": 1001, "reason": "going"})
    assert 'code 1001 and reason "going"' in opened(closed).note
    assert "was aborted" in opened(entry([], _webSocketClose="aborted")).note


# Which entries.


@pytest.mark.parametrize(
    "change",
    [
        {"_webSocketMessages": [], "_resourceType": "other"},
        {"_resourceType": "websocket"},
        {"_resourceType": None, "request": {"url": "wss://example.com/"}},
        {"_resourceType": None},  # Firefox and mitmproxy: only the status and a header
    ],
)
def test_a_socket_is_found_by_any_of_its_signs(change: dict[str, Any]) -> None:
    made = entry(**change)
    made["request"]["url"] = made["request"]["url"].replace("ws:", "http:")
    (found,) = find(har(made))
    assert found.is_websocket and str(found).endswith(": 0 messages")


def test_a_har_without_sockets_is_refused() -> None:
    for content in (har(), har(None, 3, {"request": 1, "response": {"headers": 3}})):
        with pytest.raises(ValueError, match="no WebSocket: open the Network panel"):
            Recording.open(content)


def test_a_port_chooses_and_several_are_listed() -> None:
    other = entry([])
    other["request"]["url"] = "wss://example.com/b"
    both = har(entry([message("send", "Hello")]), other)
    with pytest.raises(ValueError, match="2 WebSocket connections") as raised:
        Recording.open(both)
    assert "1: ws://example.com:8000/chat: 1 message\n2: wss:" in str(raised.value)
    assert Recording.open(both, connection=2).sent_by("client").startswith(b"GET /b ")
    assert Recording.open(both, port=443) == Recording.open(both, connection=2)
    assert len(dissect(Recording.open(both, port=8000)).messages) == 1
    with pytest.raises(ValueError, match=r"has port 9; the servers' ports seem to be 443, 8000"):
        Recording.open(both, port=9)
    for number in (0, 3, -1):
        with pytest.raises(ValueError, match=f"no connection {number}: the file has 2 WebSocket"):
            Recording.open(both, connection=number)


# Playwright's other files.


def attached(name: str) -> dict[str, Any]:
    made = entry()
    made["response"]["content"] = {"_file": name}
    return made


JSONL = b"".join(json.dumps(message("send", text)).encode() + b"\n" for text in ("a", "b")) + b"{\n"


def test_messages_in_a_file_beside_the_har_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_bytes(har(attached("1f.jsonl"), creator="Playwright"))
    assert '"1f.jsonl", which is not here' in Recording.open(tmp_path / "a.har").note
    (tmp_path / "1f.jsonl").write_bytes(JSONL)
    assert len(dissect(Recording.open(tmp_path / "a.har")).messages) == 2
    alone = Recording.open(tmp_path / "1f.jsonl")
    assert len(dissect(alone).messages) == 2 and "handshake is not here" in alone.note
    (tmp_path / "1f.jsonl").write_bytes(JSONL.splitlines()[0])
    assert len(dissect(Recording.open(tmp_path / "1f.jsonl")).messages) == 1


def test_a_har_names_no_file_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(JSONL)
    (tmp_path / "in").mkdir()
    for name in ("../secret", str(tmp_path / "secret"), "in", "a\0b"):
        (tmp_path / "in" / "a.har").write_bytes(har(attached(name)))
        assert "which is not here" in Recording.open(tmp_path / "in" / "a.har").note
    assert "which is not here" in Recording.open(har(attached("secret"))).note


def test_a_har_without_a_list_says_so() -> None:
    assert "no list of messages" in opened(entry()).note
    assert KEY in opened(entry()).sent_by("client").decode()
