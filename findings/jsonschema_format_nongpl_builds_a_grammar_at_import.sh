#!/usr/bin/env bash
# One would guess: the extra jsonschema[format-nongpl], which jupyter-events (and so every JupyterLab)
#   asks for, costs nothing until a value's format is checked.
# True: `import jsonschema` imports rfc3987-syntax when it is installed, and that builds a lark grammar
#   for international addresses (IRI) at import. The import takes several times as long as without
#   the package, and in JupyterLab that is a good part of the time until the server listens. With
#   rfc3987-syntax left out, jsonschema works and only the formats "iri" and "iri-reference" go
#   unchecked.
# Versions: jsonschema 4.26.0, rfc3987-syntax 1.1.0, lark 1.3.1, Python 3.11.
# Why it matters: a course that is opened by beginners waits for a grammar that Jupyter never uses.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q 'jsonschema[format-nongpl]==4.26.0' rfc3987-syntax==1.1.0 lark==1.3.1
cat > measure.py <<'PY'
import statistics
import subprocess
import sys

BLOCK = "import sys; sys.modules['rfc3987_syntax'] = None; "
CODE = "import time; start = time.process_time(); import jsonschema; print(time.process_time() - start)"
CHECK = (
    "import jsonschema; f = jsonschema.FormatChecker(); "
    "print('iri' in f.checkers, 'date' in f.checkers)"
)

def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

with_it, without = [], []
for _ in range(5):
    with_it.append(float(run(CODE)))
    without.append(float(run(BLOCK + CODE)))
a, b = statistics.median(with_it), statistics.median(without)
print(f"import jsonschema, CPU seconds: {a:.2f} with rfc3987-syntax, {b:.2f} without; {a / b:.1f} times")
print("checks iri and date, with:   ", run(CHECK).strip())
print("checks iri and date, without:", run(BLOCK + CHECK).strip())
assert a > 2 * b
assert run(CHECK).split() == ["True", "True"] and run(BLOCK + CHECK).split() == ["False", "True"]
PY
env/bin/python measure.py
