"""``python -m wsedu explain FILE``: a file with WebSocket traffic, in words.

How to think about it: the same path as in a notebook. ``recording.find`` says which connections
are in the file, ``dissect`` reads one, and the ladder's text form is printed. What the peers sent
is shown with its control characters replaced, so that no byte of a file can move the cursor.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from io import TextIOWrapper

from .recording import Dissection, Found, dissect, find
from .recording.opening import LARGEST
from .views.drawing import clean
from .views.ladder import describe
from .words import _, ngettext

HEALTHY, PROBLEMS, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code of the process."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may not have all the characters
            stream.reconfigure(errors="replace")
    try:
        code, lines = explain(options.file, options.port, options.connection)
        for line in lines:
            print(clean(line))
        sys.stdout.flush()
        return code
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # the reader has had enough, such as ``head``
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return code
        print(_refusal(options.file, error.strerror or str(error)), file=sys.stderr)
    except ValueError as error:
        for line in _refusal(options.file, str(error)).splitlines():
            print(clean(line), file=sys.stderr)
    return UNREADABLE


def explain(name: str, port: int | None, number: int | None) -> tuple[int, Iterator[str]]:
    """The exit code, and the lines to print.

    name:   of the file, or ``-`` for standard input
    port:   look at the connections with this port
    number: of the WebSocket connection in the file; 1 is the first, which is shown by default

    Raises ValueError if the file cannot be explained, OSError if it cannot be read.
    """
    found = find(sys.stdin.buffer.read(LARGEST + 1) if name == "-" else name, port)
    sockets = [each for each in found if each.is_websocket]
    if number is not None and not 0 < number <= len(sockets):
        sentence = ngettext(
            "there is no connection {number}: the file has {count} WebSocket connection",
            "there is no connection {number}: the file has {count} WebSocket connections",
            len(sockets),
        )
        raise ValueError(sentence.format(number=number, count=len(sockets)))
    chosen = sockets[(number or 1) - 1]
    seen = dissect(chosen.recording)
    broken = _broken(seen)
    return (PROBLEMS if broken else HEALTHY), _lines(found, chosen, seen, broken)


def _lines(
    found: tuple[Found, ...], chosen: Found, seen: Dissection, broken: list[str]
) -> Iterator[str]:
    yield chosen.line
    times = any(event.time for event in seen.recording.events)
    yield from describe(seen, times, every_problem=True).splitlines()
    if seen.recording.with_secrets_covered() is not seen.recording:
        yield _("Look before you share this: there are cookies, passwords or tokens in it.")
    if broken:
        count = ngettext("{count} problem:", "{count} problems:", len(broken))
        yield count.format(count=f"{len(broken):,}")
        yield from (f"  ✘ {sentence}" for sentence in broken)
    else:
        yield _("No problem was found.")
    number = 0
    for each in found:
        number += each.is_websocket
        if each is chosen:
            continue
        if each.is_websocket:
            yield _("--connection {number}: {line}").format(number=number, line=each.line)
        else:
            yield _("also in the file: {line}").format(line=each.line)


def _broken(seen: Dissection) -> list[str]:
    """What is wrong, in the order of the bytes: rules of frames, and of the opening handshake."""
    sentences = []
    for unit in seen.units:
        whose = {"client": _("client"), "server": _("server")}[unit.sender]
        said = [f"{problem.sentence} ({problem.section})" for problem in unit.problems]
        if not said:  # a refusal breaks no rule, and no WebSocket comes of it
            said = [
                _("not so: {rule}; found: {found} ({section})").format(
                    rule=check.requirement, found=check.found, section=check.section
                )
                for check in unit.checks
                if check.passed is False
            ]
        sentences += [f"{whose}, {unit.title}: {sentence}" for sentence in said]
    return sentences


def _refusal(name: str, sentence: str) -> str:
    return f"{_('standard input') if name == '-' else name}: {sentence}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m wsedu")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "explain",
        help=_("print what a file with WebSocket traffic says"),
        description=_(
            "Print the connection in a capture, a HAR, a flow file, a recording or a hex dump, "
            "with every problem. Exit code: 0 without a problem, 1 with problems, "
            "2 if the file cannot be read."
        ),
    )
    command.add_argument("file", metavar="FILE", help=_("the file; - for standard input"))
    command.add_argument("--port", type=int, metavar="N", help=_("only connections with this port"))
    command.add_argument(
        "--connection", type=int, metavar="N", help=_("which one, if there are several")
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
