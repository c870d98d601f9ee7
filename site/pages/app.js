// What the build puts before JupyterLab: see ready.js. And what JupyterLab does not do.

import { ready } from "./ready.js";
import { watchCells } from "./parts/busy.js";
import { forgetTabs } from "./parts/tabs.js";

const root = new URL("./", import.meta.url);
const about = await ready();
if (new URLSearchParams(location.search).has("path")) {
  await forgetTabs(root.pathname).catch(console.warn);
  // JupyterLab opens the notebook and pushes an address without it. From there, Back would lead to
  // the address with it, which does the same again: so the first push replaces.
  history.pushState = (...entry) => {
    delete history.pushState;
    history.replaceState(...entry);
  };
}

// JupyterLite 0.8.6 unregisters all workers of this host, those of other sites too, if it does not
// find this line: "this version has been here". Then it registers its own again, which it may not
// get without a network.
const worker = navigator.serviceWorker?.controller;
if (worker) localStorage.setItem(`${worker.scriptURL}-version`, about.app);

/** Resolves to what `look` returns, as soon as that is something. */
async function until(look) {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise(go => setTimeout(go, 50));
  }
}

/** Ask the worker to store what a lesson needs, so that the next visit needs no network. */
function store() {
  const used = performance
    .getEntriesByType("resource")
    .map(entry => entry.name.split(/[?#]/)[0])
    .filter(address => address.startsWith(root.href))
    .map(address => decodeURIComponent(address.slice(root.href.length)));
  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }) => (document.documentElement.dataset.stored = data);
  worker?.postMessage({ course: "complete", used }, [channel.port2]);
}

/** The logo leads to the front page, as on every other site. */
function linkLogo() {
  const logo = document.getElementById("jp-MainLogo");
  const link = document.createElement("a");
  link.href = root.href;
  link.title = link.ariaLabel = "All lessons, and your work";
  link.append(...logo.childNodes);
  logo.append(link);
}

/** Save what is changed before the page may be gone: a phone drops a page without a question. */
function saveWhenHidden(app) {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    for (const { context } of app.shell.widgets("main")) {
      if (context?.model.dirty) context.save();
    }
  });
}

/** What waits until JupyterLab shows a notebook. */
async function afterwards() {
  const app = await until(() => window.jupyterapp);
  await app.restored;
  linkLogo();
  saveWhenHidden(app);
  const notebook = await until(() => app.shell.currentWidget?.context);
  await notebook.ready;
  store();
  watchCells(app);
}

afterwards();
