"""WebSocket byte by byte: the helper package of the course.

These are the names that lessons use. There is more in ``wsedu.protocol`` (bytes and
values), ``wsedu.recording`` (what was seen), ``wsedu.live`` (servers and clients),
``wsedu.views`` (pictures) and ``wsedu.course`` (exercises). All of it is meant to be read:
``Lab??`` shows the source.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .course import (
        check,
        hint,
        mine,
        own_server,
        peers,
        predict,
        progress,
        quiz,
        revisit,
        score,
        solution,
        start_over,
    )
    from .live import Lab
    from .protocol import accept_key, build_request
    from .recording import Recording, dissect
    from .views import (
        AcceptSteps,
        BytesAndFields,
        Checklist,
        ClosingSteps,
        Comparison,
        FrameBuilder,
        Ladder,
        LengthForms,
        MaskingSteps,
        RoundTrips,
        StreamCutter,
        Timeline,
    )

# The room of each name. Rooms are opened when a name is first used, so that importing wsedu
# needs neither widgets nor a network.
_ROOMS = {
    "Lab": "live",
    "Recording": "recording",
    "dissect": "recording",
    "accept_key": "protocol",
    "build_request": "protocol",
    "AcceptSteps": "views",
    "BytesAndFields": "views",
    "Checklist": "views",
    "ClosingSteps": "views",
    "Comparison": "views",
    "FrameBuilder": "views",
    "Ladder": "views",
    "LengthForms": "views",
    "MaskingSteps": "views",
    "RoundTrips": "views",
    "StreamCutter": "views",
    "Timeline": "views",
    "check": "course",
    "hint": "course",
    "mine": "course",
    "own_server": "course",
    "peers": "course",
    "predict": "course",
    "progress": "course",
    "quiz": "course",
    "revisit": "course",
    "score": "course",
    "solution": "course",
    "start_over": "course",
}

__all__ = [
    "AcceptSteps",
    "BytesAndFields",
    "Checklist",
    "ClosingSteps",
    "Comparison",
    "FrameBuilder",
    "Lab",
    "Ladder",
    "LengthForms",
    "MaskingSteps",
    "Recording",
    "RoundTrips",
    "StreamCutter",
    "Timeline",
    "accept_key",
    "build_request",
    "check",
    "dissect",
    "hint",
    "mine",
    "own_server",
    "peers",
    "predict",
    "progress",
    "quiz",
    "revisit",
    "score",
    "solution",
    "start_over",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f".{_ROOMS[name]}", __name__), name)
    raise AttributeError(f"module 'wsedu' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
