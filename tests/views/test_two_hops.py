"""Two hops: what a proxy passed on, what it sent itself, and what it kept."""

import re
from dataclasses import replace
from time import process_time

import pytest

from wsedu.protocol import Frame, Opcode, build_frame
from wsedu.recording import Event, Recording, Side, dissect
from wsedu.views import TwoHops, bytes_and_fields
from wsedu.views.two_hops import FIRST, LAST, MOMENT

from . import ANSWER, HELLO, MASK, REQUEST, SVG, assert_three_forms, items, read, words

SHORTER = REQUEST.replace(b"Connection: Upgrade\r\n", b"")
CLOSE = Frame(Opcode.CLOSE, b"\x03\xe9")
FROM_CLIENT, FROM_SERVER = build_frame(CLOSE, MASK), build_frame(CLOSE)


def hop(*said: tuple[float, Side, bytes]) -> Recording:
    """What one side sent at a time; without bytes, the end of its stream."""
    return Recording(
        tuple(Event(time, side, "data" if data else "end", data) for time, side, data in said)
    )


FRONT = hop((0, "client", REQUEST), (0.03, "server", ANSWER), (0.5, "client", HELLO))
BACK = hop((0.01, "client", SHORTER), (0.02, "server", ANSWER), (0.51, "client", HELLO))
PASSED = [
    "client → proxy  GET /chat HTTP/1.1",
    "proxy → server  GET /chat HTTP/1.1  (passed on with other bytes)",
    "server → proxy  HTTP/1.1 101 Switching Protocols",
    "proxy → client  HTTP/1.1 101 Switching Protocols  (passed on with the same bytes)",
    "client → proxy  text: Hello",
    "proxy → server  text: Hello  (passed on with the same bytes)",
]


def lines(picture: TwoHops) -> list[str]:
    return [line.strip() for line in picture.text.splitlines()[1:]]


def signs(picture: TwoHops) -> list[str]:
    """Those on the proxy's lane and, after them, those that are explained."""
    return [line for line in words(picture.svg).splitlines() if line in "=≠+✘"]


def test_what_is_passed_on_is_in_one_row_with_what_happened_to_its_bytes() -> None:
    picture = TwoHops(FRONT, BACK)
    assert_three_forms(picture)
    assert lines(picture) == PASSED
    said = items(picture.svg)
    assert list(said) == ["0-u0", "1-u0", "1-u1", "0-u1", "0-u2", "1-u2"]
    assert said["1-u0"].startswith("proxy → server: GET /chat HTTP/1.1. ")
    assert said["1-u0"].endswith("Passed on with other bytes.")
    backs = [rect for rect in read(picture.svg).iter(f"{SVG}rect") if rect.get("class") == "back"]
    assert [rect.get("y") for rect in backs] == ["44", "44", "84", "84", "124", "124"]


def test_order_does_not_depend_on_clocks_that_differ_by_milliseconds() -> None:
    late = replace(BACK, events=tuple(replace(e, time=e.time + 0.05) for e in BACK.events))
    assert TwoHops(FRONT, late).svg == TwoHops(FRONT, BACK).svg


def test_a_response_of_the_proxy_itself_has_no_second_hop() -> None:
    bad = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
    picture = TwoHops(hop((0, "client", REQUEST), (0, "server", bad)), Recording())
    assert picture.text.startswith("Client and proxy: one TCP connection, and none to the server")
    assert lines(picture) == [
        "client → proxy  GET /chat HTTP/1.1  (the proxy did not pass this on)",
        "proxy → client  HTTP/1.1 502 Bad Gateway  (the proxy sent this itself)",
    ]
    assert signs(picture) == ["✘", "+", "+", "✘"]


@pytest.mark.parametrize("reply", [0.6, 0.62])
def test_the_reply_to_a_close_of_the_proxy_is_not_taken_for_one_that_passed(reply: float) -> None:
    front = hop(*of(FRONT), (0.61, "server", FROM_SERVER), (0.62, "client", FROM_CLIENT))
    back = hop(*of(BACK), (0.6, "client", FROM_CLIENT), (reply, "server", FROM_SERVER))
    assert lines(TwoHops(front, back))[6:] == [
        "proxy → client  close: 1001  (the proxy sent this itself)",
        "proxy → server  close: 1001  (the proxy sent this itself)",
        "client → proxy  close: 1001  (the proxy did not pass this on)",
        "server → proxy  close: 1001  (the proxy did not pass this on)",
    ]


def test_a_closing_handshake_that_the_proxy_passes_on_is_said_to_be_passed_on() -> None:
    front = hop(*of(FRONT), (0.6, "client", FROM_CLIENT), (0.63, "server", FROM_SERVER))
    back = hop(*of(BACK), (0.61, "client", FROM_CLIENT), (0.62, "server", FROM_SERVER))
    assert [line.partition("  ")[2] for line in lines(TwoHops(front, back))[6:]] == [
        "close: 1001",
        "close: 1001  (passed on with the same bytes)",
    ] * 2


def of(recording: Recording) -> list[tuple[float, Side, bytes]]:
    return [(event.time, event.sender, event.data) for event in recording.events]


def test_ends_are_drawn_only_when_wanted_and_those_of_one_moment_share_a_row() -> None:
    front = hop(*of(FRONT), (1.5, "server", b""), (1.52, "client", b""))
    back = hop(*of(BACK), (1.51, "client", b""), (1.53, "server", b""))
    assert lines(TwoHops(front, back)) == PASSED
    said = lines(TwoHops(front, back, ends=True, times=True))[6:]
    fin = "no more bytes from this side (TCP FIN)"
    assert said == [
        f"1.50 s  proxy → client  {fin}",
        f"1.51 s  proxy → server  {fin}",
        f"1.52 s  client → proxy  {fin}",
        f"1.53 s  server → proxy  {fin}",
    ]


def test_what_is_further_apart_than_a_moment_is_in_the_order_of_time() -> None:
    ping, pong = (build_frame(Frame(opcode, b"")) for opcode in (Opcode.PING, Opcode.PONG))
    front = hop(*of(FRONT), (2.0, "server", ping))
    back = hop(*of(BACK), (2.0 - 2 * MOMENT, "server", pong))
    assert [line[:14] for line in lines(TwoHops(front, back))[6:]] == [
        "server → proxy",
        "proxy → client",
    ]


def test_a_hop_of_tls_is_a_closed_box() -> None:
    hello = bytes.fromhex("16030100050100000103")
    picture = TwoHops(hop((0, "client", hello), (0, "server", b"\x16\x03\x03\x00\x00")), BACK)
    assert_three_forms(picture)
    assert lines(picture)[0].startswith("client – proxy  TLS records")
    assert [line[:14] for line in lines(picture)[1:]] == [
        "proxy → server", "server → proxy", "proxy → server",
    ]  # fmt: skip
    assert signs(picture) == [] and "tls" in items(picture.svg)


def test_selecting_an_arrow_opens_its_bytes() -> None:
    picture = TwoHops(FRONT, BACK)
    for number, recording in enumerate((FRONT, BACK)):
        for index, unit in enumerate(dissect(recording).units):
            picture.selected = f"{number}-u{index}"
            assert picture.detail == bytes_and_fields.draw(unit)
    for nothing in ("2-u0", "0-u9", "0-e1", "tls", "0-u99999999999"):
        picture.selected = nothing
        assert picture.detail == ""


def test_nothing_and_remarks_are_said() -> None:
    assert TwoHops(Recording(), Recording()).text == "Nothing was recorded yet"
    assert_three_forms(TwoHops(Recording(), Recording()))
    noted = TwoHops(replace(FRONT, note="kept"), replace(BACK, note="kept", dropped=7))
    assert lines(noted)[-2:] == ["Not everything was recorded: 7 more bytes are not in it.", "kept"]
    assert "7 more bytes" in words(noted.svg) and words(noted.svg).count("kept") == 1


def test_of_many_arrows_both_ends_are_shown_fast() -> None:
    many = [(1 + n / 1000, "client", HELLO) for n in range(5000)]
    front, back = hop(*of(FRONT), *many), hop(*of(BACK), *many)
    start = process_time()
    picture = TwoHops(front, back)
    assert process_time() - start < 2
    assert picture.text.count("4,963 arrows not shown") == 2
    assert "4,963 arrows not shown" in words(picture.svg)
    assert len(items(picture.svg)) == 2 * (FIRST + LAST)


def test_each_row_has_one_sign_for_what_was_passed_on() -> None:
    assert signs(TwoHops(FRONT, BACK)) == ["≠", "=", "=", "=", "≠"], "and two are explained"


@pytest.mark.parametrize("ends", [False, True])
def test_a_hop_that_is_not_a_recording_is_refused(ends: bool) -> None:
    with pytest.raises(TypeError, match="A recording is needed"):
        TwoHops(FRONT, "back", ends=ends)  # type: ignore[arg-type]


def test_no_line_runs_through_a_sign() -> None:
    drawn = list(read(TwoHops(FRONT, BACK).svg).iter())
    first_sign = next(i for i, each in enumerate(drawn) if each.text == "≠")
    in_that_row = [
        i for i, each in enumerate(drawn) if re.fullmatch(r"M\d+ 68H\d+", each.get("d", ""))
    ]
    assert len(in_that_row) == 2 and max(in_that_row) < first_sign
