"""The endpoint in both roles: messages, replies, closing, failing, the end of TCP."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol import KEY, chunked, two_ways
from tests.words import Loud
from wsedu import words
from wsedu.protocol import (
    Binary,
    Ended,
    Endpoint,
    Event,
    Failed,
    Frame,
    Opcode,
    PeerClosed,
    Ping,
    Pong,
    State,
    Text,
    build_frame,
    mask,
    parse_close,
    read_layout,
)
from wsedu.said import Said


def client(**limits: Any) -> Endpoint:
    return Endpoint("client", lambda: KEY, **limits)


def server(**limits: Any) -> Endpoint:
    return Endpoint("server", **limits)


def from_client(*frames: Frame) -> bytes:
    return b"".join(build_frame(frame, KEY) for frame in frames)


def from_server(*frames: Frame) -> bytes:
    return b"".join(map(build_frame, frames))


def replies(events: list[Event]) -> bytes:
    return b"".join(event.reply for event in events)


def close_code(reply: bytes) -> int | None:
    """The code in a Close frame that an endpoint sends."""
    layout = read_layout(reply)
    assert layout is not None and layout.frame.opcode == Opcode.CLOSE
    assert layout.to_bytes() == reply
    return parse_close(layout.frame.payload).code


class TestRoles:
    """5.1."""

    def test_client_needs_keys(self) -> None:
        with pytest.raises(ValueError, match="5.1"):
            Endpoint("client")

    def test_server_has_no_keys(self) -> None:
        with pytest.raises(ValueError, match="5.1"):
            Endpoint("server", lambda: KEY)

    def test_client_sends_masked_frame(self) -> None:
        assert client().send_text("Hello") == bytes.fromhex("818537fa213d7f9f4d5158")

    def test_server_sends_unmasked_frame(self) -> None:
        assert server().send_text("Hello") == bytes.fromhex("810548656c6c6f")

    def test_client_takes_a_new_key_for_every_frame(self) -> None:
        keys = iter([KEY, bytes(4), KEY])
        endpoint = Endpoint("client", lambda: next(keys))
        assert endpoint.send_binary(b"ab", fragment_size=1) == (
            bytes.fromhex("0281") + KEY + b"V" + bytes.fromhex("808100000000") + b"b"
        )
        assert endpoint.ping() == bytes.fromhex("8980") + KEY

    def test_client_refuses_masked_frame(self) -> None:
        (event,) = list(client().receive(from_client(Frame(Opcode.TEXT))))
        assert isinstance(event, Failed) and (event.section, event.close_code) == ("5.1", 1002)

    def test_server_refuses_unmasked_frame(self) -> None:
        (event,) = list(server().receive(from_server(Frame(Opcode.TEXT))))
        assert isinstance(event, Failed) and (event.section, event.close_code) == ("5.1", 1002)


class TestMessages:
    """5.4 to 5.6."""

    @pytest.mark.parametrize(("one", "other"), [(client, server), (server, client)])
    @pytest.mark.parametrize("fragment_size", [None, 1, 4])
    def test_one_side_receives_what_the_other_sends(
        self, fragment_size: int | None, one: Any, other: Any
    ) -> None:
        sender, receiver = one(), other()
        data = sender.send_text("Привет", fragment_size=fragment_size)
        data += sender.send_binary(b"\xff" * 10, fragment_size=fragment_size)
        assert list(receiver.receive(data)) == [Text("Привет"), Binary(b"\xff" * 10)]

    def test_lone_surrogates_are_no_text(self) -> None:
        with pytest.raises(ValueError):
            server().send_text("\ud800")

    def test_another_function_masks(self) -> None:
        assert list(Endpoint("server", mask=mask).receive(client().send_text("a"))) == [Text("a")]

    def test_limits(self) -> None:
        (event,) = list(server(max_message_size=10).receive(client().send_text("a" * 11)))
        assert isinstance(event, Failed) and event.close_code == 1009
        (event,) = list(
            server(max_fragments=3).receive(client().send_text("abcd", fragment_size=1))
        )
        assert isinstance(event, Failed) and event.close_code == 1009


class TestPing:
    """5.5.2, 5.5.3."""

    def test_client_answers_ping(self) -> None:
        (event,) = list(client().receive(server().ping(b"Hello")))
        assert event == Ping(b"Hello", bytes.fromhex("8a8537fa213d7f9f4d5158"))

    def test_server_answers_ping(self) -> None:
        (event,) = list(server().receive(client().ping(b"Hello")))
        assert event == Ping(b"Hello", bytes.fromhex("8a0548656c6c6f"))

    def test_every_ping_has_its_pong_in_order(self) -> None:
        sender, receiver = client(), server()
        events = list(receiver.receive(sender.ping(b"1") + sender.ping(b"2")))
        assert list(sender.receive(replies(events))) == [Pong(b"1"), Pong(b"2")]

    def test_unsolicited_pong(self) -> None:
        assert list(server().receive(client().pong(b"x"))) == [Pong(b"x")]
        assert replies([Pong(b"x")]) == b""

    def test_answered_after_our_own_close(self) -> None:
        endpoint = server()
        endpoint.close()
        assert list(endpoint.receive(client().ping(b"?"))) == [Ping(b"?", b"\x8a\x01?")]

    def test_125_bytes_at_most(self) -> None:
        assert len(server().ping(bytes(125))) == 127
        for send in (server().ping, server().pong):
            with pytest.raises(ValueError, match="5.5"):
                send(bytes(126))


class TestClosing:
    """5.5.1, 7.1."""

    @pytest.mark.parametrize("initiator", ["client", "server"])
    @pytest.mark.parametrize(
        ("code", "reason", "recorded"), [(None, "", 1005), (1000, "", 1000), (4000, "bye", 4000)]
    )
    def test_both_directions(
        self, initiator: str, code: int | None, reason: str, recorded: int
    ) -> None:
        ends = {"client": client(), "server": server()}
        begins = ends[initiator]
        answers = ends["client" if initiator == "server" else "server"]
        (asked,) = list(answers.receive(begins.close(code, reason)))
        assert asked == PeerClosed(recorded, reason, asked.reply)
        assert list(begins.receive(asked.reply)) == [PeerClosed(recorded, reason, b"")]
        for role, end in ends.items():
            assert end.state is State.CLOSE_EXCHANGED
            assert end.must_end_tcp == (role == "server")
            assert end.receive_eof() == [Ended(recorded, reason, clean=True)]
            assert (end.state, end.must_end_tcp) == (State.CLOSED, False)

    def test_both_begin_at_once(self) -> None:
        one, other = client(), server()
        first, second = one.close(1000, "me"), other.close(1001, "no, me")
        assert list(one.receive(second)) == [PeerClosed(1001, "no, me", b"")]
        assert list(other.receive(first)) == [PeerClosed(1000, "me", b"")]
        assert one.receive_eof() == [Ended(1001, "no, me", True)], "7.1.5: each knows the other's"
        assert other.receive_eof() == [Ended(1000, "me", True)]

    def test_messages_may_come_after_our_close(self) -> None:
        endpoint = server()
        endpoint.close(1000)
        assert endpoint.state is State.CLOSE_SENT and not endpoint.must_end_tcp
        assert list(endpoint.receive(client().send_text("late"))) == [Text("late")]

    def test_nothing_may_be_sent_after_our_close(self) -> None:
        endpoint = server()
        endpoint.close()
        calls: list[Callable[[], bytes]] = [
            lambda: endpoint.send_text(""),
            lambda: endpoint.send_binary(b""),
            endpoint.ping,
            endpoint.pong,
            endpoint.close,
        ]
        for call in calls:
            with pytest.raises(RuntimeError, match="while CLOSE SENT: RFC 6455"):
                call()

    def test_a_close_that_cannot_be_written_changes_nothing(self) -> None:
        endpoint = server()
        with pytest.raises(ValueError):
            endpoint.close(1006)
        assert endpoint.state is State.OPEN

    def test_bytes_after_the_peers_close_mean_nothing(self) -> None:
        endpoint = server()
        after = from_client(Frame(Opcode.PING), Frame(3)) + b"\xff\xff"
        (event,) = list(endpoint.receive(client().close(1000) + after))
        assert isinstance(event, PeerClosed)
        assert list(endpoint.receive(after)) == []

    def test_a_text_before_the_peers_close_can_be_answered(self) -> None:
        sender, receiver = client(), server()
        answer = b""
        for event in receiver.receive(sender.send_text("a") + sender.close(1000)):
            answer += event.reply
            if isinstance(event, Text):
                answer += receiver.send_text(event.text)
        assert list(sender.receive(answer)) == [Text("a"), PeerClosed(1000, "", b"")]

    def test_close_amid_fragments(self) -> None:
        endpoint = server()
        frames = Frame(Opcode.TEXT, b"a", fin=False), Frame(Opcode.CLOSE, b"\x03\xe8")
        assert list(endpoint.receive(from_client(*frames))) == [
            PeerClosed(1000, "", bytes.fromhex("880203e8"))
        ]


class TestFailing:
    """7.1.7."""

    def test_client_says_why(self) -> None:
        (event,) = list(client().receive(from_server(Frame(3))))
        assert isinstance(event, Failed)
        layout = read_layout(event.reply)
        assert layout is not None and layout.mask_key == KEY
        close = parse_close(layout.frame.payload)
        assert (close.code, close.reason) == (event.close_code, event.sentence)

    def test_server_says_why(self) -> None:
        (event,) = list(server().receive(from_client(Frame(3))))
        reply = b"\x88\x19\x03\xeaOpcode 0x3 is reserved."
        assert event == Failed(Said("frame.reserved-opcode", opcode=3), "5.2", 1002, reply)
        assert event.sentence == "Opcode 0x3 is reserved."

    @pytest.mark.parametrize(
        ("frame", "reason", "sentence"),
        [
            (Frame(3), "Opcode 0x3 is reserved.", "OPCODE 0x3 IS RESERVED."),
            (
                Frame(Opcode.TEXT, b"\xff"),
                "A text message is not UTF-8: ff at offset 0, invalid start byte.",
                "A TEXT MESSAGE IS NOT UTF-8: ff AT OFFSET 0, INVALID START BYTE.",
            ),
        ],
    )
    def test_a_reason_travels_in_english(
        self, frame: Frame, reason: str, sentence: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In any language of the course: the peer's language is not known."""
        monkeypatch.setattr(words, "translations", Loud())
        (event,) = list(client().receive(from_server(frame)))
        assert isinstance(event, Failed) and event.sentence == sentence
        layout = read_layout(event.reply)
        assert layout is not None and parse_close(layout.frame.payload).reason == reason

    def test_events_before_the_failure_are_given(self) -> None:
        endpoint = server()
        events = list(endpoint.receive(from_client(Frame(Opcode.TEXT, b"ok"), Frame(3), Frame(1))))
        assert events[:-1] == [Text("ok")] and isinstance(events[-1], Failed)
        assert endpoint.must_end_tcp
        assert list(endpoint.receive(from_client(Frame(Opcode.TEXT)))) == [], "7.1.7"
        assert endpoint.receive_eof() == [Ended(1006, "", clean=False)]

    def test_no_second_close(self) -> None:
        endpoint = server()
        endpoint.close(1000)
        (event,) = list(endpoint.receive(from_client(Frame(3))))
        assert isinstance(event, Failed) and event.reply == b""
        assert endpoint.state is State.FAILED

    def test_wrong_close_is_a_failure_and_not_a_close(self) -> None:
        (event,) = list(server().receive(from_client(Frame(Opcode.CLOSE, b"\x03"))))
        assert isinstance(event, Failed) and event.section == "5.5.1"

    @pytest.mark.parametrize("payload", [b"\xff" + b"a" * 200, b"a" * 200 + b"\xff"])
    def test_utf8_in_the_middle_of_a_frame(self, payload: bytes) -> None:
        endpoint = server()
        data = from_client(Frame(Opcode.TEXT, payload + b"a" * 100))
        feed = chunked(data, 1)
        before = 8 + payload.index(b"\xff")
        assert all(list(endpoint.receive(next(feed))) == [] for _ in range(before))
        (event,) = list(endpoint.receive(next(feed)))
        assert isinstance(event, Failed) and close_code(event.reply) == 1007


class TestEndOfTcp:
    """7.1.4, 7.1.5."""

    @pytest.mark.parametrize("before", [b"", b"\x81", from_client(Frame(1, b"a", fin=False))])
    def test_without_close(self, before: bytes) -> None:
        endpoint = server()
        list(endpoint.receive(before))
        assert endpoint.receive_eof() == [Ended(1006, "", clean=False)]
        assert endpoint.receive_eof() == []
        assert list(endpoint.receive(b"\x00")) == []

    def test_without_an_answer_to_our_close(self) -> None:
        endpoint = client()
        endpoint.close(1000)
        assert endpoint.receive_eof() == [Ended(1006, "", clean=False)]


# Any bytes at all.


def check_any_bytes(data: bytes, make: Callable[[], Endpoint]) -> None:
    """Events, then perhaps one last word; the same at every cut; every reply well-formed."""

    def new_feed() -> Callable[[bytes], list[Event]]:
        endpoint = make()
        return lambda chunk: list(endpoint.receive(chunk))

    events = two_ways(data, new_feed)
    assert not any(isinstance(event, Failed | PeerClosed) for event in events[:-1])
    last = events[-1] if events else None
    if isinstance(last, Failed):
        assert last.section and last.close_code in (1002, 1007, 1009)
        assert close_code(last.reply) == last.close_code
    peer = server(max_message_size=None) if make is client else client(max_message_size=None)
    assert not any(isinstance(event, Failed) for event in list(peer.receive(replies(events))))


any_bytes = st.binary(max_size=60)
ends = st.sampled_from((client, server))
opcodes = st.sampled_from((0, 1, 1, 2, 8, 9, 10, 3))
some_text = st.lists(st.sampled_from(("é€".encode(), b"\xe2\x82", b"\xac", b"\xed"))).map(b"".join)
no_bits = [st.just(False)] * 3
nearly_legal = st.lists(
    st.builds(Frame, opcodes, some_text | any_bytes, st.booleans(), *no_bits),
    max_size=8,
)
damage = st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=2)


def damaged(
    frames: list[Frame], make: Callable[[], Endpoint], places: list[tuple[int, int]]
) -> bytes:
    data = bytearray(from_server(*frames) if make is client else from_client(*frames))
    for place, octet in places if data else []:
        data[place % len(data)] = octet
    return bytes(data)


@given(any_bytes, ends)
def test_any_bytes(data: bytes, make: Callable[[], Endpoint]) -> None:
    check_any_bytes(data, make)


@given(nearly_legal, ends, damage)
def test_damaged_streams(
    frames: list[Frame], make: Callable[[], Endpoint], places: list[tuple[int, int]]
) -> None:
    check_any_bytes(damaged(frames, make, places), make)


@pytest.mark.long
@settings(max_examples=50_000)
@given(any_bytes, ends)
def test_any_bytes_long(data: bytes, make: Callable[[], Endpoint]) -> None:
    check_any_bytes(data, make)


@pytest.mark.long
@settings(max_examples=50_000)
@given(nearly_legal, ends, damage)
def test_damaged_streams_long(
    frames: list[Frame], make: Callable[[], Endpoint], places: list[tuple[int, int]]
) -> None:
    check_any_bytes(damaged(frames, make, places), make)
