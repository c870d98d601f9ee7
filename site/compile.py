"""What ``compile.mjs`` runs in Pyodide.

Python compiles what it imports: here we keep that code, so that only the modules that Pyodide has
imported before this are compiled a second time.
"""

import sys
import zipimport
from collections.abc import Callable
from importlib._bootstrap_external import _code_to_hash_pyc  # type: ignore[attr-defined]
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

zips: Any = zipimport
files: Any = SourceFileLoader
compiled: dict[
    str, bytes
] = {}  # the code of a module as its file has it, by the path of its source


def kept(compiles: Callable[..., CodeType]) -> Callable[..., CodeType]:
    """The same function, which also keeps what it returns."""

    def compile_and_keep(*args: Any, **more: Any) -> CodeType:
        code = compiles(*args, **more)
        # Python does not compare this with the source, which need not be there.
        compiled[code.co_filename] = _code_to_hash_pyc(code, bytes(8), checked=False)
        return code

    return compile_and_keep


sys.dont_write_bytecode = True
zips._compile_source = kept(zips._compile_source)
files.source_to_code = kept(files.source_to_code)

import micropip  # noqa: E402, F401
import piplite.piplite  # noqa: E402, F401
from pyodide_kernel import kernel_instance  # noqa: E402

# What a learner does first: the first cell of lesson 02, an error, a name to complete, and the
# help and the source of one.
start = """from wsedu import BytesAndFields, Checklist, Lab, Ladder, predict, quiz
lab = Lab()"""
for cell, status in ((start, "ok"), ("undefined", "error")):
    assert (await kernel_instance.run(cell))["status"] == status  # noqa: F704, PLE1142
kernel_instance.complete("lab.", 4)
for detail in (0, 1):
    kernel_instance.inspect("Lab", 3, detail)

for module in [*sys.modules.values()]:
    spec = getattr(module, "__spec__", None)
    if spec is None or not (spec.origin or "").endswith(".py"):
        continue  # a part of the interpreter
    source = spec.loader.get_source(spec.name)
    if source is None:
        continue  # one that is frozen into the interpreter
    if spec.origin not in compiled:
        kept(compile)(source, spec.origin, "exec", dont_inherit=True, optimize=0)
    place = Path("/folder", Path(spec.origin).relative_to("/lib")).with_suffix(".pyc")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(compiled[spec.origin])
