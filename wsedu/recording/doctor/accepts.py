"""Causes of a wrong Sec-WebSocket-Accept: what the server hashed instead.

How to think about it: a hash tells nothing by itself, but there are few ways to get it wrong. So
every known way is tried with the key of this recording. If the result is the Accept that was sent,
that way it was. The recipe of 4.2.2 has four steps: the key, the GUID after it, SHA-1, Base64. Each
step has its mistakes; one is tried in one step first, then one in each of two.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from itertools import product

from ...protocol.handshake import GUID

# The steps, each with what may go wrong in it; the first of a step is right.
_KEYS: dict[str, Callable[[str], bytes]] = {
    "": lambda key: key.encode("latin-1"),
    "key-cr": lambda key: key.encode("latin-1") + b"\r",
    "key-lf": lambda key: key.encode("latin-1") + b"\n",
    "key-crlf": lambda key: key.encode("latin-1") + b"\r\n",
    "key-space": lambda key: b" " + key.encode("latin-1"),
    "key-nul": lambda key: key.encode("latin-1") + b"\0",
    "key-decoded": lambda key: _decoded(key),
    "key-lower": lambda key: key.lower().encode("latin-1"),
    "key-no-padding": lambda key: key.rstrip("=").encode("latin-1"),
    "key-quoted": lambda key: b'"' + key.encode("latin-1") + b'"',
    "key-line": lambda key: b"Sec-WebSocket-Key: " + key.encode("latin-1"),
    "key-empty": lambda key: b"",
}
_JOINTS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda key: key + GUID.encode(),
    "guid-none": lambda key: key,
    "guid-first": lambda key: GUID.encode() + key,
    "guid-lower": lambda key: key + GUID.lower().encode(),
    "guid-no-dashes": lambda key: key + GUID.replace("-", "").encode(),
    "guid-line-end": lambda key: key + GUID.encode() + b"\n",
    "guid-nul": lambda key: key + GUID.encode() + b"\0",
    "guid-space": lambda key: key + b" " + GUID.encode(),
}
_HASHES: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: hashlib.sha1(data).digest(),
    "hash-sha256": lambda data: hashlib.sha256(data).digest(),
    "hash-sha512": lambda data: hashlib.sha512(data).digest(),
    "hash-md5": lambda data: hashlib.md5(data).digest(),
    "hash-none": lambda data: data,
}
_TEXTS: dict[str, Callable[[bytes], str]] = {
    "": lambda digest: base64.b64encode(digest).decode(),
    "text-hex": lambda digest: digest.hex(),
    "text-hex-upper": lambda digest: digest.hex().upper(),
    "text-base64-of-hex": lambda digest: base64.b64encode(digest.hex().encode()).decode(),
    "text-url-safe": lambda digest: base64.urlsafe_b64encode(digest).decode(),
    "text-no-padding": lambda digest: base64.b64encode(digest).decode().rstrip("="),
    "text-repr": lambda digest: str(base64.b64encode(digest)),
}
_LETTERS = "0123456789ABCDEF"


def wrong_ways(key: str, accept: str) -> tuple[str, ...]:
    """The names of the steps that went wrong, the fewest; empty if no known way leads there."""
    for most in (1, 2):
        for names, made in _recipes(key):
            if len(names) == most and made == accept:
                return names
        if most == 1 and accept in _with_misspelt_guid(key):
            return ("guid-letter",)
    return ()


def _recipes(key: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for steps in product(_KEYS, _JOINTS, _HASHES, _TEXTS):
        names = tuple(filter(None, steps))
        if 0 < len(names) <= 2:
            joined = _JOINTS[steps[1]](_KEYS[steps[0]](key))
            yield names, _TEXTS[steps[3]](_HASHES[steps[2]](joined))


def _with_misspelt_guid(key: str) -> Iterator[str]:
    """The results for every GUID with one letter wrong, missing, or changed for the next one."""
    for at, letter in enumerate(GUID):
        before, after = GUID[:at], GUID[at + 1 :]
        others = [before + other + after for other in _LETTERS if other != letter]
        others += [before + after, before + after[:1] + letter + after[1:]]
        for guid in set(others) - {GUID}:  # to change two equal letters changes nothing
            digest = hashlib.sha1((key + guid).encode("latin-1")).digest()
            yield base64.b64encode(digest).decode()


def _decoded(key: str) -> bytes:
    try:
        return base64.b64decode(key.encode("latin-1"))
    except ValueError:
        return b""
