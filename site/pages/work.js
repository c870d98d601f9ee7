// The page "Your work": what you have changed, and four things that you can do with it.

import { ready } from "./ready.js";
import { beside, carryOut, plan } from "./parts/bring.js";
import { Files } from "./parts/files.js";
import { isChanged, publishedHash } from "./parts/renew.js";
import { pack } from "./parts/zip.js";

// The kernel of the edition on your computer.
const LOCAL = { name: "python3", display_name: "Python 3 (ipykernel)", language: "python" };

const part = id => document.getElementById(id);
const course = await ready();
const published = new Map(course.notebooks.map(notebook => [notebook.path, notebook]));
let planned = null;

function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Say what has happened; a screen reader reads it, and the eye is led to it. */
function say(words, place = part("says")) {
  place.textContent = words;
  place.focus();
}

const count = (number, one, more) => `${number} ${number === 1 ? one : more}`;

/** Do something with the files, and say so if it fails. */
async function withFiles(act, options) {
  let files = null;
  try {
    files = await Files.open(course.storage, options);
    return await act(files);
  } catch (error) {
    const what = files ? "That did not work" : "This browser keeps nothing for this page";
    say(`${what}: ${error.message.replace(/\.$/, "")}.`);
    return null;
  } finally {
    files?.close();
  }
}

const link = (path, words) =>
  make("a", { href: `lab/index.html?path=${encodeURIComponent(path)}`, textContent: words });

/** The learner's files: those of the course that are changed, and all others. */
async function survey(files) {
  const changed = [];
  const others = [];
  for (const path of files ? await files.paths() : []) {
    const { type, content } = await files.get(path);
    const origin = published.get(path);
    if (type === "directory") continue;
    if (!origin) others.push(path);
    else if (await isChanged(content, origin.cells)) {
      const from = publishedHash(content);
      changed.push({ ...origin, newer: from !== null && from !== origin.cells });
    }
  }
  return { changed, others };
}

function item({ path, title, newer }) {
  const offer = newer ? "Get the newer version" : "Get the original back";
  const button = make("button", { type: "button", textContent: offer });
  button.setAttribute("aria-label", `${offer}: ${title}`);
  button.onclick = () => renewed(path, title);
  const words = newer ? "The course has a newer version. You still see yours." : "";
  return make("li", {}, link(path, title), make("p", {}, words), button);
}

async function show() {
  // Until the files are read, and where the browser does not let them be read.
  part("nothing").hidden = true;
  await withFiles(async files => {
    const { changed, others } = await survey(files);
    part("nothing").hidden = changed.length > 0;
    part("changed").replaceChildren(...changed.map(item));
    const own = others.filter(path => path.endsWith(".ipynb"));
    const kept = others.filter(path => path.startsWith("wsedu/"));
    part("kept").replaceChildren(
      ...(own.length ? ["Notebooks of your own: "] : []),
      ...own.flatMap((path, number) => [number ? ", " : "", link(path, path)]),
      ...(own.length ? [". "] : []),
      kept.length ? `Your journal and your pieces: ${count(kept.length, "file", "files")} in the folder wsedu.` : "",
    );
    part("download").disabled = !changed.length && !others.length;
  });
  const persisted = await navigator.storage?.persisted?.();
  part("persist").hidden = persisted || !navigator.storage?.persist;
  part("persisted").textContent = persisted
    ? "This browser has promised to keep it until you remove it."
    : "This browser has not promised to keep it.";
}

/** Give the published lesson back; the learner's copy is kept beside it. */
async function renewed(path, title) {
  const copy = await withFiles(async files => {
    const other = beside(path, new Set(await files.paths()));
    await files.copy(path, other);
    await files.remove(path);
    return other;
  });
  await show();
  if (copy) say(`You have the course's version of "${title}" again. Your copy is kept as ${copy}.`);
}

part("download").onclick = async () => {
  const zip = await withFiles(async files => {
    const { changed, others } = await survey(files);
    const packed = [];
    for (const path of [...changed.map(one => one.path), ...others].sort()) {
      const { content, last_modified } = await files.get(path);
      let data = await files.read(path);
      if (path.endsWith(".ipynb") && content?.cells) {
        const notebook = { ...content, metadata: { ...content.metadata, kernelspec: LOCAL } };
        data = `${JSON.stringify(notebook, null, 1)}\n`;
      }
      packed.push([path, data, new Date(last_modified)]);
    }
    return pack(packed);
  });
  if (!zip) return;
  const day = new Date().toISOString().slice(0, 10);
  const address = URL.createObjectURL(zip);
  make("a", { href: address, download: `websocket-work-${day}.zip` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

part("choose").onchange = async ({ target }) => {
  const brought = [];
  for (const file of target.files) {
    brought.push([file.name, new Uint8Array(await file.arrayBuffer())]);
  }
  planned = await withFiles(files => plan(brought, course, files), { make: true });
  target.value = "";
  if (!planned) return;
  const { steps, problems } = planned;
  const bad = problems.map(words => make("li", { className: "bad", textContent: words }));
  const good = steps.map(({ path, says }) => make("li", { textContent: `${path} ${says}.` }));
  part("steps").replaceChildren(...bad, ...good);
  part("bring").hidden = !steps.some(step => step.content !== undefined);
  part("plan").hidden = false;
  const words = part("bring").hidden ? "There is nothing to bring in:" : "What the page would do:";
  say(words, part("would"));
};

part("bring").onclick = async () => {
  const done = await withFiles(async files => {
    await carryOut(planned, files);
    return planned.steps.filter(step => step.content !== undefined).length;
  });
  part("plan").hidden = true;
  await show();
  if (done) say(`${count(done, "file was", "files were")} brought in.`);
};

part("leave").onclick = () => {
  part("plan").hidden = true;
  say("Nothing was changed.");
};

part("persist").onclick = async () => {
  const kept = await navigator.storage.persist();
  await show();
  say(kept ? "The browser will keep your work." : "The browser did not promise it.");
};

await show();
document.documentElement.dataset.ready = "true";
