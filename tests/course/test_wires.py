"""The solutions of lesson 13 do with connections of the library what they do in their checks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

from wsedu.course.catalogue import exercises
from wsedu.course.virtual_time import VirtualTimeLoop

from .wires import Client, now

Feed = list[tuple[float, Any]]


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run it on a clock that jumps."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(work())


def solution(name: str) -> Callable[..., Awaitable[Any]]:
    """What a learner would write."""
    found: Callable[..., Awaitable[Any]] = exercises()[name].solution
    return found


def receive_from(feed: Feed) -> Callable[[], Awaitable[Any]]:
    """A function that gives each item in its second, and then None."""
    begin = now()

    async def receive() -> Any:
        if not feed:
            return None
        at, item = feed.pop(0)
        await asyncio.sleep(begin + at - now())
        return item

    return receive


async def source(feed: Feed) -> AsyncIterator[Any]:
    """The same as an async iterator."""
    receive = receive_from(feed)
    while (item := await receive()) is not None:
        yield item


def seconds(client: Client, begin: float) -> dict[str, float]:
    """When each message came."""
    return {message: round(at - begin, 1) for message, at in client.wire.received.items()}


def test_broadcast_goes_on_when_a_connection_of_the_library_is_lost() -> None:
    async def work() -> None:
        ann, bob, cem = Client(0, 0), Client(1, 5), Client(2, 0)
        clients = {ann, bob, cem}
        asyncio.get_running_loop().call_later(1, cem.wire.reset)
        asyncio.get_running_loop().call_later(1, clients.discard, cem)
        assert await solution("changing-set")(clients, "m") == 2
        assert ("m" in cem.wire.received, clients) == (False, {ann, bob})

    run(work)


def test_newest_message_follows_the_one_that_fills_the_buffer() -> None:
    async def work() -> None:
        begin, client = now(), Client(0, 3)
        feed: Feed = [(at, ("hall", str(20 + at))) for at in range(3)]
        assert await solution("latest-only")(receive_from(feed), client) == 1
        assert seconds(client, begin) == {"20": 0, "22": 3}

    run(work)


def test_writer_ends_with_a_connection_of_the_library() -> None:
    async def work() -> None:
        begin, client = now(), Client(0, 2)
        chat: Feed = [(0, "a"), (1, "c"), (50, "late")]
        clock: Feed = [(0.5, "b"), (3, "d")]
        asyncio.get_running_loop().call_later(5, client.wire.reset)
        assert await solution("one-writer")(client, (source(chat), source(clock))) == 2
        assert seconds(client, begin) == {"a": 0, "b": 2, "c": 4}
        assert round(now() - begin, 1) == 5
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) == 1

    run(work)


def test_slow_client_is_closed_and_the_quick_one_hears_everything_in_time() -> None:
    async def work() -> None:
        begin, quick, slow = now(), Client(0, 0), Client(1, 6.5)
        feed: Feed = [(at, f"news {at}") for at in range(6)]
        assert await solution("drop-the-slow")(receive_from(feed), (quick, slow), 2) == [slow]
        assert seconds(quick, begin) == {f"news {at}": at for at in range(6)}
        assert (seconds(slow, begin), slow.wire.closed) == ({"news 0": 0}, 1013)
        assert quick.wire.closed is None

    run(work)
