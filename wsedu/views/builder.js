// @ts-check
// A frame by hand, in the page (5.2). The sentences come from Python.
import { adjustable, bitsOf, hex, put } from "./adjustable.js";

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

/** What a reader makes of the bytes. A length of 64 bits is more than a number can hold exactly.
 * @param {number[]} data */
function readHeader(data) {
  const seven = data[1] & 0x7f;
  const extended = seven === 126 ? 2 : seven === 127 ? 8 : 0;
  const keyAt = 2 + extended;
  let length = 0n;
  for (const byte of data.slice(2, keyAt)) length = length * 256n + BigInt(byte);
  return {
    keyAt,
    size: keyAt + (data[1] & 0x80 ? 4 : 0),
    bits: extended ? extended * 8 : 7,
    length: data.length < keyAt ? null : extended ? length : BigInt(seven),
  };
}

/** @typedef {ReturnType<typeof readHeader>} Header */

/** @param {import("./adjustable.js").State} state
 * @param {any} words
 * @returns {import("./adjustable.js").Slots} */
export function compute(state, words) {
  const payload = [...new TextEncoder().encode(state["payload"])];
  const digits = state["key"].replace(/[ \t]/g, "").toLowerCase();
  const good = /^[0-9a-f]{8}$/.test(digits);
  const key = [0, 1, 2, 3].map((i) => (good ? parseInt(digits.slice(i * 2, i * 2 + 2), 16) : 0));
  const written = writeLength(payload.length, state["form"]);
  const flags = [state["fin"], state["rsv1"], state["rsv2"], state["rsv3"]];
  const first = flags.reduce((byte, bit, i) => byte | (bit ? 0x80 >> i : 0), state["opcode"]);
  const second = ((state["mask"] ? 0x80 : 0) | written.seven) ^ state["flipped"];
  const data = [first, second, ...written.rest];
  if (state["mask"]) data.push(...key, ...payload.map((byte, i) => byte ^ key[i % 4]));
  else data.push(...payload);
  const header = readHeader(data);
  const headerEnd = Math.min(header.size, data.length);
  const after = BigInt(data.length - headerEnd);
  const end = headerEnd + Number(header.length !== null && header.length < after ? header.length : after);

  /** @type {import("./adjustable.js").Slots} */
  const slots = {};
  const bits = bitsOf(first) + bitsOf(second);
  [...bits].forEach((bit, n) => {
    slots[`bit${n}`] = bit;
    slots[`bit${n}.says`] = put(words.bit, { n, field: words.bits[n], bit });
  });
  for (let n = 0; n < words.cells; n += 1) {
    const there = n < data.length;
    slots[`byte${n}`] = there ? hex(data[n]) : "";
    if (n < 2) continue;
    const letter = n >= end ? "+" : n < header.keyAt ? "E" : n < header.size ? "K" : "P";
    slots[`cell${n}.class`] = there ? "" : "gone";
    slots[`shade${n}.class`] = words.shades[there ? letter : "P"];
    slots[`letter${n}`] = there ? letter : "";
  }
  const rules = broken(state, header, data.length, words);
  if (state["mask"] && !good) rules.unshift(words.bad);
  if (!rules.length) rules.push(words.none);
  for (let n = 0; n < words.lines; n += 1) slots[`rule${n}`] = rules[n] ?? "";
  slots["verdict.class"] = rules[0] === words.none ? "good" : "bad";
  const sizes = { count: data.length, header: headerEnd, payload: end - headerEnd };
  slots["size"] = put(words.size, sizes);
  const leftOut = data.length - words.cells;
  slots["more"] = leftOut > 0 ? put(words.more, { count: leftOut }) : "";
  const shown = data.slice(0, words.cells).map(hex).join(" ");
  slots["said"] = [shown, slots["size"], slots["more"], ...rules].filter(Boolean).join("\n");
  return slots;
}

/** What is wrong with the frame, in the order of its bytes.
 * @param {import("./adjustable.js").State} state
 * @param {Header} header
 * @param {number} size of the frame, in bytes
 * @param {any} words
 * @returns {string[]} */
function broken(state, header, size, words) {
  const { length, bits } = header;
  const said = size < header.size ? [words.half] : [];
  if (length === null) return said;
  const rules = words.rules;
  const control = state["opcode"] >= 8;
  const client = state["sender"] === "client";
  if (state["rsv1"] || state["rsv2"] || state["rsv3"]) said.push(rules.reserved);
  if (!KNOWN.includes(state["opcode"]))
    said.push(put(rules.opcode, { opcode: `0x${state["opcode"].toString(16)}` }));
  if (control && !state["fin"]) said.push(rules.fin);
  if (client && !state["mask"]) said.push(rules.unmasked);
  if (!client && state["mask"]) said.push(rules.masked);
  if (control && length > 125n) said.push(rules.long);
  if (length >> 63n) said.push(rules.top);
  const shortest = length <= 125n ? 7 : length <= 0xffffn ? 16 : 64;
  if (bits !== shortest) said.push(put(rules[`form${bits}`], { length }));
  const missing = BigInt(header.size) + length - BigInt(size);
  if (missing > 0n && size >= header.size) said.push(put(words.less, { count: missing }));
  else if (missing < 0n) said.push(put(words.rest, { count: -missing }));
  return said;
}

export default { render: adjustable(compute) };
