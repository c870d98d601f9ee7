#!/usr/bin/env bash
# One would guess: with pytest-xdist, tests marked xdist_group("one") run in one worker under
#   --dist loadgroup, as its documentation says.
# True: under pytest 9.2.0, xdist 3.8.0 (the newest release when this was written) spreads them over
#   all workers, without a warning. Under pytest 9.1.0 the same files and versions keep them together.
#   xdist writes the group into the private attribute Item._nodeid, which pytest 9.2 no longer reads.
# Versions: pytest 9.2.0 and 9.1.0, pytest-xdist 3.8.0, Python 3.11.
# Why it matters: tests that share something expensive (a browser, a kernel) silently start one per
#   worker, and tests that must not run at once do. --dist loadfile still works with both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
cat > test_group.py <<'PY'
import time
import pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_in_one_group(number):
    time.sleep(0.2)
PY
workers() { # how many workers ran the eight tests of one group
    env/bin/python -m pytest -v -p no:cacheprovider -n 2 --dist "$1" test_group.py |
        grep -o '\[gw[0-9]*\].*PASSED' | cut -d' ' -f1 | sort -u | wc -l
}
env/bin/pip install -q pytest==9.1.0 pytest-xdist==3.8.0
old=$(workers loadgroup)
env/bin/pip install -q pytest==9.2.0 pytest-xdist==3.8.0
new=$(workers loadgroup)
file=$(workers loadfile)
echo "pytest-xdist 3.8.0, 8 tests in one xdist_group, 2 workers:"
echo "  pytest 9.1.0, --dist loadgroup: run by $old worker(s)"
echo "  pytest 9.2.0, --dist loadgroup: run by $new worker(s)"
echo "  pytest 9.2.0, --dist loadfile:  run by $file worker(s)"
[ "$old" = 1 ] && [ "$new" = 2 ] && [ "$file" = 1 ]
