"""Keep what the lessons need of the measured file of eight servers, for ``wsedu.peers``.

``.venv/bin/python scripts/peers.py MEASURED.json > wsedu/course/peers.json``

The measured file has 45 inputs, each with what every server did. ``ROWS`` says which of them a
lesson speaks of, and under which short name.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROWS = {
    "POST": "A4",
    "plain GET": "A34",
    "keep-alive": "A8",
    "15-byte key": "A6",
    "version 12": "A5",
    "no Host": "A3",
    "no mask": "A9",
    "RSV1": "A10",
    "opcode 3": "A11",
    "long Ping": "A12",
    "Ping in parts": "A13",
    "long form": "A14",
    "longest form": "A14b",
    "top bit": "A15",
    "continues nothing": "A16",
    "text inside text": "A17",
    "Hel + lo": "A33",
    "1 MiB + 1": "A29",
    "10,000 empty": "A30",
    "not UTF-8": "A18",
    "half a character": "A19",
    "half a code": "A20",
    "Close 999": "A28",
    "Close 1005": "A21",
    "Close 1014": "A22",
    "Close 2999": "A23",
    "reason not UTF-8": "A25",
    "empty Close": "A20b",
    "Close 3000": "A24",
    "no Pong": "A40",
}
KEPT = ("http_status", "answer", "frames", "close_code", "reason", "tcp_end")


def rows(measured: dict[str, Any]) -> dict[str, Any]:
    """The rows of ``ROWS``, each server with the parts that a table shows."""
    inputs = {row["id"]: row for row in measured["inputs"]}
    return {
        name: {
            "id": number,
            "sent": inputs[number]["in_words"],
            "request": inputs[number]["handshake"],
            "servers": {
                server: {part: did[part] for part in KEPT if part in did}
                for server, did in inputs[number]["servers"].items()
            },
        }
        for name, number in ROWS.items()
    }


def page(measured: dict[str, Any]) -> str:
    """The whole file."""
    servers = next(iter(measured["inputs"]))["servers"]
    kept = {
        "date": measured["date"],
        "versions": {server: measured["versions"][server] for server in servers},
        "rows": rows(measured),
    }
    return json.dumps(kept, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    print(page(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
