"""Programs that only the tests need, and that are not Python packages."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import pytest


def find(*names: str, purpose: str) -> str:
    """The path of the first program on the PATH; skips without one, which in CI is a failure.

    purpose: what needs it, as the subject of the sentence that says what is missing
    """
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is not None:
        return found
    missing = f"{names[0]}, which is not" if len(names) == 1 else f"one of {', '.join(names)}"
    reason = f"{purpose} {missing} on the PATH"
    leave_out(reason)


def leave_out(reason: str) -> NoReturn:
    """Skip the test, which in CI is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def started(
    command: list[str], pattern: str, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program in the background, and the address that it says on stderr once it listens.

    pattern: its first group is the address
    The body ends the program; if it is still there half a minute later, it is killed.
    """
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(pattern, line):
            break
    else:
        raise RuntimeError(f"{command[0]} did not start:\n" + "".join(said))
    # Whatever it says later must be read, or it would block on a full pipe.
    reader = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        yield process, found[1]
    finally:
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()  # its other processes end with it
            process.wait()
        reader.join(30)
        process.stderr.close()


def hub_proxy() -> list[str]:
    """The command of a hub's own proxy, without its arguments; skips without it."""
    from wsedu_classroom.hub import proxy_command  # JupyterHub is large

    try:
        return proxy_command()
    except FileNotFoundError as error:
        leave_out(str(error))
