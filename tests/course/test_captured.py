"""The captured messages of lesson 16 stand for what their comments say."""

import random

import pytest

from wsedu.course.judges import Did
from wsedu.protocol import Frame, Opcode
from wsedu_exercises.extensions_and_compression import deflate


def messages(*payloads: bytes) -> list[Frame]:
    return [Frame(Opcode.TEXT, payload, rsv1=True) for payload in payloads]


def test_captured_conversations_inflate_to_what_was_sent() -> None:
    weather = [b'{"temperature": 21.%d, "unit": "C"}' % tenths for tenths in (5, 6)]
    assert deflate.received(messages(*deflate.WEATHER), True) == [*weather, b"ping", weather[0]]
    greeting = "👋 Grüße".encode()
    sent = [b"Hello", b"Hello", b"", b"Hello", greeting, greeting]
    assert deflate.received(messages(*deflate.GREETINGS), True) == sent


def test_captured_fragments_are_one_message() -> None:
    first, *others, last = deflate.FRAGMENTS
    frames = [Frame(Opcode.TEXT, first, fin=False, rsv1=True)]
    frames += [Frame(Opcode.CONTINUATION, part, fin=False) for part in others]
    frames.append(Frame(Opcode.CONTINUATION, last))
    assert deflate.received(frames, False) == [b"Hello world"]


@pytest.mark.parametrize("payload", deflate.DAMAGED)
def test_damaged_messages_fail_the_connection(payload: bytes) -> None:
    assert isinstance(deflate.received(messages(payload), True), Did)


@pytest.mark.parametrize("keeps_context", [True, False])
def test_messages_made_by_chance_are_read_as_they_were(keeps_context: bool) -> None:
    for seed in range(20):
        chance = random.Random(seed)
        texts = [deflate.words(chance) for _message in range(4)]
        payloads = deflate.sent(texts, keeps_context, chance)
        assert deflate.received(messages(*payloads), keeps_context) == texts


def test_message_that_points_far_back_is_read_as_it_was() -> None:
    (payload,) = deflate.sent([deflate.FAR])
    assert deflate.received(messages(payload), True) == [deflate.FAR]
    assert len(payload) < len(deflate.FAR) // 20
