// @ts-check
// Two cuts in a stream. What is known after each chunk comes from Python's table.
import { adjustable, put } from "./adjustable.js";

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
    const title = put(kind, { number: i + 1, first: start, last: end - 1 });
    const counts = put(words.counts, {
      more_frames: words.frames[end] - words.frames[start],
      frames: words.frames[end],
      more_messages: words.messages[end] - words.messages[start],
      messages: words.messages[end],
    });
    slots[`title${i + 1}`] = title;
    slots[`counts${i + 1}`] = counts;
    slots[`left${i + 1}`] = words.left[end];
    said.push(`${title} ${counts} ${words.left[end]}`);
  });
  slots["said"] = said.join("\n");
  return slots;
}

export default { render: adjustable(compute) };
