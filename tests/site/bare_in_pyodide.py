"""The pure rooms where there is nothing but Python; this file itself runs in Pyodide.

The last line is JSON: what importing the package warns of, what two rooms give, what a third says.
"""

import glob
import json
import sys
import tempfile
import warnings
import zipfile

folder = tempfile.mkdtemp()
zipfile.ZipFile(glob.glob("/wheels/wsedu-*.whl")[0]).extractall(folder)
sys.path.insert(0, folder)
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    import wsedu
from wsedu.protocol import Frame, Opcode, accept_key, build_frame
from wsedu.recording import Event, Recording, dissect

frame = build_frame(Frame(Opcode.TEXT, b"Hello"))
units = dissect(
    Recording((Event(0.0, "server", "data", b"HTTP/1.1 101 Yes\r\n\r\n" + frame),))
).units
try:
    said = repr(wsedu.Lab)
except ImportError as error:
    said = str(error)

json.dumps(
    [
        [str(warning.message) for warning in warned],
        accept_key("dGhlIHNhbXBsZSBub25jZQ=="),
        [unit.title for unit in units],
        said,
    ]
)
