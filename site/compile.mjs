// Start the Python of the site as its page does, and write the code of every module that it then
// has into a folder, where its file would be, for example python314.zip/json/decoder.pyc.
//
//     node compile.mjs PYODIDE FOLDER PACKAGE...

import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, folder, ...packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({
  indexURL: `${pyodide}/`,
  args: ["-X", "no_debug_ranges"], // without columns, code is a fifth smaller
  env: { PYTHONHASHSEED: "0" }, // the order of a set in the code is the same each time
  packages,
});
python.FS.mkdirTree("/folder");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/folder");
await python.runPythonAsync(fs.readFileSync(new URL("compile.py", import.meta.url), "utf8"));
process.exit(0);
