"""02.3: the server's side: read a request and decide."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from typing import Any

from ....protocol import Request, build_request, check_request, read_head
from ....words import _
from ...exercise import Exercise, Slip, edited, how_many, recognise
from ...reference import random_host, random_key, random_target, server_status, unit_of
from ...runner import Attempt, shorten
from ...verdict import Verdict, not_yet


def solution(data: bytes) -> tuple[int, str]:
    """The checks of 4.2.1, from the first line down."""
    import base64

    first, *lines = data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        headers[name.lower()] = value.strip()

    def words(name: str) -> list[str]:
        return [word.strip() for word in headers.get(name, "").lower().split(",")]

    if first.split(" ")[0] != "GET":
        return 405, "the method is not GET"
    if not headers.get("host"):
        return 400, "there is no Host"
    if "upgrade" not in words("connection"):
        return 426, "Connection does not name Upgrade"
    if "websocket" not in words("upgrade"):
        return 426, "Upgrade does not name websocket"
    try:
        nonce = base64.b64decode(headers.get("sec-websocket-key", ""), validate=True)
    except ValueError:
        return 400, "the key is not Base64"
    if len(nonce) != 16:
        return 400, "the key is not 16 bytes"
    if headers.get("sec-websocket-version") != "13":
        return 426, "the version is not 13"
    return 101, "Switching Protocols"


Change = Callable[[list[tuple[str, str]], random.Random], None]


def _set(name: str, value: str) -> Change:
    def change(headers: list[tuple[str, str]], chance: random.Random) -> None:
        headers[:] = [(n, value if n == name else v) for n, v in headers]

    return change


def _drop(name: str) -> Change:
    def change(headers: list[tuple[str, str]], chance: random.Random) -> None:
        headers[:] = [header for header in headers if header[0] != name]

    return change


def _fold_names(headers: list[tuple[str, str]], chance: random.Random) -> None:
    fold = chance.choice([str.lower, str.upper])
    headers[:] = [(fold(name), value) for name, value in headers]


def _key_of(length: int) -> Change:
    def change(headers: list[tuple[str, str]], chance: random.Random) -> None:
        key = base64.b64encode(chance.randbytes(length)).decode()
        _set("Sec-WebSocket-Key", key)(headers, chance)

    return change


def _no_space(headers: list[tuple[str, str]], chance: random.Random) -> None:
    headers.append(("X-No-Space", ""))  # ``_cases`` understands


def _add_header(headers: list[tuple[str, str]], chance: random.Random) -> None:
    headers.insert(chance.randrange(len(headers)), ("X-Lunch", "soup: hot"))


def _shuffle(headers: list[tuple[str, str]], chance: random.Random) -> None:
    chance.shuffle(headers)


# Changes that a server must not mind, and changes that it must.
CHANGES: tuple[Change, ...] = (
    _set("Connection", "keep-alive, Upgrade"),
    _set("Upgrade", "WebSocket"),
    _fold_names,
    _add_header,
    _shuffle,
    _no_space,
    _drop("Upgrade"),
    _drop("Connection"),
    _drop("Sec-WebSocket-Key"),
    _drop("Sec-WebSocket-Version"),
    _drop("Host"),
    _set("Connection", "keep-alive"),
    _set("Connection", "NotUpgrade"),
    _set("Upgrade", "h2c"),
    _set("Upgrade", "notwebsocket"),
    _set("Sec-WebSocket-Version", "12"),
    _set("Sec-WebSocket-Key", "not Base64 at all"),
    _set("Sec-WebSocket-Key", "dGhl*IHNh*bXBs*ZSBu*b25jZQ=="),  # 16 bytes if «*» is passed over
    _key_of(13),
    _key_of(17),  # as long as a right key, in Base64
    _key_of(18),
)


def _cases(chance: random.Random) -> list[bytes]:
    """The plain request, each change alone, then random mixtures."""
    mixtures: list[tuple[Change, ...]] = [(), *((change,) for change in CHANGES)]
    mixtures += [tuple(chance.sample(CHANGES, 2)) for _case in range(how_many(20))]
    cases = []
    for changes in mixtures:
        request = build_request(random_host(chance), random_target(chance), random_key(chance))
        headers = list(request.headers)
        for change in changes:
            change(headers, chance)
        written = Request(request.target, tuple(headers)).to_bytes()
        if ("X-No-Space", "") in headers:  # the space behind a colon is optional (RFC 9112 5)
            written = written.replace(b"X-No-Space: \r\n", b"").replace(b": ", b":")
        cases.append(written)
    return [*cases, cases[0].replace(b"GET ", b"POST ", 1)]


def right_statuses(data: bytes) -> set[int]:
    """The statuses that count as right.

    Where several rules are broken, the order of the checks is free. Two differences between
    the library and the RFC: it does not look at Host (4.2.1, item 2 does), and it answers 400
    to a wrong version (4.2.2, item 4 says "such as 426"), which counts as right too.
    """
    checks = check_request(read_head(data, "request"))
    broken = {check.status or 400 for check in checks if check.passed is False}
    if not broken:
        return {server_status(data) or 400}
    if any(check.name == "websocket-version" and check.passed is False for check in checks):
        broken.add(400)
    return (broken | {server_status(data) or 400}) - {101}


def judge(attempt: Attempt, chance: random.Random) -> Verdict:
    """Every case against a real server's answer."""
    results = [((data,), attempt(data)) for data in _cases(chance)]
    if all(_right(args, got) for args, got in results):
        return Verdict(
            "passed",
            _("Your server accepts every valid request and refuses the rest."),
            "4.2.1; 4.2.2",
        )
    said, args, got = recognise(SLIPS, results, _right, what=lambda result: result[0])
    return _explain(args[0], got, said)


def _well_formed(got: Any) -> bool:
    return isinstance(got, tuple) and [type(part) for part in got] == [int, str] and bool(got[1])


def _right(args: tuple[Any, ...], got: Any) -> bool:
    return _well_formed(got) and got[0] in right_statuses(args[0])


def _explain(data: bytes, got: Any, said: str | None) -> Verdict:
    if not _well_formed(got):
        return not_yet(
            _("Return a status and a reason, such as (400, 'no key'), not {got}.").format(
                got=shorten(got)
            ),
            "4.2.2",
        )
    if said is None and 101 in right_statuses(data):
        said = _("You answered {got} to a request that breaks no rule.").format(got=got[0])
    elif said is None and got[0] == 101:
        said = _("You answered 101 to a request that breaks a rule.")
    return not_yet(
        said
        or _("You were right to refuse, but {got} is the wrong status here.").format(got=got[0]),
        "4.2.1",
        message=unit_of(data),
        case=_("You returned {got}; expected is {right}.").format(
            got=shorten(got),
            right=_(" or ").join(str(status) for status in sorted(right_statuses(data))),
        ),
    )


SLIPS = (
    Slip(
        "names distinguish case",
        edited(
            solution,
            ("headers[name.lower()]", "headers[name]"),
            ('"host"', '"Host"'),
            ('"connection"', '"Connection"'),
            ('words("upgrade")', 'words("Upgrade")'),
            ('"sec-websocket-key"', '"Sec-WebSocket-Key"'),
            ('"sec-websocket-version"', '"Sec-WebSocket-Version"'),
        ),
        _(
            "You look for names or words as they are usually written; header names and the words "
            "of Connection and Upgrade do not distinguish case."
        ),
    ),
    Slip(
        "Connection as a whole",
        edited(solution, ('.split(",")]', '.split("\\0")]')),
        _(
            "You compare Connection as a whole; it is a list, and 'keep-alive, Upgrade' names "
            "Upgrade too. (Firefox used to send this list; Firefox ESR 153 sends Upgrade alone.)"
        ),
    ),
    Slip(
        "any key",
        edited(solution, ("len(nonce) != 16", "not nonce")),
        _("You accept a key of any length; it must decode to 16 bytes."),
    ),
    Slip(
        "Base64 is not validated",
        edited(solution, (", validate=True", "")),
        _(
            "Your key check passes over characters that are not Base64; b64decode refuses them "
            "only with validate=True."
        ),
    ),
    Slip(
        "a word inside another word",
        edited(
            solution,
            ('"upgrade" not in words("connection")', '"upgrade" not in str(words("connection"))'),
            ('"websocket" not in words("upgrade")', '"websocket" not in str(words("upgrade"))'),
        ),
        _(
            "You look for a word anywhere in the value; 'notwebsocket' is another word. "
            "Split the list at its commas and compare whole words."
        ),
    ),
    Slip(
        "no look at Host",
        edited(solution, ('not headers.get("host")', "False")),
        _("You do not look for Host; 4.2.1, item 2, asks for it. (Some servers do not look.)"),
    ),
    Slip(
        "any method",
        edited(solution, ('first.split(" ")[0] != "GET"', "False")),
        _("You accept any method; in HTTP/1.1 only GET opens a WebSocket. Refuse others with 405."),
    ),
)

EXERCISE = Exercise(
    name="02.3",
    title=_("Check the request"),
    stars=3,
    judge=judge,
    solution=solution,
    reason=_(
        "Names are made lower case once, when the lines are read; lists are split at commas. Then "
        "the items of 4.2.1 follow one another, and the first that fails decides."
    ),
    hints=(
        _("Split the head into lines first, then each line at its first colon, into a dict."),
        _("Make names lower case when you store them; Connection is a list of words."),
        _(
            "In this order: method (405), Host (400), Connection and Upgrade (426), the key: "
            "base64.b64decode(key, validate=True) gives 16 bytes (400), the version (426)."
        ),
    ),
    slips=SLIPS,
    piece="check_request",
)
