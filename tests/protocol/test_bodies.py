"""Bodies: where they end (RFC 9112 6.3), and how chunks are written (7.1)."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.protocol import MessageHead, body_length, check_body, read_chunks, read_head
from wsedu.protocol.bodies import Length

GET = read_head(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "request")
HEAD = read_head(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "request")
CONNECT = read_head(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", "request")


def response(status: int, *lines: str) -> MessageHead:
    head = "\r\n".join([f"HTTP/1.1 {status} x", *lines, "", ""])
    return read_head(head.encode(), "response")


def post(*lines: str) -> MessageHead:
    head = "\r\n".join(["POST / HTTP/1.1", "Host: x", *lines, "", ""])
    return read_head(head.encode(), "request")


FIVE, CHUNKED = "Content-Length: 5", "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("head", "request_head", "length", "item"),
    [
        (response(200, FIVE), GET, 5, None),
        (response(200, FIVE), HEAD, 0, None),
        (response(200, CHUNKED), HEAD, 0, None),
        (response(204, FIVE), GET, 0, None),
        (response(304, FIVE), GET, 0, None),
        (response(103, FIVE), GET, 0, None),
        (response(101, FIVE), GET, 0, None),
        (response(200, FIVE), CONNECT, 0, None),
        (response(407, FIVE), CONNECT, 5, None),
        (response(200), GET, "until-close", None),
        (response(200, CHUNKED), GET, "chunked", None),
        (response(200, "Transfer-Encoding: gzip, Chunked"), GET, "chunked", None),
        (response(200, "Transfer-Encoding: gzip"), GET, "until-close", None),
        (response(200, CHUNKED, FIVE), GET, "chunked", 3),
        (response(200, FIVE, FIVE), GET, 5, None),
        (response(200, "Content-Length: 5, 5"), GET, 5, None),
        (response(200, "Content-Length: 5, 6"), GET, "until-close", 5),
        (response(200, FIVE, "Content-Length: 6"), GET, "until-close", 5),
        (response(200, "Content-Length: five"), GET, "until-close", 5),
        (response(200, "Content-Length: -5"), GET, "until-close", 5),
        (response(200, "Content-Length: " + "9" * 5000), GET, "until-close", 5),
        (response(200, "Content-Length:"), GET, "until-close", 5),
        (post(), None, 0, None),
        (post(FIVE), None, 5, None),
        (post(CHUNKED), None, "chunked", None),
        (post("Transfer-Encoding: chunked, gzip"), None, "until-close", 4),
        (post("Content-Length: x"), None, "until-close", 5),
    ],
)
def test_length_of_a_body(
    head: MessageHead, request_head: MessageHead | None, length: Length, item: int | None
) -> None:
    assert body_length(head, request_head) == length
    sections = [problem.section for problem in check_body(head, request_head)]
    assert sections == ([] if item is None else [f"RFC 9112 6.3, item {item}"])


WIKI = b"4;x=y\r\nWiki\r\nA\r\npedia in \nc\r\n0\r\nT: t\r\nU: u\r\n\r\n"


def pieces(data: bytes) -> list[tuple[str, bytes]]:
    return [(kind, data[span.start : span.end]) for kind, span in read_chunks(data, 0)]


def test_chunks_are_read_piece_by_piece() -> None:
    assert pieces(WIKI + b"HTTP") == [
        ("size", b"4;x=y\r\n"),
        ("data", b"Wiki"),
        ("line-end", b"\r\n"),
        ("size", b"A\r\n"),
        ("data", b"pedia in \n"),
        ("unreadable", b"c\r\n0\r\nT: t\r\nU: u\r\n\r\nHTTP"),
    ]
    good = WIKI.replace(b"c\r\n0", b"\r\n0")
    assert [kind for kind, _ in pieces(good + b"HTTP")][-4:] == [
        "size",
        "trailer",
        "trailer",
        "end",
    ]
    assert pieces(good + b"HTTP")[-1] == ("end", b"\r\n")


def test_chunks_that_are_cut_anywhere_are_read_as_far_as_they_come() -> None:
    whole = b"4\r\nWiki\r\n1A ; a=b\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nT: t\r\n\r\n"
    for size in range(len(whole)):
        found = pieces(whole[:size])
        assert b"".join(data for _kind, data in found) == whole[:size]
        assert not {"unreadable", "end"} & {kind for kind, _data in found}, whole[:size]
    assert pieces(whole)[-1][0] == "end"


@pytest.mark.parametrize(
    "bad", [b"x\r\n", b"-1\r\n", b"\r\n", b"0x4\r\n", b"1" * 17, b"4" + b" " * 9000, b"4\rx"]
)
def test_what_is_not_a_chunk_is_unreadable(bad: bytes) -> None:
    assert pieces(b"1\r\na\r\n" + bad)[-1] == ("unreadable", bad)


@given(st.binary(max_size=60) | st.text("0123456789abcdef\r\n;", max_size=60).map(str.encode))
def test_pieces_follow_one_another(data: bytes) -> None:
    found = pieces(data)
    joined = b"".join(piece for _kind, piece in found)
    assert all(piece for _kind, piece in found) and data.startswith(joined)
    assert joined == data or found[-1][0] == "end"


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.integers(0, 3))
def test_h11_writes_chunks_that_we_read(chunks: list[bytes], trailers: int) -> None:
    server = h11.Connection(h11.SERVER)
    server.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    server.next_event(), server.next_event()
    head = server.send(h11.Response(status_code=200, headers=[("Transfer-Encoding", "chunked")]))
    assert head is not None
    data = b"".join(server.send(h11.Data(data=chunk)) or b"" for chunk in chunks)
    ends = [(f"t{number}", "x") for number in range(trailers)]
    data += server.send(h11.EndOfMessage(headers=ends)) or b""
    assert body_length(read_head(head, "response"), GET) == "chunked"
    found = pieces(data + b"HTTP/1.1")
    assert [piece for kind, piece in found if kind == "data"] == chunks
    assert [kind for kind, _piece in found].count("trailer") == trailers
    assert sum(len(piece) for _kind, piece in found) == len(data) and found[-1][0] == "end"
