"""The checks of the opening handshake, both sides, and another server's verdict on the bytes."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from tests.protocol import chunked
from wsedu.protocol import (
    Check,
    build_request,
    build_response,
    check_request,
    check_response,
    expected_status,
    holds,
    read_head,
)

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # 1.3
REQUEST = build_request("example.com", "/chat", KEY).to_bytes()
RESPONSE = build_response(KEY).to_bytes()


def before_host(line: bytes) -> tuple[bytes, bytes]:
    """The change that puts a line before that of Host."""
    return b"Host:", line + b"\r\nHost:"


# What breaks one rule: the check that fails, the status of a response, and what is changed.
Change = tuple[bytes, bytes]
REQUESTS: dict[tuple[str, int], list[Change]] = {
    ("method", 405): [(b"GET ", b"POST ")],
    ("http-version", 505): [(b"HTTP/1.1", b"HTTP/1.0")],
    ("target", 400): [(b"/chat", b"chat"), (b"/chat", b"/chat#top")],
    ("host", 400): [
        (b"Host: example.com\r\n", b""),
        (b"example.com", b""),
        (b"Host:", b"Host: a\r\nHost:"),
    ],
    ("upgrade", 426): [
        (b"Upgrade: websocket\r\n", b""),
        (b"Upgrade: websocket", b"Upgrade: h2c"),
    ],
    ("connection", 426): [(b"Connection: Upgrade", b"Connection: close")],
    ("key", 400): [
        *((KEY.encode(), key) for key in (b"", b"AAAA", b"????")),
        (b"Sec-WebSocket-Key: ", b"X: "),
    ],
    ("websocket-version", 426): [(b"Version: 13", b"Version: " + v) for v in (b"12", b"13, 8")],
    ("origin", 400): [before_host(b"Origin: a\r\nOrigin: b")],
    ("subprotocols", 400): [
        before_host(b"Sec-WebSocket-Protocol: " + v) for v in (b"a, a", b"a b")
    ],
    ("extensions", 400): [before_host(b"Sec-WebSocket-Extensions: a, ;b")],
    ("head", 400): [before_host(b"No colon")],
}
RESPONSES: dict[tuple[str], list[Change]] = {
    ("status",): [(b"101", b"200")],
    ("upgrade",): [(b"Upgrade: websocket\r\n", b"")],
    ("connection",): [(b"Connection: Upgrade", b"Connection: close")],
    ("accept",): [(b"s3pPLMBi", b"S3pPLMBi"), (b"Sec-WebSocket-Accept", b"X")],
    ("extensions",): [(b"Upgrade:", b"Sec-WebSocket-Extensions: x\r\nUpgrade:")],
    ("subprotocol",): [(b"Upgrade:", b"Sec-WebSocket-Protocol: x\r\nUpgrade:")],
    ("head",): [(b"Upgrade:", b"No colon\r\nUpgrade:")],
}


def changes(of: Mapping[tuple[object, ...], list[Change]]) -> list[tuple[object, ...]]:
    return [(*change, *broken) for broken, listed in of.items() for change in listed]


def ours(data: bytes) -> tuple[Check, ...]:
    return check_request(read_head(data, "request"))


def broken(data: bytes) -> list[str]:
    return [check.name for check in ours(data) if check.passed is False]


def broken_response(data: bytes, request: bytes = REQUEST) -> list[str]:
    checks = check_response(read_head(data, "response"), read_head(request, "request"))
    assert holds(checks) == (not [c for c in checks if c.passed is False])
    return [check.name for check in checks if check.passed is False]


class TestRequest:
    """4.2.1."""

    def test_what_the_client_builds_holds(self) -> None:
        full = build_request(
            "example.com:8080",
            "/chat?x=1",
            KEY,
            origin="https://example.com",
            subprotocols=("chat", "superchat"),
            extensions="permessage-deflate; client_max_window_bits",
        ).to_bytes()
        assert all(check.passed for check in ours(full))
        assert holds(ours(REQUEST)) and expected_status(ours(REQUEST)) == 101
        assert {c.name for c in ours(REQUEST) if c.passed is None} == {
            *("origin", "subprotocols", "extensions")
        }

    def test_a_check_says_what_it_asks_and_what_it_found(self) -> None:
        said = {check.name: (check.requirement, check.found) for check in ours(REQUEST)}
        assert said["method"] == ("The method is GET", "GET")
        assert said["head"][1] == "5 header lines"
        assert said["key"][1] == f"{KEY} (16 bytes)"
        assert said["origin"][1] == "absent"
        said = {
            check.name: (check.requirement, check.found) for check in ours(b"GET /\r\nA: b\r\n")
        }
        assert said["head"][1] == 'The first line is not "method target HTTP-version".'
        assert said["http-version"][1] == "nothing"

    @pytest.mark.parametrize("octets", [len(REQUEST), 1])
    def test_only_the_whole_head_holds(self, octets: int) -> None:
        so_far = b""
        for chunk in chunked(REQUEST, octets):
            so_far += chunk
            assert holds(ours(so_far)) == (so_far == REQUEST)
        assert holds(ours(REQUEST + b"\x81\x80")), "frames may follow"

    @pytest.mark.parametrize(("old", "new", "name", "status"), changes(REQUESTS))
    def test_one_broken_rule(self, old: bytes, new: bytes, name: str, status: int) -> None:
        data = REQUEST.replace(old, new, 1)
        assert data != REQUEST
        assert broken(data) == [name]
        assert expected_status(ours(data)) == status

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"Upgrade: websocket", b"upgrade: h2c, WEBSOCKET"),
            (b"Connection: Upgrade", b"CONNECTION: keep-alive, upgrade"),
            (b"Host:", b"Unknown: header\r\nhost:"),
            (b"/chat", b"http://example.com/chat"),
            (b"HTTP/1.1", b"HTTP/1.2"),
        ],
    )
    def test_other_ways_to_write_the_same(self, old: bytes, new: bytes) -> None:
        assert broken(REQUEST.replace(old, new, 1)) == []

    @pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\x81\x85", b"G", b"\xff" * 2**20])
    def test_no_request_at_all(self, data: bytes) -> None:
        assert {"head", "method", "http-version", "target", "key"} <= set(broken(data))
        assert all(len(check.found) < 400 for check in ours(data))


class TestResponse:
    """4.1, the list after the request; 4.2.2."""

    def test_what_the_server_builds_holds(self) -> None:
        assert broken_response(RESPONSE) == []
        asked = build_request("h", "/", KEY, subprotocols=("chat",), extensions="x-a").to_bytes()
        answer = build_response(KEY, subprotocol="chat").to_bytes()
        assert broken_response(answer, asked) == []
        with_extension = answer.replace(
            b"Upgrade:", b"Sec-WebSocket-Extensions: X-A\r\nUpgrade:", 1
        )
        assert broken_response(with_extension, asked) == []

    @pytest.mark.parametrize(("old", "new", "name"), changes(RESPONSES))
    def test_one_broken_rule(self, old: bytes, new: bytes, name: str) -> None:
        assert broken_response(RESPONSE.replace(old, new, 1)) == [name]

    def test_a_check_says_what_it_found(self) -> None:
        checks = check_response(read_head(RESPONSE, "response"), read_head(REQUEST, "request"))
        found = {check.name: check.found for check in checks}
        assert (found["status"], found["upgrade"]) == ("101", "websocket")
        assert found["accept"] in RESPONSE.decode()

    def test_chosen_without_being_asked(self) -> None:
        asked = build_request("h", "/", KEY, subprotocols=("a", "b")).to_bytes()
        for chosen, wrong in (("a", []), ("b", []), ("c", ["subprotocol"]), ("A", ["subprotocol"])):
            assert (
                broken_response(build_response(KEY, subprotocol=chosen).to_bytes(), asked) == wrong
            )

    @pytest.mark.parametrize("data", [b"", b"\r\n", b"HTTP/1.1", b"\x81\x05Hello"])
    def test_no_response_at_all(self, data: bytes) -> None:
        assert {"head", "status", "accept"} <= set(broken_response(data))

    def test_response_to_a_request_without_key(self) -> None:
        asked = REQUEST.replace(b"Sec-WebSocket-Key", b"X")
        assert broken_response(RESPONSE, asked) == ["accept"]


# Another implementation: the sans-I/O server of websockets, on the same bytes.


def theirs(data: bytes) -> int | None:
    """The status with which websockets responds; None: it drops TCP silently, or waits."""
    protocol = ServerProtocol()
    protocol.receive_data(data)
    events = protocol.events_received()
    if not events:
        return None
    response = protocol.accept(events[0])  # type: ignore[arg-type]
    protocol.send_response(response)
    assert (response.status_code == 101) == (protocol.state is OPEN)
    return response.status_code


# (what is changed in a good request, ours, theirs, why they differ)
VERDICTS: list[tuple[bytes, bytes, int, int | None, str]] = [
    (b"", b"", 101, 101, ""),
    (b"Upgrade: websocket\r\n", b"", 426, 426, ""),
    (b"Connection: Upgrade", b"Connection: close", 426, 426, ""),
    (KEY.encode(), b"AAAA", 400, 400, ""),
    (b"Sec-WebSocket-Key", b"X", 400, 400, ""),
    (b"Version: 13", b"Version: 12", 426, 400, "4.2.2 says 'such as 426'; they say 400"),
    (b"Host: example.com\r\n", b"", 400, 101, "4.2.1, item 2: they do not look at Host"),
    (b"/chat", b"/a#b", 400, 101, "3: no fragment in a target; they do not look at it"),
    (b"GET", b"POST", 405, 405, ""),
    (b"HTTP/1.1", b"HTTP/1.0", 505, 505, ""),
    (b"websocket", b"h2c, websocket", 101, 426, "4.2.1, item 3: 'containing'; they want it alone"),
    (*before_host(b"No colon"), 400, None, "they stop reading at a malformed line"),
    (*before_host(b"A\x00: b"), 400, None, "they stop reading at a malformed line"),
    (*before_host(b"A: \x80"), 101, 101, ""),
    (*before_host(b"Origin: a\r\nOrigin: b"), 400, 400, ""),
]


@pytest.mark.parametrize(("old", "new", "our_status", "their_status", "why"), VERDICTS)
def test_against_websockets(
    old: bytes, new: bytes, our_status: int, their_status: int | None, why: str
) -> None:
    data = REQUEST.replace(old, new, 1)
    assert expected_status(ours(data)) == our_status
    assert theirs(data) == their_status
    assert bool(why) == (our_status != their_status)


def check_against_websockets(lines: list[bytes]) -> None:
    """What we accept they accept; what only they accept is explained."""
    data = b"\r\n".join([*lines, b"", b""])
    our_checks, their_status = ours(data), theirs(data)
    if holds(our_checks):
        alone = read_head(data, "request").tokens("Upgrade") == ["websocket"]
        assert their_status == (101 if alone else 426)
    elif their_status == 101:
        names = {check.name for check in our_checks if check.passed is False}
        # They do not look at these: see VERDICTS. Names of subprotocols and of extensions are
        # for the application there.
        assert names <= {"host", "target", "head", "origin", "subprotocols", "extensions"}


GOOD_LINES = REQUEST.split(b"\r\n")[:-2]
other_lines = st.sampled_from(
    (
        b"GET / HTTP/1.1",
        b"Host:",
        b"Upgrade: h2c",
        b"Upgrade: h2c, WebSocket",
        b"Connection: keep-alive, upgrade",
        b"Sec-WebSocket-Key: AAAA",
        b"Sec-WebSocket-Version: 8",
        b"Sec-WebSocket-Protocol: a, b",
        b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        b"Origin: null",
        b"X: \xff",
        b"X",
    )
)
request_lines = st.lists(st.sampled_from(GOOD_LINES[1:]) | other_lines, max_size=8).map(
    lambda lines: [GOOD_LINES[0], *lines]
) | st.lists(other_lines, max_size=3).map(lambda lines: [*GOOD_LINES, *lines])


@given(request_lines)
def test_any_lines_against_websockets(lines: list[bytes]) -> None:
    check_against_websockets(lines)


@pytest.mark.long
@settings(max_examples=50_000)
@given(request_lines)
def test_any_lines_against_websockets_long(lines: list[bytes]) -> None:
    check_against_websockets(lines)
