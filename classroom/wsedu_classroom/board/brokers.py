"""The log in a broker: a Valkey stream, or a NATS JetStream in memory. Neither is on a disk.

How to think about it: what waits to be written goes into the log as one message, a line each, so
that a burst costs one round trip and not a hundred. The message is there as a whole, or not at all.
Every error of the broker means the same: begin anew from the start of the log.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from .log import Log, LogLost, Memory

BATCH = 500  # entries in a message
DAY = 86_400  # seconds after which a broker forgets a class that was never ended
RENEW = 600  # seconds
PATIENCE = 10  # seconds for a broker to answer


def log_at(url: str, token: str) -> Log:
    """The log at this URL (redis://... or nats://...), or in memory without one.

    token: of the learners; each class has a log of its own, whose name does not give it away
    """
    name = f"wsedu-board-{hashlib.sha256(token.encode()).hexdigest()[:16]}"
    if not url:
        return Memory()
    return Jetstream(url, name) if url.startswith("nats:") else Stream(url, name)


class Stream:
    """A stream of Valkey, or of Redis."""

    def __init__(self, url: str, name: str) -> None:
        import redis.asyncio as redis
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError
        from redis.retry import Retry

        self._name, self._renewed = name, -float(RENEW)
        self._lost = (RedisError, OSError, asyncio.TimeoutError)
        # No retries: the server begins anew, and knows what it has to send.
        self._client: Any = redis.Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )

    async def append(self, entries: Sequence[str]) -> None:
        """Add messages to the stream, and then tell all who have read it."""
        with _lost(*self._lost):
            async with (
                asyncio.timeout(PATIENCE),
                self._client.pipeline(transaction=False) as all_of,
            ):
                for message in _messages(entries):
                    all_of.xadd(self._name, {"lines": message})
                    all_of.publish(self._name, message)
                if time.monotonic() - self._renewed > RENEW:
                    self._renewed = time.monotonic()
                    all_of.expire(self._name, DAY)
                await all_of.execute()

    async def read(self) -> AsyncIterator[Sequence[str]]:
        """Subscribe first, and read the stream then: so there is no hole between the two."""
        last = "0"
        with _lost(*self._lost):
            async with self._client.pubsub() as news:
                await news.subscribe(self._name)
                if not await news.get_message(timeout=PATIENCE):  # from here on, nothing is missed
                    raise LogLost("Valkey does not answer")
                while came := await self._client.xread({self._name: last}, count=1000):
                    for _name, messages in came.items() if isinstance(came, dict) else came:
                        last = messages[-1][0]
                        yield [
                            line for _id, fields in messages for line in _lines(fields[b"lines"])
                        ]
                yield ()
                subscribed = news.connection
                while news.connection is subscribed:
                    if message := await news.get_message(timeout=None):
                        if message["type"] != "message":
                            break
                        yield _lines(message["data"])
        raise LogLost("the subscription was cut")

    async def close(self, *, forget: bool = False) -> None:
        """Close the connections, and delete the stream first if it is to forget."""
        try:
            if forget:
                with _lost(*self._lost):
                    async with asyncio.timeout(PATIENCE):
                        await self._client.delete(self._name)
        finally:
            await self._client.aclose()


class Jetstream:
    """A stream of NATS, in the memory of its server."""

    def __init__(self, url: str, name: str) -> None:
        import nats

        self._url, self._name = url, name
        self._lost = (nats.errors.Error, OSError, asyncio.TimeoutError)
        self._client: Any = None
        self._connecting = asyncio.Lock()
        self._readers: set[asyncio.Queue[Any]] = set()  # each hears None when the connection ends

    async def _connected(self) -> Any:
        """The JetStream of a connection that is open."""
        import nats

        async with self._connecting:
            if self._client is None or self._client.is_closed:
                self._client = await nats.connect(
                    self._url,
                    allow_reconnect=False,  # the server begins anew
                    max_reconnect_attempts=1,  # nats-py heeds this one when it first connects
                    reconnect_time_wait=0.1,
                    connect_timeout=PATIENCE,
                    error_cb=_be_silent,
                    closed_cb=self._say_closed,
                )
                await self._client.jetstream().add_stream(
                    name=self._name, subjects=[self._name], storage="memory", max_age=DAY
                )
        return self._client.jetstream()

    async def append(self, entries: Sequence[str]) -> None:
        """Publish messages, and wait until the stream has them."""
        with _lost(*self._lost):
            stream = await self._connected()
            for message in _messages(entries):
                await stream.publish(self._name, message.encode(), timeout=PATIENCE)

    async def read(self) -> AsyncIterator[Sequence[str]]:
        """Subscribe first, and read the stream then: so there is no hole between the two.

        The subscription is a plain one to the subject that the stream keeps, so news comes at once.
        """
        with _lost(*self._lost):
            stream = await self._connected()
            kept: asyncio.Queue[Any] = asyncio.Queue()
            coming: asyncio.Queue[Any] = asyncio.Queue()
            self._readers |= {kept, coming}
            try:
                await self._client.subscribe(self._name, cb=coming.put)
                newest = (await stream.stream_info(self._name)).state.last_seq
                if newest:
                    history = await stream.subscribe(self._name, ordered_consumer=True, cb=kept.put)
                    while message := await kept.get():
                        yield _lines(message.data)
                        if message.metadata.sequence.stream >= newest:
                            await history.unsubscribe()
                            break
                yield ()
                while message := await coming.get():
                    yield _lines(message.data)
            finally:
                self._readers.discard(kept)
                self._readers.discard(coming)
            raise LogLost("NATS has closed the connection")

    async def _say_closed(self) -> None:
        for reader in self._readers:
            reader.put_nowait(None)

    async def close(self, *, forget: bool = False) -> None:
        """Close the connection, and delete the stream first if it is to forget."""
        from nats.js.errors import NotFoundError

        try:
            if forget:
                with _lost(*self._lost), suppress(NotFoundError):  # another process was faster
                    await (await self._connected()).delete_stream(self._name)
        finally:
            if self._client:
                await self._client.close()


def _messages(entries: Sequence[str]) -> Iterator[str]:
    for begin in range(0, len(entries), BATCH):
        yield "\n".join(entries[begin : begin + BATCH])


def _lines(message: bytes) -> list[str]:
    return message.decode().split("\n")


@contextmanager
def _lost(*errors: type[BaseException]) -> Iterator[None]:
    try:
        yield
    except errors as error:
        raise LogLost(str(error) or type(error).__name__) from None


async def _be_silent(_error: Exception) -> None:
    """What goes wrong is raised where it matters; the library would print it."""
