"""HTTP heads: every piece in its place, every cut, and hostile input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol import chunked
from wsedu.protocol import (
    MessageHead,
    ProtocolError,
    Request,
    Response,
    Span,
    parse_request,
    parse_response,
    read_head,
)
from wsedu.protocol.http import MAX_HEADERS, MAX_LINE, Kind, shorten

REQUEST = b"GET /chat HTTP/1.1\r\nHost: example.com\r\nX-Two:  a , b \r\nx-two: c\r\n\r\n"
RESPONSE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


def sentences(data: bytes, kind: Kind = "request") -> list[str]:
    return [problem.sentence for problem in read_head(data, kind).problems]


def grow(data: bytes, kind: Kind) -> MessageHead:
    """Read at every cut: no shorter head is complete, none has a problem that goes away."""
    so_far, seen = b"", 0
    for chunk in chunked(data, 1):
        so_far += chunk
        head = read_head(so_far, kind)
        assert len(head.problems) >= seen
        seen = len(head.problems)
        if head.end is not None:
            return head
    return read_head(data, kind)


class TestBothDirections:
    def test_request(self) -> None:
        request = Request("/chat", (("Host", "h"), ("X", "1"), ("X", "2")))
        written = b"GET /chat HTTP/1.1\r\nHost: h\r\nX: 1\r\nX: 2\r\n\r\n"
        assert request.to_bytes() == written
        assert parse_request(written) == request

    def test_response(self) -> None:
        response = Response(101, "Switching Protocols", (("Upgrade", "websocket"),))
        assert response.to_bytes() == RESPONSE
        assert parse_response(RESPONSE) == response

    def test_response_with_an_empty_reason(self) -> None:
        assert parse_response(b"HTTP/1.1 200 \r\n\r\n") == Response(200, "")

    @pytest.mark.parametrize("value", ["a\r\nb", "\x00", "é", "\x7f"])
    def test_what_no_line_may_hold(self, value: str) -> None:
        with pytest.raises(ValueError, match="printable ASCII"):
            Request("/", (("X", value),)).to_bytes()

    @given(
        st.lists(
            st.tuples(
                st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True),
                st.from_regex(r"([!-~]([ -~]{0,20}[!-~])?)?", fullmatch=True),
            ),
            max_size=10,
        )
    )
    def test_round_trip(self, headers: list[tuple[str, str]]) -> None:
        request = Request("/x", tuple(headers))
        assert parse_request(request.to_bytes()) == request


class TestPatientReading:
    @pytest.mark.parametrize(("data", "kind"), [(REQUEST, "request"), (RESPONSE, "response")])
    def test_three_ways(self, data: bytes, kind: Kind) -> None:
        whole = read_head(data, kind)
        assert whole.end == len(data) and not whole.problems
        assert grow(data, kind) == whole
        assert read_head(data + b"\x81\x00", kind) == whole
        for end in range(len(data)):
            assert read_head(data[:end], kind).end is None

    def test_spans_are_offsets_in_the_stream(self) -> None:
        data = b"\x00\x00" + REQUEST
        head = read_head(data, "request", 2)
        assert [part.text for part in head.start_line] == ["GET", "/chat", "HTTP/1.1"]
        for part in (*head.start_line, *(p for h in head.headers for p in (h.name, h.value))):
            assert data[part.span.start : part.span.end].decode() == part.text
        assert head.headers[0].span == Span(22, 41)
        assert len(head.headers[0].span) == len("Host: example.com\r\n")

    def test_names_know_no_case_and_lists_go_over_lines(self) -> None:
        head = read_head(REQUEST, "request")
        assert [line.value.text for line in head.find("X-TWO")] == ["a , b", "c"]
        assert head.tokens("x-two") == ["a", "b", "c"]
        assert head.find("absent") == () and head.tokens("absent") == []

    @pytest.mark.parametrize(
        ("line", "status"),
        [
            (b"HTTP/1.1 101 Yes", 101),
            (b"HTTP/1.1 404", 404),
            (b"HTTP/1.1 2000 x", None),
            (b"", None),
        ],
    )
    def test_status_of_a_response(self, line: bytes, status: int | None) -> None:
        head = read_head(line + b"\r\n\r\n", "response")
        assert head.first_line == line.decode()
        assert head.status == status

    def test_empty_lines_before_the_first_line_are_passed_over(self) -> None:
        assert read_head(b"\r\n" + REQUEST, "request").end == 2 + len(REQUEST)

    def test_nothing(self) -> None:
        assert read_head(b"", "request") == MessageHead("request", (), (), None, ())


class TestProblems:
    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            (b"No colon", "A header line has no colon."),
            (b"Name : x", '"Name " is not a header name: it may hold no spaces or separators.'),
            (b" folded: x", '" folded" is not a header name: it may hold no spaces or separators.'),
            (b": x", '"" is not a header name: it may hold no spaces or separators.'),
            (b"X: \x00", "Byte 0x00 at offset 19 is a control character; no line may hold one."),
            (b"X: a\rb", "Byte 0x0d at offset 20 is a control character; no line may hold one."),
        ],
    )
    def test_header_lines(self, line: bytes, sentence: str) -> None:
        data = b"GET / HTTP/1.1\r\n" + line + b"\r\nHost: h\r\n\r\n"
        head = grow(data, "request")
        assert [p.sentence for p in head.problems] == [sentence]
        assert head.end == len(data) and head.find("Host"), "the rest is read all the same"
        with pytest.raises(ProtocolError) as caught:
            parse_request(data)
        assert caught.value.sentence == sentence and caught.value.close_code is None

    @pytest.mark.parametrize("at", [0, 14])
    def test_a_line_that_ends_without_cr_is_named_at_its_place(self, at: int) -> None:
        data = b"GET / HTTP/1.1"[:at] + b"\n" + b"GET / HTTP/1.1\r\n"[at:] + b"\r\n"
        (problem,) = read_head(data, "request").problems
        assert (problem.said.id, problem.span) == ("http.lf-alone", Span(at, at + 1))

    @pytest.mark.parametrize(
        ("data", "kind", "legal"),
        [
            (b"GET / HTTP/1.1\r\nX: \xc3\xa9\xff\r\n\r\n", "request", True),
            (b"HTTP/1.1 200 \xc3\xa9\r\n\r\n", "response", True),
            (b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n", "request", False),
            (b"HTTP/1.1\xc3 200 OK\r\n\r\n", "response", False),
            (b"GET / HTTP/1.1\r\n\xc3\xa9: x\r\n\r\n", "request", False),
        ],
    )
    def test_bytes_from_0x80_on_are_legal_in_values_and_reasons_only(
        self, data: bytes, kind: Kind, legal: bool
    ) -> None:
        """obs-text: RFC 9110 5.5, RFC 9112 4."""
        found = [p.sentence for p in grow(data, kind).problems]
        assert legal == (found == [])
        assert legal or "is not ASCII" in " ".join(found)

    @pytest.mark.parametrize(
        "line", [b"GET", b"GET /", b"GET / HTTP/2", b"GET  / HTTP/1.1", b"HTTP/1.1 200 OK"]
    )
    def test_first_line_of_a_request(self, line: bytes) -> None:
        assert sentences(line + b"\r\n\r\n") == [
            'The first line is not "method target HTTP-version".'
        ]
        assert sentences(line) == [], "it may go on"

    @pytest.mark.parametrize("line", [b"HTTP/1.1 101", b"HTTP/1.1 1x1 OK", b"GET / HTTP/1.1"])
    def test_first_line_of_a_response(self, line: bytes) -> None:
        assert sentences(line + b"\r\n\r\n", "response") == [
            'The first line is not "HTTP-version status reason".'
        ]

    def test_lone_lf(self) -> None:
        head = grow(REQUEST.replace(b"\r\n", b"\n"), "request")
        assert [p.section for p in head.problems] == ["RFC 9112 2.2"] * 5
        assert head.end is not None and [len(p.span) for p in head.problems] == [1] * 5

    def test_incomplete(self) -> None:
        with pytest.raises(ProtocolError, match="has not arrived"):
            parse_request(REQUEST[:-2])

    @pytest.mark.parametrize("parse", [parse_request, parse_response])
    def test_wrong_kind(self, parse: object) -> None:
        other = RESPONSE if parse is parse_request else REQUEST
        with pytest.raises(ProtocolError, match="first line"):
            parse(other)  # type: ignore[operator]


class TestHostileInput:
    def test_longest_line(self) -> None:
        line = b"X: " + b"a" * (MAX_LINE - 3)
        assert sentences(b"GET / HTTP/1.1\r\n" + line + b"\r\n\r\n") == []
        (sentence,) = sentences(b"GET / HTTP/1.1\r\n" + line + b"a\r\n\r\n")
        assert sentence == "A line is longer than 8192 bytes, the limit of this reader."

    @pytest.mark.parametrize("line", [b"GET /%b HTTP/1.1", b"X: %b"])
    def test_after_a_line_that_is_too_long_reading_goes_on(self, line: bytes) -> None:
        data = b"GET / HTTP/1.1\r\n" + line % (b"a" * 20_000) + b"\r\nHost: h\r\n\r\n"
        data = data if line.startswith(b"X") else data[16:]
        head = read_head(data, "request")
        assert [p.sentence for p in head.problems] == [
            "A line is longer than 8192 bytes, the limit of this reader."
        ]
        assert head.end == len(data) and head.find("Host")
        assert head.start_line[2].text == "HTTP/1.1"

    @pytest.mark.parametrize("octet", [b"a", b"\x00", b" ", b":", b"\xff", b"\r"])
    @pytest.mark.parametrize("before", [b"", b"GET / HTTP/1.1\r\n"])
    def test_line_of_1_mb(self, before: bytes, octet: bytes) -> None:
        head = read_head(before + octet * 2**20, "request")
        assert head.end is None and "A line is longer" in head.problems[-1].sentence
        assert all(p.span.end <= len(before) + MAX_LINE for p in head.problems)

    def test_most_header_lines(self) -> None:
        start = b"GET / HTTP/1.1\r\n"
        assert sentences(start + b"X: 1\r\n" * MAX_HEADERS + b"\r\n") == []
        (sentence,) = sentences(start + b"X: 1\r\n" * (MAX_HEADERS + 1))
        assert sentence == "There are more than 128 header lines, the limit of this reader."

    @pytest.mark.parametrize("line", [b"\n", b"\r\n", b"X: 1\r\n", b"\x00\n", b":\n"])
    def test_endless_head(self, line: bytes) -> None:
        head = read_head(line * 2**18, "request")
        assert head.end is None and head.problems[-1].section == "RFC 9110 5.4"
        assert len(head.problems) < 4 * MAX_HEADERS, "what is kept does not grow with the data"

    def test_sentences_hold_no_control_characters(self) -> None:
        assert shorten("a\x1b[2J\u202eb") == "a·[2J·b"
        assert shorten("a" * 61) == "a" * 60 + "…"


def check_any_bytes(data: bytes, kind: Kind) -> None:
    head = read_head(data, kind)
    assert grow(data, kind).headers == head.headers
    for problem in head.problems:
        assert problem.sentence.isprintable() and 0 <= problem.span.start <= len(data)
    parse = parse_request if kind == "request" else parse_response
    try:
        parse(data)
    except ProtocolError as error:
        assert error.section.startswith("RFC 9")
    else:
        assert head.end is not None and not head.problems


lines = st.sampled_from((b"GET / HTTP/1.1", b"HTTP/1.1 200 OK", b"A: b", b"", b" ", b"\x00", b"a"))
line_ends = st.sampled_from((b"\r\n", b"\r\n", b"\n", b"\r", b""))
any_head = st.lists(lines | line_ends | st.binary(max_size=5), max_size=30).map(b"".join)
kinds: st.SearchStrategy[Kind] = st.sampled_from(("request", "response"))


@given(any_head, kinds)
def test_any_bytes(data: bytes, kind: Kind) -> None:
    check_any_bytes(data, kind)


@pytest.mark.long
@settings(max_examples=50_000)
@given(any_head, kinds)
def test_any_bytes_long(data: bytes, kind: Kind) -> None:
    check_any_bytes(data, kind)
