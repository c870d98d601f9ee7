#!/usr/bin/env bash
# One would guess: a test that runs Autobahn's cases with kosoku leaves nothing behind for the tests
#   that come after it in the same process.
# True: kosoku puts a small pkg_resources of its own first on sys.path, for the cases that ask for
#   one, and it stays in sys.modules. pytest's monkeypatch.syspath_prepend asks each pkg_resources
#   that is loaded for a function that this one does not have: it raises ImportError. The same tests
#   in the other order pass.
# Versions: kosoku 0.1.0, websockets 17.4, pytest 9.2.0, Python 3.11.
# Why it matters: which tests share a process, and in which order, is chance where several run at
#   once. The test that fails has nothing to do with WebSocket. Where a conformance suite runs in the
#   process of the tests, set sys.path with monkeypatch.setattr.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q kosoku==0.1.0 websockets==17.4 pytest==9.2.0
cat > test_it.py <<'PY'
import asyncio

import kosoku
from websockets.asyncio.server import serve


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def play():
    async with serve(echo, "127.0.0.1", 0) as server:
        address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return await kosoku.run_fuzzingclient(address, ["1.1.1"])


def test_case_passes():
    (case,) = asyncio.run(play())
    assert case.passed


def test_module_is_found(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("number = 7")
    monkeypatch.syspath_prepend(tmp_path)
    import mine

    assert mine.number == 7
PY
env/bin/pip list 2> /dev/null | grep -E "^(kosoku|websockets|pytest) "
status=0
env/bin/python -m pytest -q -p no:cacheprovider test_it.py::test_module_is_found test_it.py::test_case_passes > first.txt || status=$?
echo "the module first: $(tail -1 first.txt)"
test "$status" -eq 0
env/bin/python -m pytest -q -p no:cacheprovider test_it.py::test_case_passes test_it.py::test_module_is_found > second.txt || status=$?
echo "kosoku first: $(tail -1 second.txt)"
grep -h -o "ImportError: cannot import name 'fixup_namespace_packages' from 'pkg_resources'" second.txt | head -1
test "$status" -eq 1
