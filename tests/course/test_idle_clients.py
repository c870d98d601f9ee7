"""What lesson 17 prints of idle clients is what the benchmark measures."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
KEPT = json.loads((ROOT / "wsedu" / "course" / "idle_clients.json").read_text("utf-8"))
VERSIONS = tomllib.loads((ROOT / "docs" / "facts" / "versions.toml").read_text("utf-8"))


def test_kept_measurement_has_a_date_and_versions_of_the_table() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", KEPT["date"]) and KEPT["clients"] == 1000
    named = [re.match(r"(\w+) ([\d.]+)", server) for server in KEPT["KiB for each client"]]
    assert [match[2] in VERSIONS[match[1]] for match in named if match] == [True] * 3


@pytest.mark.slow
def test_benchmark_measures_the_same_servers_in_the_same_order(tmp_path: Path) -> None:
    command = [sys.executable, "benchmarks/connections.py", tmp_path / "new.json"]
    few = ["--clients", "60", "--rounds", "1"]
    subprocess.run([*command, *few], cwd=ROOT, check=True, timeout=120, capture_output=True)
    new = json.loads((tmp_path / "new.json").read_text("utf-8"))
    assert new.keys() == KEPT.keys() and new["clients"] == 60
    here, kept = (each["KiB for each client"] for each in (new, KEPT))
    assert list(here) == list(kept)
    # Few clients are measured roughly; which server needs most is clear all the same.
    assert max(here, key=here.get) == max(kept, key=kept.get)
