"""What a learner on a hub takes of the machine's memory, beside a plain JupyterLab.

    python benchmarks/hub.py results.json

One learner works on a hub that is started as TEACHING.md says, another in ``jupyter lab`` with its
own settings. Both have lesson 00 open in a Chromium, and have run all its cells. Memory is PSS of a
server and its kernel: what processes share is divided among them, and both run at the same time.
It takes about a minute a round.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "exercises"), str(ROOT / "classroom")]

from tests import programs  # noqa: E402
from tests.classroom import hubs  # noqa: E402
from tests.classroom.pulling import LESSON  # noqa: E402
from tests.jupyter import Jupyter, Notebook  # noqa: E402

MIB = 2**20
# The last cell has run when the kernel has nothing left to do.
RUN_ALL = """async () => {
    await window.jupyterapp.commands.execute('runmenu:run-all');
    await window.lesson.sessionContext.session.kernel.requestExecute({code: ''}).done;
}"""


@contextmanager
def plain(folder: Path) -> Iterator[tuple[psutil.Process, Jupyter]]:
    """JupyterLab with its own settings, which serves a folder."""
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--ServerApp.root_dir={folder}", "--ServerApp.port=0"),
        *("--IdentityProvider.token=course", "--ServerApp.allow_remote_access=True"),
        "--LabApp.expose_app_in_browser=True",
    ]
    home = {"HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / ".jupyter")}
    address = r"(http://127\.0\.0\.1:\d+)/lab"
    with programs.started(command, address, os.environ | home) as (process, url):
        yield psutil.Process(process.pid), Jupyter(url, "course", folder, folder)
        process.terminate()


def memory(process: psutil.Process) -> dict[str, float]:
    """MiB of a server, and of its kernel and what the kernel has started."""
    server = process.memory_full_info().pss / MIB
    kernels = [child.memory_full_info().pss for child in process.children(recursive=True)]
    return {"server": server, "kernel": sum(kernels) / MIB}


def server_of(learner: str) -> psutil.Process:
    (found,) = [
        process
        for process in psutil.process_iter()
        if "jupyterhub.singleuser" in process.cmdline() and process.environ()["USER"] == learner
    ]
    return found


def one_round(folder: Path) -> dict[str, dict[str, float]]:
    for name in ("notebooks", "exercises"):
        shutil.copytree(ROOT / name, folder / name)
    with (
        hubs.started("ada") as hub,
        plain(folder) as (lab, jupyter),
        hubs.chromium_of_learners(hub, f"MAP lab.test {jupyter.url[7:]}, ") as browser,
    ):
        page, other_page = browser.new_page(), browser.new_page()
        for each in (page, other_page):
            each.set_default_timeout(120_000)
        hub.log_in(page, *hub.learners)
        hub.arrived(page)
        page.evaluate(RUN_ALL)
        jupyter.url = "http://lab.test"
        other = Notebook(other_page, jupyter)
        other.open(str(LESSON))
        other.page.evaluate(RUN_ALL)
        return {
            "hub": memory(server_of(hub.learners[0])),
            "plain": memory(lab),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    rounds = []
    for _ in range(told.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(one_round(Path(folder)))
            print(rounds[-1], flush=True)
    medians = {
        kind: {part: statistics.median(found[kind][part] for found in rounds) for part in parts}
        for kind, parts in rounds[0].items()
    }
    more = sum(medians["hub"].values()) - sum(medians["plain"].values())
    for kind, parts in medians.items():
        print(f"{kind:6}", *(f"{part} {size:.0f} MiB" for part, size in parts.items()))
    print(f"a learner on the hub takes {more:+.0f} MiB")
    told.results.write_text(json.dumps({"rounds": rounds, "more_mib": more}, indent=1))


if __name__ == "__main__":
    main()
