// @ts-check
// Steps that are put in order by buttons, which every browser lets you use by keyboard.

import { makeStatus, own } from "./interactive_svg.js";

/** @param {import("./interactive_svg.js").Context} context */
function render({ model, el }) {
  own(el);
  const words = /** @type {{up: string, down: string, check: string}} */ (model.get("words"));
  const places = /** @type {number[]} */ (model.get("places"));
  const set = document.createElement("fieldset");
  set.className = "wsedu-question";
  const legend = document.createElement("legend");
  legend.textContent = model.get("question");
  const list = document.createElement("ol");
  const says = makeStatus();

  /** @param {string} label
   * @param {string} sign
   * @param {HTMLLIElement} item
   * @param {() => void} move */
  function makeButton(label, sign, item, move) {
    const button = document.createElement("button");
    button.textContent = sign;
    button.setAttribute("aria-label", `${label}: ${item.dataset.step}`);
    button.addEventListener("click", () => {
      move();
      button.focus(); // moving an element takes the focus away from it
      says.textContent = `${[...list.children].indexOf(item) + 1}. ${item.dataset.step}`;
    });
    return button;
  }

  /** @type {string[]} */ (model.get("steps")).forEach((step, number) => {
    const item = document.createElement("li");
    item.dataset.step = step;
    item.dataset.number = `${number}`;
    const up = () => item.previousElementSibling?.before(item);
    const down = () => item.nextElementSibling?.after(item);
    item.append(makeButton(words.up, "▲", item, up), makeButton(words.down, "▼", item, down));
    item.append(` ${step}`);
    list.append(item);
  });

  const check = document.createElement("button");
  check.textContent = words.check;
  check.addEventListener("click", () => {
    const numbers = [...list.children].map((item) =>
      Number(/** @type {HTMLElement} */ (item).dataset.number),
    );
    const wrong = numbers.find((number, place) => places[number] !== place);
    says.textContent = wrong === undefined ? `✔ ${model.get("done")}` : `✘ ${model.get("says")[wrong]}`;
  });
  set.append(legend, list, check);
  el.append(set, says);
}

export default { render };
