"""``python -m wsedu explain FILE``: a file with WebSocket traffic, in words or as a page.

How to think about it: the same path as in a notebook. ``recording.find`` says which connections
are in the file, ``dissect`` reads one, and the ladder's text form is printed. What the peers sent
is shown with its control characters replaced, so that no byte of a file can move the cursor.

``python -m wsedu tap LISTEN UPSTREAM --out FILE`` makes such a file: see ``live.tapping``.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path

from .live.tapping import Address, Tapped, read_address, tap
from .live.working import working
from .recording import Diagnosis, Dissection, Found, diagnose, dissect, find
from .recording.files import write_whole
from .recording.opening import LARGEST
from .recording.pcapng import Talk, to_pcapng
from .views.drawing import clean
from .views.inner import inner_lines
from .views.ladder import describe
from .views.page import make_page
from .views.problems import problems_of
from .words import _, ngettext

HEALTHY, PROBLEMS, UNREADABLE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code of the process."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may not have all the characters
            stream.reconfigure(errors="replace")
    code = UNREADABLE
    try:
        code, lines = options.run(options)
        for line in lines:
            print(clean(line))
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # the reader has had enough, such as ``head``
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return code
        code = UNREADABLE
        name = error.filename if isinstance(error.filename, str) else str(options.source)
        print(_refusal(name, error.strerror or str(error)), file=sys.stderr)
    except ValueError as error:
        for line in _refusal(str(options.source), str(error)).splitlines():
            print(clean(line), file=sys.stderr)
    return code


def explain(options: argparse.Namespace) -> tuple[int, Iterator[str]]:
    """The exit code, and the lines to print; with ``--html`` the page is written by then.

    Raises ValueError if the file cannot be explained, OSError if it cannot be read.
    """
    name, number = options.source, options.connection
    title = _("standard input") if name == "-" else Path(name).name
    with working(_("Reading {name}").format(name=clean(title)), sys.stderr):
        found = find(sys.stdin.buffer.read(LARGEST + 1) if name == "-" else name, options.port)
    sockets = [each for each in found if each.is_websocket]
    if number is not None and not 0 < number <= len(sockets):
        sentence = ngettext(
            "there is no connection {number}: the file has {count} WebSocket connection",
            "there is no connection {number}: the file has {count} WebSocket connections",
            len(sockets),
        )
        raise ValueError(sentence.format(number=number, count=len(sockets)))
    if options.html is not None:
        with working(_("Drawing the page"), sys.stderr):
            page, is_healthy = make_page(title, found, number, options.first)
        write_whole(options.html, page.encode("utf-8", "replace"))
        written = _("{name} is written. Open it in a browser.").format(name=options.html)
        return (HEALTHY if is_healthy else PROBLEMS), iter([written])
    chosen = sockets[(number or 1) - 1]
    with working(_("Reading the frames"), sys.stderr):
        seen = dissect(chosen.recording)
        broken = [sentence for _index, sentence in problems_of(seen)]
        diagnosis = diagnose(seen)
    code = PROBLEMS if broken or diagnosis else HEALTHY
    return code, _lines(found, chosen, seen, diagnosis, broken)


def _lines(
    found: tuple[Found, ...],
    chosen: Found,
    seen: Dissection,
    diagnosis: Diagnosis,
    broken: list[str],
) -> Iterator[str]:
    yield chosen.line
    if diagnosis:
        yield _("Diagnosis: {cause}").format(cause=diagnosis.findings[0].sentence)
        yield from (f"  {evidence}" for evidence in diagnosis.findings[0].evidence)
    times = any(event.time for event in seen.recording.events)
    yield from describe(seen, times, every_problem=True).splitlines()
    yield from inner_lines(seen)
    if seen.recording.with_secrets_covered() is not seen.recording:
        yield _("Look before you share this: there are cookies, passwords or tokens in it.")
    if broken:
        count = ngettext("{count} problem:", "{count} problems:", len(broken))
        yield count.format(count=f"{len(broken):,}")
        yield from (f"  ✘ {sentence}" for sentence in broken)
    elif not diagnosis:
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


def tap_connections(options: argparse.Namespace) -> tuple[int, Iterator[str]]:
    """The exit code, and the lines to print when the tap has ended and the file is written."""
    if not options.source.is_local:
        warning = _(
            "Warning: other computers can connect to {listen}, and so reach {upstream}."
        ).format(listen=options.source, upstream=options.upstream)
        print(warning, file=sys.stderr)
    seen = tap(options.source, options.upstream, lambda line: print(clean(line), flush=True))
    if not seen:
        return HEALTHY, iter([_("Nothing was sent: there is no file.")])
    write_whole(options.out, WRITERS[options.out.suffix](options.out.name, seen))
    return HEALTHY, _written(options.out, seen)


def _written(path: Path, seen: Sequence[Tapped]) -> Iterator[str]:
    for each in seen:
        if each.recording.dropped:
            sentence = _("connection {number}: {count} more bytes are not in the file")
            yield sentence.format(number=each.number, count=f"{each.recording.dropped:,}")
    count = ngettext("{name}: {count} connection", "{name}: {count} connections", len(seen))
    yield count.format(name=path, count=len(seen))


def _as_capture(_name: str, seen: Sequence[Tapped]) -> bytes:
    return to_pcapng(Talk(each.recording.events, each.port, each.opened) for each in seen)


def _as_json(_name: str, seen: Sequence[Tapped]) -> bytes:
    """One recording, or a list of them."""
    texts = [each.recording.to_json() for each in seen]
    return (texts[0] if len(texts) == 1 else f"[{','.join(texts)}]\n").encode()


def _as_page(name: str, seen: Sequence[Tapped]) -> bytes:
    page, _is_healthy = make_page(name, find(_as_json(name, seen)))
    return page.encode("utf-8", "replace")


WRITERS: dict[str, Callable[[str, Sequence[Tapped]], bytes]] = {
    ".pcapng": _as_capture,
    ".json": _as_json,
    ".html": _as_page,
}


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
            "with the likeliest cause of its trouble and every problem. Exit code: 0 without "
            "a problem, 1 with problems, 2 if the file cannot be read."
        ),
    )
    command.set_defaults(run=explain)
    command.add_argument("source", metavar="FILE", help=_("the file; - for standard input"))
    command.add_argument("--port", type=int, metavar="N", help=_("only connections with this port"))
    command.add_argument(
        "--connection", type=int, metavar="N", help=_("which one, if there are several")
    )
    command.add_argument(
        "--html",
        metavar="OUT",
        help=_("write one page with pictures to this file; it needs no network"),
    )
    command.add_argument(
        "--from",
        dest="first",
        type=int,
        default=1,
        metavar="N",
        help=_("the first arrow that the page shows; a page has room for 1,000"),
    )
    command = commands.add_parser(
        "tap",
        help=_("stand between a client and a server, and write down what they say"),
        description=_(
            "Connect your client to LISTEN instead of UPSTREAM: all bytes are passed on unchanged, "
            "and are in the file when the tap ends. Cookies, passwords and tokens are covered in "
            "it. An address is a port, or host:port; without a host, it is this computer."
        ),
    )
    command.set_defaults(run=tap_connections)
    command.add_argument(
        "source", metavar="LISTEN", type=_address, help=_("where to listen; 0 finds a free port")
    )
    command.add_argument("upstream", metavar="UPSTREAM", type=_address, help=_("the server"))
    command.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        type=_writable,
        help=_("its ending says what is written: {endings}").format(endings=", ".join(WRITERS)),
    )
    return parser


def _address(text: str) -> Address:
    try:
        return read_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _writable(name: str) -> Path:
    """A file that can be written later, as far as that can be known now."""
    path = Path(name)
    if path.suffix not in WRITERS:
        endings = ", ".join(WRITERS)
        sentence = _("the name of the file has to end in one of {endings}")
        raise argparse.ArgumentTypeError(sentence.format(endings=endings))
    if not path.parent.is_dir():
        sentence = _("there is no folder {folder}")
        raise argparse.ArgumentTypeError(sentence.format(folder=path.parent))
    return path


if __name__ == "__main__":
    sys.exit(main())
