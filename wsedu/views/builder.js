// @ts-check
// A frame by hand, in the page (5.2). The sentences come from Python.
import { adjustable } from "./adjustable.js";

/** @type {Record<string, string>} */
const SHADES = { H: "word", L: "value", K: "end", P: "name" };
const KNOWN = [0x0, 0x1, 0x2, 0x8, 0x9, 0xa];

/** The length field in bytes, the first of them with the seven bits.
 * @param {number} length
 * @param {number} form */
function writeLength(length, form) {
  const bits = form || (length <= 125 ? 7 : length <= 0xffff ? 16 : 64);
  if (bits === 7) return { bits, seven: length, rest: /** @type {number[]} */ ([]) };
  const rest = [];
  for (let i = bits / 8 - 1; i >= 0; i -= 1) rest.push(Math.floor(length / 256 ** i) % 256);
  return { bits, seven: bits === 16 ? 126 : 127, rest };
}

/** @param {import("./adjustable.js").State} state
 * @param {any} words
 * @returns {import("./adjustable.js").Slots} */
export function compute(state, words) {
  const payload = [...new TextEncoder().encode(state["payload"])];
  const digits = state["key"].replace(/[ \t]/g, "").toLowerCase();
  const good = /^[0-9a-f]{8}$/.test(digits);
  const key = [0, 1, 2, 3].map((i) => (good ? parseInt(digits.slice(i * 2, i * 2 + 2), 16) : 0));
  const length = writeLength(payload.length, state["form"]);
  const bits = [state["fin"], state["rsv1"], state["rsv2"], state["rsv3"]];
  const first = bits.reduce((byte, bit, i) => byte | (bit ? 0x80 >> i : 0), state["opcode"]);
  const second = (state["mask"] ? 0x80 : 0) | length.seven;
  const keyAt = 2 + length.rest.length;
  const header = [first, second, ...length.rest, ...(state["mask"] ? key : [])];
  const data = [...header, ...payload.map((byte, i) => (state["mask"] ? byte ^ key[i % 4] : byte))];

  /** @type {import("./adjustable.js").Slots} */
  const slots = {};
  const written = [first, second].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  [...written].forEach((bit, n) => (slots[`bit${n}`] = bit));
  /** @param {number} byte */
  const hex = (byte) => byte.toString(16).padStart(2, "0");
  for (let n = 0; n < words.cells; n += 1) {
    const letter = n < 2 ? "H" : n < keyAt ? "L" : n < header.length ? "K" : "P";
    const there = n < data.length;
    slots[`cell${n}.class`] = there ? "" : "gone";
    slots[`shade${n}.class`] = SHADES[letter];
    slots[`letter${n}`] = there ? letter : "";
    slots[`byte${n}`] = there ? hex(data[n]) : "";
  }
  const rules = broken(state, payload.length, length.bits, words.rules);
  if (state["mask"] && !good) rules.unshift(words.bad);
  if (!rules.length) rules.push(words.none);
  for (let n = 0; n < words.lines; n += 1) slots[`rule${n}`] = rules[n] ?? "";
  slots["verdict.class"] = rules[0] === words.none ? "good" : "bad";
  slots["size"] = words.size
    .replace("{count}", data.length)
    .replace("{header}", header.length)
    .replace("{payload}", payload.length);
  const leftOut = data.length - words.cells;
  slots["more"] = leftOut > 0 ? words.more.replace("{count}", leftOut) : "";
  const shown = data.slice(0, words.cells).map(hex).join(" ");
  slots["said"] = [shown, slots["size"], slots["more"], ...rules].filter(Boolean).join("\n");
  return slots;
}

/** The rules that the header breaks, in the order of its bytes.
 * @param {import("./adjustable.js").State} state
 * @param {number} length
 * @param {number} bits
 * @param {Record<string, string>} rules
 * @returns {string[]} */
function broken(state, length, bits, rules) {
  const control = state["opcode"] >= 8;
  const client = state["sender"] === "client";
  const said = [];
  if (state["rsv1"] || state["rsv2"] || state["rsv3"]) said.push(rules["reserved"]);
  if (!KNOWN.includes(state["opcode"]))
    said.push(rules["opcode"].replace("{opcode}", `0x${state["opcode"].toString(16)}`));
  if (control && !state["fin"]) said.push(rules["fin"]);
  if (client && !state["mask"]) said.push(rules["unmasked"]);
  if (!client && state["mask"]) said.push(rules["masked"]);
  if (control && length > 125) said.push(rules["long"]);
  if (bits !== writeLength(length, 0).bits)
    said.push(rules[`form${bits}`].replace("{length}", String(length)));
  return said;
}

export default { render: adjustable(compute) };
