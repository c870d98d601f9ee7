// What would happen if these files were brought in: known before anything is written.
//
// How to think about it: `plan` reads and checks, `carryOut` writes. Nothing of yours is lost: what
// a file would replace is kept beside it, and a journal is added to yours, line by line.

import { hashOfCells } from "./renew.js";
import { isZip, unpack } from "./zip.js";

const KERNEL = { name: "python", display_name: "Python (Pyodide)", language: "python" };
const JOURNAL = "wsedu/journal.jsonl";

/** A name beside a path under which nothing is kept yet: `02_closing.mine.ipynb`. */
export function beside(path, taken) {
  const dot = path.lastIndexOf(".");
  const [stem, ending] = dot > path.lastIndexOf("/") ? [path.slice(0, dot), path.slice(dot)] : [path, ""];
  for (let number = 1; ; number++) {
    const name = `${stem}.mine${number > 1 ? number : ""}${ending}`;
    if (!taken.has(name)) return name;
  }
}

/** The notebook that these bytes are; raises an Error that says what is wrong. */
function notebookOf(data) {
  let notebook;
  try {
    notebook = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    throw Error("it is not a notebook: it is not JSON");
  }
  const cells = notebook?.cells;
  if (notebook?.nbformat !== 4) throw Error("it is not a notebook of format 4");
  const isText = source =>
    typeof source === "string" || (Array.isArray(source) && source.every(line => typeof line === "string"));
  const fits = cell => ["code", "markdown", "raw"].includes(cell?.cell_type) && isText(cell.source);
  if (!Array.isArray(cells) || !cells.every(fits)) throw Error("its cells are damaged");
  if (cells.some(cell => cell.cell_type === "code" && !Array.isArray(cell.outputs))) {
    throw Error("its outputs are damaged");
  }
  notebook.metadata ??= {};
  if (Object.getPrototypeOf(notebook.metadata) !== Object.prototype) throw Error("its metadata is damaged");
  return notebook;
}

function textOf(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    throw Error("it is not text");
  }
}

const linesIn = text => text.split("\n").filter(line => line.trim());

/** When a line of a journal was written, in seconds; a damaged line goes with the one before it. */
function timeOf(line, before) {
  try {
    return JSON.parse(line).time ?? before;
  } catch {
    return before;
  }
}

/** Two journals as one, in the order of time; the course reads "reset" in that order. */
function joined(lines, more) {
  const timed = [lines, more].flatMap(part => {
    let time = 0;
    return part.map(line => [(time = timeOf(line, time)), line]);
  });
  return timed.sort(([one], [other]) => one - other).map(([, line]) => `\n${line}`).join("");
}

/** The path of a file that is brought, below the folder of the course. */
function pathOf(name, course) {
  const parts = name.split("/").filter(part => part && part !== ".");
  if (name.includes("\\") || name.startsWith("/") || parts.includes("..")) {
    throw Error("its path leads out of the course");
  }
  // A zip may hold it all in one more folder, and a browser writes " (1)" after a name.
  const start = parts.findIndex(part => ["notebooks", "exercises", "wsedu"].includes(part));
  const path = parts.slice(Math.max(start, 0)).join("/").replace(/ \(\d+\)(?=\.ipynb$)/, "");
  if (path.includes("/")) return path;
  const known = course.notebooks.filter(notebook => notebook.path.endsWith(`/${path}`));
  return known.length === 1 ? known[0].path : path;
}

const linesOf = source => (Array.isArray(source) ? source.join("") : source);
const cellsOf = notebook => JSON.stringify(notebook.cells.map(cell => [cell.cell_type, linesOf(cell.source)]));

/** What to do with one file: `{ path, content, kept, says }`; without content, nothing. */
async function stepFor(name, data, course, files, taken) {
  const path = pathOf(name, course);
  const mine = await files.get(path);
  if (path.endsWith(".ipynb")) {
    const notebook = notebookOf(data);
    notebook.metadata.kernelspec = KERNEL;
    const published = course.notebooks.find(one => one.path === path);
    if (!mine && published && (await hashOfCells(notebook)) === published.cells) {
      return { path, says: "is unchanged" };
    }
    if (!mine) return { path, content: notebook, says: published ? "brings your changes" : "is new" };
    if (mine.content?.cells && cellsOf(mine.content) === cellsOf(notebook)) {
      return { path, says: "is here already" };
    }
    const kept = beside(path, taken);
    return { path, content: notebook, kept, says: `replaces yours, which is kept as ${kept}` };
  }
  if (!path.startsWith("wsedu/")) throw Error("it is not a notebook, and not from the folder wsedu");
  const text = textOf(data);
  const old = mine ? textOf(new TextEncoder().encode(await files.text(path))) : null;
  if (path === JOURNAL) {
    const known = linesIn(old ?? "");
    const more = linesIn(text).filter(line => !known.includes(line));
    if (!more.length) return { path, says: "has nothing that your journal does not have" };
    const says = `adds ${more.length} ${more.length === 1 ? "line" : "lines"} to your journal`;
    return { path, content: joined(known, more), says };
  }
  if (old === text) return { path, says: "is here already" };
  if (old === null) return { path, content: text, says: "is new" };
  const kept = beside(path, taken);
  return { path, content: text, kept, says: `replaces yours, which is kept as ${kept}` };
}

/** What would happen: steps, and problems as sentences. brought: pairs of a name and bytes. */
export async function plan(brought, course, files) {
  const steps = [];
  const problems = [];
  const taken = new Set(await files.paths());
  for (const [name, bytes] of brought) {
    let inside = [[name, bytes]];
    try {
      if (isZip(bytes)) inside = await unpack(bytes);
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
      continue;
    }
    for (const [path, data] of inside) {
      if (/(^|\/)(__MACOSX|\.DS_Store|\.ipynb_checkpoints)(\/|$)/.test(path)) continue;
      try {
        const step = await stepFor(path, data, course, files, taken);
        if (steps.some(other => other.path === step.path)) throw Error("it is there twice");
        steps.push(step);
        if (step.kept) taken.add(step.kept);
      } catch (error) {
        problems.push(`${path} is left out: ${error.message}.`);
      }
    }
  }
  return { steps, problems };
}

/** Write what the plan says. */
export async function carryOut({ steps }, files) {
  for (const { path, content, kept } of steps) {
    if (content === undefined) continue;
    if (kept) await files.copy(path, kept);
    await files.put(path, content);
  }
}
