// A lesson that you have only opened gives way to its newer version.
//
// How to think about it: JupyterLab saves a notebook that you open and run, and from then on shows
// that copy instead of the published one. The build writes the hash of a lesson's cells into the
// lesson. So a copy says of itself which version it comes from, and whether you have changed it.

import { Files } from "./files.js";

const text = source => (Array.isArray(source) ? source.join("") : (source ?? ""));

/** The hash of what the cells say, as `site_pages.py` writes it; null where it cannot be computed. */
export async function hashOfCells(notebook) {
  if (!globalThis.crypto?.subtle) return null; // a page without https
  const cells = (notebook?.cells ?? []).map(cell => [cell.cell_type, text(cell.source)]);
  // JupyterLab adds an empty cell when you run the last one.
  const said = JSON.stringify(cells.filter(([, source]) => source.trim()));
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(said));
  return [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

export const publishedHash = notebook => notebook?.metadata?.wsedu?.published ?? null;

/** Whether the learner has changed a copy; a copy that does not say where it comes from counts. */
export async function isChanged(notebook, current) {
  const hash = await hashOfCells(notebook);
  return hash === null || (hash !== publishedHash(notebook) && hash !== current);
}

/** Remove saved copies that are unchanged and older than what is published now. */
export async function renew(course) {
  const files = await Files.open(course.storage);
  if (!files) return;
  for (const { path, cells } of course.notebooks) {
    const copy = await files.get(path);
    if (!copy || publishedHash(copy.content) === cells) continue;
    if (!(await isChanged(copy.content, cells))) await files.remove(path);
  }
  files.close();
}
