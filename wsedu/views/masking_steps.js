// @ts-check
// XOR, byte by byte, in the page (5.3).
import { adjustable, bitsOf, hex, put } from "./adjustable.js";

const ROWS = ["payload", "key", "masked", "back"];

/** A byte as a character, as Python's `glyph` does it.
 * @param {number} byte */
function glyph(byte) {
  /** @type {Record<number, string>} */
  const symbols = { 0x0d: "\\r", 0x0a: "\\n", 0x20: "␣", 0x00: "\\0" };
  return symbols[byte] ?? (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·");
}

/** @param {import("./adjustable.js").State} state
 * @param {any} words
 * @returns {import("./adjustable.js").Slots} */
export function compute(state, words) {
  const payload = [...new TextEncoder().encode(state["text"])];
  const digits = state["key"].replace(/[ \t]/g, "").toLowerCase();
  const good = /^[0-9a-f]{8}$/.test(digits);
  /** @param {number} i */
  const keyAt = (i) => parseInt(digits.slice((i % 4) * 2, (i % 4) * 2 + 2), 16);
  /** @type {Record<string, number[]>} */
  const rows = { payload, key: [], masked: [], back: [] };
  if (good) {
    rows["key"] = payload.map((_byte, i) => keyAt(i));
    rows["masked"] = payload.map((byte, i) => byte ^ keyAt(i));
    rows["back"] = rows["masked"].map((byte, i) => byte ^ keyAt(i));
  }
  /** @type {import("./adjustable.js").Slots} */
  const slots = {};
  const at = Math.min(state["byte"], Math.min(payload.length, words.shown) - 1);
  for (let i = 0; i < words.shown; i += 1) {
    const there = i < payload.length;
    slots[`cell${i}.class`] = there ? "" : "gone";
    slots[`chosen${i}.class`] = i === at ? "wrong" : "gone";
    slots[`char${i}`] = there ? glyph(payload[i]) : "";
    for (const name of ROWS) slots[`${name}${i}`] = i < rows[name].length ? hex(rows[name][i]) : "";
  }
  for (const name of ["payload", "key", "masked"]) {
    const has = at >= 0 && at < rows[name].length;
    slots[`bits-${name}`] = has ? bitsOf(rows[name][at]) : "";
  }
  let said = words.byte;
  if (!good) said = words.bad;
  else if (at < 0) said = words.empty;
  else {
    said = put(said, {
      i: at,
      lane: words.lanes[at % 4],
      payload: hex(payload[at]),
      key: hex(rows["key"][at]),
      masked: hex(rows["masked"][at]),
    });
  }
  slots["byte.max"] = String(Math.max(Math.min(payload.length, words.shown) - 1, 0));
  const leftOut = payload.length - words.shown;
  slots["more"] = leftOut > 0 ? put(words.more, { count: leftOut }) : "";
  slots["sentence"] = said;
  if (slots["more"]) said += ` ${slots["more"]}`;
  if (good && payload.length) {
    const masked = rows["masked"].slice(0, words.shown).map(hex).join(" ");
    said += ` ${put(words.all, { bytes: masked })}`;
  }
  slots["said"] = said;
  return slots;
}

export default { render: adjustable(compute) };
