"""Accept by other recipes than that of 4.2.2: one step of it is different, or several.

How to think about it: a hash shows nothing of what went into it. So a wrong value cannot be read;
it can only be found, by computing what each wrong step would give. The right recipe has seven
steps; each name in ``OTHER`` is a step that is done in another way.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from wsedu.course.judges import Results
from wsedu.course.mistakes import Args
from wsedu.protocol import GUID

Step = Callable[..., Any]
MOST = 3  # steps that are different, at most

RIGHT: dict[str, Step] = {
    "key": lambda key: key,
    "guid": lambda guid: guid,
    "joint": lambda key, guid: key + guid,
    "end": lambda text: text,
    "hash": lambda text: hashlib.sha1(text).digest(),
    "digest": lambda digest: digest,
    "coding": lambda digest: base64.b64encode(digest).decode(),
}


def _between(text: bytes) -> Step:
    return lambda key, guid: key + text + guid


def _hashed_by(name: str) -> Step:
    return lambda text: hashlib.new(name, text).digest()


# A mistake -> the step that is different, and what is done there.
OTHER: dict[str, tuple[str, Step]] = {
    "decoded-key": ("key", base64.b64decode),
    "decoded-key-in-hex": ("key", lambda key: base64.b64decode(key).hex().encode()),
    "encoded-again": ("key", base64.b64encode),
    "key-without-padding": ("key", lambda key: key.rstrip(b"=")),
    "key-in-lower-case": ("key", bytes.lower),
    "key-in-upper-case": ("key", bytes.upper),
    "key-as-str-of-bytes": ("key", lambda key: str(key).encode()),
    "key-in-quotes": ("key", lambda key: b'"' + key + b'"'),
    "key-turned-round": ("key", lambda key: key[::-1]),
    "no-key": ("key", lambda key: b""),
    "header-line-hashed": ("key", lambda key: b"Sec-WebSocket-Key: " + key),
    "example-key": ("key", lambda key: b"dGhlIHNhbXBsZSBub25jZQ=="),
    "no-guid": ("guid", lambda guid: b""),
    "guid-in-lower-case": ("guid", bytes.lower),
    "guid-without-dashes": ("guid", lambda guid: guid.replace(b"-", b"")),
    "guid-in-braces": ("guid", lambda guid: b"{" + guid + b"}"),
    "guid-as-16-bytes": ("guid", lambda guid: uuid.UUID(guid.decode()).bytes),
    "guid-in-base64": ("guid", base64.b64encode),
    "guid-twice": ("guid", lambda guid: guid * 2),
    "guid-as-word": ("guid", lambda guid: b"GUID"),
    "guid-cut-short": ("guid", lambda guid: guid[:-1]),
    # The end of the GUID as it is often remembered.
    "another-guid": ("guid", lambda guid: b"258EAFA5-E914-47DA-95CA-5AB5DC11B735"),
    "guid-first": ("joint", lambda key, guid: guid + key),
    "newline-after-key": ("joint", _between(b"\n")),
    "crlf-after-key": ("joint", _between(b"\r\n")),
    "space-after-key": ("joint", _between(b" ")),
    "sign-after-key": ("joint", _between(b"-")),
    "sign-after-key/plus": ("joint", _between(b"+")),
    "sign-after-key/colon": ("joint", _between(b":")),
    "sign-after-key/comma": ("joint", _between(b",")),
    "newline-after-guid": ("end", lambda text: text + b"\n"),
    "crlf-after-guid": ("end", lambda text: text + b"\r\n"),
    "crlf-after-guid/twice": ("end", lambda text: text + b"\r\n\r\n"),
    "zero-after-guid": ("end", lambda text: text + b"\0"),
    "all-in-lower-case": ("end", bytes.lower),
    "utf-16": ("end", lambda text: text.decode("latin-1").encode("utf-16-le")),
    "utf-16/mark": ("end", lambda text: text.decode("latin-1").encode("utf-16")),
    "sha-256": ("hash", _hashed_by("sha256")),
    "sha-256/224": ("hash", _hashed_by("sha224")),
    "sha-256/512": ("hash", _hashed_by("sha512")),
    "sha-256/3": ("hash", _hashed_by("sha3_256")),
    "md5": ("hash", _hashed_by("md5")),
    "hashed-twice": ("hash", lambda text: hashlib.sha1(hashlib.sha1(text).digest()).digest()),
    "not-hashed": ("hash", lambda text: text),
    "hex-digest": ("digest", lambda digest: digest.hex().encode()),
    "hex-digest/upper": ("digest", lambda digest: digest.hex().upper().encode()),
    "16-bytes-of-the-hash": ("digest", lambda digest: digest[:16]),
    "digest-turned-round": ("digest", lambda digest: digest[::-1]),
    "hex-not-base64": ("coding", lambda digest: digest.hex()),
    "hex-not-base64/upper": ("coding", lambda digest: digest.hex().upper()),
    "bytes-not-str": ("coding", base64.b64encode),
    "str-of-bytes": ("coding", lambda digest: str(base64.b64encode(digest))),
    "urlsafe-base64": ("coding", lambda digest: base64.urlsafe_b64encode(digest).decode()),
    "no-padding": ("coding", lambda digest: base64.b64encode(digest).decode().rstrip("=")),
    "newline-after-value": ("coding", lambda digest: base64.encodebytes(digest).decode()),
    "newline-after-value/crlf": ("coding", lambda d: base64.b64encode(d).decode() + "\r\n"),
    "value-in-lower-case": ("coding", lambda digest: base64.b64encode(digest).decode().lower()),
    "base64-twice": ("coding", lambda d: base64.b64encode(base64.b64encode(d)).decode()),
    "base32": ("coding", lambda digest: base64.b32encode(digest).decode()),
    "digest-not-encoded": ("coding", lambda digest: digest),
    "digest-not-encoded/latin-1": ("coding", lambda digest: digest.decode("latin-1")),
    "header-line-returned": (
        "coding",
        lambda digest: "Sec-WebSocket-Accept: " + base64.b64encode(digest).decode(),
    ),
    "value-in-quotes": ("coding", lambda digest: '"' + base64.b64encode(digest).decode() + '"'),
}


def made_by(*names: str) -> Callable[[str], Any]:
    """The function that computes Accept with these steps done in the other way."""
    steps = RIGHT | dict(OTHER[name] for name in names)

    def accept(key: str) -> Any:
        text = steps["joint"](steps["key"](key.encode()), steps["guid"](GUID.encode()))
        return steps["coding"](steps["digest"](steps["hash"](steps["end"](text))))

    return accept


def mistakes() -> dict[str, Callable[[str], Any]]:
    """Each other step alone, as a mistake."""
    return {name: made_by(name) for name in OTHER}


def together(most: int = MOST) -> Iterable[tuple[str, ...]]:
    """Two other steps or more, the fewest first."""
    for count in range(2, most + 1):
        for names in itertools.combinations(OTHER, count):
            if len({OTHER[name][0] for name in names}) == count:
                yield names


def found(results: Results) -> tuple[str, ...]:
    """The other steps that together give every result; empty if there are none."""
    first, got = results[0]
    if not isinstance(got, (str, bytes)):
        return ()
    for names in together():
        accept = made_by(*names)
        if _gives(accept, first, got) and all(_gives(accept, *one) for one in results):
            return names
    return ()


def _gives(accept: Callable[[str], Any], args: Args, got: Any) -> bool:
    try:
        value = accept(*args)
    except ValueError:  # these steps do not go together: what one gives, the other cannot take
        return False
    return type(got) is type(value) and bool(got == value)
