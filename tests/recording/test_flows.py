"""The flow file of mitmproxy, written here as mitmproxy writes it."""

from typing import Any

import pytest

from wsedu.protocol import Binary, Close, Text, parse_close
from wsedu.recording import Recording, dissect, find

from . import ANSWER, KEY, REQUEST

START = 1795744576.5
MESSAGES = [
    [1, True, b"Hello", START + 1, False, False],
    [2, False, b"\0\xff", START + 2, False, False],
]


def dump(value: Any) -> bytes:
    """A tnetstring."""
    if value is None:
        return b"0:~"
    if isinstance(value, bool):
        return b"4:true!" if value else b"5:false!"
    if isinstance(value, bytes):
        return b"%d:%b," % (len(value), value)
    if isinstance(value, str):
        return b"%d:%b;" % (len(value.encode()), value.encode())
    if isinstance(value, int | float):
        return b"%d:%b%b" % (
            len(str(value)),
            str(value).encode(),
            b"#" if value == int(value) else b"^",
        )
    inner = value if isinstance(value, list) else [i for pair in value.items() for i in pair]
    body = b"".join(map(dump, inner))
    return b"%d:%b%b" % (len(body), body, b"]" if isinstance(value, list) else b"}")


DEEP: list[Any] = []
for _ in range(40):
    DEEP = [DEEP]


def headers(head: bytes) -> list[list[bytes]]:
    return [line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if line]


def flow(**websocket: Any) -> dict[str, Any]:
    ends = {"messages": MESSAGES, "closed_by_client": True, "close_code": 1000}
    return {
        "websocket": ends | {"close_reason": "bye", "timestamp_end": START + 3} | websocket,
        "request": {
            "method": b"GET",
            "scheme": b"http",
            "host": "example.com",
            "port": 8000,
            "path": b"/chat",
            "http_version": b"HTTP/1.1",
            "headers": headers(REQUEST),
            "timestamp_start": START,
        },
        "response": {
            "status_code": 101,
            "reason": b"Switching Protocols",
            "http_version": b"HTTP/1.1",
            "headers": headers(ANSWER),
        },
        "type": "http",
        "version": 21,
    }


def opened(**websocket: Any) -> Recording:
    return Recording.open(dump(flow(**websocket)))


def test_a_flow_becomes_a_recording() -> None:
    recording = opened()
    seen = dissect(recording)
    assert seen.messages == (("client", Text("Hello")), ("server", Binary(b"\0\xff")))
    assert (seen.request.data, seen.units[1].data) == (REQUEST, ANSWER) and KEY.encode() in REQUEST
    assert {unit.note for unit in seen.units} == {"rebuilt from mitmproxy"}
    assert [round(event.time, 3) for event in recording.events] == [0, 0, 1, 2, 3]
    last = seen.units[-1].layout
    assert last and parse_close(last.frame.payload) == Close(1000, "bye")


@pytest.mark.parametrize(
    ("code", "reason", "title"),
    [(1005, "", "close: no code"), (4000, "", "close: 4000"), (1005, None, "close: no code")],
)
def test_a_close_comes_from_the_side_that_closed(code: int, reason: Any, title: str) -> None:
    recording = opened(closed_by_client=False, close_code=code, close_reason=reason)
    last = dissect(recording).units[-1]
    assert last.sender == "server" and not last.problems and title.split(":")[0] in last.title


@pytest.mark.parametrize(
    ("end", "note"),
    [
        ({"close_code": None}, "saw no end"),
        ({"closed_by_client": None}, "saw no end"),
        ({"close_code": 1006}, "ended with code 1006"),
        ({"close_reason": "x" * 124}, "ended with code 1000"),
    ],
)
def test_an_end_without_a_close_frame_is_said(end: dict[str, Any], note: str) -> None:
    recording = opened(**end)
    assert note in recording.note and len(dissect(recording).find("frame")) == 2


def test_what_mitmproxy_did_is_said() -> None:
    odd: list[Any] = [[1, True, b"a", START, True, False], [1, True, b"b", START, False, True]]
    recording = opened(messages=[*odd, ["?"], [99, True, b"", START]])
    for words in ("dropped 1 message", "added 1 message", "2 messages have a form"):
        assert words in recording.note
    assert len(dissect(recording).messages) == 2
    assert dissect(opened(messages=None)).messages == ()


def test_messages_over_http_2_have_no_handshake() -> None:
    made = flow()
    made["request"] |= {"http_version": b"HTTP/2.0"}
    made["response"] = None
    recording = Recording.open(dump(made))
    assert recording.begins == "frames" and len(dissect(recording).messages) == 2


def test_odd_headers_are_passed_over() -> None:
    made = flow()
    made["request"]["headers"] = [[b"a"], b"b", [b"C", b"d"]]
    made["response"]["headers"] = None
    assert (
        Recording.open(dump(made)).sent_by("client").startswith(b"GET /chat HTTP/1.1\r\nC: d\r\n")
    )


def test_several_flows_are_listed() -> None:
    plain = flow() | {"websocket": None}
    found = find(dump(plain) + dump(flow()) + dump([1]) + dump(flow(messages=[])))
    assert [str(each) for each in found] == [
        "http://example.com:8000/chat: 2 messages",
        "http://example.com:8000/chat: 0 messages",
    ]


def test_a_cut_file_is_read_up_to_there() -> None:
    whole = dump(flow())
    (found,) = find(whole + whole[:-50])
    assert f"damaged or cut at offset {len(whole):,}" in found.recording.note


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (dump({"websocket": None, "type": "http"}), "1 flow and no WebSocket"),
        (dump(flow())[:-9], "damaged or cut at offset 0"),
        (b"20:9:websocket;2:ab?1:x,}", "damaged or cut"),  # no such kind
        (b"22:9:websocket;999999:abc,}", "damaged or cut"),
        (dump({"websocket": False, "a": 1.5}), "1 flow and no"),
        (b"17:9:websocket;1:x#}", "damaged or cut"),
        (b"13:9:websocket,0:~}", "damaged or cut"),
        (dump({"websocket": DEEP}), "damaged or cut"),
    ],
)
def test_a_file_without_sockets_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Recording.open(data)
