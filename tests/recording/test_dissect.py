"""Dissection: from the bytes of both sides to units and fields, however TCP cut them."""

import time
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.protocol import Frame, Opcode, Span, build_frame
from wsedu.recording import Dissection, Event, Recording, Side, Unit, dissect
from wsedu.views import BytesAndFields, Checklist, Ladder, Picture

from . import ANSWER, REQUEST, assert_tiled, byte_by_byte, conversation, seen_as

MASK = bytes.fromhex("37fa213d")
HELLO = build_frame(Frame(Opcode.TEXT, b"Hello"), MASK)
HI = build_frame(Frame(Opcode.TEXT, b"Hi"))
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npage\n"
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\nNo.\n"

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
UNAUTHORIZED = (
    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 3\r\n\r\nNo."
)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"6\r\nHello,\r\n7;a=b\r\n world!\r\n0\r\nX-Sum: 1\r\n\r\n"
)
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
GET = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n"

Said = tuple[Side, bytes]

# What the units are, for each conversation.
CONVERSATIONS: dict[str, tuple[list[Said], list[str]]] = {
    "frames both ways": (
        [("client", REQUEST), ("server", ANSWER), ("client", HELLO), ("server", HI + HI)],
        ["client request", "server response", "client frame", "server frame", "server frame"],
    ),
    "frames before the 101": (
        [("client", REQUEST + HELLO), ("server", ANSWER)],
        ["client request", "client frame", "server response"],
    ),
    "a page": (
        [("client", b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"), ("server", PAGE)],
        ["client request", "server response", "server body"],
    ),
    "a page, then the handshake": (
        [("client", b"GET /page HTTP/1.1\r\n\r\n"), ("server", PAGE)]
        + [("client", REQUEST), ("server", ANSWER), ("client", HELLO)],
        ["client request", "server response", "server body"]
        + ["client request", "server response", "client frame"],
    ),
    "a refusal whose body ends with the connection": (
        [("client", REQUEST), ("server", REFUSAL)],
        ["client request", "server response", "server body"],
    ),
    "a frame without a handshake": ([("client", HELLO)], ["client request"]),
    "a frame after a refusal": (
        [("client", REQUEST), ("server", REFUSAL), ("client", HELLO)],
        ["client request", "server response", "server body", "client bytes"],
    ),
    "a response to nothing": ([("server", ANSWER)], ["server bytes"]),
    "half a request": ([("client", REQUEST[:50])], ["client request"]),
    "half a response": (
        [("client", REQUEST), ("server", ANSWER[:50])],
        ["client request", "server response"],
    ),
    "half a body": (
        [("client", REQUEST), ("server", PAGE[:-2])],
        ["client request", "server response", "server body"],
    ),
    "half a frame": (
        [("client", REQUEST), ("server", ANSWER + HI[:3])],
        ["client request", "server response", "server frame"],
    ),
    "nothing": ([], []),
    "early hints before the 101": (
        [("client", REQUEST), ("server", HINTS + ANSWER + HI)],
        ["client request", "server response", "server response", "server frame"],
    ),
    "a refusal, then a second try": (
        [("client", REQUEST), ("server", UNAUTHORIZED), ("client", REQUEST), ("server", ANSWER)],
        ["client request", "server response", "server body", "client request", "server response"],
    ),
    "a body in chunks, then the handshake": (
        [("client", GET), ("server", CHUNKED), ("client", REQUEST), ("server", ANSWER + HI)],
        ["client request", "server response", "server body"]
        + ["client request", "server response", "server frame"],
    ),
    "responses without a body": (
        [("client", GET), ("server", NO_CONTENT), ("client", GET), ("server", NOT_MODIFIED)]
        + [("client", GET.replace(b"GET", b"HEAD")), ("server", PAGE[:-5])]
        + [("client", REQUEST), ("server", ANSWER), ("client", HELLO)],
        ["client request", "server response"] * 4 + ["client frame"],
    ),
    "a request with a body": (
        [("client", POST + b"user=x"), ("server", PAGE), ("client", REQUEST), ("server", ANSWER)],
        ["client request", "client body", "server response", "server body"]
        + ["client request", "server response"],
    ),
    "a request that waits for 100": (
        [("client", POST), ("server", CONTINUE), ("client", b"user=x"), ("server", PAGE)]
        + [("client", REQUEST), ("server", ANSWER + HI)],
        ["client request", "server response", "client body", "server response", "server body"]
        + ["client request", "server response", "server frame"],
    ),
    "requests that do not wait": (
        [("client", GET + GET + REQUEST), ("server", PAGE + PAGE + ANSWER), ("client", HELLO)],
        ["client request"] * 3
        + ["server response", "server body"] * 2
        + ["server response", "client frame"],
    ),
    "requests without a response": (
        [("client", GET + POST + b"user=x" + GET)],
        ["client request", "client request", "client body", "client request"],
    ),
    "a tunnel": (
        [("client", b"CONNECT x:80 HTTP/1.1\r\n\r\n"), ("server", b"HTTP/1.1 200 Yes\r\n\r\n")]
        + [("client", REQUEST), ("server", ANSWER + HI)],
        ["client request", "server response", "client request", "server response", "server frame"],
    ),
    "a chunk that is none": (
        [("client", GET), ("server", CHUNKED.replace(b"7;", b"what?") + ANSWER)],
        ["client request", "server response", "server body"],
    ),
}
SWITCHING = {
    "frames both ways",
    "frames before the 101",
    "a page, then the handshake",
    "half a frame",
    "early hints before the 101",
    "a refusal, then a second try",
    "a body in chunks, then the handshake",
    "responses without a body",
    "a request with a body",
    "a request that waits for 100",
    "requests that do not wait",
    "a tunnel",
}


def kinds(seen: Dissection) -> list[str]:
    return [f"{unit.sender} {unit.kind}" for unit in seen.units]


class TestThreeWays:
    @pytest.mark.parametrize("name", CONVERSATIONS)
    def test_whole(self, name: str) -> None:
        said, wanted = CONVERSATIONS[name]
        seen = dissect(conversation(*said))
        assert_tiled(seen)
        assert sorted(kinds(seen)) == sorted(wanted)

    @pytest.mark.parametrize("name", CONVERSATIONS)
    def test_byte_by_byte(self, name: str) -> None:
        said, wanted = CONVERSATIONS[name]
        whole = dissect(conversation(*said))
        cut = dissect(byte_by_byte(conversation(*said)))
        assert kinds(cut) == wanted
        for side in ("client", "server"):
            assert seen_as(unit for unit in cut.units if unit.sender == side) == seen_as(
                unit for unit in whole.units if unit.sender == side
            )
        for unit in cut.units:  # each is complete with the event that brought its last byte
            events = cut.recording.events[: unit.arrived + 1]
            assert events[-1].sender == unit.sender
            arrived = sum(len(e.data) for e in events if e.sender == unit.sender)
            assert arrived == unit.span.end

    @pytest.mark.parametrize("side", ["client", "server"])
    @pytest.mark.parametrize(
        "trailing", [b"\x81", b"\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 99]
    )
    def test_with_trailing_bytes(self, side: Side, trailing: bytes) -> None:
        said, _wanted = CONVERSATIONS["frames both ways"]
        before = dissect(conversation(*said))
        after = dissect(conversation(*said, (side, trailing)))
        assert_tiled(after)
        assert seen_as(after.units)[: len(before.units)] == seen_as(before.units)
        assert after.switch == before.switch == 1

    @given(st.data())
    def test_cut_anywhere(self, data: st.DataObject) -> None:
        said, _wanted = CONVERSATIONS[data.draw(st.sampled_from(sorted(CONVERSATIONS)))]
        pieces: list[Said] = []
        for side, stream in said:
            cuts = sorted(data.draw(st.sets(st.integers(1, len(stream)), max_size=4)))
            pieces += [
                (side, stream[a:b]) for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)
            ]
        whole, cut = dissect(conversation(*said)), dissect(conversation(*pieces))
        for side in ("client", "server"):
            assert seen_as(unit for unit in cut.units if unit.sender == side) == seen_as(
                unit for unit in whole.units if unit.sender == side
            )


class TestFields:
    def test_request_line_by_line(self) -> None:
        request = dissect(conversation(("client", REQUEST))).request
        assert [field.name for field in request.fields] == [
            "request line",
            "Host",
            "Upgrade",
            "Connection",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Version",
            "empty line",
        ]
        assert [(part.name, part.value) for part in request.fields[0].parts] == [
            ("method", "GET"),
            ("target", "/chat"),
            ("HTTP version", "HTTP/1.1"),
            ("line end", "CR LF"),
        ]
        host = request.fields[1]
        cut = [request.data[part.span.start : part.span.end] for part in host.parts]
        assert cut == [b"Host", b"example.com:8000", b"\r\n"]

    def test_response_line_by_line(self) -> None:
        answer = dissect(conversation(("client", REQUEST), ("server", ANSWER))).response
        assert answer is not None
        assert [(part.name, part.value) for part in answer.fields[0].parts] == [
            ("HTTP version", "HTTP/1.1"),
            ("status", "101"),
            ("reason", "Switching Protocols"),
            ("line end", "CR LF"),
        ]

    def test_every_header_of_the_handshake_is_explained_by_its_own_section(self) -> None:
        seen = dissect(conversation(("client", REQUEST), ("server", ANSWER)))
        assert seen.response is not None
        asked = {field.name: field.section for field in seen.request.fields}
        told = {field.name: field.section for field in seen.response.fields}
        assert (asked["Upgrade"], asked["Connection"]) == ("4.1, item 5", "4.1, item 6")
        assert (told["Upgrade"], told["Connection"]) == ("4.2.2, item 5.2", "4.2.2, item 5.3")
        assert told["Sec-WebSocket-Accept"] == "4.2.2, item 5.4"

    @pytest.mark.parametrize(
        ("value", "meaning"),
        [
            (b"close", "this TCP connection ends after the response"),
            (b"Upgrade, close", "Upgrade concerns this TCP connection only"),
            (b"keep-alive", "Upgrade is not named"),
        ],
    )
    def test_connection_is_explained_by_its_value(self, value: bytes, meaning: str) -> None:
        refusal = REFUSAL.replace(b"close", value)
        asked = dissect(conversation(("client", REQUEST.replace(b"Upgrade\r\n", value + b"\r\n"))))
        told = dissect(conversation(("client", REQUEST), ("server", refusal)))
        assert told.response is not None
        for unit in (asked.request, told.response):
            (field,) = [field for field in unit.fields if field.name == "Connection"]
            assert meaning in field.meaning

    def test_unknown_header_is_said_to_be_ignored(self) -> None:
        request = dissect(
            conversation(("client", b"GET / HTTP/1.1\r\nX-Lunch: soup\r\n\r\n"))
        ).request
        assert "ignored" in request.fields[1].meaning

    @pytest.mark.parametrize(
        "line", [b"A: b  \r\n", b"A: b\n", b"A:\r\n", b": b\r\n", b"A b\r\n", b" \r\n", b"A: \t\n"]
    )
    def test_line_end_is_what_ends_the_line(self, line: bytes) -> None:
        seen = dissect(conversation(("client", b"GET / HTTP/1.1\r\n" + line + b"\r\n")))
        assert_tiled(seen)
        end = seen.request.fields[1].parts[-1]
        assert end.name == "line end"
        assert end.value == ("CR LF" if line.endswith(b"\r\n") else "LF")
        assert len(end.span) == (2 if line.endswith(b"\r\n") else 1)

    @pytest.mark.parametrize("blank", [b"\r\n", b"\n", b"\r\n\n\r\n"])
    def test_empty_lines_before_the_first_have_a_field(self, blank: bytes) -> None:
        seen = dissect(conversation(("client", blank + REQUEST)))
        assert_tiled(seen)
        assert seen.request.fields[0].name == "empty lines"
        assert seen.request.fields[0].span == Span(0, len(blank))
        only = dissect(conversation(("client", blank)))
        assert_tiled(only)
        size = "1 byte" if len(blank) == 1 else f"{len(blank)} bytes"
        assert only.request.title == f"{size}: {blank.hex(' ')}"
        assert only.request.fields[0].value == size


class TestSwitch:
    def test_is_the_101(self) -> None:
        said, _wanted = CONVERSATIONS["a page, then the handshake"]
        seen = dissect(conversation(*said))
        assert seen.switch == 4
        assert seen.units[4].title == "HTTP/1.1 101 Switching Protocols"

    @pytest.mark.parametrize("name", sorted(set(CONVERSATIONS) - SWITCHING))
    def test_never_without_a_101(self, name: str) -> None:
        seen = dissect(conversation(*CONVERSATIONS[name][0]))
        assert seen.switch is None
        assert not seen.find("frame")

    @pytest.mark.parametrize("name", sorted(SWITCHING))
    def test_always_with_a_101(self, name: str) -> None:
        seen = dissect(conversation(*CONVERSATIONS[name][0]))
        assert seen.switch is not None
        assert seen.units[seen.switch].title == "HTTP/1.1 101 Switching Protocols"

    @pytest.mark.parametrize(
        ("line", "status"),
        [
            (b"HTTP/1.1 101 Switching Protocols", 101),
            (b"HTTP/1.1 101", 101),
            (b"HTTP/1.0 426 ", 426),
            (b"HTTP/1.1 1010 x", None),
            (b"HTTP/1.1 +101 x", None),
            (b"HTTP/1.1  101 x", None),
            (b"FTP/1.1 101 x", None),
            (b"HTTP/1.1 " + b"1" * 5000, None),
            (b"HTTP/1.1 \xb9\xb2\xb3 x", None),
            (b"101", None),
        ],
    )
    def test_status_that_can_be_read(self, line: bytes, status: int | None) -> None:
        seen = dissect(conversation(("client", REQUEST), ("server", line + b"\r\n\r\n" + HI)))
        assert_tiled(seen)
        assert seen.status == status
        assert (seen.switch == 1) == (status == 101)


class TestHttp:
    """What is around the handshake."""

    def test_an_interim_response_is_not_the_response(self) -> None:
        seen = dissect(conversation(("client", REQUEST), ("server", HINTS + ANSWER)))
        interim = seen.units[1]
        assert interim.is_interim and seen.status == 101 and seen.response is seen.units[2]
        assert "another response follows" in interim.sentence and not interim.problems
        assert dissect(conversation(("client", REQUEST), ("server", HINTS))).response is None

    def test_a_body_in_chunks_has_a_field_for_each_piece(self) -> None:
        seen = dissect(conversation(("client", GET), ("server", CHUNKED)))
        (body,) = seen.find("body")
        assert [(field.name, field.value) for field in body.fields] == [
            ("chunk size", "6"),
            ("chunk", "Hello,"),
            ("line end", "CR LF"),
            ("chunk size", "7;a=b"),
            ("chunk", " world!"),
            ("line end", "CR LF"),
            ("chunk size", "0"),
            ("trailer", "X-Sum: 1"),
            ("empty line", "CR LF"),
        ]
        assert body.title == "body in chunks, 42 bytes"
        assert body.sentence == "The body of the response: Hello, world!"

    def test_many_chunks_are_shown_in_bounds(self) -> None:
        chunks = CHUNKED.replace(b"6\r\n", b"1\r\na\r\n" * 5000 + b"6\r\n")
        seen = dissect(conversation(("client", GET), ("server", chunks)))
        assert_tiled(seen)
        assert len(seen.find("body")[0].fields) == 201
        assert_shown_in_bounds(seen)

    def test_a_chunk_that_is_none_is_a_problem(self) -> None:
        seen = dissect(conversation(*CONVERSATIONS["a chunk that is none"][0]))
        (problem,) = seen.find("body")[0].problems
        assert "not written in chunks" in problem.sentence and problem.section == "RFC 9112 7.1"

    def test_the_body_of_a_request_is_said_to_be_one(self) -> None:
        seen = dissect(conversation(("client", POST + b"user=x")))
        assert seen.find("body")[0].sentence == "The body of the request: user=x"

    def test_a_doubtful_length_is_a_problem_of_the_head(self) -> None:
        page = PAGE.replace(b"Content-Length: 5", b"Content-Length: 5\r\nContent-Length: 6")
        seen = dissect(conversation(("client", GET), ("server", page)))
        assert "must be one number" in seen.units[1].problems[0].sentence
        assert len(seen.find("body")) == 1


class TestBrokenRules:
    """A rule of the handshake that is broken is a problem of its unit, in every view."""

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            (b"Sec-WebSocket-Accept", b"X", "answers the key"),
            (b"Accept: s", b"Accept: t", "answers the key"),
            (b"Upgrade: websocket", b"Upgrade: websocket, h2c", "libraries judge this differently"),
            (b"Connection: Upgrade\r\n", b"", "Connection names Upgrade"),
        ],
    )
    def test_of_a_101(self, old: bytes, new: bytes, words: str) -> None:
        assert old in ANSWER
        talk = conversation(("client", REQUEST), ("server", ANSWER.replace(old, new) + HI))
        seen = dissect(talk)
        assert seen.response is not None and seen.switch == 1
        (problem,) = seen.response.problems
        assert words in problem.sentence and problem.section.startswith("4.1, response")
        span = seen.response.span
        assert span.start <= problem.span.start < problem.span.end <= span.end
        for picture in (Ladder(talk), BytesAndFields(seen.response)):
            assert words in picture.text
            assert "✘" in picture.svg
        assert "✘ HTTP/1.1 101" in Ladder(talk).svg
        assert "both sides use WebSocket.</text>" not in Ladder(talk).svg

    def test_of_a_101_that_agrees_on_what_was_not_offered(self) -> None:
        answer = ANSWER[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        seen = dissect(conversation(("client", REQUEST), ("server", answer)))
        assert seen.response is not None
        (problem,) = seen.response.problems
        assert "did not offer" in problem.sentence
        assert "did not offer" in Checklist(seen.response).text

    def test_of_a_request_for_websocket(self) -> None:
        seen = dissect(conversation(("client", REQUEST.replace(b"Version: 13", b"Version: 8"))))
        (problem,) = seen.request.problems
        assert "Sec-WebSocket-Version" in problem.sentence and "4.2.1" in problem.section

    @pytest.mark.parametrize("data", [GET, POST, REFUSAL, b"\x81\x85"])
    def test_of_what_does_not_ask_for_websocket_there_is_none(self, data: bytes) -> None:
        seen = dissect(conversation(("client", data)))
        assert not any("rule is broken" in p.sentence for p in seen.request.problems)

    def test_a_refusal_is_not_a_problem(self) -> None:
        seen = dissect(conversation(("client", REQUEST), ("server", REFUSAL)))
        assert seen.response is not None and seen.response.problems == ()

    def test_a_good_handshake_has_none(self) -> None:
        seen = dissect(conversation(("client", REQUEST), ("server", ANSWER)))
        assert [unit.problems for unit in seen.units] == [(), ()]

    def test_a_list_in_upgrade_is_not_a_problem_of_a_request_and_said(self) -> None:
        listed = REQUEST.replace(b"Upgrade: websocket", b"Upgrade: websocket, h2c")
        seen = dissect(conversation(("client", listed)))
        assert seen.request.problems == ()
        assert "libraries judge this differently" in Checklist(seen.request).text
        assert "some servers refuse it" in BytesAndFields(seen.request).text


class TestWords:
    def first(self, data: bytes) -> Unit:
        return dissect(conversation(("client", data))).request

    def test_what_is_not_a_request_is_said(self) -> None:
        for line in (b"GET /chat", b"hello", b"\x81\x85abc", b" GET / HTTP/1.1"):
            assert self.first(line + b"\r\nUpgrade: websocket\r\n\r\n").sentence == (
                'This is not an HTTP request: its first line is not "method target HTTP-version".'
            )

    def test_what_is_not_a_response_is_said(self) -> None:
        seen = dissect(conversation(("client", REQUEST), ("server", b"SSH-2.0-x\r\n\r\n")))
        assert seen.response is not None
        assert seen.response.sentence == (
            'This is not an HTTP response: its first line is not "HTTP-version status reason".'
        )

    def test_ordinary_request(self) -> None:
        sentence = self.first(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n").sentence
        assert sentence == "An ordinary HTTP request: GET /page."

    def test_offer_to_change(self) -> None:
        assert "offers to change to websocket" in self.first(REQUEST).sentence

    def test_waiting_for_the_empty_line(self) -> None:
        assert "waits for its empty line" in self.first(REQUEST[:-2]).sentence

    def test_recording_without_a_client_says_so(self) -> None:
        with pytest.raises(LookupError, match="the client says nothing"):
            _request = dissect(conversation(("server", ANSWER))).request
        assert dissect(Recording()).response is None
        assert dissect(Recording()).status is None


# What is sent on purpose to break a reader: the words that must be among the problems.
HOSTILE: dict[str, tuple[bytes, str]] = {
    "a header block that never ends": (
        b"GET / HTTP/1.1\r\n" + b"X-Lunch: soup\r\n" * 20_000,
        "more than 128 header lines",
    ),
    "a header line that never ends": (
        b"GET / HTTP/1.1\r\nX: " + b"y" * 300_000,
        "longer than 8192",
    ),
    "a request line of 1 MB": (b"GET /" + b"a" * 2**20 + b" HTTP/1.1\r\n\r\n", "longer than 8192"),
    "a name that is not ASCII": (REQUEST[:-2] + "Zoë: X-Name\r\n\r\n".encode(), "not ASCII"),
    "a long line in the middle": (
        REQUEST[:-2] + b"X: " + b"y" * 300_000 + b"\r\nZ: z\r\n\r\n",
        "longer than 8192",
    ),
    "a NUL": (REQUEST[:-2] + b"X: a\x00b\r\n\r\n", "Byte 0x00"),
    "lone LF": (REQUEST.replace(b"\r\n", b"\n"), "LF alone"),
    "long headers, many of them": (
        b"GET / HTTP/1.1\r\n" + (b"X-" + b"y" * 4000 + b": " + b"\x00<&" * 1300 + b"\r\n") * 128,
        "control character",
    ),
    "many lines that are wrong in every way": (
        b"GET / HTTP/1.1\r\n" + b"\x00\xff<script>\n" * 120 + b"\r\n",
        "no colon",
    ),
    "a fair without a host": (b"Host: x\r\n" * 50 + b"\r\n", "first line"),
    "empty lines without an end": (b"\r\n" * 50_000, ""),
}


def pictures_of(seen: Dissection) -> list[Picture]:
    """Every picture that can be made of it: of its first units, if there are many."""
    pictures: list[Picture] = [Ladder(seen.recording), Ladder(seen.recording, times=True)]
    for unit in seen.units[:6]:
        pictures.append(BytesAndFields(unit))
        if unit.head is not None:
            pictures.append(Checklist(unit))
    return pictures


def assert_shown_in_bounds(seen: Dissection) -> None:
    for picture in pictures_of(seen):
        assert len(picture.svg) < 400_000
        assert len(picture.text) < 400_000
        ElementTree.fromstring(picture.svg)
        assert all(char.isprintable() for char in picture.text.replace("\n", ""))
        picture.close()


class TestHostile:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_request_is_told_what_is_wrong(self, name: str) -> None:
        data, words = HOSTILE[name]
        seen = dissect(conversation(("client", data)))
        assert_tiled(seen)
        assert words in " ".join(problem.sentence for problem in seen.request.problems)
        assert_shown_in_bounds(seen)

    @pytest.mark.parametrize("name", HOSTILE)
    def test_response_is_shown_in_bounds(self, name: str) -> None:
        answer = HOSTILE[name][0].replace(b"GET /", b"HTTP/1.1 200 ")
        seen = dissect(conversation(("client", REQUEST), ("server", answer)))
        assert_tiled(seen)
        assert_shown_in_bounds(seen)

    @pytest.mark.slow
    @pytest.mark.parametrize("side", ["client", "server"])
    @pytest.mark.parametrize("opcode", [Opcode.TEXT, Opcode.BINARY, Opcode.CLOSE])
    def test_payload_of_10_megabytes(self, side: Side, opcode: Opcode) -> None:
        frame = build_frame(Frame(opcode, b"<>&\x00" * 2_500_000), MASK)
        seen = dissect(conversation(("client", REQUEST), ("server", ANSWER), (side, frame)))
        assert "10,000,000 bytes of payload" in seen.units[-1].sentence
        assert_shown_in_bounds(seen)

    def test_length_that_is_never_sent(self) -> None:
        frame = b"\x82\x7f\x7f" + b"\xff" * 7
        seen = dissect(conversation(("client", REQUEST), ("server", ANSWER + frame)))
        assert_tiled(seen)
        assert_shown_in_bounds(seen)

    @pytest.mark.slow
    def test_many_small_frames(self) -> None:
        seen = dissect(conversation(("client", REQUEST), ("server", ANSWER + b"\x89\x00" * 2000)))
        assert len(seen.find("frame")) == 2000
        assert_shown_in_bounds(seen)

    @pytest.mark.slow
    def test_many_small_requests(self) -> None:
        ask, answer = b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        seen = dissect(conversation(("client", ask * 500), ("server", answer * 500)))
        assert len(seen.units) == 1000
        assert_shown_in_bounds(seen)

    @given(st.lists(st.tuples(st.sampled_from(["client", "server"]), st.binary(max_size=300))))
    def test_any_bytes_both_ways(self, said: list[Said]) -> None:
        seen = dissect(conversation(*said))
        assert_tiled(seen)
        assert_shown_in_bounds(seen)

    @given(st.binary(max_size=200), st.binary(max_size=200))
    def test_any_bytes_after_the_handshake(self, asked: bytes, told: bytes) -> None:
        seen = dissect(conversation(("client", REQUEST + asked), ("server", ANSWER + told)))
        assert_tiled(seen)
        assert seen.switch is not None
        assert_shown_in_bounds(seen)

    @given(st.data())
    def test_any_change_to_a_handshake(self, data: st.DataObject) -> None:
        """Bytes replaced, taken out and put in, near to what is right."""
        sides = [REQUEST, ANSWER]
        for _change in range(data.draw(st.integers(1, 4))):
            side = data.draw(st.integers(0, 1))
            at = data.draw(st.integers(0, len(sides[side])))
            new = data.draw(st.binary(max_size=3) | st.sampled_from([b"\r", b"\n", b"\r\n", b":"]))
            gone = data.draw(st.integers(0, 3))
            sides[side] = sides[side][:at] + new + sides[side][at + gone :]
        seen = dissect(conversation(("client", sides[0]), ("server", sides[1])))
        assert_tiled(seen)
        assert_shown_in_bounds(seen)


# Recordings of any size.
GROWING: dict[str, Callable[[int], list[Said]]] = {
    "frames": lambda n: [("client", REQUEST), ("server", ANSWER + HI * n)],
    "payload": lambda n: [("client", REQUEST), ("server", ANSWER + HI + b"\x82\x7f" * n * 999)],
    "requests": lambda n: [("client", b"GET / HTTP/1.1\r\n\r\n" * n), ("server", PAGE * n)],
    "headers": lambda n: [("client", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * n * 50)],
    "line": lambda n: [("client", b"GET /" + b"a" * n * 999)],
    "empty lines": lambda n: [("client", b"\n" * n * 9)],
    "events": lambda n: [("client", REQUEST), *[("server", b"x")] * n * 9],
    "secrets": lambda n: [("client", b"Cookie: a\n b\n" * n * 9)],
}


@pytest.mark.slow
class TestLinearTime:
    @pytest.mark.parametrize("name", GROWING)
    def test_ten_times_as_much_takes_about_ten_times_as_long(self, name: str) -> None:
        def cost(size: int) -> float:
            recording = conversation(*GROWING[name](size))
            begin = time.process_time()
            Ladder(recording.with_secrets_covered()).close()
            return time.process_time() - begin

        small = min(cost(200) for _try in range(3))
        large = min(cost(2000) for _try in range(2))
        assert large < 40 * small + 0.1  # what is quadratic takes a hundred times as long


class TestTooEarly:
    def test_a_client_must_wait_for_the_101(self) -> None:
        hello = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
        seen = dissect(conversation(("client", REQUEST + hello), ("server", ANSWER)))
        (frame,) = seen.find("frame")
        assert "must wait" in frame.problems[0].sentence
        assert frame.problems[0].section == "4.1"

    def test_after_the_101_it_may_speak(self) -> None:
        hello = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
        talk = conversation(("client", REQUEST), ("server", ANSWER), ("client", hello))
        (frame,) = dissect(talk).find("frame")
        assert frame.problems == ()

    def test_a_version_of_5000_digits_is_not_a_version(self) -> None:
        talk = conversation(("client", b"GET / HTTP/" + b"9" * 5000 + b".1\r\n\r\n"))
        checks = {check.name: check.passed for check in dissect(talk).request.checks}
        assert checks["http-version"] is False


def test_chunked_body_of_which_nothing_has_come() -> None:
    response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    events = (Event(0, "client", "data", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),)
    seen = dissect(Recording((*events, Event(0, "server", "data", response))))
    assert [unit.kind for unit in seen.units] == ["request", "response"]


@pytest.mark.parametrize("value", [None, b"", "a lab", 5])
def test_anything_but_a_recording_is_named(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        dissect(value)  # type: ignore[arg-type]


def test_what_is_dissected_is_returned_as_it_is() -> None:
    seen = dissect(Recording())
    assert dissect(seen) is seen


def test_a_frame_has_an_opcode_and_another_unit_has_none() -> None:
    said = (("client", REQUEST), ("server", ANSWER), ("server", build_frame(Frame(Opcode.PING))))
    events = tuple(Event(0, side, "data", data) for side, data in said)  # type: ignore[arg-type]
    seen = dissect(Recording(events))
    assert [unit.opcode for unit in seen.units] == [None, None, Opcode.PING]
