"""The right answers to who-hears, measured with a real broker.

How to think about it: a process is an object here, with connections of its own to the broker. Its
clients are lists of what they have heard. A second later is simply a later line.
"""

from __future__ import annotations

from typing import Any

from redis import Redis

from wsedu import Valkey

TEA, END = b"tea", b"end"


class Process:
    """One process of the server, and its clients.

    clients:  the number of each -> what it has heard
    returned: what PUBLISH has returned
    """

    def __init__(self, broker: Valkey, *clients: int) -> None:
        self.clients: dict[int, list[bytes]] = {client: [] for client in clients}
        self.returned = 0
        self.redis = Redis(port=broker.port)
        self.news = self.redis.pubsub()

    def accepts(self, client: int) -> None:
        """A client has connected."""
        self.clients[client] = []

    def loses(self, client: int) -> None:
        """A client has lost its connection."""
        del self.clients[client]

    def subscribes(self) -> None:
        """It has subscribed when the broker has confirmed it."""
        self.news.subscribe("chat")
        assert self.next()["type"] == "subscribe"

    def broadcasts(self, message: bytes = TEA) -> None:
        """Each of its own clients hears the message."""
        for heard in self.clients.values():
            heard.append(message)

    def publishes(self) -> None:
        """Its client 1 has said it."""
        self.returned = int(self.redis.publish("chat", TEA))

    def reads(self) -> None:
        """It broadcasts all that has come from the broker."""
        self.redis.publish("chat", END)
        while (message := self.next()["data"]) != END:
            self.broadcasts(message)

    def next(self) -> dict[str, Any]:
        """What comes next from the broker."""
        item = self.news.get_message(timeout=20)
        assert item, "the broker is silent"
        return dict(item)

    def ends(self) -> None:
        """Whatever has not been read is gone."""
        self.news.close()
        self.redis.close()


BOTH_READ = "left reads, right reads"
BOTH_SUBSCRIBE = "left subscribes, right subscribes"
BROKER = f"{BOTH_SUBSCRIBE}, left publishes, {BOTH_READ}"
KILLED = f"{BOTH_SUBSCRIBE}, left publishes, right ends, left reads"

# What the two do in each scene, one after another, and what is asked.
SCENES = {
    "A": ("left broadcasts", "once"),
    "B": (BROKER, "once"),
    "C": (f"left subscribes, left publishes, right subscribes, {BOTH_READ}", "once"),
    "D": ("right subscribes, left publishes, right reads", "once"),
    "E": (f"left broadcasts, {BROKER}", "twice"),
    "F": (f"right loses 4, {BROKER}, left accepts 4, left reads", "once"),
    "G": (BROKER, "once"),  # a second later or not: right reads after left
    "H": (KILLED, "once"),
    "I": ("left subscribes, left publishes", "returned"),
    "J": (KILLED, "returned"),
}


def answer(letter: str) -> list[int] | int:
    """Play a scene with a broker of its own."""
    steps, asked = SCENES[letter]
    with Valkey() as broker:
        processes = {"left": Process(broker, 1, 2), "right": Process(broker, 3, 4)}
        for step in steps.split(", "):
            name, verb, *client = step.split()
            getattr(processes[name], verb)(*map(int, client))
        for process in processes.values():
            process.ends()
    if asked == "returned":
        return processes["left"].returned
    times = 2 if asked == "twice" else 1
    heard = processes["left"].clients | processes["right"].clients
    return [client for client, texts in heard.items() if texts.count(TEA) == times]


def right() -> dict[str, object]:
    """Letter -> answer."""
    return {letter: answer(letter) for letter in SCENES}
