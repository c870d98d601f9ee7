"""Repair the configuration of a real nginx, so that a WebSocket passes and stays."""

from __future__ import annotations

from wsedu.course.exercise import Exercise
from wsedu.course.texts import Texts

from .running import fault

BEGIN = """\
server {
    listen 127.0.0.1:PORT;
    proxy_set_header Host $host;

    location / {
        proxy_pass http://127.0.0.1:BACKEND;
    }

    location /chat {
        proxy_pass https://127.0.0.1:BACKEND;
        proxy_read_timeout 100ms;
        ...
    }
}
"""

LINES = """\
proxy_set_header Host $host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";"""

SOLUTION = BEGIN.replace("https", "http").replace("100ms", "1h").replace("...", LINES)

EXERCISE = Exercise(
    stars=2,
    judge=Texts(BEGIN, "nginx", fault, section="RFC 9110 7.8"),
    solution=SOLUTION,
    seconds=30,
)
