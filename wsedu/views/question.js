// @ts-check
// A question as a group of radio buttons, which every browser lets you use by keyboard.

import { makeStatus, own } from "./interactive_svg.js";

let groups = 0;

/** @param {import("./interactive_svg.js").Context} context */
function render({ model, el }) {
  own(el);
  const set = document.createElement("fieldset");
  set.className = "wsedu-question";
  const legend = document.createElement("legend");
  legend.textContent = model.get("question");
  set.append(legend);
  const says = makeStatus();
  const name = `wsedu-question-${(groups += 1)}`;
  /** @type {string[]} */ (model.get("options")).forEach((option, index) => {
    const label = document.createElement("label");
    const radio = document.createElement("input");
    radio.type = "radio";
    radio.name = name;
    radio.checked = model.get("chosen") === index;
    radio.addEventListener("change", () => {
      model.set("chosen", index);
      model.save_changes();
      says.textContent = model.get("kept");
    });
    label.append(radio, ` ${option}`);
    set.append(label);
  });
  if (model.get("chosen") >= 0) says.textContent = model.get("kept");
  el.append(set, says);
}

export default { render };
