"""Run a board: ``python3 scripts/classroom.py board``.

How to think about it: this file decides who can reach the board, and says so. Everything else is
in ``server``. Without options, only this machine can. ``--open`` opens a port to the network of the
classroom. As a service of a JupyterHub, the hub says on which port and path it is.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shlex
import signal
import socket
import sys
import webbrowser
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

from .brokers import log_at
from .course import installed
from .keep import Kept, opened
from .server import LEARNERS, Board, Told
from .tokens import tokens

SECONDS = 10  # for the end of the class to reach all
ROOM = (
    "To let in more, start the board again with the line above and --most NUMBER. Ctrl-C would end "
    "the class for all: close the window of the board instead, and learners' notebooks send again "
    "what they did. If you do not know all of them, leave out --class and --teacher, or --tokens: "
    "then the class has a new link, and all learners join again."
)
ROOM_ON_HUB = (
    "The button of the page ends the class, and half a minute later the hub begins a new one. To "
    "let in more, start the hub with a greater --servers."
)


def main(arguments: list[str]) -> int:
    """Run a board until the class has ended, and return the exit status."""
    try:
        options = _options(arguments)
        learners, teachers = tokens(options.tokens, options.learners, options.teachers)
        allow_many_connections()
        with ExitStack() as files:
            keep = files.enter_context(closing(opened(options.keep))) if options.keep else None
            asyncio.run(_run(options, learners, teachers, keep))
    except (OSError, ValueError, ImportError) as error:
        print(f"The board cannot run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before it listened, or a second time
        return 1
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="classroom.py board", description=__doc__.split(":")[0])
    add = parser.add_argument
    hub = urlsplit(os.environ.get("JUPYTERHUB_SERVICE_URL", ""))
    add("--open", action="store_true", help="open a port to the network of this machine")
    add("--port", type=port, default=hub.port or 0, help="listen there; else the system chooses")
    add("--keep", type=Path, metavar="FILE", help="write all events into this file")
    add(
        "--class",
        dest="learners",
        default="",
        metavar="TOKEN",
        help="the learners' token, to begin again",
    )
    add(
        "--teacher",
        dest="teachers",
        default="",
        metavar="TOKEN",
        help="the teacher's token, to begin again",
    )
    add("--tokens", type=Path, metavar="FILE", help="keep both tokens in this file")
    add("--broker", default="", metavar="URL", help="redis://... or nats://..., for several boards")
    add("--public", default="", metavar="URL", help="what learners connect to; commas between them")
    add(
        "--most",
        type=count,
        default=LEARNERS,
        metavar="NUMBER",
        help="how many learners the class has at most (default: %(default)s)",
    )
    add("--title", default=Told.title, help="what the page is called")
    add("--no-browser", action="store_true", help="do not open the page")
    add(
        "--prefix",
        default=os.environ.get("JUPYTERHUB_SERVICE_PREFIX", ""),
        help="the path that a proxy has for this board, such as /services/board/",
    )
    return parser.parse_args(arguments)


def port(text: str) -> int:
    """A port, or 0 for any; ValueError for what is none."""
    if 0 <= (number := int(text)) < 2**16:
        return number
    raise ValueError(text)


def count(text: str) -> int:
    """A number from 1; ValueError for what is none."""
    if (number := int(text)) > 0:
        return number
    raise ValueError(text)


def _address(public: bool) -> str:
    """The address of this machine, for others or for itself."""
    if not public:
        return "127.0.0.1"
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; the system chooses where it would leave
        return str(probe.getsockname()[0])
    return socket.gethostname()


def allow_many_connections() -> None:
    """Raise the limit of open files as far as this user may: each connection is one."""
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _run(
    options: argparse.Namespace, learners: str, teachers: str, keep: Kept | None
) -> None:
    public = tuple(url.strip().rstrip("/") for url in options.public.split(",") if url.strip())
    if strange := [url for url in public if not re.match(r"wss?://[^/]", url)]:
        raise ValueError(f"--public is what learners connect to, ws://... or wss://, not {strange}")
    on_hub = "JUPYTERHUB_SERVICE_NAME" in os.environ
    board = Board(
        installed(),
        log_at(options.broker, learners),
        learners=learners,
        teachers=teachers,
        prefix=options.prefix,
        origins=frozenset(urlsplit(url).netloc for url in public),
        keep=keep,
        most=options.most,
        room=ROOM_ON_HUB if on_hub else ROOM,
        say=lambda words: print(words, flush=True),
    )
    stop = asyncio.Event()
    with suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with board.listening("0.0.0.0" if options.open else "127.0.0.1", options.port) as port:
        prefix = options.prefix.rstrip("/")
        here, there = (f"{_address(public)}:{port}{prefix}" for public in (False, options.open))
        link = ",".join(f"{url}/{learners}" for url in public or [f"ws://{there}"])
        network = f"the network of {_address(True)}" if options.open else Told.network
        # On a hub the kernels have the link from it.
        join = f"import wsedu; wsedu.join_class({'' if on_hub else repr(link) + ', '}'nickname')"
        board.told = Told(options.title, join, network)
        page = f"http://{here}/{teachers}/"
        _say(page, join, options, port, learners, teachers)
        waiting = [asyncio.create_task(board.until_ended()), asyncio.create_task(stop.wait())]
        try:
            if not options.no_browser:
                await asyncio.to_thread(webbrowser.open, page)
            done, _rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        except asyncio.CancelledError:  # Ctrl-C
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await board.end()
        finally:
            for task in waiting:
                task.cancel()
            print("The class has ended." if board.matrix.ended else "The board has stopped.")


def _say(
    page: str, join: str, options: argparse.Namespace, port: int, learners: str, teachers: str
) -> None:
    """What a teacher has to know."""
    if options.open:
        reach = (
            f"Port {port} of this machine is open to its network ({_address(True)}). What learners "
            "send is not encrypted: ask for nicknames that others may read."
        )
    else:
        reach = "Only this machine can reach the board. --open opens a port to the classroom."
    again = f"python3 scripts/classroom.py board --port {port}"
    if options.tokens:
        again += f" --tokens {shlex.quote(str(options.tokens))}"
    else:
        again += f" --class {learners} --teacher {teachers}"
    again += " --open" * options.open
    for name in ("broker", "public", "keep", "prefix"):
        if given := getattr(options, name):
            again += f" --{name} {shlex.quote(str(given))}"
    if options.most != LEARNERS:
        again += f" --most {options.most}"
    if options.title != Told.title:
        again += f" --title {shlex.quote(options.title)}"
    print(
        f"The board, for you alone:\n\n    {page}\n\n"
        f"Learners type this in a notebook of the course, each with a nickname:\n\n    {join}\n\n"
        f"{reach}\n"
        f"Ctrl-C ends the class. If the board was lost, start it again with\n\n    {again}\n",
        flush=True,
    )
