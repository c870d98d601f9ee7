// The files that JupyterLite keeps in this browser: notebooks you changed, your journal and pieces.
//
// How to think about it: JupyterLite 0.8.6 keeps them with localforage in an IndexedDB, one value
// for each path. A folder is a value too. The store is named in jupyter-lite.json.

const STORES = ["files", "counters", "checkpoints"];

/** The promise of what a request of IndexedDB returns. */
export function result(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

const nameOf = path => path.split("/").at(-1);
export const folderOf = path => path.split("/").slice(0, -1).join("/");

export class Files {
  #database;

  constructor(database) {
    this.#database = database;
    database.onversionchange = () => database.close(); // JupyterLab wants to add a store
  }

  /** The files; null if there are none yet, unless they are to be made. */
  static async open(name, { make = false } = {}) {
    const known = await indexedDB.databases();
    if (!make && !known.some(database => database.name === name)) return null;
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => STORES.forEach(store => request.result.createObjectStore(store));
    const database = await result(request);
    if (database.objectStoreNames.contains("files")) return new Files(database);
    database.close();
    return null;
  }

  close() {
    this.#database.close();
  }

  #store(name, mode = "readonly") {
    return this.#database.transaction(name, mode).objectStore(name);
  }

  paths() {
    return result(this.#store("files").getAllKeys());
  }

  /** The value of a path: `content`, `format`, `type` and more; undefined if there is none. */
  get(path) {
    return result(this.#store("files").get(path));
  }

  async remove(path) {
    await result(this.#store("files", "readwrite").delete(path));
    if (this.#database.objectStoreNames.contains("checkpoints")) {
      await result(this.#store("checkpoints", "readwrite").delete(path));
    }
  }

  /** Write a file: a notebook as an object, everything else as text; and its folders. */
  async put(path, content) {
    for (let folder = folderOf(path); folder; folder = folderOf(folder)) {
      if (!(await this.get(folder))) await this.#write(folder, null, "directory", "json", "");
    }
    if (typeof content === "string") await this.#write(path, content, "file", "text", "text/plain");
    else await this.#write(path, content, "notebook", "json", "application/json");
  }

  async #write(path, content, type, format, mimetype) {
    const now = new Date().toISOString();
    const said = format === "json" ? JSON.stringify(content) : content;
    const size = content === null ? 0 : new TextEncoder().encode(said).length;
    const times = { last_modified: now, created: now };
    const value = { name: nameOf(path), path, ...times, format, mimetype, content, size, type };
    await result(this.#store("files", "readwrite").put({ ...value, writable: true }, path));
  }

  /** Keep a copy of a file under another path. */
  async copy(path, other) {
    const value = { ...(await this.get(path)), name: nameOf(other), path: other };
    await result(this.#store("files", "readwrite").put(value, other));
  }

  /** The bytes or the text of a file as it would be on a disk; null for a folder. */
  async read(path) {
    const { type, format, content } = await this.get(path);
    if (type === "directory") return null;
    if (format === "json") return `${JSON.stringify(content, null, 1)}\n`;
    if (format === "base64") return Uint8Array.from(atob(content), byte => byte.charCodeAt(0));
    return content;
  }

  /** The text of a file. */
  async text(path) {
    const data = await this.read(path);
    return typeof data === "string" ? data : new TextDecoder().decode(data);
  }
}
