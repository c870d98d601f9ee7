#!/usr/bin/env bash
# One would guess: a visitor who opens a notebook of a JupyterLite site, reads it and leaves keeps nothing.
#   Only an edit or a run cell makes a copy in the browser, which then comes before the published file.
# True: when the kernel is ready, the page writes what the kernel says of its language into the metadata.
#   If one word of language_info differs, the notebook counts as changed, and the next autosave stores it.
#   From then on this visitor sees the old edition, however often a new one is published. A notebook whose
#   language_info equals the kernel's word for word leaves no copy. (That notebooks change this way, and
#   that a stored copy wins, is known of each alone.)
# Versions: jupyterlite-core 0.8.6, jupyterlite-javascript-kernel 0.3.0 (small, so it stands for any
#   kernel here), playwright 1.65.2 with Chromium, Python 3.11.
# Why it matters: notebooks written with another kernel or version, such as ipykernel on a desk, do not
#   match. Readers of a course do not get its corrections, without having changed a letter.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q jupyterlite-core==0.8.6 jupyterlite-javascript-kernel==0.3.0 jupyter-server==2.21.0 \
    playwright==1.65.2
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -n "$chromium" ] || env/bin/playwright install chromium
cat > publish.py <<'PY'
import json
import sys
from pathlib import Path

KERNEL = {
    "codemirror_mode": {"name": "javascript"},
    "file_extension": ".js",
    "mimetype": "text/javascript",
    "name": "javascript",
    "nbconvert_exporter": "javascript",
    "pygments_lexer": "javascript",
    "version": "es2017",
}
SPEC = {"name": "javascript", "display_name": "JavaScript (Web Worker)", "language": "javascript"}


def publish(folder, text):
    """Two notebooks with the same text; one was written with an older version of the language."""
    cells = [{"cell_type": "markdown", "id": "one", "metadata": {}, "source": text}]
    for name, language in ("equal", KERNEL), ("older", {**KERNEL, "version": "es2016"}):
        metadata = {"kernelspec": SPEC, "language_info": language}
        notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        Path(folder, f"{name}.ipynb").write_text(json.dumps(notebook))


if __name__ == "__main__":
    publish(*sys.argv[1:])
PY
mkdir files
python3 publish.py files "edition one"
echo '{"@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 2}}' >overrides.json # instead of 120 s
if ! env/bin/jupyter-lite build --contents files --settings-overrides overrides.json --output-dir own/site >log 2>&1
then
    cat log >&2
    exit 1
fi
cat > visit.py <<'PY'
import functools
import http.server
import sys
import threading
from importlib.metadata import version

from playwright.sync_api import sync_playwright
from publish import publish

SITE = "own/site"
STORED = """async () => {
    const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
    const storage = await asked(indexedDB.open("JupyterLite Storage - /"));
    const names = await asked(storage.transaction("files").objectStore("files").getAllKeys());
    storage.close();
    return names;
}"""


class Files(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Cache-Control", "no-store")  # no cache but JupyterLite's own storage
        super().end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=SITE))
threading.Thread(target=server.serve_forever, daemon=True).start()
names = ("equal.ipynb", "older.ipynb")
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1] or None)
    visitor = browser.new_context()

    def read(name):
        page = visitor.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/notebooks/index.html?path={name}")
        text = page.locator(".jp-MarkdownOutput p").inner_text(timeout=60_000)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
        return page, text

    first = {}
    for name in names:
        page, first[name] = read(name)
        page.wait_for_timeout(10_000)  # five times the interval of the autosave
        stored = page.evaluate(STORED)
        page.close()
    publish(f"{SITE}/files", "edition two")
    second = {name: read(name)[1] for name in names}
    browser.close()
for package in "jupyterlite-core", "jupyterlite-javascript-kernel", "playwright":
    print(package, version(package))
print("first visit, only reading:", first)
print("copies in the browser:", stored)
print("second visit, after edition two was published:", second)
assert set(first.values()) == {"edition one"}
assert stored == ["older.ipynb"]
assert second == {"equal.ipynb": "edition two", "older.ipynb": "edition one"}
PY
env/bin/python visit.py "$chromium"
