"""A machine that is busy with other programs, played: now and then it stands still."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest


def stand_still(
    monkeypatch: pytest.MonkeyPatch, selector: type[Any], share: float, most: int, seconds: float
) -> list[float]:
    """Let event loops with this selector stop for ``seconds``, at most ``most`` times.

    share: of the turns in which they stop

    Returns a list that holds an entry for each stop.
    """
    real, chance = selector.select, random.Random(7)
    stops: list[float] = []

    def select(selector: Any, timeout: float | None = None) -> Any:
        if len(stops) < most and chance.random() < share:
            stops.append(seconds)
            time.sleep(seconds)
        return real(selector, timeout)

    monkeypatch.setattr(selector, "select", select)
    return stops
