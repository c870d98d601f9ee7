"""Extensions: their list, what may be offered, and what may be agreed on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import NegotiationError
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.headers import parse_extension

from wsedu.protocol import (
    Deflate,
    MessageHead,
    agreed_deflate,
    build_request,
    build_response,
    check_agreed,
    check_offer,
    check_response,
    read_extensions,
    read_head,
)
from wsedu.protocol.http import Kind

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
DEFLATE = "permessage-deflate"


def head(kind: Kind, *values: str) -> MessageHead:
    """A head of the handshake with these values of Sec-WebSocket-Extensions."""
    written = build_request("x", "/", KEY) if kind == "request" else build_response(KEY)
    lines = "".join(f"Sec-WebSocket-Extensions: {value}\r\n" for value in values)
    return read_head(written.to_bytes()[:-2] + lines.encode("latin-1") + b"\r\n", kind)


def test_the_list_is_read_over_all_its_lines() -> None:
    found = read_extensions(head("request", 'a; b ; c="d"', "Permessage-Deflate;x = 1 , ,e"))
    assert [(one.name, one.parameters) for one in found] == [
        ("a", (("b", None), ("c", "d"))),
        ("permessage-deflate", (("x", "1"),)),
        ("e", ()),
    ]


def test_an_extension_knows_its_bytes() -> None:
    value = "  a; b=1 ,  permessage-deflate ;c"
    request = head("request", value)
    (line,) = request.find("Sec-WebSocket-Extensions")
    for one, written in zip(read_extensions(request), ["a; b=1", f"{DEFLATE} ;c"], strict=True):
        start = one.span.start - line.value.span.start
        assert line.value.text[start : start + len(one.span)] == written


@given(st.lists(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"))))
def test_any_value_can_be_read(values: list[str]) -> None:
    for kind in ("request", "response"):
        written = head(kind, *values)
        read_extensions(written), check_offer(written), agreed_deflate(written)
        check_agreed(written, head("request", *values))


def test_a_list_without_an_end_is_read_in_bounds() -> None:
    long = head("response", *["a;b;c," * 1300] * 100)
    assert len(read_extensions(long)) == 64
    many = head("response", DEFLATE + ";a" * 3000)
    assert len(check_agreed(many, head("request", DEFLATE))) == 16


# What an offer may have.


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "; client_max_window_bits",
        "; client_max_window_bits=8; server_max_window_bits=15",
        '; server_max_window_bits="10"; server_no_context_takeover; client_no_context_takeover',
    ],
)
def test_a_legal_offer_has_no_problem(parameters: str) -> None:
    assert check_offer(head("request", DEFLATE + parameters)) == ()


WRONG = [
    ("; foo", "foo is not a parameter", "RFC 7692 7"),
    ("; server_no_context_takeover; server_no_context_takeover", "there twice", "RFC 7692 7"),
    ("; server_max_window_bits=9; server_max_window_bits=9", "there twice", "RFC 7692 7"),
    ("; server_no_context_takeover=1", "takes no value", "RFC 7692 7.1.1.1"),
    ("; client_no_context_takeover=true", "takes no value", "RFC 7692 7.1.1.2"),
    ("; server_max_window_bits", "from 8 to 15", "RFC 7692 7.1.2.1"),
    ("; server_max_window_bits=16", "from 8 to 15", "RFC 7692 7.1.2.1"),
    ("; server_max_window_bits=08", "from 8 to 15", "RFC 7692 7.1.2.1"),
    ("; server_max_window_bits=", "from 8 to 15", "RFC 7692 7.1.2.1"),
    ("; client_max_window_bits=7", "from 8 to 15", "RFC 7692 7.1.2.2"),
    ("; client_max_window_bits=+9", "from 8 to 15", "RFC 7692 7.1.2.2"),
]


@pytest.mark.parametrize(("parameters", "words", "section"), WRONG)
def test_a_wrong_parameter_is_a_problem_of_offer_and_response(
    parameters: str, words: str, section: str
) -> None:
    offer, request = head("request", DEFLATE + parameters), head("request", DEFLATE)
    for problems in (
        check_offer(offer),
        check_agreed(head("response", DEFLATE + parameters), request),
    ):
        (problem,) = problems
        assert words in problem.sentence and problem.section == section


# What a response may have, given the offer.


@pytest.mark.parametrize(
    ("offered", "agreed", "words", "section"),
    [
        (["x"], ["x, y"], "uses y", "4.1, response 5"),
        ([], [DEFLATE], "did not offer it", "4.1, response 5"),
        ([DEFLATE], [DEFLATE, DEFLATE], "twice", "RFC 7692 5"),
        (
            [DEFLATE],
            [DEFLATE + "; client_max_window_bits=9"],
            "must not contain",
            "RFC 7692 7.1.2.2",
        ),
        (
            [DEFLATE + "; client_max_window_bits"],
            [DEFLATE + "; client_max_window_bits"],
            "from 8 to 15",
            "RFC 7692 7.1.2.2",
        ),
        (
            [DEFLATE + "; client_max_window_bits=10"],
            [DEFLATE + "; client_max_window_bits=11"],
            "of 10 at most",
            "RFC 7692 7.1.2.2",
        ),
        (
            [DEFLATE + "; server_max_window_bits=10"],
            [DEFLATE + "; server_max_window_bits=11"],
            "of 10 at most",
            "RFC 7692 7.1.2.1",
        ),
        (
            [DEFLATE + "; server_max_window_bits=10"],
            [DEFLATE],
            "of 10 at most",
            "RFC 7692 7.1.2.1",
        ),
        (
            [DEFLATE + "; server_no_context_takeover"],
            [DEFLATE],
            "does not repeat",
            "RFC 7692 7.1.1.1",
        ),
    ],
)
def test_what_the_offer_does_not_allow_is_a_problem(
    offered: list[str], agreed: list[str], words: str, section: str
) -> None:
    request, response = head("request", *offered), head("response", *agreed)
    (problem,) = check_agreed(response, request)
    assert words in problem.sentence and problem.section == section
    (check,) = [one for one in check_response(response, request) if one.name == "extensions"]
    assert check.passed is False and check.found == problem.sentence


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [
        ([DEFLATE], [DEFLATE]),
        (["a, b"], ["b"]),
        ([DEFLATE], [DEFLATE + "; server_no_context_takeover; client_no_context_takeover"]),
        ([DEFLATE], [DEFLATE + "; server_max_window_bits=9"]),
        ([DEFLATE + "; client_max_window_bits"], [DEFLATE + "; client_max_window_bits=15"]),
        ([DEFLATE + "; client_max_window_bits=9"], [DEFLATE]),
        (  # the second of two offers
            [DEFLATE + "; server_max_window_bits=9, " + DEFLATE],
            [DEFLATE],
        ),
    ],
)
def test_what_the_offer_allows_is_not_a_problem(offered: list[str], agreed: list[str]) -> None:
    assert check_agreed(head("response", *agreed), head("request", *offered)) == ()


OFFERS = ["", "; client_max_window_bits", "; client_max_window_bits=10"]
OFFERS += ["; server_max_window_bits=10", "; server_no_context_takeover"]
AGREED = [
    "",
    "; server_no_context_takeover",
    "; client_no_context_takeover",
    "; server_max_window_bits=8",
    "; server_max_window_bits=11",
    "; client_max_window_bits=9",
    "; client_max_window_bits=11",
    "; client_max_window_bits",
    "; foo=1",
    "; server_no_context_takeover=1",
    "; server_max_window_bits=10; server_max_window_bits=10",
]


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("agreed", AGREED)
def test_the_client_of_websockets_judges_a_response_as_we_do(offer: str, agreed: str) -> None:
    ((_name, asked),) = parse_extension(DEFLATE + offer)
    wanted = {name: value or True for name, value in asked}
    wanted |= {n: int(v) for n, v in wanted.items() if isinstance(v, str)}
    factory = ClientPerMessageDeflateFactory(**wanted)  # type: ignore[arg-type]
    ((_name, told),) = parse_extension(DEFLATE + agreed)
    try:
        factory.process_response_params(told, [])
        theirs = True
    except NegotiationError:
        theirs = False
    problems = check_agreed(head("response", DEFLATE + agreed), head("request", DEFLATE + offer))
    # websockets 17.4 accepts a window for the client that it did not offer; 7.1.2.2: "MUST NOT".
    lenient = "client_max_window_bits" not in offer and agreed in AGREED[5:7]
    assert (problems == ()) == (theirs and not lenient)


# What was agreed on.


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("x", None),
        (DEFLATE, Deflate()),
        (DEFLATE + "; server_no_context_takeover", Deflate(server_no_context_takeover=True)),
        (DEFLATE + "; client_max_window_bits=9", Deflate(client_max_window_bits=9)),
        (DEFLATE + '; server_max_window_bits="12"; foo', Deflate(server_max_window_bits=12)),
        (DEFLATE + "; server_max_window_bits=99", Deflate()),
    ],
)
def test_what_was_agreed_on_is_read(value: str, wanted: Deflate | None) -> None:
    assert agreed_deflate(head("response", value)) == wanted
