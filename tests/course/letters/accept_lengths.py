"""The right answers to accept-lengths, from what they are about."""

from __future__ import annotations

import base64
import hashlib

from wsedu.protocol import GUID


def measured(key: str) -> dict[str, int]:
    """The lengths for one key."""
    text = key + GUID
    digest = hashlib.sha1(text.encode()).digest()
    value = base64.b64encode(digest).decode()
    lengths = [len(part) for part in (key, text, digest, value)]
    return dict(zip("ABCDE", [*lengths, value.count("=")], strict=True))


def right() -> dict[str, object]:
    """Letter -> answer."""
    return measured("dGhlIHNhbXBsZSBub25jZQ==")
