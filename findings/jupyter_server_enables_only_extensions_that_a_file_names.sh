#!/usr/bin/env bash
# One would guess: "jupyter server extension enable NAME" turns on every extension that Python can
#   import, and says that a module is missing when it is.
# True: it turns on only what a file in jupyter_server_config.d of that level already names, be it
#   with false. Without one it says "The module could not be found", of a module that is there,
#   and its exit status is 0.
# Versions: jupyter_server 2.21.1, Python 3.11.
# Why it matters: an extension that is to be off by default has to ship a file that says so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q jupyter_server==2.21.1
env/bin/pip list 2>/dev/null | grep -i '^jupyter_server '
site=$(env/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cat > "$site/quiet.py" <<'PY'
def _jupyter_server_extension_points():
    return [{"module": "quiet"}]


def _load_jupyter_server_extension(app):
    pass
PY
env/bin/python -c 'import quiet; print("Python imports it:", quiet.__name__)'
enable() { env/bin/jupyter server extension enable --sys-prefix quiet 2>&1; }
before=$(enable)
echo "without a file:" && echo "$before"
mkdir -p env/etc/jupyter/jupyter_server_config.d
echo '{"ServerApp": {"jpserver_extensions": {"quiet": false}}}' \
    > env/etc/jupyter/jupyter_server_config.d/quiet.json
after=$(enable)
echo "with a file that says false:" && echo "$after"
grep -q "The module 'quiet' could not be found" <<< "$before"
grep -q "successfully enabled" <<< "$after"
