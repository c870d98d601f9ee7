#!/usr/bin/env bash
# One would guess: nats.connect(..., allow_reconnect=False) to a port where nothing listens raises at
#   once; the code says in a comment: "Bail on first attempt if reconnecting is disallowed."
# True: the first connection is tried max_reconnect_attempts + 1 times, reconnect_time_wait seconds
#   apart, whatever allow_reconnect says: with the defaults (60 and 2 s) it takes two minutes, and then
#   raises NoServersError. max_reconnect_attempts=0 does not mean "no attempt more": it tries forever.
# Versions: nats-py 2.16.0, Python 3.11.
# Why it matters: a program that handles a lost broker itself turns reconnecting off, and then hangs
#   for two minutes where it expects an error. The bound that works is max_reconnect_attempts=1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q nats-py==2.16.0
cat > ask.py <<'PY'
import asyncio
import importlib.metadata
import socket

import nats
from nats.errors import NoServersError


async def attempts(**options):
    """How many attempts to connect fail before connect raises; None if it does not raise."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    failed = []

    async def note(error):
        failed.append(error)

    connecting = nats.connect(
        f"nats://127.0.0.1:{port}",
        allow_reconnect=False,
        reconnect_time_wait=0.01,
        error_cb=note,
        **options,
    )
    try:
        await asyncio.wait_for(connecting, 3)
    except NoServersError:
        return len(failed)
    except asyncio.TimeoutError:
        return None


async def main():
    print("nats-py", importlib.metadata.version("nats-py"))
    found = {}
    for most in ("default", 1, 3, 0):
        options = {} if most == "default" else {"max_reconnect_attempts": most}
        found[most] = await attempts(**options)
        said = found[most] or "more than 3 s of"
        print(f"allow_reconnect=False, max_reconnect_attempts={most}: {said} attempts")
    assert found == {"default": 61, 1: 2, 3: 4, 0: None}


asyncio.run(main())
PY
env/bin/python ask.py
