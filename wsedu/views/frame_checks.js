// @ts-check
// The checks of a frame's header, in the page. The verdicts come from Python's tables.
import { adjustable, bitsOf, hex, put } from "./adjustable.js";

/** @param {import("./adjustable.js").State} state
 * @param {any} words
 * @returns {import("./adjustable.js").Slots} */
export function compute(state, words) {
  const { come, flipped } = state;
  const size = words.data.length;
  const first = words.data[0] ^ (flipped >> 8);
  const second = words.data[1] ^ (flipped & 255);
  /** @type {import("./adjustable.js").Slots} */
  const slots = { byte0: hex(first), byte1: hex(second) };
  const bits = bitsOf(first) + bitsOf(second);
  [...bits].forEach((bit, n) => {
    const seen = come > Math.floor(n / 8);
    slots[`bit${n}`] = bit;
    slots[`box${n}.class`] = seen ? words.looks[n] : "line";
    const said = seen ? words.bit : words.unseen;
    slots[`bit${n}.says`] = put(said, { n, field: words.bits[n], bit });
  });
  for (let n = 2; n < size; n += 1) {
    const letter = words.letters[second][n];
    slots[`letter${n}`] = letter;
    slots[`shade${n}.class`] = n < come ? words.shades[letter] : "line";
  }

  const needs = [1, 2, words.needs[second & 127]];
  const found = [words.first[first], words.second[(first >> 3) & 1][second], words.third[second]];
  const stage = found.findIndex((place, i) => place >= 0 && come >= needs[i]);
  const [check, code, sentence] = stage < 0 ? [words.names.length, 0, ""] : words.errors[found[stage]];
  /** @type {string[]} */
  const lines = [];
  words.names.forEach((/** @type {string} */ name, /** @type {number} */ n) => {
    const at = words.stages[n];
    const waits = come < needs[at];
    const light = n === check ? "broken" : n > check ? "after" : waits ? "waits" : "holds";
    const says = light === "waits" ? words.waits[at] : put(words[light], { code });
    const [style, sign] = words.lights[light];
    slots[`lamp${n}.class`] = style;
    slots[`sign${n}`] = sign;
    slots[`found${n}`] = says;
    slots[`check${n}.says`] = put(words.check, { name, section: words.sections[n], found: says });
    lines.push(`${sign} ${slots[`check${n}.says`]}`);
  });
  slots["why"] = sentence;
  if (stage >= 0) slots["verdict"] = put(words.failed, { need: needs[stage] });
  else if (come >= needs[2]) slots["verdict"] = words.passed;
  else slots["verdict"] = put(words.open, { come });
  slots["said"] = [...lines, slots["verdict"], sentence].join("\n").trimEnd();
  return slots;
}

export default { render: adjustable(compute) };
