#!/usr/bin/env bash
# One would guess: kosoku plays Autobahn's own case files, so the text cases 6.5 to 6.23 send the bytes
#   that their description names. Case 6.5.4 names F0 A4 AD A2, a character of four bytes, and a server
#   that refuses such characters fails it.
# True: every valid text of these cases that is not ASCII is encoded in UTF-8 a second time: C3 B0 C2 A4
#   C2 AD C2 A2. All its characters are then below U+0100, and no case outside sends a character of four
#   bytes either. A server that refuses these characters passes every text case.
# Versions: kosoku 0.1.0, websockets 17.4, Python 3.11.
# Why it matters: a full score says nothing about a decoder of your own that lacks the branch for four
#   bytes, or counts U+10FFFF as too large. Test these characters with a client of your own.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q kosoku==0.1.0 websockets==17.4
cat > ask.py <<'PY'
import asyncio
import logging
import re
from importlib.metadata import version

import kosoku
import websockets
from websockets.asyncio.server import serve

print("kosoku", version("kosoku"), "with websockets", websockets.__version__)
logging.disable()  # the suite breaks rules on purpose, and the server says so at length
refused = []


async def echo_but_refuse_four_bytes(connection):
    async for message in connection:
        if isinstance(message, str) and any(len(character.encode()) == 4 for character in message):
            refused.append(message)
            return await connection.close(1003)
        await connection.send(message)


def sent(case):
    """The payload of the first frame of a case, unmasked from the bytes that kosoku sent."""
    octets = bytes.fromhex(next(entry[1][1] for entry in case.wirelog if entry[0] == "TO"))
    return bytes(octet ^ octets[2 + i % 4] for i, octet in enumerate(octets[6:]))  # all are short


async def main():
    async with serve(echo_but_refuse_four_bytes, "127.0.0.1", 0, compression=None) as server:
        address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            results = await kosoku.run_fuzzingclient(address, None, ["9.*", "12.*", "13.*"], concurrency=8)
        except kosoku.FailureError as failure:
            results = failure.results
        refused_in_suite = list(refused)
        async with websockets.connect(address, proxy=None) as client:
            await client.send("hello\U00024b62world")
            await client.wait_closed()
            by_hand = client.close_code

    passed = [case.case_id for case in results if case.case_id.startswith("6.") and case.passed]
    right, twice = [], []
    for case in results:
        found = re.search(r"which is valid UTF-8 in one fragment.*Payload: 0xb'(\w+)'", case.description)
        if found and not (described := bytes.fromhex(found[1])).isascii():
            if sent(case) == described:
                right.append(case.case_id)
            if sent(case) == described.decode("latin-1").encode():
                twice.append(case.case_id)
            if case.case_id == "6.5.4":
                print("6.5.4 describes", described.hex(" "))
                print("      and sends", sent(case).hex(" "))
    print(f"valid texts beyond ASCII in 6.5 to 6.23: {len(right)} sent as described, {len(twice)} encoded twice")
    print(f"{len(results)} cases, messages refused: {len(refused_in_suite)}; text cases passed: {len(passed)}")
    print("a real character of four bytes is refused with", by_hand)
    assert right == [] and len(twice) == 60 and "6.5.4" in twice
    assert len(results) == 247 and len(passed) == 145
    assert refused_in_suite == [] and by_hand == 1003


asyncio.run(main())
PY
env/bin/python ask.py
