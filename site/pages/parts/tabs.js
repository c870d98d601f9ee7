// A link to a lesson opens that lesson alone.
//
// How to think about it: JupyterLab opens again what was open at the last visit, and starts a
// kernel for each notebook. In a browser that costs ten seconds and 100 MB for each of them. So a
// visit by a link forgets the notebooks of the last one; a page that is reloaded keeps its own.

import { result } from "./files.js";

/** Forget which notebooks were open. root: the path of the site, by which JupyterLite names it */
export async function forgetTabs(root) {
  const name = `JupyterLite Storage - ${root}`;
  const known = await indexedDB.databases();
  if (!known.some(database => database.name === name)) return;
  const database = await result(indexedDB.open(name));
  try {
    if (!database.objectStoreNames.contains("statedb")) return;
    const store = database.transaction("statedb", "readwrite").objectStore("statedb");
    const workspace = await result(store.get("default"));
    for (const key of Object.keys(workspace?.data ?? {})) {
      if (key.startsWith("notebook:")) delete workspace.data[key];
    }
    if (workspace) await result(store.put(workspace, "default"));
  } finally {
    database.close();
  }
}
