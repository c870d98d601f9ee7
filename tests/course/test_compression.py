"""What lesson 16 says of the memory that compression takes, measured again."""

import inspect
import json
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from websockets.extensions import permessage_deflate

ROOT = Path(__file__).parent.parent.parent
LESSON = ROOT / "notebooks" / "en" / "16_extensions_and_compression.ipynb"
CELLS = {cell["id"]: cell for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]}
TABLE = "".join(CELLS["extensions-memory-said"]["source"])
ROWS = [
    tuple(map(int, row))
    for row in re.findall(r"\| (\d+) bits, level (\d).*? \| (\d+) KiB \| (\d+) KiB \|", TABLE)
]

# Each has worked on more than its window, so that all of its memory has been touched.
MEASURE = """
import os, random, sys, zlib
bits, level, what, count = *map(int, sys.argv[1:3]), sys.argv[3], 200
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
data = random.Random(1).randbytes(40000).hex().encode()
sender = zlib.compressobj(wbits=-bits)
payload = sender.compress(data) + sender.flush(zlib.Z_SYNC_FLUSH)
kept = []
for number in range(100 + count):
    if number == 100:  # the first ones fill the holes that were there
        before = resident()
    if what == "compress":
        kept.append(zlib.compressobj(wbits=-bits, memLevel=level))
        kept[-1].compress(data), kept[-1].flush(zlib.Z_SYNC_FLUSH)
    else:
        kept.append(zlib.decompressobj(-bits))
        kept[-1].decompress(payload)
print((resident() - before) / count / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="measured on Linux")
@pytest.mark.skipif("ng" in zlib.ZLIB_RUNTIME_VERSION, reason="zlib-ng has other tables")
@pytest.mark.parametrize("what", ["compress", "inflate"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} bits")
def test_a_connection_takes_the_memory_that_the_lesson_says(
    row: tuple[int, int, int, int], what: str
) -> None:
    bits, level, compress, inflate = row
    command = [sys.executable, "-c", MEASURE, str(bits), str(level), what]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert float(run.stdout) == pytest.approx({"compress": compress, "inflate": inflate}[what], 0.1)


def test_table_has_the_default_of_zlib_and_the_choice_of_the_library() -> None:
    default = inspect.signature(zlib.compressobj).parameters
    (first, library, _small) = [row[:2] for row in ROWS]
    assert first == (default["wbits"].default, default["memLevel"].default)
    (factory,) = permessage_deflate.enable_server_permessage_deflate(None)
    assert library == (factory.server_max_window_bits, factory.compress_settings["memLevel"])
