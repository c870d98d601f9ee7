// The course without a network: this worker keeps the files of the site in the browser.
//
// How to think about it: the build writes `files.json`, a list of all files with the hash of each.
// A page belongs to the list that was newest when it was opened. A file is stored under its hash
// and served to a page only if it has the hash of that page's list, so a page never mixes two
// versions of the course, and a file that did not change is not fetched again. A list is complete
// once all that a lesson needs is stored; without a network, pages open with the complete list.
// What no list needs any longer is deleted only then.

const SCOPE = new URL("./", location.href).href;
const STORE = `course at ${SCOPE}`; // two courses on one host have two stores
const STATE = `${SCOPE}.stored/state`;
const PATIENCE = 3000; // milliseconds that a page waits for the list if it could open without

const storedAs = hash => `${SCOPE}.stored/${hash}`;
const listAs = build => `${SCOPE}.stored/list/${build}`;

let opened; // { cache, state }, read once each time the browser starts the worker
let saved = Promise.resolve();
const lists = new Map();
const onTheirWay = new Map(); // a file that two requests want is fetched once

function open() {
  opened ??= (async () => {
    const cache = await caches.open(STORE);
    const kept = await cache.match(STATE);
    // newest, complete: the two lists, by the hash of their build; pages: a list for each client
    const state = kept ? await kept.json() : { newest: null, complete: null, pages: {} };
    return { cache, state };
  })();
  return opened;
}

/** Keep the state, after those that were kept before. */
function save({ cache, state }) {
  const response = new Response(JSON.stringify(state));
  saved = saved.then(() => cache.put(STATE, response)).catch(console.warn);
  return saved;
}

async function listOf(build) {
  if (build && !lists.has(build)) {
    const kept = await (await open()).cache.match(listAs(build));
    if (kept) lists.set(build, await kept.json());
  }
  return lists.get(build) ?? null;
}

/** The list that the site has now, or null without a network. */
async function askForList() {
  const { cache, state } = await open();
  const signal = state.complete ? AbortSignal.timeout(PATIENCE) : undefined;
  try {
    const response = await fetch(`${SCOPE}files.json`, { cache: "no-cache", signal });
    const list = await response.json();
    if (list.build !== state.newest) {
      await cache.put(listAs(list.build), new Response(JSON.stringify(list)));
      state.newest = list.build;
    }
    lists.set(list.build, list);
    return list;
  } catch {
    return null;
  }
}

/** The list that a page belongs to from now on. */
async function belong(page, list) {
  const store = await open();
  if (page && list && store.state.pages[page] !== list.build) {
    store.state.pages[page] = list.build;
    await save(store);
  }
  return list;
}

/** The list of a page that is open; one that was there before the worker gets the newest. */
async function listOfPage(page) {
  const { state } = await open();
  return (await listOf(state.pages[page])) ?? (await listOf(state.newest)) ?? (await askForList());
}

/** The list for a request; a new page gets the newest one. */
async function listFor(event) {
  if (event.request.mode === "navigate") {
    const { state } = await open();
    const list = (await askForList()) ?? (await listOf(state.complete ?? state.newest));
    return belong(event.resultingClientId, list);
  }
  const list = await belong(event.clientId, await listOfPage(event.clientId));
  // A worker that a page starts has the list of that page.
  return belong(event.resultingClientId, list);
}

async function hashOf(data) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

/** Fetch a file and store it; null if the site has another one under this path. */
async function fetchFile(path, hash) {
  // The browser may hold an older file of this name: ask again, past it.
  for (const cache of ["default", "no-cache"]) {
    const response = await fetch(SCOPE + path, { cache });
    if (!response.ok) return null;
    const data = await response.arrayBuffer();
    if ((await hashOf(data)) === hash) {
      const type = response.headers.get("Content-Type") ?? "application/octet-stream";
      const file = new Response(data, { headers: { "Content-Type": type } });
      const store = (await open()).cache;
      await store.put(storedAs(hash), file.clone()).catch(console.warn); // the disk may be full
      return file;
    }
  }
  return null;
}

/** The file of this hash: stored, or fetched and stored. */
async function fileOf(path, hash) {
  const stored = await (await open()).cache.match(storedAs(hash));
  if (stored) return stored;
  if (!onTheirWay.has(hash)) {
    const file = fetchFile(path, hash).finally(() => onTheirWay.delete(hash));
    onTheirWay.set(hash, file);
  }
  return (await onTheirWay.get(hash))?.clone() ?? null;
}

async function answer(event, path) {
  // Where the browser stores nothing, or no longer, the site is what the network has.
  if (!(await open().catch(() => null))) return fetch(event.request);
  const list = await listFor(event);
  const isFolder = path === "" || path.endsWith("/");
  const named = list?.files[path] ? path : `${path}${isFolder ? "" : "/"}index.html`;
  if (!list?.files[named]) return fetch(event.request);
  if (named !== path && !isFolder) {
    return Response.redirect(`${SCOPE}${path}/${new URL(event.request.url).search}`);
  }
  const file = await fileOf(named, list.files[named]);
  if (file) return file;
  // The site was updated a moment ago, or the host changes files on their way.
  const now = await askForList();
  return now && now.build !== list.build ? Response.error() : fetch(event.request);
}

/** Store all that a lesson needs, and these files, which a page has used; then forget the rest. */
async function complete(page, used) {
  const store = await open();
  const list = await belong(page, await listOfPage(page));
  if (!list) return false;
  const paths = new Set([...list.ahead, ...used].filter(path => list.files[path]));
  const files = [...paths].map(path => fileOf(path, list.files[path]).catch(() => null));
  if ((await Promise.all(files)).includes(null)) return false;
  for (const path of paths) {
    if (!(await store.cache.match(storedAs(list.files[path])))) return false; // the disk is full
  }
  store.state.complete = list.build;
  await forget(store);
  return true;
}

async function forget(store) {
  const { cache, state } = store;
  for (const page of Object.keys(state.pages)) {
    if (!(await clients.get(page))) delete state.pages[page];
  }
  await save(store);
  const needed = new Set([STATE]);
  for (const build of [state.newest, state.complete, ...Object.values(state.pages)]) {
    needed.add(listAs(build));
    const list = await listOf(build);
    for (const hash of Object.values(list?.files ?? {})) needed.add(storedAs(hash));
  }
  for (const { url } of await cache.keys()) {
    if (!needed.has(url)) await cache.delete(url);
  }
}

/** The path of a file that a request asks for; null for what is not a file of the site. */
function pathOf(request) {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || !`${origin}${pathname}`.startsWith(SCOPE)) return null;
  const path = decodeURIComponent(`${origin}${pathname}`.slice(SCOPE.length));
  // The kernel reaches the learner's files through JupyterLite's own worker, below.
  return /^api\/(drive|stdin|service-worker)/.test(path) || path === "files.json" ? null : path;
}

self.addEventListener("fetch", event => {
  const path = pathOf(event.request);
  if (path === null) return;
  event.stopImmediatePropagation();
  event.respondWith(answer(event, path));
});

self.addEventListener("message", event => {
  if (event.data?.course !== "complete") return;
  const done = complete(event.source.id, event.data.used).catch(() => false);
  event.waitUntil(done.then(all => event.ports[0].postMessage(all)));
});

importScripts("build/service-worker.js");
