// @ts-check
// The lines of one way, as far as one step. Python has computed them all.
import { adjustable } from "./adjustable.js";

/** @typedef {{tables: Record<string, Record<string, string>[]>}} Words */

/** @param {import("./adjustable.js").State} state
 * @param {Words} words
 * @returns {import("./adjustable.js").Slots} */
export function compute(state, words) {
  /** @type {import("./adjustable.js").Slots} */
  const slots = {};
  /** @type {string[]} */
  const said = [];
  words.tables[state["way"]].forEach((line, i) => {
    const shown = i + 1 <= state["step"];
    slots[`step${i + 1}.class`] = shown ? "" : "gone";
    slots[`row${i + 1}.class`] = line["style"];
    for (const name of ["title", "value", "note"]) slots[`${name}${i + 1}`] = line[name];
    if (shown) said.push(`${line["title"]}: ${line["value"]} (${line["note"]})`);
  });
  slots["said"] = said.join("\n");
  return slots;
}

export default { render: adjustable(compute) };
