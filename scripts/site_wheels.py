"""The Python packages of the browser edition, as Pyodide finds them.

How to think about it: Pyodide installs nothing by itself. It reads a lock file, which lists for
each package its wheel, the hash of that, and what else it needs. Ours lists what lies beside it in
the site, and nothing else. ``site/packages.toml`` says which packages these are, and why.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

from environment import ROOT, SITE
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

LISTS: dict[str, dict[str, str]] = tomllib.loads((ROOT / "site" / "packages.toml").read_text())
DATE = 1_577_836_800  # of what tools write, in seconds: the beginning of 2020
AT_START = [*LISTS["start"], *LISTS["stand-ins"]]
CORE = SITE / "node_modules" / "pyodide"
# What Pyodide loads before the first package. Its other files are for Node, or documentation.
CORE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")


def name_of(wheel: Path) -> str:
    """The package that is in a wheel, as PyPI writes its name."""
    return str(canonicalize_name(parse_wheel_filename(wheel.name)[0]))


def metadata(wheel: Path) -> Message:
    """What a wheel says of its package."""
    with ZipFile(wheel) as files:
        (name,) = [n for n in files.namelist() if n.endswith(".dist-info/METADATA")]
        return message_from_bytes(files.read(name))


def course_wheel(folder: Path) -> Path:
    """Build the course's own wheel, with the same bytes for the same files."""
    run("hatchling", "build", "-t", "wheel", "-d", str(folder), folder=ROOT)
    (wheel,) = folder.glob("wsedu-*.whl")
    return wheel


def stand_in(folder: Path, name: str) -> Path:
    """Write a wheel of some name that holds nothing but a setting of IPython."""
    wheel = folder / f"{name}-0-py3-none-any.whl"
    setting = (ROOT / "site" / "ipython_config.py").read_text("utf-8")
    with ZipFile(wheel, "w") as files:
        for path, text in {
            "dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n",
            "dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "dist-info/RECORD": "",
            "data/data/etc/ipython/ipython_config.py": setting,
        }.items():
            files.writestr(ZipInfo(f"{name}-0.{path}"), text)
    return wheel


def gather(course: Path) -> dict[str, Path]:
    """The wheel of each package: the course's, those of PyPI, and those of the kernel."""
    kernel = Path(sys.prefix, "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension")
    names = ("ipykernel", "piplite", "pyodide_kernel")
    of_kernel = [path for name in names for path in kernel.glob(f"static/pypi/{name}-*.whl")]
    wheels = [course, *sorted((SITE / "wheels").glob("*.whl")), *of_kernel]
    return {name_of(wheel): wheel for wheel in wheels}


def install(wheels: dict[str, Path], folder: Path) -> None:
    """Put Pyodide into a folder, with the wheels that it may load and the lock file of these."""
    known = {name for names in LISTS.values() for name in names}
    if unknown := wheels.keys() - known:
        sys.exit(f"site/packages.toml does not say why {', '.join(sorted(unknown))} is there.")
    folder.mkdir(parents=True)
    for file in CORE_FILES:
        shutil.copyfile(CORE / file, folder / file)
    loaded = {name: wheels[name] for name in wheels if name in LISTS["start"] | LISTS["needed"]}
    for wheel in loaded.values():
        shutil.copyfile(wheel, folder / wheel.name)
    loaded |= {name: stand_in(folder, name) for name in LISTS["stand-ins"]}
    info = json.loads((CORE / "pyodide-lock.json").read_text())["info"]
    packages = {name: entry(loaded[name], info["python"]) for name in sorted(loaded)}
    lock = {"info": info, "packages": packages}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock, indent=1) + "\n")


def entry(wheel: Path, python: str) -> dict[str, Any]:
    """What the lock file says of a wheel; ``python`` is the version that Pyodide has."""
    about = metadata(wheel)
    return {
        "name": name_of(wheel),
        "version": about["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": modules(wheel),
        "depends": needs(name_of(wheel), about, python),
        "unvendored_tests": False,
    }


def modules(wheel: Path) -> list[str]:
    """What can be imported from a wheel."""
    with ZipFile(wheel) as files:
        tops = {name.split("/")[0] for name in files.namelist() if name.endswith(".py")}
    return sorted(top.removesuffix(".py") for top in tops if not top.endswith((".data", "-info")))


def needs(name: str, about: Message, python: str) -> list[str]:
    """The packages that one needs in a browser, without those that we leave out."""
    browser = {
        "python_version": ".".join(python.split(".")[:2]),
        "python_full_version": python,
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "platform_machine": "wasm32",
        "os_name": "posix",
        "extra": "",
    }
    found = []
    for line in about.get_all("Requires-Dist") or ():
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate(browser):
            found.append(str(canonicalize_name(wanted.name)))
    loaded, without = LISTS["start"] | LISTS["needed"], LISTS["left-out"] | LISTS["page"]
    without |= LISTS["stand-ins"]
    if unknown := {*found} - loaded.keys() - without.keys():
        sys.exit(f"{name} needs {', '.join(sorted(unknown))}: see site/packages.toml.")
    return sorted({*found} & loaded.keys())


def run(module: str, *words: str, folder: Path) -> None:
    """Run a module of Python quietly; if it fails, what it said is the last that is printed."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(DATE)}
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\nThis command failed: {' '.join(command)}")
