"""Masking: what a client does to every payload before it leaves (5.3).

How to think about it: four key bytes are written again and again under the payload, and each
payload byte is combined with the key byte below it by XOR. Doing it twice gives the payload
back, so one function masks and unmasks. The key travels in the frame in front of the payload:
masking hides nothing. It keeps a script in a browser from choosing the bytes that
go over the wire (10.3).

``mask`` is the rule as the RFC writes it. ``mask_fast`` gives the same bytes with the same
standard library, many times faster; a test ties the two together. A C function, such as the
one that ``websockets`` ships, is faster again: a program may pass it to ``FrameReader`` or
``Endpoint``, and this room still imports nothing.
"""

from collections.abc import Callable

Mask = Callable[[bytes, bytes], bytes]  # (data, key of 4 bytes) -> data combined with the key


def mask(data: bytes, key: bytes) -> bytes:
    """5.3: octet i of the result is octet i of the data XOR octet i modulo 4 of the key."""
    return bytes(octet ^ key[i % 4] for i, octet in enumerate(data))


# One substitution alphabet for every key octet: XOR_WITH[k][b] == b ^ k.
XOR_WITH = [bytes(octet ^ key_octet for octet in range(256)) for key_octet in range(256)]


def mask_fast(data: bytes, key: bytes) -> bytes:
    """The same result without a loop over the octets."""
    size = len(data)
    if size < 512:  # one XOR of two long numbers
        repeated = key * (size // 4) + key[: size % 4]
        return (int.from_bytes(data) ^ int.from_bytes(repeated)).to_bytes(size)
    octets = bytearray(data)
    for i in range(4):  # every fourth octet meets the same key octet: replace these together
        octets[i::4] = octets[i::4].translate(XOR_WITH[key[i]])
    return bytes(octets)
