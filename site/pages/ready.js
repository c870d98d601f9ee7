// What every page of the site does first: the worker that keeps the course takes over, and lessons
// that you have only opened give way to their newer version.

import { renew } from "./parts/renew.js";

const LIMIT = 3000; // milliseconds; a page works without the worker too

/** Resolves when the worker answers for this page, or cannot. */
async function worker() {
  if (!navigator.serviceWorker || navigator.serviceWorker.controller) return;
  const taken = new Promise(go => (navigator.serviceWorker.oncontrollerchange = go));
  const address = new URL("service-worker.js?enableCache=false", import.meta.url);
  const registration = await navigator.serviceWorker.register(address);
  // A page that was reloaded past the worker stays without it.
  if (!registration.active) await Promise.race([taken, new Promise(go => setTimeout(go, LIMIT))]);
}

/** The list of the course's notebooks, and what the build knows of the app. */
export async function course() {
  return (await fetch(new URL("course.json", import.meta.url))).json();
}

/** Resolves to the course when the page may go on; nothing that fails here stops a page. */
export async function ready() {
  await worker().catch(console.warn);
  const about = await course();
  await renew(about).catch(console.warn);
  return about;
}
