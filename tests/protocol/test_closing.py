"""Close frames, their codes, and the table of states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsedu.protocol import (
    TRANSITIONS,
    Close,
    CloseCode,
    ProtocolError,
    State,
    Step,
    build_close,
    close_code_meaning,
    is_sendable,
    parse_close,
)

TRAVELLING = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}


class TestBody:
    """5.5.1."""

    @pytest.mark.parametrize(
        ("payload", "close"),
        [
            (b"", Close()),
            (b"\x03\xe8", Close(1000)),
            (b"\x03\xe8bye", Close(1000, "bye")),
            (b"\x0f\xa0" + "пока".encode(), Close(4000, "пока")),
            (b"\x03\xe8" + b"r" * 123, Close(1000, "r" * 123)),
        ],
    )
    def test_both_directions(self, payload: bytes, close: Close) -> None:
        assert parse_close(payload) == close
        assert build_close(close) == payload

    @pytest.mark.parametrize(
        ("payload", "section", "close_code"),
        [
            (b"\x03", "5.5.1", 1002),
            (b"\x00\x00", "7.4", 1002),
            (b"\x03\xee", "7.4", 1002),
            (b"\xff\xff", "7.4", 1002),
            (b"\x03\xe8\xff", "8.1", 1007),
            (b"\x03\xe8" + "€".encode()[:2], "8.1", 1007),
        ],
    )
    def test_refused(self, payload: bytes, section: str, close_code: int) -> None:
        with pytest.raises(ProtocolError) as caught:
            parse_close(payload)
        assert (caught.value.section, caught.value.close_code) == (section, close_code)

    @pytest.mark.parametrize(
        "close",
        [Close(None, "why"), Close(1005), Close(1006), Close(999), Close(1000, "€" * 42)],
    )
    def test_not_written(self, close: Close) -> None:
        with pytest.raises(ValueError, match="RFC 6455"):
            build_close(close)

    @given(st.binary(max_size=125))
    def test_any_payload(self, payload: bytes) -> None:
        try:
            close = parse_close(payload)
        except ProtocolError as error:
            assert error.section and error.close_code in (1002, 1007)
        else:
            assert build_close(close) == payload


class TestCodes:
    """7.4."""

    def test_which_may_travel(self) -> None:
        assert {code for code in range(2**16) if is_sendable(code)} == TRAVELLING

    def test_every_code_has_a_meaning(self) -> None:
        meanings = {close_code_meaning(code) for code in range(2**16)}
        assert len(meanings) == len(CloseCode) + 5, "the codes, four ranges, and outside"

    def test_codes_that_never_travel_say_so(self) -> None:
        silent = {code for code in CloseCode if "Never sent" in close_code_meaning(code)}
        assert silent == {code for code in CloseCode if not is_sendable(code)} == {1005, 1006, 1015}


class TestStates:
    """7.1."""

    def test_every_state_is_reached_and_only_closed_is_an_end(self) -> None:
        reached = {State.CONNECTING}
        while more := {to for (state, _step), to in TRANSITIONS.items() if state in reached}:
            if more <= reached:
                break
            reached |= more
        assert reached == set(State)
        assert {state for state, _step in TRANSITIONS} == set(State) - {State.CLOSED}

    def test_tcp_may_end_in_every_state(self) -> None:
        for state in set(State) - {State.CLOSED}:
            assert TRANSITIONS[state, Step.END_OF_TCP] is State.CLOSED

    def test_no_close_is_sent_twice_or_received_twice(self) -> None:
        for step in (Step.SEND_CLOSE, Step.RECEIVE_CLOSE):
            places = [to for (_state, s), to in TRANSITIONS.items() if s is step]
            assert all((to, step) not in TRANSITIONS for to in places)

    def test_nothing_leads_back(self) -> None:
        order = list(State)
        for (state, _step), to in TRANSITIONS.items():
            assert order.index(to) > order.index(state)
