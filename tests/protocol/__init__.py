"""What the tests of the protocol share."""

from collections.abc import Callable, Iterator
from typing import TypeVar

KEY = bytes.fromhex("37fa213d")  # the masking key of the examples in 5.7

T = TypeVar("T")


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


def two_ways(data: bytes, new_feed: Callable[[], Callable[[bytes], list[T]]]) -> list[T]:
    """What a fresh reader finds in ``data``: whole and byte by byte must agree."""
    whole = new_feed()(data)
    feed = new_feed()
    assert [found for chunk in chunked(data, 1) for found in feed(chunk)] == whole
    return whole


def three_ways(data: bytes, new_feed: Callable[[], Callable[[bytes], list[T]]]) -> list[T]:
    """The same for bytes that end with a whole unit: what follows them must change nothing."""
    found = two_ways(data, new_feed)
    feed = new_feed()
    assert feed(data + b"\x81") == found, "the first byte of a frame follows"
    return found
