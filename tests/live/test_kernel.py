"""The lab in a real kernel: cells that are interrupted or asleep, and what a lesson stores."""

import base64
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from nbconvert import HTMLExporter

from ..terminal import listens

LESSONS = sorted((Path(__file__).parent.parent.parent / "notebooks").glob("*/*.ipynb"))


@pytest.fixture
def kernel() -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    manager, client = start_new_kernel(startup_timeout=300)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def run(client: BlockingKernelClient, code: str, seen: Callable[[str], None] = str) -> str:
    """What a cell prints; ``seen`` hears of each piece at once."""
    printed: list[str] = []

    def hook(message: dict) -> None:
        content = message["content"]
        if "text" in content:
            printed.append(content["text"])
            seen(content["text"])
        if message["msg_type"] == "error":
            printed.append(f"{content['ename']}: {content['evalue']}")

    client.execute_interactive(code, output_hook=hook, timeout=300)
    return "".join(printed)


# Each would take minutes: nobody answers, or nothing happens.
CALLS = [
    r"await lab.talk(b'\x81\x85', timeout=200)",
    "await lab.until(lambda recording: False, timeout=200)",
    "await lab.ask('GET', '/wait?after=0', timeout=200)",
    "await lab.browser(patience=200)",
    "await (await lab.raw()).receive(200)",
    "await (await lab.raw()).live(seconds=200)",
]


def test_an_interrupted_cell_stops_and_leaves_the_lab_usable(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    manager, client = kernel
    run(client, "from wsedu import Lab, dissect, build_request\nlab = Lab(notifications=True)")

    def stop(text: str) -> None:
        if "waiting" in text:
            manager.interrupt_kernel()

    request = "build_request('a', '/', 'dGhlIHNhbXBsZSBub25jZQ==').to_bytes()"
    for call in CALLS:
        start = time.monotonic()
        said = run(client, f"print('waiting', flush=True)\n{call}", stop)
        assert time.monotonic() - start < 60, call
        assert "KeyboardInterrupt" in said or "CancelledError" in said, call
        assert run(client, f"print(dissect(await lab.talk({request})).status)") == "101\n", call


def test_a_sleeping_cell_does_not_freeze_the_server(
    kernel: tuple[KernelManager, BlockingKernelClient],
) -> None:
    _manager, client = kernel
    code = """
import socket, time
from wsedu import Lab, build_request
lab = Lab()
with socket.create_connection(("127.0.0.1", int(lab.url.rpartition(":")[2]))) as peer:
    peer.sendall(build_request("a", "/", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes())
    print(peer.recv(100)[:12])
"""
    assert run(client, code) == "b'HTTP/1.1 101'\n"


PROXIES = ("start", "site", "through", "lines", "silence")  # cells of lesson 14, and then one that
SILENT = 'await silence("proxy_read_timeout 300s;")'  # would take minutes


@pytest.mark.parametrize("end", ["interrupt", "restart", "kill"])
def test_real_programs_of_a_lesson_are_gone_when_its_kernel_is_stopped(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process is left, no port, no folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (path,) = [path for path in LESSONS if path.stem == "14_proxies_and_tls"]
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    manager, client = start_new_kernel(startup_timeout=300)
    try:
        for name in PROXIES:
            assert "Error" not in run(client, cells[f"proxies-{name}"])
        client.execute(SILENT)
        wait_for(lambda: len(processes(tmp_path)) == 3, "the keeper, nginx, and its worker")
        (site,) = tmp_path.glob("wsedu-program-*/site.conf")
        port = int(re.findall(r"listen 127\.0\.0\.1:(\d+)", site.read_text("utf-8"))[0])
        wait_for(lambda: listens(port), "nginx listens")
        if end == "interrupt":
            manager.interrupt_kernel()
        elif end == "restart":
            manager.restart_kernel(now=True)
        else:
            manager.signal_kernel(signal.SIGKILL)
        wait_for(lambda: not processes(tmp_path), "no process")
        wait_for(lambda: not list(tmp_path.glob("wsedu-*")), "no folder")
        assert not listens(port)
        if end == "interrupt":
            assert client.get_shell_msg(timeout=60)["content"]["status"] == "error"
            again = "print(dissect((await through(LINES))[0]).status)"
            # What is asked of a kernel right after an error, it drops without a word.
            assert (run(client, again) or run(client, again)) == "101\n", "the kernel goes on"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def wait_for(look: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not look():
        assert time.monotonic() < end, f"not so within a minute: {what}"
        os.sched_yield()


def processes(folder: Path) -> list[str]:
    """Those that work in this folder; only Linux lets us look."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().decode().split("\0")
            if str(folder) in f"{os.readlink(process / 'cwd')} {words}":
                found.append(words[0])
    return found


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_without_a_kernel_shows_every_picture(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", []) if "data" in o]
    pictures = [o.data["image/svg+xml"] for o in outputs if "image/svg+xml" in o.data]
    html, _resources = HTMLExporter(template_name="lab").from_notebook_node(notebook)
    assert pictures or path.stem == "glossary"
    for picture in pictures:
        assert base64.b64encode(picture.encode()).decode() in html
    assert html.count("Error displaying widget") == 0
