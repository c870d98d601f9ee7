"""Fixtures that tests in several folders ask for."""

from collections.abc import Iterator
from typing import Any

import pytest

from . import programs
from .live import leftovers


@pytest.fixture
def anyio_backend() -> str:
    """A test that is a coroutine runs in asyncio's loop; the course has no other."""
    return "asyncio"


@pytest.fixture(params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Any:
    """Both browsers, one after the other, as the folder of the test starts each."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def no_lab_is_left() -> Iterator[None]:
    yield
    leftovers.close_lab()


@pytest.fixture
def nothing_is_left_or_said(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    with leftovers.none(capfd):
        yield


@pytest.fixture
def tshark() -> str:
    return programs.find("tshark", purpose="comparing with Wireshark needs")
