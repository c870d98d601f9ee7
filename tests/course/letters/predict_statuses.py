"""The right answers to predict-statuses, from a real server."""

from __future__ import annotations

from wsedu.course.reference import server_status
from wsedu_exercises.the_opening_handshake.predict_statuses.exercise import REQUESTS


def right() -> dict[str, object]:
    """Letter -> answer."""
    return {letter: server_status(data) for letter, data in REQUESTS.items()}
