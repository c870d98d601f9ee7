"""Each log keeps the order, is read from its beginning, and forgets a class that has ended."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import pytest
from wsedu_classroom.board.brokers import BATCH, Stream, log_at
from wsedu_classroom.board.log import Log, LogLost, Memory

from wsedu import Nats, Valkey
from wsedu.live.programs import find

pytestmark = pytest.mark.anyio
JETSTREAM = "jetstream { store_dir: FOLDER }"


def start(kind: str) -> Any:
    """A broker, as lesson 17 starts it."""
    for name in ("valkey-server", "redis") if kind == "valkey" else ("nats-server", "nats"):
        if find(name) is None:
            pytest.fail(f"{name} is missing: python3 scripts/environment.py world")
    return Valkey() if kind == "valkey" else Nats(JETSTREAM)


@pytest.fixture(params=["valkey", "nats"])
def broker(request: pytest.FixtureRequest) -> Iterator[Any]:
    with start(request.param) as running:
        yield running


async def first(log: Log, count: int) -> tuple[list[str], int]:
    """The first entries, and how many of them came before the log was up to date.

    One that is written while the reader begins may come twice: the matrix does not mind.
    """
    found: list[str] = []
    current = -1
    reading: AsyncIterator[Any] = log.read()
    async with aclosing(reading), asyncio.timeout(30):  # type: ignore[type-var]
        async for entries in reading:
            found = list(dict.fromkeys([*found, *entries]))
            if not entries:
                current = len(found)
            if len(found) >= count and current >= 0:
                break
    return found, current


async def test_every_reader_has_all_entries_in_order(broker: Any) -> None:
    left, right = (log_at(broker.url, "abc") for _process in range(2))
    entries = [f'["hello", "{number}", "ä\u2028"]' for number in range(BATCH + 10)]
    await left.append(entries)
    assert await first(right, len(entries)) == (entries, len(entries))
    reading = asyncio.create_task(first(left, len(entries) + 2))
    await right.append(['["a"]'])
    await right.append(['["b"]'])
    found, _current = await reading
    assert found == [*entries, '["a"]', '["b"]']
    for log in (left, right):
        await log.close(forget=True)
    again = log_at(broker.url, "abc")
    assert await first(again, 0) == ([], 0)
    await again.close()


async def test_another_class_has_another_log(broker: Any) -> None:
    one, other = log_at(broker.url, "abc"), log_at(broker.url, "def")
    await one.append(['["a"]'])
    assert await first(other, 0) == ([], 0)
    for log in (one, other):
        await log.close(forget=True)


async def test_a_broker_that_is_gone_is_a_lost_log(broker: Any) -> None:
    log = log_at(broker.url, "abc")
    await log.append(['["a"]'])
    reading = asyncio.create_task(first(log, 2))
    await first(log, 1)
    broker.close()
    with pytest.raises(LogLost):
        await reading
    with pytest.raises(LogLost):
        await log.append(['["b"]'])
    await log.close()


async def test_a_subscription_that_is_cut_is_a_lost_log_and_no_hole() -> None:
    """redis-py would subscribe again, and say nothing of what it has missed (lesson 17)."""
    with start("valkey") as broker:
        log = log_at(broker.url, "abc")
        reading = asyncio.create_task(first(log, 2))
        await log.append(['["a"]'])
        assert isinstance(log, Stream)
        while not await log._client.execute_command("CLIENT", "KILL", "TYPE", "pubsub"):
            await asyncio.sleep(0.01)
        with pytest.raises(LogLost):
            await reading
        await log.close()


async def test_without_an_address_the_log_is_in_memory() -> None:
    log = log_at("", "abc")
    assert isinstance(log, Memory)
    await log.append(["a", "b"])
    assert await first(log, 2) == (["a", "b"], 0)
    await log.append(["c"])
    await log.close()
    assert log._entries == []
