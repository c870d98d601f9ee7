"""The right answers to who-hears, measured with a real broker.

How to think about it: a process is an object here, with connections of its own to the broker. Its
clients are lists of what they have heard. A second later is simply a later line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redis import Redis

from wsedu import Valkey

TEA, END = b"tea", b"end"
Answer = list[int] | int


class Process:
    """One process of the server, and its clients.

    clients: the number of each -> what it has heard
    """

    def __init__(self, broker: Valkey, *clients: int) -> None:
        self.clients: dict[int, list[bytes]] = {client: [] for client in clients}
        self.redis = Redis(port=broker.port)
        self.news = self.redis.pubsub()

    def subscribe(self) -> None:
        """Subscribe, and wait until the broker has confirmed it."""
        self.news.subscribe("chat")
        assert self.next()["type"] == "subscribe"

    def next(self) -> dict[str, Any]:
        """What comes next from the broker."""
        item = self.news.get_message(timeout=20)
        assert item, "the broker is silent"
        return item

    def broadcast(self, message: bytes) -> None:
        """Send it to its own clients."""
        for heard in self.clients.values():
            heard.append(message)

    def publish(self) -> int:
        """Publish what client 1 says, and return what PUBLISH returns."""
        return int(self.redis.publish("chat", TEA))

    def read(self) -> None:
        """Broadcast all that has come from the broker."""
        self.redis.publish("chat", END)
        while (message := self.next()["data"]) != END:
            self.broadcast(message)

    def close(self) -> None:
        """End, whatever has not been read."""
        self.news.close()
        self.redis.close()


def hearing(*processes: Process, times: int = 1) -> list[int]:
    """The clients that have heard it this many times."""
    return [
        client
        for process in processes
        for client, heard in process.clients.items()
        if heard.count(TEA) == times
    ]


def a(left: Process, right: Process) -> Answer:
    left.broadcast(TEA)
    return hearing(left, right)


def b(left: Process, right: Process) -> Answer:
    left.subscribe()
    right.subscribe()
    left.publish()
    left.read()
    right.read()
    return hearing(left, right)


def c(left: Process, right: Process) -> Answer:
    left.subscribe()
    left.publish()
    right.subscribe()
    left.read()
    right.read()
    return hearing(left, right)


def d(left: Process, right: Process) -> Answer:
    right.subscribe()
    left.publish()
    right.read()
    return hearing(left, right)


def e(left: Process, right: Process) -> Answer:
    left.broadcast(TEA)
    b(left, right)
    return hearing(left, right, times=2)


def f(left: Process, right: Process) -> Answer:
    del right.clients[4]
    b(left, right)
    left.clients[4] = []
    left.read()
    return hearing(left, right)


def g(left: Process, right: Process) -> Answer:
    left.subscribe()
    right.subscribe()
    left.publish()
    left.read()
    assert hearing(left, right) == [1, 2], "right is still busy"
    right.read()
    return hearing(left, right)


def h(left: Process, right: Process) -> Answer:
    j(left, right)
    left.read()
    return hearing(left, right)


def i(left: Process, right: Process) -> Answer:
    left.subscribe()
    return left.publish()


def j(left: Process, right: Process) -> Answer:
    left.subscribe()
    right.subscribe()
    returned = left.publish()
    right.close()
    return returned


SCENES: list[Callable[[Process, Process], Answer]] = [a, b, c, d, e, f, g, h, i, j]


def right() -> dict[str, object]:
    """Letter -> answer."""
    found: dict[str, object] = {}
    for scene in SCENES:
        with Valkey() as broker:
            processes = Process(broker, 1, 2), Process(broker, 3, 4)
            found[scene.__name__.upper()] = scene(*processes)
            for process in processes:
                process.close()
    return found
