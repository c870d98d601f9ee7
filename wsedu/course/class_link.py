"""Joining a class: from then on, and not before, a teacher's board shows your progress.

How to think about it: nothing is sent without ``join_class``. What it writes into the learner's
folder, ``class.json``, is the permission: it names the board and the nickname, and every kernel of
the learner looks there before it sends. Without the file nothing is sent. It ends with
``leave_class``, with the class, and after twelve hours. What is sent is in ``class_sender``.
"""

from __future__ import annotations

import json
import os
import secrets
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import urlsplit

from .._awaited import values_only
from .._told import Told
from ..live.guest import IN_BROWSER
from ..words import _
from . import journal
from .class_sender import Joined, Sender

try:
    import fcntl
except ImportError:  # Windows: there, no kernel waits for another
    fcntl = None  # type: ignore[assignment]

HOURS = 12
NICKNAME = 30  # characters
OF_THE_HUB = "WSEDU_CLASS"  # the link of the class, where the learner's hub knows it

_sender: Sender | None = None
_told: Sender | None = None  # the sender whose refusal the learner has read
_mentioned = False


class NoClass(Told, ValueError):
    """The link or the nickname is missing or wrong."""


@values_only
def join_class(link: str, nickname: str = "") -> None:
    """Show your progress on the teacher's board, under a nickname.

    link: what the teacher gives you; on a hub that knows it, the nickname alone is enough

    Returns at once: a board that does not answer delays no cell. Raises NoClass if the link or the
    nickname cannot be right.
    """
    if reason := _off():
        print(reason)
        return
    link, nickname = str(link), str(nickname)
    if not nickname and "://" not in link:
        link, nickname = os.environ.get(OF_THE_HUB, ""), link
    addresses, nickname = _addresses(link), _checked(nickname)
    try:
        with _alone():
            now = _joined()
            if now and now.addresses == addresses and journal.read("joined", now.learner):
                joined = replace(now, nickname=nickname)
            else:
                learner = secrets.token_urlsafe(12)
                joined = Joined(addresses, nickname, learner, int(time.time()))
                journal.write_now("joined", learner)
            if joined != now:
                _keep(joined)
    except OSError as error:
        said = _("You are not in the class: nothing can be written in {folder} ({error}).")
        print(said.format(folder=journal.home(), error=error.strerror or error))
        return
    _news()
    if joined == now:
        _say(_status())
        return
    said = _(
        "The teacher's board now shows under the nickname {nickname}: which exercises you check, "
        "the outcome and the name of the mistake, your hints, resets and predictions, and whether "
        "you are connected. Your answers, your name and your files are not sent. This ends with "
        "leave_class(), with the class, or after {hours} hours."
    )
    _say(said.format(nickname=nickname, hours=HOURS))


def leave_class() -> None:
    """Send nothing more to the board, from any of your notebooks."""
    was_in = _joined() is not None
    try:
        _file().unlink(missing_ok=True)
    except OSError as error:
        if was_in:
            said = _(
                "You are still in the class: {file} cannot be removed ({error}). Remove it "
                "yourself, or your progress is sent for up to {hours} hours."
            )
            _say(said.format(file=_file(), error=error.strerror or error, hours=HOURS))
            return
    if _sender:
        _sender.wake()
    if was_in:
        print(_("You have left the class. Nothing more is sent."))
    else:
        print(_("You are not in a class. Nothing is sent."))


def mention() -> None:
    """Say once in a kernel that there is a board to join, if this is so."""
    global _mentioned
    if _mentioned or not os.environ.get(OF_THE_HUB) or _off() or _joined():
        return
    _mentioned = True
    _say(
        _(
            "This class has a board. If you want your teacher to see what you pass and where you "
            "are stuck: import wsedu; wsedu.join_class('your nickname')"
        )
    )


def _off() -> str:
    """Why nothing is ever sent here, or ""."""
    if IN_BROWSER:
        return _("The browser edition cannot join a class. Nothing is sent.")
    if journal.is_graded():
        return _("While nbgrader grades, nothing is sent to a board.")
    if "PYTEST_VERSION" in os.environ:  # nbval is a plugin of pytest
        return _("While nbval checks notebooks, nothing is sent to a board.")
    return ""


def _addresses(link: str) -> tuple[str, ...]:
    """The addresses in a link, which has a comma between two of them."""
    if not link:
        raise NoClass(
            _("The link is missing. Ask your teacher for it: join_class('ws://...', 'nickname')")
        )
    found = tuple(part.strip().rstrip("/") for part in link.split(","))
    for address in found:
        if not _is_address(address):
            raise NoClass(
                _("{address} is not the link of a class, such as ws://HOST:PORT/abc").format(
                    address=repr(address)
                )
            )
    return found


def _is_address(text: str) -> bool:
    with suppress(ValueError):  # of a host in brackets, or a port above 65535
        parts = urlsplit(text)
        named = parts.hostname and parts.port != 0 and parts.path.strip("/")
        return bool(named) and parts.scheme in ("ws", "wss") and not parts.fragment
    return False


def _checked(nickname: str) -> str:
    nickname = nickname.strip()
    if not 1 <= len(nickname) <= NICKNAME or not nickname.isprintable():
        said = _("Choose a nickname of 1 to {most} characters: join_class(link, 'nickname')")
        raise NoClass(said.format(most=NICKNAME))
    return nickname


def _say(words: str) -> None:
    print(textwrap.fill(words, 80, break_on_hyphens=False, break_long_words=False))


def _status() -> str:
    if _sender and _sender.refused:
        return _refusal(_sender.refused)
    if _sender and _sender.answered:
        return _("You are in this class already. The board has answered.")
    return _(
        "You are in this class already. The board has not answered yet. If that stays so, ask "
        "your teacher whether the link is right."
    )


def _refusal(reason: str) -> str:
    """What the learner reads; the reason came over the network, so it may be any text."""
    said = _(
        "The board refuses what you send ({reason}), so your teacher does not see it. Tell your "
        "teacher. You need not join again: your notebook keeps asking the board."
    )
    return said.format(reason=reason if reason.isprintable() else ascii(reason))


# The permission, which all kernels of the learner share.


def _file() -> Path:
    return journal.home() / "class.json"


@contextmanager
def _alone() -> Iterator[None]:
    """Let the learner's other kernels wait: what was read within this stays as it was.

    So two kernels that join at the same moment are one learner. Raises OSError without a folder.
    """
    if fcntl is None:
        yield
        return
    with suppress(FileExistsError):  # it is a file: "not a directory" will say so better
        journal.home().mkdir(parents=True, exist_ok=True)
    folder = os.open(journal.home(), os.O_RDONLY)
    try:
        with suppress(OSError):  # some network folders have no locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _keep(joined: Joined) -> None:
    """Write the file at once and whole: another kernel may read it at any moment."""
    new = _file().with_suffix(f".{secrets.token_hex(4)}")
    new.write_text(json.dumps(asdict(joined)), encoding="utf-8")
    os.replace(new, _file())


def _joined() -> Joined | None:
    """The class that the learner is in, or None."""
    with suppress(OSError, ValueError, TypeError, RecursionError):
        joined = Joined(**json.loads(_file().read_text(encoding="utf-8")))
        # A clock that has gone back must not make it last.
        if joined.addresses and abs(time.time() - joined.time) < HOURS * 3600:
            return replace(joined, addresses=tuple(joined.addresses))
    return None


def _forget(joined: Joined) -> None:
    """The class has ended."""
    with suppress(OSError), _alone():
        if _joined() == joined:  # and no other kernel has just joined another class
            _file().unlink()


def _news() -> None:
    """The journal has a new line: send it, if the learner is in a class."""
    global _sender
    joined = None if _off() else _joined()
    if joined and (_sender is None or _sender.is_over or _sender.joined != joined):
        if _sender:
            _sender.wake()  # it ends: the learner is no longer in its class
        _sender = Sender(joined, lambda: _joined() == joined, lambda: _forget(joined))
    if _sender:
        _sender.wake()


def _tell_a_refusal() -> None:
    """Say once that the board refuses: joining did not wait for its answer, and said nothing."""
    global _told
    if _sender and _sender.refused and _sender is not _told and _sender.joined == _joined():
        _told = _sender
        _say(_refusal(_sender.refused))


journal.listeners += [_news, _tell_a_refusal]
