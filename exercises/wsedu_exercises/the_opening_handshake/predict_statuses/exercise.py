"""Predict the status that a real server sends for eight changed requests."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.judges import Letters
from wsedu.protocol import build_request

_good = build_request("example.com:8000", "/connect-to-ws", "dGhlIHNhbXBsZSBub25jZQ==").to_bytes()

# By letter; the task describes each change in words.
REQUESTS = {
    "A": _good.replace(b"GET ", b"POST "),
    "B": _good.replace(b"Upgrade: websocket\r\n", b""),
    "C": _good.replace(b"Connection: Upgrade", b"Connection: keep-alive"),
    "D": _good.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"SGVsbG8sIHdvcmxkIQ=="),
    "E": _good.replace(b"Version: 13", b"Version: 12"),
    "F": _good[:-2] + b"Origin: http://evil.example\r\n\r\n",
    "G": _good.replace(b"Connection: Upgrade", b"connection: keep-alive, upgrade"),
    "H": _good[:-2] + b"X-Lunch: soup\r\n\r\n",
}

SECTIONS = {
    "A": "RFC 9110 15.5.6",
    "B": "RFC 9110 15.5.22",
    "C": "4.2.1, item 4; RFC 9110 15.5.22",
    "D": "4.2.1, item 5",
    "E": "4.2.1, item 6; 4.4",
    "F": "4.2.2, item 4",
    "G": "4.2.1, item 4",
    "H": "4.2.1, item 10",
}


EXERCISE = Exercise(
    stars=1,
    judge=Letters(section="4.2.1; 4.2.2", sections=SECTIONS, pictures=REQUESTS, fits=int),
    solution={"A": 405, "B": 426, "C": 426, "D": 400, "E": 400, "F": 403, "G": 101, "H": 101},
)
