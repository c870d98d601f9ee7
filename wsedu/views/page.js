// @ts-check
// The pictures of a page that explains a file. The page shows them as they are; here they begin to
// follow the hand, with the bytes of each arrow that page.py has drawn beforehand.
import ladder from "./ladder.js";
import picture from "./picture.js";
import { modelOf } from "./without_kernel.js";

/** What page.py has packed: base64 of deflated JSON.
 * @param {string} packed
 * @returns {Promise<any>} */
async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/** @param {HTMLElement} place a stored picture, and the state of its widget */
async function revive(place) {
  const { details, ...state } = await unpack(place.querySelector("script")?.textContent ?? "");
  const svg = new XMLSerializer().serializeToString(/** @type {Node} */ (place.querySelector("svg")));
  const model = modelOf({ svg, selected: "", detail: "", ...state }, details);
  const el = document.createElement("div");
  (place.dataset.picture === "ladder" ? ladder : picture).render({ model, el });
  place.replaceChildren(el);
  // A problem opens the bytes that it is about, under the ladder of its connection.
  const section = /** @type {HTMLElement} */ (place.closest("section"));
  for (const button of section.querySelectorAll("button")) {
    if (details[button.value] === undefined) continue;
    button.disabled = false;
    button.addEventListener("click", () => {
      model.set("selected", button.value);
      model.save_changes();
      el.lastElementChild?.scrollIntoView({ block: "nearest" });
      /** @type {HTMLElement | null} */ (el.querySelector(":scope > div:last-child > [tabindex]"))?.focus();
    });
  }
}

for (const place of document.querySelectorAll("[data-picture]"))
  revive(/** @type {HTMLElement} */ (place));
