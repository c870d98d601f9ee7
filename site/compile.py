"""What ``compile.mjs`` runs in Pyodide."""

import sys
from importlib._bootstrap_external import _code_to_hash_pyc  # type: ignore[attr-defined]
from pathlib import Path

import micropip  # noqa: F401
import piplite.piplite  # noqa: F401
from pyodide_kernel import kernel_instance

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
    code = compile(source, spec.origin, "exec", dont_inherit=True, optimize=0)
    place = Path("/folder", Path(spec.origin).relative_to("/lib")).with_suffix(".pyc")
    place.parent.mkdir(parents=True, exist_ok=True)
    # Python does not compare this with the source, which need not be there.
    place.write_bytes(_code_to_hash_pyc(code, bytes(8), checked=False))
