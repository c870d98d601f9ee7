// @ts-check
// A picture with controls. Python has drawn it, once, with empty places in it ("slots"). When a
// control moves, the view's own `compute` fills each place without asking a kernel, so
// the picture follows the hand, even where there is no kernel.
import { draw, makeBoard, makeStatus, own } from "./interactive_svg.js";

/** @typedef {Record<string, any>} State the value of each control, by its name
 * @typedef {Record<string, string>} Slots the text of each slot, and under "name.class" its class
 * @typedef {(state: State, words: any) => Slots} Compute
 * @typedef {{name: string, label: string, kind: "range" | "checkbox" | "text" | "select",
 *   min?: number, max?: number, options?: [any, string][], limit?: number, full?: string}} Control
 * @typedef {{label: HTMLElement, write(value: any, slots: Slots): any}} Input */

const LONG = 60; // characters

/** A sentence of Python's, with a value for each name in braces.
 * @param {string} text
 * @param {Record<string, any>} values */
export const put = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => `${values[name]}`);

/** A byte in hexadecimal.
 * @param {number} byte */
export const hex = (byte) => byte.toString(16).padStart(2, "0");

/** A byte in bits.
 * @param {number} byte */
export const bitsOf = (byte) => byte.toString(2).padStart(8, "0");

/** Keep a text on the paper: the page's font may be wider than Python reckoned.
 * @param {SVGTextElement} text */
function squeeze(text) {
  text.removeAttribute("textLength");
  const paper = text.ownerSVGElement?.viewBox.baseVal.width ?? 0;
  const room = paper - Number(text.getAttribute("x")) - 14;
  if (text.getComputedTextLength() <= room) return;
  text.setAttribute("lengthAdjust", "spacingAndGlyphs");
  text.setAttribute("textLength", `${room}`);
}

/** Write into the slots what has changed.
 * @param {HTMLElement} board
 * @param {Slots} slots */
export function fill(board, slots) {
  for (const place of board.querySelectorAll("[data-slot]")) {
    const name = /** @type {SVGElement} */ (place).dataset.slot ?? "";
    const text = slots[name];
    if (text === undefined || place.textContent === text) continue;
    place.textContent = text;
    // To measure takes time, and a short text has room.
    if (text.length > LONG) squeeze(/** @type {SVGTextElement} */ (place));
    else place.removeAttribute("textLength");
  }
  for (const place of board.querySelectorAll("[data-kind]")) {
    const kind = slots[`${/** @type {SVGElement} */ (place).dataset.kind}.class`];
    if (kind !== undefined && place.getAttribute("class") !== kind)
      place.setAttribute("class", kind);
  }
  for (const place of board.querySelectorAll("[data-says-of]")) {
    const item = /** @type {SVGElement} */ (place);
    const says = slots[`${item.dataset.saysOf}.says`];
    if (says !== undefined) item.dataset.says = says;
  }
}

/** One control with its label; every one is the page's own kind of control.
 * @param {Control} control
 * @param {(value: any) => void} changed
 * @param {(words: string) => void} say
 * @returns {Input} `write` shows a value, and returns the value that its limits allow */
function makeControl(control, changed, say) {
  const label = document.createElement("label");
  const name = document.createElement("span");
  name.textContent = control.label;
  label.append(name);
  if (control.kind === "select") {
    const input = document.createElement("select");
    (control.options ?? []).forEach(([own, text]) => {
      const option = document.createElement("option");
      option.value = JSON.stringify(own);
      option.textContent = text;
      input.append(option);
    });
    input.dataset.control = control.name;
    input.addEventListener("input", () => changed(JSON.parse(input.value)));
    label.append(input);
    return { label, write: (value) => ((input.value = JSON.stringify(value)), value) };
  }
  const input = document.createElement("input");
  input.type = control.kind;
  input.dataset.control = control.name;
  label.append(input);
  if (control.kind === "checkbox") {
    input.addEventListener("input", () => changed(input.checked));
    return { label, write: (value) => ((input.checked = value), value) };
  }
  if (control.kind === "text") {
    const { limit = Infinity, full = "" } = control;
    if (limit < Infinity) input.maxLength = limit;
    input.addEventListener("input", () => {
      changed(input.value);
      if (full) say(input.value.length < limit ? "" : full); // what is typed now is dropped
    });
    return {
      label,
      write: (value) => {
        if (input.value !== value) input.value = value; // the same text would move the cursor
        return value;
      },
    };
  }
  const shown = document.createElement("output");
  label.append(shown);
  input.addEventListener("input", () => changed(Number(input.value)));
  return {
    label,
    write: (value, slots) => {
      // A slider goes as far as there is something, which may depend on other controls.
      input.min = slots[`${control.name}.min`] ?? String(control.min ?? 0);
      input.max = slots[`${control.name}.max`] ?? String(control.max ?? 100);
      input.value = String(value);
      shown.textContent = input.value;
      return Number(input.value);
    },
  };
}

/** What an item does to a control when it is clicked: "fin" flips it, "opcode^8" flips one bit
 * of its number, and "step=3" sets it (anything that JSON can say).
 * @param {State} state
 * @param {string} act
 * @returns {State} */
export function acted(state, act) {
  const [, name = "", sign, value = ""] = /^([\w-]+)(?:([=^])(.*))?$/.exec(act) ?? [];
  if (!(name in state)) return state;
  if (sign === "=") return { ...state, [name]: JSON.parse(value) };
  if (sign === "^") return { ...state, [name]: state[name] ^ Number(value) };
  return { ...state, [name]: !state[name] };
}

/** @param {Compute} compute
 * @returns {(context: import("./interactive_svg.js").Context) => () => void} */
export function adjustable(compute) {
  return ({ model, el }) => {
    own(el);
    const says = makeStatus();
    const hint = document.createElement("p");
    hint.className = "wsedu-hint";
    hint.textContent = model.get("hint");
    const board = makeBoard(says, (name, item) => {
      model.set("selected", name);
      model.save_changes();
      if (item.dataset.act) change(acted(state, item.dataset.act));
    });
    const controls = document.createElement("div");
    controls.className = "wsedu-controls";
    controls.setAttribute("role", "group");
    controls.setAttribute("aria-label", model.get("label"));
    const said = makeStatus(); // for a screen reader; everyone else sees it in the picture
    said.className = "wsedu-hidden";
    /** @type {State} */
    let state = { ...model.get("state") };
    let telling = 0;
    /** @type {Record<string, Input>} */
    const inputs = {};
    for (const control of /** @type {Control[]} */ (model.get("controls"))) {
      const { name } = control;
      const changed = (/** @type {any} */ value) => change({ ...state, [name]: value });
      inputs[name] = makeControl(control, changed, (words) => void (says.textContent = words));
      controls.append(inputs[name].label);
    }

    /** Draw the state. What one control allows may depend on another: a value that lies outside
     * becomes the nearest that is allowed, so that control, picture and Python agree. */
    const show = () => {
      const slots = compute(state, model.get("words"));
      const allowed = { ...state };
      for (const [name, input] of Object.entries(inputs))
        allowed[name] = input.write(state[name], slots);
      if (JSON.stringify(allowed) !== JSON.stringify(state)) {
        state = allowed;
        return show();
      }
      fill(board, slots);
      said.textContent = slots["said"] ?? "";
      board.setAttribute("aria-description", slots["said"] ?? "");
    };
    const change = (/** @type {State} */ next) => {
      state = next;
      show();
      // Python may know a little later; while the hand still moves it need not.
      clearTimeout(telling);
      telling = setTimeout(() => {
        model.set("state", state);
        model.save_changes();
      }, 150);
    };
    const fromPython = () => {
      if (JSON.stringify(model.get("state")) === JSON.stringify(state)) return;
      state = { ...model.get("state") };
      show();
    };
    draw(board, model.get("svg"));
    show();
    model.on("change:state", fromPython);
    el.append(hint, controls, board, said, says);
    return () => {
      clearTimeout(telling);
      model.off("change:state", fromPython);
    };
  };
}
