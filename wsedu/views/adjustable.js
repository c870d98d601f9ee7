// @ts-check
// A picture with controls. Python has drawn it, once, with empty places in it ("slots"). When a
// control moves, the view's own `compute` says what stands in each place: no kernel is asked, so
// the picture follows the hand, even where there is no kernel.
import { draw, makeBoard, makeStatus, own } from "./board.js";

/** @typedef {Record<string, any>} State the value of each control, by its name
 * @typedef {Record<string, string>} Slots the text of each slot, and under "name.class" its class
 * @typedef {(state: State, words: any) => Slots} Compute
 * @typedef {{name: string, label: string, kind: "range" | "number" | "checkbox" | "text" |
 *   "select", min?: number, max?: number, options?: [any, string][], limit?: number}} Control */

/** Write into the slots what has changed.
 * @param {HTMLElement} board
 * @param {Slots} slots */
export function fill(board, slots) {
  for (const place of board.querySelectorAll("[data-slot]")) {
    const name = /** @type {SVGElement} */ (place).dataset.slot ?? "";
    const text = slots[name];
    if (text !== undefined && place.textContent !== text) place.textContent = text;
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
 * @param {any} value
 * @param {(value: any) => void} changed */
function makeControl(control, value, changed) {
  const label = document.createElement("label");
  const name = document.createElement("span");
  name.textContent = control.label;
  /** @type {HTMLInputElement | HTMLSelectElement} */
  let input;
  if (control.kind === "select") {
    input = document.createElement("select");
    (control.options ?? []).forEach(([own, text]) => {
      const option = document.createElement("option");
      option.value = JSON.stringify(own);
      option.textContent = text;
      input.append(option);
    });
    input.value = JSON.stringify(value);
  } else {
    input = document.createElement("input");
    input.type = control.kind;
    if (control.kind === "checkbox") input.checked = value;
    else {
      if (control.min !== undefined) input.min = String(control.min);
      if (control.max !== undefined) input.max = String(control.max);
      if (control.limit !== undefined) input.maxLength = control.limit;
      input.value = String(value);
    }
  }
  input.dataset.control = control.name;
  const shown = document.createElement("output");
  if (control.kind === "range") shown.textContent = input.value;
  input.addEventListener("input", () => {
    if (control.kind === "range") shown.textContent = input.value;
    if (input instanceof HTMLSelectElement) changed(JSON.parse(input.value));
    else if (control.kind === "checkbox") changed(input.checked);
    else if (control.kind === "range" || control.kind === "number") {
      if (input.value !== "") changed(clamp(Number(input.value), control));
    } else changed(input.value);
  });
  label.append(name, input);
  if (control.kind === "range") label.append(shown);
  return label;
}

/** @param {number} value
 * @param {Control} control */
const clamp = (value, control) =>
  Math.min(Math.max(Math.round(value), control.min ?? 0), control.max ?? Infinity);

/** @param {Compute} compute
 * @returns {(context: import("./board.js").Context) => () => void} */
export function adjustable(compute) {
  return ({ model, el }) => {
    own(el);
    const says = makeStatus();
    const hint = document.createElement("p");
    hint.className = "wsedu-hint";
    hint.textContent = model.get("hint");
    const board = makeBoard(says, (name) => {
      model.set("selected", name);
      model.save_changes();
    });
    const controls = document.createElement("div");
    controls.className = "wsedu-controls";
    controls.setAttribute("role", "group");
    controls.setAttribute("aria-label", model.get("label"));
    const said = makeStatus(); // for a screen reader; the picture shows it to everybody else
    said.className = "wsedu-hidden";
    /** @type {State} */
    let state = { ...model.get("state") };
    let telling = 0;

    const show = () => {
      const slots = compute(state, model.get("words"));
      fill(board, slots);
      for (const control of controls.querySelectorAll("input")) {
        const max = slots[`${control.dataset.control}.max`];
        if (max === undefined || control.max === max) continue;
        control.max = max; // a slider goes as far as there is something
        const shown = control.parentElement?.querySelector("output");
        if (shown) shown.textContent = control.value;
      }
      said.textContent = slots["said"] ?? "";
      board.setAttribute("aria-description", slots["said"] ?? "");
    };
    const build = () => {
      state = { ...model.get("state") };
      controls.replaceChildren(
        .../** @type {Control[]} */ (model.get("controls")).map((control) =>
          makeControl(control, state[control.name], (value) => {
            state = { ...state, [control.name]: value };
            show();
            // Python may know a little later; while the hand still moves it need not.
            clearTimeout(telling);
            telling = setTimeout(() => {
              model.set("state", state);
              model.save_changes();
            }, 150);
          }),
        ),
      );
    };
    const fromPython = () => {
      const own = JSON.stringify(state);
      if (JSON.stringify(model.get("state")) === own) return;
      build();
      show();
    };
    draw(board, model.get("svg"));
    build();
    show();
    model.on("change:state", fromPython);
    el.append(hint, controls, board, said, says);
    return () => {
      clearTimeout(telling);
      model.off("change:state", fromPython);
    };
  };
}
