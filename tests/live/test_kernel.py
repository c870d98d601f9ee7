"""The lab in a real kernel: cells that are interrupted or asleep, and what a lesson stores."""

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from nbconvert import HTMLExporter

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
