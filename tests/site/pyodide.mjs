// node pyodide.mjs FOLDER PACKAGES SCRIPT < INPUT: Python of the built site, without a browser.
// FOLDER holds Pyodide. SCRIPT is Python; it finds the text of INPUT in the variable `given`, and
// what its last line is, a string, is printed at the end. PACKAGES are names with commas.
import fs from "node:fs";
import path from "node:path";

const [folder, packages, script] = process.argv.slice(2);
const indexURL = path.resolve(folder) + "/";
const { loadPyodide } = await import(indexURL + "pyodide.mjs");
const python = await loadPyodide({
  indexURL,
  env: { HOME: "/home/pyodide", WSEDU_HOME: "/home/pyodide/wsedu" },
});
const names = packages.split(",").filter(Boolean);
await python.loadPackage(names, { messageCallback: () => {} });
python.globals.set("given", fs.readFileSync(0, "utf8"));
const result = await python.runPythonAsync(fs.readFileSync(script, "utf8"));
// Several megabytes do not fit into a pipe at once, and process.exit would not wait.
fs.writeSync(1, result + "\n");
process.exit(0);
