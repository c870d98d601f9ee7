"""These bytes: ours, websockets, wsproto; and every difference has a name in ``choices``."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol import KEY
from tests.protocol.strangers import Verdict, of_websockets, of_wsproto, ours
from wsedu.protocol import CHOICES, Endpoint, Failed, Frame, PeerClosed, Ping, build_frame
from wsedu.protocol.frames import LengthForm, Role

# What a client receives | choice | ours | websockets | wsproto. "=" is the verdict of ours.
TABLE = """
8105 48656c6c6f       |                      | text 'Hello' open | =                | =
0101e2 8002 82ac      |                      | text '€' open    | =                | =
c100                  |                      | failed 1002      | =                | =
8300                  |                      | failed 1002      | =                | =
8180 00000000         |                      | failed 1002      | =                | =
0900                  |                      | failed 1002      | =                | =
8000                  |                      | failed 1002      | =                | =
0100 8100             |                      | failed 1002      | =                | =
8101ff                |                      | failed 1007      | =                | =
8800 810161           |                      | closed 1005      | =                | =
8800 ffff             |                      | closed 1005      | =                | =
880203e7              |                      | failed 1002      | =                | =
880203ec              | registered-codes     | failed 1002      | =                | =
880203f4              | registered-codes     | closed 1012      | =                | =
880203f5              | registered-codes     | closed 1013      | =                | =
880203f6              | registered-codes     | closed 1014      | =                | failed 1002
880203f8              | registered-codes     | failed 1002      | =                | =
880103                | close-one-byte       | failed 1002      | =                | =
880303e8ff            | close-utf8           | failed 1007      | =                | =
8803ffffff            | first-broken-rule    | failed 1002      | failed 1007      | =
010161 880203e8       | close-amid-fragments | closed 1000      | failed 1002      | =
827e0001 61           | minimal-length       | failed 1002      | binary b'a' open | =
827f0000000000000001  | minimal-length       | failed 1002      | open             | =
897e0001 61           | minimal-length       | failed 1002      | ping b'a' open   | =
827f8000000000000001  | length-top-bit       | failed 1002      | open             | =
897e007e              | early-refusal        | failed 1002      | open             | =
827e                  | early-refusal        | open             | =                | =
82fe                  | early-refusal        | open             | failed 1002      | open
087e                  | early-refusal        | open             | =                | failed 1002
8005                  | early-refusal        | failed 1002      | open             | open
0100 8105             | early-refusal        | failed 1002      | open             | open
0101ff                | utf8-layer           | failed 1007      | open             | =
8105ff                | utf8-early           | failed 1007      | open             | =
8105eda0              | utf8-early           | failed 1007      | open             | open
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


def show(verdict: Verdict) -> str:
    return " ".join([*(f"{kind} {value!r}" for kind, value in verdict.events), verdict.end])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_table(row: list[str]) -> None:
    data, _choice, *wanted = row
    found = [
        show(read(bytes.fromhex(data), "client")) for read in (ours, of_websockets, of_wsproto)
    ]
    assert found == [wanted[0] if cell == "=" else cell for cell in wanted]


# The choices that show in what is sent.


def server() -> Endpoint:
    return Endpoint("server", max_fragments=2)


def masked(*frames: Frame) -> bytes:
    return b"".join(build_frame(frame, KEY) for frame in frames)


def choice_close_echo() -> None:
    for payload in (b"", b"\x03\xe8", b"\x0f\xa0bye"):
        (event,) = server().receive(masked(Frame(8, payload)))
        assert isinstance(event, PeerClosed) and event.reply == build_frame(Frame(8, payload))


def choice_close_reason() -> None:
    (event,) = server().receive(b"\x81\x00")
    assert isinstance(event, Failed)
    assert event.reply == b"\x88\x22\x03\xea" + event.sentence.encode()


def choice_ping_after_our_close() -> None:
    endpoint = server()
    endpoint.close()
    assert list(endpoint.receive(masked(Frame(9)))) == [Ping(b"", b"\x8a\x00")]


def choice_too_many_fragments() -> None:
    first, more = Frame(1, fin=False), Frame(0, fin=False)
    (event,) = server().receive(masked(first, more, more))
    assert isinstance(event, Failed) and event.close_code == 1009


def choice_server_ends_tcp() -> None:
    endpoint, client = server(), Endpoint("client", lambda: KEY)
    (event,) = endpoint.receive(client.close())
    list(client.receive(event.reply))
    assert (endpoint.must_end_tcp, client.must_end_tcp) == (True, False)
    client = Endpoint("client", lambda: KEY)
    assert isinstance(next(client.receive(b"\xff\x00")), Failed) and client.must_end_tcp


SHOWN = {
    name.removeprefix("choice_").replace("_", "-"): show_it
    for name, show_it in list(globals().items())
    if name.startswith("choice_")
}


@pytest.mark.parametrize("name", SHOWN)
def test_choice(name: str) -> None:
    SHOWN[name]()


def test_every_choice_is_shown() -> None:
    names = [choice.name for choice in CHOICES]
    assert len(set(names)) == len(names)
    assert {*SHOWN, *(row[1] for row in ROWS if row[1])} == set(names)


def test_a_choice_is_shown_with_all_its_words() -> None:
    (choice,) = (choice for choice in CHOICES if choice.name == "minimal-length")
    assert choice.question == "Is a payload length accepted in a longer form than it needs?"
    assert choice.answer == "No: 1002."
    assert choice.reason.endswith("browsers refuse it.")
    shown = f"Choice(name='minimal-length', question={choice.question!r}, answer='No: 1002.', "
    assert repr(choice) == f"{shown}section='5.2', reason={choice.reason!r})"


def test_every_difference_has_a_choice() -> None:
    assert all(choice for _data, choice, _ours, *others in ROWS if others != ["=", "="])


# Random streams, valid and damaged.


def difference(mine: Verdict, theirs: Verdict, wsproto: bool) -> str:
    """The choice that explains why the verdicts differ; "" if they do not."""
    if mine == theirs:
        return ""
    same_events = theirs.events == mine.events
    if mine.end.startswith("closed"):
        assert same_events and theirs.end == "failed 1002"
        assert mine.end == "closed 1014" or not wsproto
        return "registered-codes" if wsproto else "close-amid-fragments"
    if mine.end == "open":  # they refuse at the second byte already
        assert same_events and theirs.end == "failed 1002"
        return "early-refusal"
    if theirs.end == "failed 1007" and "code" in mine.why:
        assert same_events and not wsproto
        return "first-broken-rule"
    assert theirs.events[: len(mine.events)] == mine.events, "we stop first"
    if mine.end == "failed 1007":  # they see it later, or see something else first
        return "utf8-early"
    if theirs.end == "open" and same_events:
        return "early-refusal"
    assert not wsproto and mine.why.startswith(("Length", "The first bit"))
    return "minimal-length" if mine.why.startswith("Length") else "length-top-bit"


def check_against_strangers(data: bytes, reader: Role) -> set[str]:
    mine = ours(data, reader)
    return {
        difference(mine, of_websockets(data, reader), wsproto=False),
        difference(mine, of_wsproto(data, reader), wsproto=True),
    }


# Pieces of bytes only: python -bb minds when Hypothesis compares drawn texts with drawn bytes.
PIECES = (
    b"a",
    "é€🎉".encode(),
    b"\xff",
    b"\xe2\x82",
    b"\xac",
    b"\xed\xa0",
    b"\x03\xe8",
    b"\x03\xf6",
)
payloads = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=4).map(b"".join),
    st.binary(max_size=8),
    st.sampled_from(
        (b"\x03\xe8", b"\x03\xe8bye", b"\x03\xf6", b"\x0f\xa0", bytes(125), bytes(126))
    ),
)
no_bits = [st.just(False)] * 3
streams = st.lists(
    st.tuples(
        st.builds(
            Frame, st.sampled_from((0, 0, 1, 1, 2, 8, 9, 10, 11)), payloads, st.booleans(), *no_bits
        ),
        st.sampled_from((None, None, None, None, 16, 64)),
    ),
    max_size=8,
)
damage = st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=2)
readers: st.SearchStrategy[Role] = st.sampled_from(("client", "server"))


def write(
    frames: list[tuple[Frame, LengthForm | None]],
    reader: Role,
    places: list[tuple[int, int]],
    cut: int,
) -> tuple[bytes, Role]:
    """What a reader gets: frames, of which some bytes are changed and the last are missing."""
    key = KEY if reader == "server" else None
    data = bytearray(b"".join(build_frame(frame, key, form) for frame, form in frames))
    for place, octet in places if data else []:
        data[place % len(data)] = octet
    return bytes(data[: len(data) - cut]), reader


arrivals = st.builds(write, streams, readers, damage, st.sampled_from((0, 0, 0, 1, 2, 5)))


@given(arrivals)
def test_against_strangers(arrived: tuple[bytes, Role]) -> None:
    check_against_strangers(*arrived)


@pytest.mark.long
@settings(max_examples=50_000)
@given(arrivals)
def test_against_strangers_long(arrived: tuple[bytes, Role]) -> None:
    check_against_strangers(*arrived)
