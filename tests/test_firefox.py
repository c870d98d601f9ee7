"""What happens where a browser is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from . import chromium, firefox


def start_chromium(_folder: Path) -> None:
    chromium.launch(None)  # type: ignore[arg-type]


def start_firefox(folder: Path) -> None:
    with firefox.launch(folder):
        pass


@pytest.mark.parametrize(
    ("start", "name"),
    [(start_chromium, "Chromium"), (start_firefox, "Firefox")],
    ids=["chromium", "firefox"],
)
def test_a_missing_browser_is_named_and_in_ci_it_is_a_failure(
    start: Callable[[Path], None], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=f"need a {name}: one of .* on the PATH"):
        start(tmp_path)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=f"need a {name}"):
        start(tmp_path)
