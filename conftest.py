"""What holds for every test, the notebooks among them."""

import atexit
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# No test writes into the journal of the person who runs it. The notebooks, whose kernels start
# from this process, share this one and never write into it; every other test has its own.
_home = tempfile.TemporaryDirectory(prefix="wsedu-")
atexit.register(_home.cleanup)
os.environ["WSEDU_HOME"] = _home.name

# No database: a run leaves nothing behind. No deadline: the machine may be busy.
settings.register_profile("wsedu", database=None, deadline=None, max_examples=100)
settings.load_profile("wsedu")


def pytest_configure(config: pytest.Config) -> None:
    """Under python -bb Hypothesis, which keeps what it has drawn in dicts, trips over its keys."""
    config.addinivalue_line("filterwarnings", "ignore::BytesWarning:hypothesis.*")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out, unless -m speaks of them."""
    if "long" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(autouse=True)
def own_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner's folder for this test alone, which does not exist yet."""
    monkeypatch.setenv("WSEDU_HOME", str(tmp_path / "wsedu-home"))
