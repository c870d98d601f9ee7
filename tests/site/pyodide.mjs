// node pyodide.mjs FOLDER PACKAGES SCRIPT FILE: Python of the built site, without a browser.
// FOLDER is the site, PACKAGES are names with commas. SCRIPT is Python; it finds the text of FILE in
// the variable `given`, and its last line is the string that is written into FILE at the end. The
// notebooks are where the kernel has them, below /drive.
//
// Time is virtual once Python has started: when there is nothing left to do but to wait, the moment
// has come. So a busy machine changes nothing, and nothing is waited for. Each look at the clock takes
// some time itself, for code that looks again and again.
import fs from "node:fs";
import path from "node:path";

const LOOK = 0.005; // ms
const [site, packages, script, file] = process.argv.slice(2);
const indexURL = path.resolve(site, "static/pyodide") + "/";
const { loadPyodide } = await import(indexURL + "pyodide.mjs");
const python = await loadPyodide({
  indexURL,
  env: { HOME: "/home/pyodide", WSEDU_HOME: "/home/pyodide/wsedu" },
});
const names = packages.split(",").filter(Boolean);
await python.loadPackage(names, { messageCallback: () => {} });
python.FS.mkdir("/drive");
const root = fs.realpathSync(path.resolve(site, "files"));
python.FS.mount(python.FS.filesystems.NODEFS, { root }, "/drive");
python.FS.mkdir("/wheels");
python.FS.mount(python.FS.filesystems.NODEFS, { root: fs.realpathSync(indexURL) }, "/wheels");
python.globals.set("given", fs.readFileSync(file, "utf8"));
virtualTime();
try {
  fs.writeFileSync(file, await python.runPythonAsync(fs.readFileSync(script, "utf8")));
} catch (error) {
  fs.writeSync(2, error.message); // alone: the line that node would print is a megabyte long
  process.exit(1);
}
process.exit(0);

function virtualTime() {
  const { setImmediate: soon } = globalThis;
  const began = Date.now();
  let now = performance.now();
  let next = 0;
  let busy = 0; // what is to be done at once
  const timers = new Map();
  performance.now = () => (now += LOOK);
  Date.now = () => began + Math.floor((now += LOOK));
  globalThis.setTimeout = (call, delay = 0, ...args) => {
    timers.set(++next, { at: now + Math.max(0, delay), call: () => call(...args) });
    return next;
  };
  globalThis.clearTimeout = (id) => timers.delete(id);
  globalThis.setImmediate = (call, ...args) => {
    busy += 1;
    return soon(() => {
      busy -= 1;
      call(...args);
    });
  };
  const turn = () => {
    if (!busy && timers.size) {
      const [id, timer] = [...timers].reduce((a, b) => (b[1].at < a[1].at ? b : a));
      timers.delete(id);
      now = Math.max(now, timer.at);
      timer.call();
    }
    soon(turn);
  };
  soon(turn);
}
