"""Find the key of a payload whose beginning is known."""

from __future__ import annotations

import random

from websockets.utils import apply_mask

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Cases, how_many
from wsedu.course.mistakes import Args

from ...server import mask


def read_along(masked: bytes, begins: bytes) -> bytes:
    """The payload: its first four masked bytes XOR the same four unmasked give the key."""
    key = mask(masked[:4], begins[:4])
    return mask(masked, key)


def reference(masked: bytes, begins: bytes) -> bytes:
    """The same with big integers, and the library's masking."""
    key = int.from_bytes(masked[:4], "big") ^ int.from_bytes(begins[:4], "big")
    return apply_mask(masked, key.to_bytes(4, "big"))


def cases(chance: random.Random) -> list[Args]:
    """Captured payloads whose beginning can be guessed: short and long, then random ones."""
    key = bytes.fromhex("37fa213d")
    texts = [b"Hello", b"Hell", b"Hello, world", b"Hello\x00\x80\xff", b"Hellllllo", b"Hell\x0a"]
    calls = [(apply_mask(text, key), b"Hell") for text in texts]
    calls += [
        (apply_mask(b"Hello, world", other), b"Hell") for other in (bytes(4), b"\x00\x01\x80\xff")
    ]
    calls += [
        (apply_mask(b'{"type": "open"}', key), begins) for begins in (b'{"type', b'{"type": "')
    ]
    calls += [(apply_mask(b"GET / HTTP/1.1\r\n", b"Hell"), b"GET / HTTP/1.1")]
    calls += [
        (apply_mask(b"abcdabcdab", key), b"abcdabcdab"),
        (apply_mask(b"\x00\x01\x02\x03\x04", key), b"\x00\x01\x02\x03"),
    ]
    for _case in range(how_many(20)):
        begins = chance.choice([b"GET ", b'{"to', b'{"type": "', b"Hell"])
        text = begins + chance.randbytes(chance.randrange(1, 30))
        calls.append((apply_mask(text, chance.randbytes(4)), begins))
    return calls


EXERCISE = Exercise(
    stars=3,
    judge=Cases(cases, reference, bytes, section="5.3; 10.3"),
    solution=read_along,
)
