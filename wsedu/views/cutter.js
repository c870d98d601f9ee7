// @ts-check
// Two cuts in a stream. What is known after each chunk comes from Python's table.
import { adjustable } from "./adjustable.js";

/** @typedef {{frames: number[], messages: number[], left: string[], counts: string,
 *   chunk: string, byte: string, nothing: string, size: number}} Words */

/** @param {import("./adjustable.js").State} state
 * @param {Words} words
 * @returns {import("./adjustable.js").Slots} */
export function compute(state, words) {
  const cuts = [state["first"], state["second"]].sort((a, b) => a - b);
  /** @type {import("./adjustable.js").Slots} */
  const slots = {};
  for (let n = 0; n <= words.size; n += 1)
    slots[`cut${n}.class`] = cuts.includes(n) && n > 0 && n < words.size ? "cut" : "gone";
  const starts = [0, ...cuts];
  const ends = [...cuts, words.size];
  /** @type {string[]} */
  const said = [];
  ends.forEach((end, i) => {
    const start = starts[i];
    const kind = start === end ? words.nothing : end === start + 1 ? words.byte : words.chunk;
    const title = kind
      .replace("{number}", String(i + 1))
      .replace("{first}", String(start))
      .replace("{last}", String(end - 1));
    const counts = words.counts
      .replace("{more_frames}", String(words.frames[end] - words.frames[start]))
      .replace("{frames}", String(words.frames[end]))
      .replace("{more_messages}", String(words.messages[end] - words.messages[start]))
      .replace("{messages}", String(words.messages[end]));
    slots[`title${i + 1}`] = title;
    slots[`counts${i + 1}`] = counts;
    slots[`left${i + 1}`] = words.left[end];
    said.push(`${title} ${counts} ${words.left[end]}`);
  });
  slots["said"] = said.join("\n");
  return slots;
}

export default { render: adjustable(compute) };
